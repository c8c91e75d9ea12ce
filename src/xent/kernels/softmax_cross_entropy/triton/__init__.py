"""
Softmax cross-entropy of rows of logits in Triton, for GPUs.

Reading order: `rows_kernel.py` (the kernel, its cost), `two_passes.py`, `running_softmax.py` and `targets.py`
(its parts, a tile at a time), `label_terms.py` (a row), `launch.py` (the host). May import
`xent.kernels.triton` and Triton.
"""
