r"""
Measures of joint tables, in nats, as sums of terms that are never negative.

With variables on the last axes and a dot for a sum over one,

.. math::

    I(X; Y) &= \mathrm{KL}(p_{xy} \,\|\, p_{x \cdot}\, p_{\cdot y}), \\
    I(X; Y \mid Z) &= \mathrm{KL}(p_{xyz} \,\|\, p_{x \cdot z}\, p_{\cdot yz} / p_{\cdot \cdot z}), \\
    H(Y \mid X) &= \sum_{xy} p_{xy} \log \frac{p_{x \cdot}}{p_{xy}}.

None is computed as a difference of entropies. In the last, the largest entry of a row is left out of the
row's sum, :math:`\log (p_{x \cdot} / p_{xy}) = \mathrm{log1p}(\text{the others} / p_{xy})`: where `X` almost
determines `Y` the quotient is 1 and a little, and rounds to 1.

Source: Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., equations 2.10, 2.28 and
2.60; total correlation: Watanabe, S. (1960). Information theoretical analysis of multivariate correlation.
IBM J. Res. Dev. 4(1).
"""

from __future__ import annotations

import math

from xent.arrays import Array, Namespace, one_hot
from xent.formulas import i_divergence

__all__ = [
    "conditional_entropy",
    "conditional_mutual_information",
    "flat",
    "marginal",
    "pointwise",
    "total_correlation",
]


def marginal(joint: Array, variable: int, *, variables: int, xp: Namespace) -> Array:
    """Distribution of one of the last `variables` axes, the others summed over but kept with length 1."""
    first = joint.ndim - variables
    others = tuple(axis for axis in range(first, joint.ndim) if axis != first + variable)
    return xp.sum(joint, axis=others, keepdims=True)


def total_correlation(joint: Array, *, variables: int, xp: Namespace) -> Array:
    """Divergence of `joint` from the product of its marginals; of two variables, mutual information."""
    product = _product_of_marginals(joint, variables=variables, xp=xp)
    return i_divergence.value(flat(joint, variables, xp=xp), flat(product, variables, xp=xp), xp=xp)


def conditional_mutual_information(joint: Array, *, xp: Namespace) -> Array:
    """Mutual information of the last two axes of (..., Z, X, Y) given the third from the end."""
    given = xp.sum(joint, axis=(-2, -1), keepdims=True)
    first, second = (xp.sum(joint, axis=axis, keepdims=True) for axis in (-1, -2))
    product = first * (second / (given + xp.astype(given == 0, given.dtype)))
    return i_divergence.value(flat(joint, 3, xp=xp), flat(product, 3, xp=xp), xp=xp)


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


def pointwise(joint: Array, *, variables: int, xp: Namespace) -> Array:
    """Logarithm of `joint` over the product of its marginals, entry by entry."""
    product = _product_of_marginals(joint, variables=variables, xp=xp)
    excess = (joint - product) / product
    near = xp.abs(excess) < 1 / 2
    ratio = xp.log(xp.where(near, 1.0, joint / product))
    return xp.where(near, xp.log1p(xp.where(near, excess, 0.0)), ratio)


def _product_of_marginals(joint: Array, *, variables: int, xp: Namespace) -> Array:
    parts = [marginal(joint, k, variables=variables, xp=xp) for k in range(variables)]
    return math.prod(parts[1:], start=parts[0])


def flat(joint: Array, variables: int, *, xp: Namespace) -> Array:
    """The outcomes of the last `variables` axes on one axis."""
    shape = tuple(joint.shape)
    return xp.reshape(joint, (*shape[: joint.ndim - variables], math.prod(shape[joint.ndim - variables :])))
