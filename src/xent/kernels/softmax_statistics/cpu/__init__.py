"""Kernels of the statistics; their modules import llvmlite, so they are imported with the first use."""
