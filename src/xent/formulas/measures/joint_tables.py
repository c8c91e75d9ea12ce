r"""
Conditional entropy of one variable of a joint table given another, in nats.

.. math:: H(Y \mid X) = \sum_{xy} p_{xy} \log \frac{p_{x \cdot}}{p_{xy}}

where a dot stands for a sum. No term is negative. At the largest entry of a row the logarithm is
:math:`\log (p_{x \cdot} / p_{xy}) = \mathrm{log1p}(\text{sum of the others} / p_{xy})`: if `X` almost
determines `Y`, the quotient exceeds 1 by so little that it rounds to 1.

Source: Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., equation 2.10.
"""

from __future__ import annotations

import math

from xent.arrays import Array, Namespace, one_hot
from xent.precision.log_of_quotient import log_of_quotient

__all__ = ["conditional_entropy", "flat"]


def conditional_entropy(joint: Array, *, xp: Namespace) -> Array:
    """
    Entropy in nats of the last axis of `joint` given the axis before it; from (..., X, Y) to (...).

    Cells of probability 0 cost 0; a row of zeros contributes nothing. Nothing is divided by the sum of
    `joint`, which is 1 for probabilities.
    """
    largest = one_hot(xp.argmax(joint, axis=-1), joint, xp=xp)
    top = xp.max(joint, axis=-1)
    others = joint * (1 - largest)
    rest = xp.sum(others, axis=-1)
    whole = (top + rest)[..., None]
    # An empty row has a sum of 0, whose logarithm would be infinite.
    some_whole, some_others = (x + xp.astype(x == 0, joint.dtype) for x in (whole, others))
    surprise = others * log_of_quotient(some_whole, some_others, xp=xp)
    of_top = top * xp.log1p(rest / (top + xp.astype(top == 0, top.dtype)))
    return xp.sum(of_top + xp.sum(surprise, axis=-1), axis=-1)


def flat(joint: Array, variables: int, *, xp: Namespace) -> Array:
    """`joint` with its last `variables` axes merged into one, the last axis fastest."""
    shape = tuple(joint.shape)
    return xp.reshape(joint, (*shape[: joint.ndim - variables], math.prod(shape[joint.ndim - variables :])))
