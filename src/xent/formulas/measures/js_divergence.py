r"""
Jensen-Shannon divergence of weighted distributions, in nats.

.. math::

    \mathrm{JS}_w(p_1, \dots, p_n) = \sum_i w_i\, \mathrm{KL}(p_i \,\|\, m), \qquad m = \sum_i w_i p_i .

A sum of terms of the I-divergence, none of them negative. The difference to the mixture is computed as
:math:`m - p_i = \sum_j w_j (p_j - p_i)`: computed from a rounded `m` it would lose all digits where the
distributions are almost equal.

Source: Lin, J. (1991). Divergence measures based on the Shannon entropy. IEEE Trans. Inf. Theory 37(1),
equations 4.1 and 5.1.
"""

from __future__ import annotations

from collections.abc import Sequence

from xent.arrays import Array, Namespace
from xent.formulas import i_divergence

__all__ = ["value"]


def value(*distributions: Array, weights: Sequence[float], xp: Namespace) -> Array:
    """
    Sum of ``w * KL(p || mixture)`` over `distributions` p of shape (..., K) in nats, of shape (...).

    The mixture is the sum of ``w * p``. `weights` w are numbers >= 0 of sum 1, one for each distribution,
    which is not checked. A distribution of weight 0 adds nothing, however far it is from the mixture, unless
    it holds nan.
    """
    found = 0 * distributions[0]
    for p, weight in zip(distributions, weights, strict=True):
        if weight == 0:  # It may be infinitely far from the mixture.
            continue
        difference = 0 * p
        for other, share in zip(distributions, weights, strict=True):
            if other is not p:
                difference = difference + share * (other - p)
        logs = i_divergence.log_ratio(p, p + difference, xp=xp)
        found = found + weight * i_divergence.terms(p, difference, logs, xp=xp)
    return xp.sum(found, axis=-1)
