r"""
Cross-entropy of a model `q` on the truth `p`, in nats.

.. math:: H(p, q) = -\sum_k p_k \log q_k, \qquad 0 \log 0 = 0.

Evaluated as it stands: no term is negative, so nothing cancels.

Source: Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., theorem 5.4.3: the
expected length of a code for the wrong distribution.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace

__all__ = ["value", "value_of_logs"]


def value(p: Array, q: Array, *, xp: Namespace) -> Array:
    """
    Cross-entropy in nats of probabilities `p` and `q`, both of shape (..., K); of shape (...).

    An outcome with p = 0 costs 0; one with q = 0 alone makes the value ``inf``.
    """
    empty = xp.astype(p == 0, p.dtype)
    # 0 - x and not -x: a certain outcome has cross-entropy 0, not -0. `empty` makes the logarithm finite
    # where p is 0.
    return 0 - xp.sum(p * xp.log(q + empty), axis=-1)


def value_of_logs(p: Array, log_q: Array, *, xp: Namespace) -> Array:
    """
    Cross-entropy in nats, (...), of `p` and a model given by the logarithms `log_q`, both (..., K).

    The model's probabilities may underflow. An outcome with p = 0 costs 0; one with `log_q` ``-inf`` alone
    makes the value ``inf``.
    """
    return 0 - xp.sum(p * xp.where(p == 0, 0.0, log_q), axis=-1)
