"""
Fused kernels of cross-entropy: one folder per operation.

A kernel computes the same as a formula of `xent.formulas`, from C-contiguous arrays, in one pass over rows
that stay in the cache, in all threads. Each operation has its host code (checks, requests) in its own folder
and its machine code in `cpu` below it; `kernels/cpu` holds the parts that all operations share, and
`vector_code` the language in which kernels are written. LLVM compiles a kernel at its first call, in about a
tenth of a second; nothing is stored on disk, so nothing can go stale.

A folder `triton` holds kernels for GPUs, of tensors of PyTorch, which `xent.torch` alone imports.

May import `options`, `formulas`, `arrays` and NumPy; llvmlite only when the first kernel is compiled. Where
`runs_here()` is false, as with ``XENT_KERNELS=0`` in the environment, callers evaluate the formula instead.
"""

from xent.kernels import (
    linear_sigmoid,
    linear_softmax,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
    softmax_statistics,
    sparse_linear_sigmoid,
)
from xent.kernels.cpu.processor import runs_here

__all__ = [
    "linear_sigmoid",
    "linear_softmax",
    "runs_here",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
    "softmax_statistics",
    "sparse_linear_sigmoid",
]
