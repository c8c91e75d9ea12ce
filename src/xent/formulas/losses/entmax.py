r"""
Entmax: the sparse relatives of the softmax, which give far classes the probability 0 exactly.

.. math::

    p = \operatorname*{argmax}_{p} \left( \langle p, z \rangle + \frac{1}{\alpha (\alpha - 1)}
    \sum_k (p_k - p_k^\alpha) \right)
    = \left[ (\alpha - 1) z - \tau \right]_+^{1 / (\alpha - 1)},

with the one :math:`\tau` that makes the sum 1; :math:`\alpha = 2` is sparsemax, and :math:`\alpha \to 1` the
softmax.

With one largest logit :math:`z_j`, the unknown is :math:`u = 1 - p_j^{\alpha - 1}`, and the margins
:math:`m_k = 1 - (\alpha - 1)(z_j - z_k)` come from exact differences:

.. math:: \sum_{k \ne j} [m_k - u]_+^{1 / (\alpha - 1)} = 1 - (1 - u)^{1 / (\alpha - 1)} .

Both sides are small together where the model is sure, so nothing is lost of the probabilities of the others.
The left less the right is convex and falls, so Newton's steps from 0 never pass the root, and its product
with its slope falls by a factor of 4 in each: ``log2(K)`` and half the digits are enough steps for every
row. Sparsemax and 1.5-entmax have closed forms on each possible support, given sorted margins. One more step
takes away what rounding left; there the digits count that were lost when the margins were rounded.

Source: Peters, B., Niculae, V., Martins, A. F. T. (2019). Sparse sequence-to-sequence models. ACL. Equations
5, 10 and 13, algorithm 2; Martins, A. F. T., Astudillo, R. F. (2016). From softmax to sparsemax. ICML.
Algorithm 1.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from xent.arrays import Array, Namespace, class_indices, one_hot, unit_vectors
from xent.precision.cumulative_sums import running_sum
from xent.precision.exact_difference import exact_difference
from xent.precision.exact_logits import Logits, rounded_and_rest
from xent.precision.exact_product import exact_product

__all__ = ["Entmax", "entmax"]


class Entmax(NamedTuple):
    """
    Parts of the entmax of logits of shape (..., K); all are nan in a row without one.

    Parameters
    ----------
    probs : array of shape (..., K)
        Probabilities of the classes.
    rest : array of shape (...)
        Sum of those of all classes but the top.
    is_top : array of shape (..., K)
        One-hot coding of a class of largest logit.
    powers : array of shape (..., K)
        ``probs ** (alpha - 1)``.
    shortfalls : array of shape (..., K)
        By how much the logits of classes outside the support miss it; 0 inside.
    slopes : array of shape (..., K)
        ``probs ** (2 - alpha)`` on the support and 0 elsewhere.
    """

    probs: Array
    rest: Array
    is_top: Array
    powers: Array
    shortfalls: Array
    slopes: Array

    def complements(self, *, xp: Namespace) -> Array:
        """``1 - probs``, with all digits also where one probability is almost 1."""
        return xp.where(self.is_top == 1, self.rest[..., None], 1 - self.probs)

    def jacobian_product(self, vectors: Array, *, xp: Namespace) -> Array:
        r"""Product of the Jacobian :math:`\mathrm{diag}(s) - s s^\top / \sum_k s_k`, with the slopes `s`,
        and `vectors`.

        It does not see a constant added to a vector, so the entry at the top is taken away first.
        """
        at_top = xp.sum(vectors * self.is_top, axis=-1)[..., None]
        shifted = (vectors - at_top) * (1 - self.is_top)
        total = xp.sum(self.slopes, axis=-1)[..., None]
        return self.slopes * (shifted - xp.sum(self.slopes * shifted, axis=-1)[..., None] / total)

    def jacobian(self, *, xp: Namespace) -> Array:
        """The Jacobian itself, of shape (..., K, K)."""
        slopes, total = self.slopes, xp.sum(self.slopes, axis=-1)[..., None, None]
        products = slopes[..., :, None] * slopes[..., None, :] / total
        # What is left of a slope is its product with all others: 1 - s / sum(s) would cancel at the top.
        units = unit_vectors(slopes, xp=xp)
        off_diagonal = products * (1 - units)
        return units * xp.sum(off_diagonal, axis=-1)[..., None] - off_diagonal


def entmax(logits: Logits, alpha: float, *, xp: Namespace) -> Entmax:
    """
    Parts of the entmax of `logits` over the last axis.

    Parameters
    ----------
    logits : array of shape (..., K), or `ExactLogits`
        Scores of the classes; ``-inf`` leaves a class out.
    alpha : float
        Above 1 and at most 2.
    xp : module
        Namespace of `logits`.

    Returns
    -------
    Entmax
        The parts.

    Examples
    --------
    >>> import numpy as np
    >>> entmax(np.asarray([0.5, 0.0, -1.0]), 2.0, xp=np).probs
    array([0.75, 0.25, 0.  ])
    """
    power = 1 / (alpha - 1)
    high, _ = rounded_and_rest(logits)
    is_top = one_hot(xp.argmax(high, axis=-1), high, xp=xp)
    gaps, gap_rests = _gaps(logits, is_top, alpha, xp=xp)
    margins, margin_rests = _margins(gaps, gap_rests, alpha, xp=xp)
    others = xp.where(is_top == 1, -xp.inf, margins)
    start = _root(others, margins, alpha, xp=xp)
    # From here on the unknown is `start` plus `step`, which are never added.
    hi, lo = exact_difference(margins, start[..., None] + xp.zeros_like(margins))
    lo = lo + margin_rests
    step = _newton_step(xp.where(is_top == 1, -xp.inf, hi + lo), start, power, xp=xp)
    excess = hi + (lo - step[..., None])
    powers = xp.clip(excess, min=0.0)
    probs = powers if power == 1 else powers**power
    rest = xp.sum(probs * (1 - is_top), axis=-1)
    probs = xp.where((is_top == 1) & (rest < 0.5)[..., None], (1 - rest)[..., None], probs)
    safe = xp.where(powers > 0, powers, 1.0)
    slopes = xp.where(powers > 0, safe ** ((2 - alpha) * power), 0 * powers)
    bar = (1 - (start + step))[..., None] * power
    shortfalls = xp.where(excess < 0, _raw_gaps(logits, is_top, xp=xp) - bar, 0.0)
    return Entmax(probs, rest, is_top, powers, xp.clip(shortfalls, min=0.0), slopes)


def _root(others: Array, margins: Array, alpha: float, *, xp: Namespace) -> Array:
    """The unknown before the last step; `others` are the margins without the top's."""
    if alpha in (1.5, 2):
        return (_sparsemax_root if alpha == 2 else _entmax15_root)(margins, xp=xp)
    u, digits = 0 * margins[..., 0], -math.log2(float(xp.finfo(margins.dtype).eps))
    for _ in range(math.ceil(digits / 2 + math.log2(margins.shape[-1]))):
        u = u + _newton_step(others - u[..., None], u, 1 / (alpha - 1), xp=xp)
    return u


def _newton_step(excess: Array, u: Array, power: float, *, xp: Namespace) -> Array:
    """Newton's step from `u`, given the margins of all classes but the top less `u`."""
    if power == 1:
        steep = xp.astype(excess > 0, u.dtype)
        at_top = xp.ones_like(u)
    else:
        steep = xp.clip(excess, min=0.0) ** (power - 1)
        at_top = xp.exp((power - 1) * xp.log1p(-u))
    others = xp.sum(xp.clip(excess, min=0.0) * steep, axis=-1)
    left = others + xp.expm1(power * xp.log1p(-u))
    return left / (power * (xp.sum(steep, axis=-1) + at_top))


def _sparsemax_root(margins: Array, *, xp: Namespace) -> Array:
    """The largest root on the largest margins, one for each number of them (Martins and Astudillo)."""
    ordered = -xp.sort(-margins, axis=-1)
    place = class_indices(margins, xp=xp)
    sums = running_sum(xp.where(place == 0, 0.0, ordered), xp=xp)
    return xp.max(sums / xp.astype(1 + place, margins.dtype), axis=-1)


def _entmax15_root(margins: Array, *, xp: Namespace) -> Array:
    """The largest root that is below the least margin it is made of (Peters et al., algorithm 2)."""
    # By what margins lack to 1, which is little where many have a part: sums of squares near 1 would cancel.
    lacks = xp.sort(1 - margins, axis=-1)
    counts = xp.astype(1 + class_indices(margins, xp=xp), margins.dtype)
    means = running_sum(lacks, xp=xp) / counts
    variances = running_sum(lacks * lacks, xp=xp) / counts - means * means
    inside = 1 / counts - variances
    bars = means + xp.sqrt(xp.clip(inside, min=0.0))
    return 1 - xp.min(xp.where((inside >= 0) & (lacks <= bars), bars, 1.0), axis=-1)


def _margins(gaps: Array, rests: Array, alpha: float, *, xp: Namespace) -> tuple[Array, Array]:
    """``1 - (alpha - 1) * gaps``, rounded and what rounding took."""
    digits = round(1 - math.log2(float(xp.finfo(gaps.dtype).eps)))
    mantissa, exponent = math.frexp(alpha - 1)
    factor = math.ldexp(round(mantissa * 2.0**digits), exponent - digits)
    hi, lo = exact_product(gaps, factor + xp.zeros_like(gaps), xp=xp)
    lo = lo + (gaps * (alpha - 1 - factor) + rests * factor)
    margins, missing = exact_difference(xp.ones_like(hi), hi)
    return margins, missing - lo


def _gaps(logits: Logits, is_top: Array, alpha: float, *, xp: Namespace) -> tuple[Array, Array]:
    """By how much each logit is below the top, rounded and what rounding took; at most what counts."""
    high, low = rounded_and_rest(logits)
    top = _top(high, xp=xp)
    far = 4 / (alpha - 1) + 4 * float(xp.finfo(high.dtype).eps) * xp.abs(top)
    near = xp.maximum(high, top - far)
    hi, lo = exact_difference(top + xp.zeros_like(near), near)
    if not isinstance(low, float):
        lo = lo + (xp.sum(low * is_top, axis=-1)[..., None] - low)
    return hi, lo


def _raw_gaps(logits: Logits, is_top: Array, *, xp: Namespace) -> Array:
    """By how much each logit is below the top, however far."""
    high, low = rounded_and_rest(logits)
    gaps = _top(high, xp=xp) - high
    return gaps if isinstance(low, float) else gaps + (xp.sum(low * is_top, axis=-1)[..., None] - low)


def _top(logits: Array, *, xp: Namespace) -> Array:
    """The largest of each row, and nan where that is infinite."""
    top = xp.max(logits, axis=-1)[..., None]
    return xp.where(xp.isfinite(top), top, xp.nan)
