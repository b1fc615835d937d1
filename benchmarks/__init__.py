"""Side by side measurements of worklist servers; run with `python -m benchmarks` or `make bench`."""
