r"""
Cross-entropy of a model `q` on the truth `p`, in nats.

.. math:: H(p, q) = -\sum_k p_k \log q_k, \qquad 0 \log 0 = 0.

Evaluated as it stands: no term is negative, so nothing cancels.

Source: Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., theorem 5.4.3: what a
code for the wrong distribution costs.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace

__all__ = ["value", "value_of_logs"]


def value(p: Array, q: Array, *, xp: Namespace) -> Array:
    """Cross-entropy of probabilities, both of shape (..., K); of shape (...)."""
    empty = xp.astype(p == 0, p.dtype)
    return 0 - xp.sum(p * xp.log(q + empty), axis=-1)


def value_of_logs(p: Array, log_q: Array, *, xp: Namespace) -> Array:
    """The same from the logarithms of the model, which may lie below those of the smallest floats."""
    return 0 - xp.sum(p * xp.where(p == 0, 0.0, log_q), axis=-1)
