r"""
Shannon entropy of distributions, in nats.

.. math:: H(p) = -\sum_k p_k \log p_k, \qquad 0 \log 0 = 0.

Evaluated as it stands: no term is negative, so nothing cancels.

Source: Shannon, C. E. (1948). A mathematical theory of communication. Bell System Technical Journal 27,
theorem 2.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace

__all__ = ["value"]


def value(probs: Array, *, xp: Namespace) -> Array:
    """Entropy in nats of `probs`, of shape (..., K); of shape (...). An outcome of probability 0 costs 0."""
    logs = xp.log(xp.where(probs == 0, 1.0, probs))
    # 0 - x and not -x: a certain outcome has entropy 0, not -0.
    return 0 - xp.sum(probs * logs, axis=-1)
