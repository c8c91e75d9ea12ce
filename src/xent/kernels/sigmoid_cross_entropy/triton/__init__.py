"""
Cross-entropy under a sigmoid in Triton, for GPUs: `events_kernel.py` (the kernel, its cost), `launch.py` (the
host). May import `xent.kernels.triton` and Triton.
"""
