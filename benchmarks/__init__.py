"""Benchmarks, and the soak: `make bench`, or `python -m benchmarks NAME`."""
