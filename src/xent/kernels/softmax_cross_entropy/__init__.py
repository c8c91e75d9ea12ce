"""
Softmax cross-entropy of rows of logits: value, gradient and statistics of each row by one fused kernel.

`fused.py` is for callers, `compiled.py` for those who bring addresses of their own; the files named
`…_kernel.py` write the kernels, one for each kind of truth; their reference is
`xent.formulas.losses.softmax_cross_entropy`.
"""

from xent.kernels.softmax_cross_entropy.fused import gradient, value, value_and_gradient
from xent.kernels.softmax_cross_entropy.truth import Labels, Statistics, Targets

__all__ = ["Labels", "Statistics", "Targets", "gradient", "value", "value_and_gradient"]
