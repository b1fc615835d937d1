"""How fast servers store what scanners send, and in how much memory: `python -m benchmarks.storage`."""
