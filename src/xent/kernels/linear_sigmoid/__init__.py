"""
Sigmoid cross-entropy of a linear model, summed over rows: value, gradient and curvature, reading X once.

`fused.py` holds the functions for NumPy arrays, `cpu` the kernel. The reference is
`xent.formulas.losses.sigmoid_cross_entropy` between two matrix products.
"""

from xent.kernels.linear_sigmoid.fused import LinearRows, curvature_product, value_and_gradient

__all__ = ["LinearRows", "curvature_product", "value_and_gradient"]
