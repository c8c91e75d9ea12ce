"""Benchmarks: `python -m benchmarks NAME` runs one, with rivals in the same run and errors in every row."""
