r"""
Entropy of one variable of a joint table given another, in nats.

.. math:: H(Y \mid X) = \sum_{xy} p_{xy} \log \frac{p_{x \cdot}}{p_{xy}}

where a dot stands for a sum. No term is negative. The largest entry of a row is left out of the row's sum,
:math:`\log (p_{x \cdot} / p_{xy}) = \mathrm{log1p}(\text{the others} / p_{xy})`: where `X` almost determines
`Y` the quotient is 1 and a little, and rounds to 1.

Source: Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., equation 2.10.
"""

from __future__ import annotations

import math

from xent.arrays import Array, Namespace, one_hot

__all__ = ["conditional_entropy", "flat"]


def conditional_entropy(joint: Array, *, xp: Namespace) -> Array:
    """Entropy of the last axis of `joint` given the one before it."""
    largest = one_hot(xp.argmax(joint, axis=-1), joint, xp=xp)
    top = xp.max(joint, axis=-1)
    others = joint * (1 - largest)
    rest = xp.sum(others, axis=-1)
    ratio = (top + rest)[..., None] / (others + xp.astype(others == 0, joint.dtype))
    # A quotient by a subnormal may overflow; that by 1, where there is nothing, may be 0.
    limits = xp.finfo(joint.dtype)
    surprise = others * xp.log(xp.clip(ratio, float(limits.smallest_normal), float(limits.max)))
    of_top = top * xp.log1p(rest / (top + xp.astype(top == 0, top.dtype)))
    return xp.sum(of_top + xp.sum(surprise, axis=-1), axis=-1)


def flat(joint: Array, variables: int, *, xp: Namespace) -> Array:
    """The outcomes of the last `variables` axes on one axis."""
    shape = tuple(joint.shape)
    return xp.reshape(joint, (*shape[: joint.ndim - variables], math.prod(shape[joint.ndim - variables :])))
