"""Kernel of the curvature product; its modules import llvmlite, so they are imported with the first use."""
