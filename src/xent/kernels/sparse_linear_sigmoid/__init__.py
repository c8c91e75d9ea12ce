"""
Sigmoid cross-entropy of a linear model on sparse rows, summed: gradient, curvature, and products with it.

`csr_rows.py` holds the rows, `fused.py` the functions for NumPy arrays, `cpu` the kernels. The reference is
`xent.formulas.losses.sigmoid_cross_entropy` between two products with a matrix of SciPy.
"""

from xent.kernels.sparse_linear_sigmoid.csr_rows import CsrRows
from xent.kernels.sparse_linear_sigmoid.fused import curvature_product, curvatures, value_and_gradient

__all__ = ["CsrRows", "curvature_product", "curvatures", "value_and_gradient"]
