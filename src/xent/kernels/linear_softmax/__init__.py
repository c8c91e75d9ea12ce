"""
Softmax cross-entropy of a linear model, summed over rows: value, gradient and curvature, reading X once.

`packed_probs.py` defines probabilities in 16 bits, which a kernel keeps for the next, `fused.py` holds the
functions for NumPy arrays, `cpu` the kernels. The reference is
`xent.formulas.losses.softmax_cross_entropy` between two matrix products.
"""

from xent.kernels.linear_softmax.fused import (
    LinearRows,
    covariance,
    curvature_product,
    is_readable,
    value_and_gradient,
)
from xent.kernels.linear_softmax.packed_probs import unpacked

__all__ = [
    "LinearRows",
    "covariance",
    "curvature_product",
    "is_readable",
    "unpacked",
    "value_and_gradient",
]
