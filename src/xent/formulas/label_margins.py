r"""
Label-distribution-aware margins: each shrinks with the fourth root of the class count.

.. math:: \Delta_k = \Delta \left(\frac{\min_j n_j}{n_k}\right)^{1/4}

The fourth root is two integer square roots, in units of :math:`2^{-120}`, and the result has twice the digits
of a float: times a scale of 30, the rounding error of a margin would cost a dozen units in the last place.

Source: Cao, K. et al. (2019). Learning imbalanced datasets with label-distribution-aware margin loss.
NeurIPS. Section 3.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from xent.arrays import Array, Namespace, is_jax
from xent.precision.exact_difference import ExactLogits
from xent.precision.exact_numbers import exact_numbers

__all__ = ["label_margins"]

_BITS = 120


def label_margins(
    class_counts: Sequence[float], max_margin: float, like: Array, *, xp: Namespace
) -> ExactLogits:
    r"""
    Margin of each class: `max_margin` times the fourth root of the least count divided by the class's.

    The dtype and device are those of `like`. A `max_margin` of JAX is multiplied by the rounded roots in that
    dtype, so that it adds a rounding error of its own.

    Parameters
    ----------
    class_counts : sequence of float
        Number of training rows of each class, > 0; only ratios count.
    max_margin : float, or array of JAX of shape ()
        Margin :math:`\Delta` of the class with the least count.
    like : array
        Array of real floating dtype.
    xp : module
        Array-API namespace of `like`.

    Returns
    -------
    ExactLogits
        Two arrays of shape (K,): the margins, and their rounding errors.

    Examples
    --------
    >>> import numpy as np
    >>> label_margins((160000.0, 10.0), 0.5, np.zeros(1, dtype=np.float32), xp=np).rounded
    array([0.04445698, 0.5       ], dtype=float32)
    """
    if is_jax(max_margin):
        # In the dtype of `like`: a traced margin has no more digits.
        shares, largest = label_margins(class_counts, 1.0, like, xp=xp), xp.astype(max_margin, like.dtype)
        return ExactLogits(largest * shares.rounded, largest * shares.rest)
    least, below = min(class_counts).as_integer_ratio()
    margin, margin_below = max_margin.as_integer_ratio()
    values, rests = [], []
    for count in class_counts:
        n, n_below = count.as_integer_ratio()
        # In units of 2 ** -480, so that the fourth root is in units of 2 ** -120.
        share = (least * n_below << 4 * _BITS) // (below * n)
        total = math.isqrt(math.isqrt(share)) * margin // margin_below
        value = total / (1 << _BITS)
        values.append(value)
        rests.append((total - int(math.ldexp(value, _BITS))) / (1 << _BITS))
    near, far = (exact_numbers(part, like, xp=xp) for part in (values, rests))
    return ExactLogits(near.rounded, near.rest + far.rounded)
