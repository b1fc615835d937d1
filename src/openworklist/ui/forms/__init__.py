"""Forms as tables: a row for each field, from which the page and the reading of what was typed are made."""
