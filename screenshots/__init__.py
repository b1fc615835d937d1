"""Pictures of the pages: two for the README, or every page to be looked at. Not part of the program."""
