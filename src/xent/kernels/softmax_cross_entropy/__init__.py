"""
Softmax cross-entropy of rows of logits: value, gradient and statistics of each row by one fused kernel.

`fused.py` holds the functions for NumPy arrays, `truth.py` their requests, `arguments.py` the way from arrays
to addresses. `cpu` holds the kernels; `cpu/compiled.py` and `cpu/kernel_arguments.py` serve callers that pass
addresses themselves. The reference is `xent.formulas.losses.softmax_cross_entropy`.
"""

from xent.kernels.softmax_cross_entropy.fused import gradient, value, value_and_gradient
from xent.kernels.softmax_cross_entropy.truth import Labels, Statistics, Targets

__all__ = ["Labels", "Statistics", "Targets", "gradient", "value", "value_and_gradient"]
