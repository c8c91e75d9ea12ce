"""Benchmarks: `python -m benchmarks NAME` runs one, rivals beside it in the same run, errors in every row."""
