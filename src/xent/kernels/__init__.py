"""
Cross-entropy fused and fast on the processor at hand: one folder for each operation.

A kernel computes what a formula of `xent.formulas` does, from C-contiguous arrays in memory, in one pass
over rows that stay in the cache, in all threads. It is written in `vector_code`, a small language that LLVM
turns into machine code when it is first called, which takes about a tenth of a second; nothing is kept on
disk, so nothing can go stale. `exponential.py`, `logarithm.py`, `exact_difference.py`, `blocks.py` and
`transposition.py` are what kernels are made of; `rows_kernel.py` shares out the rows among the threads of
`thread_pool.py`, which are PyTorch's where it is loaded.

May import `options`, `formulas`, `arrays` and NumPy; llvmlite only when the first kernel is compiled. Where
`runs_here()` is false, as with ``XENT_KERNELS=0`` in the environment, callers compute the formula instead.
"""

from xent.kernels import sigmoid_cross_entropy, softmax_cross_entropy
from xent.kernels.cpu.processor import runs_here

__all__ = ["runs_here", "sigmoid_cross_entropy", "softmax_cross_entropy"]
