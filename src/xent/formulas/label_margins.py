r"""
Margins that shrink with the fourth root of a class's count, to twice the digits of a float.

.. math:: \Delta_k = \Delta \left(\frac{\min_j n_j}{n_k}\right)^{1/4}

They are found in integers, in units of :math:`2^{-120}`, as two square roots, one of the other: times a scale
of 30, what rounding takes from a margin would cost a dozen units in the last place.

Source: Cao, K. et al. (2019). Learning imbalanced datasets with label-distribution-aware margin loss.
NeurIPS. Section 3.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from xent.arrays import Array, Namespace
from xent.precision.exact_logits import ExactLogits
from xent.precision.exact_numbers import exact_numbers

__all__ = ["label_margins"]

_BITS = 120


def label_margins(
    class_counts: Sequence[float], max_margin: float, like: Array, *, xp: Namespace
) -> ExactLogits:
    """
    Margin of each class, `max_margin` for the rarest, of the dtype and on the device of `like`.

    Examples
    --------
    >>> import numpy as np
    >>> label_margins((160000.0, 10.0), 0.5, np.zeros(1, dtype=np.float32), xp=np).rounded
    array([0.04445698, 0.5       ], dtype=float32)
    """
    least, below = min(class_counts).as_integer_ratio()
    margin, margin_below = max_margin.as_integer_ratio()
    values, rests = [], []
    for count in class_counts:
        n, n_below = count.as_integer_ratio()
        share = (least * n_below << 4 * _BITS) // (below * n)
        total = math.isqrt(math.isqrt(share)) * margin // margin_below
        value = total / (1 << _BITS)
        values.append(value)
        rests.append((total - int(math.ldexp(value, _BITS))) / (1 << _BITS))
    near, far = (exact_numbers(part, like, xp=xp) for part in (values, rests))
    return ExactLogits(near.rounded, near.rest + far.rounded)
