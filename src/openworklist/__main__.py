"""`python -m openworklist` is the `openworklist` command."""

from openworklist.cli import main

main()
