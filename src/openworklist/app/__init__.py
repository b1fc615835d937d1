"""The composition root: settings -> database -> services -> listeners, opened and closed in order."""
