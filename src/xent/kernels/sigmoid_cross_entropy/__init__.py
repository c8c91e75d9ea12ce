"""
Sigmoid cross-entropy, elementwise: value and gradient by one fused kernel.

`fused.py` holds the functions for NumPy arrays, `cpu` the kernel; the reference is
`xent.formulas.losses.sigmoid_cross_entropy`.
"""

from xent.kernels.sigmoid_cross_entropy.fused import gradient, value, value_and_gradient

__all__ = ["gradient", "value", "value_and_gradient"]
