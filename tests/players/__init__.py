"""Those who deal with the server in tests: a hospital, scanners, a line of plain bytes, an auditor."""
