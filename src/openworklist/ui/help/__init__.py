"""The docs as pages of the server: found, made from Markdown, searched, and which tells of which page."""
