r"""
Entmax: sparse relatives of the softmax, which give far classes a probability of exactly 0.

.. math::

    p = \operatorname*{argmax}_{p} \left( \langle p, z \rangle + \frac{1}{\alpha (\alpha - 1)}
    \sum_k (p_k - p_k^\alpha) \right)
    = \left[ (\alpha - 1) z - \tau \right]_+^{1 / (\alpha - 1)},

with the one :math:`\tau` for which the sum is 1; :math:`\alpha = 2` is sparsemax, and :math:`\alpha \to 1`
the softmax.

With one largest logit :math:`z_j`, the unknown is :math:`u = 1 - p_j^{\alpha - 1}`, and the margins
:math:`m_k = 1 - (\alpha - 1)(z_j - z_k)` are computed from exact differences:

.. math:: \sum_{k \ne j} [m_k - u]_+^{1 / (\alpha - 1)} = 1 - (1 - u)^{1 / (\alpha - 1)} .

When :math:`p_j` is near 1, both sides are small together, so the probabilities of the other classes keep
their digits. The left side less the right is convex and decreasing, so Newton's steps from 0 never pass the
root, and the product of that difference with its slope falls by a factor of 4 in each step: ``log2(K)`` plus
half the digits are enough steps for every row. Sparsemax and 1.5-entmax have a closed form for each possible
support, given sorted margins. One last Newton step removes the rounding error of the root; it uses the
low-order parts of the margins.

Source: Peters, B., Niculae, V., Martins, A. F. T. (2019). Sparse sequence-to-sequence models. ACL. Equations
5, 10 and 13, algorithm 2; Martins, A. F. T., Astudillo, R. F. (2016). From softmax to sparsemax. ICML.
Algorithm 1.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from xent.arrays import Array, Namespace, class_indices, one_hot, unit_vectors
from xent.precision.cumulative_sums import running_sum
from xent.precision.exact_difference import Logits, exact_difference, high_and_low
from xent.precision.exact_product import exact_product

__all__ = ["Entmax", "entmax"]


class Entmax(NamedTuple):
    """
    Parts of the entmax of logits of shape (..., K).

    In a row whose largest logit is infinite, or that has a nan, all are nan but `is_top` and `shortfalls`.

    Parameters
    ----------
    probs : array of shape (..., K)
        Probabilities of the classes.
    rest : array of shape (...)
        Sum of the probabilities of all classes but the top.
    is_top : array of shape (..., K)
        One-hot coding of the argmax of the logits; of the first nan in a row with one.
    powers : array of shape (..., K)
        ``probs ** (alpha - 1)``.
    shortfalls : array of shape (..., K)
        Distance of each logit below the support, >= 0; 0 for classes in the support, and in a row of nan
        probabilities.
    derivatives : array of shape (..., K)
        ``probs ** (2 - alpha)`` in the support and 0 elsewhere.
    """

    probs: Array
    rest: Array
    is_top: Array
    powers: Array
    shortfalls: Array
    derivatives: Array

    def complements(self, *, xp: Namespace) -> Array:
        """``1 - probs``, accurate also where a probability is near 1."""
        return xp.where(self.is_top == 1, self.rest[..., None], 1 - self.probs)

    def jacobian_product(self, vectors: Array, *, xp: Namespace) -> Array:
        r"""
        Product of the Jacobian :math:`\mathrm{diag}(s) - s s^\top / \sum_k s_k` with `vectors`, (..., K).

        Here `s` are `derivatives`. Adding a constant to a vector does not change the product, so the entry at
        the top is subtracted first; otherwise the difference cancels at that class when it holds nearly all
        of the sum.
        """
        at_top = xp.sum(vectors * self.is_top, axis=-1)[..., None]
        shifted = (vectors - at_top) * (1 - self.is_top)
        total = xp.sum(self.derivatives, axis=-1)[..., None]
        return self.derivatives * (shifted - xp.sum(self.derivatives * shifted, axis=-1)[..., None] / total)

    def jacobian(self, *, xp: Namespace) -> Array:
        r"""
        Jacobian of the probabilities in the logits, of shape (..., K, K), :math:`\mathrm{diag}(s) - s s^\top
        / \sum_k s_k`.

        Here `s` are `derivatives`, ``probs ** (2 - alpha)`` in the support and 0 elsewhere. Rows of nan
        probabilities give nan.
        """
        derivatives, total = self.derivatives, xp.sum(self.derivatives, axis=-1)[..., None, None]
        products = derivatives[..., :, None] * derivatives[..., None, :] / total
        # Rows sum to 0, so each diagonal entry is a sum of positive off-diagonal products; s - s**2 / sum(s)
        # would cancel at the top.
        units = unit_vectors(derivatives, xp=xp)
        off_diagonal = products * (1 - units)
        return units * xp.sum(off_diagonal, axis=-1)[..., None] - off_diagonal


def entmax(logits: Logits, alpha: float, *, xp: Namespace) -> Entmax:
    """
    Parts of the entmax of `logits` over the last axis.

    Parameters
    ----------
    logits : array of shape (..., K), or `ExactLogits`
        Scores of the classes; ``-inf`` gives probability 0. A row whose largest logit is infinite, or that
        has a nan, gives probabilities of nan.
    alpha : float
        Exponent, above 1 and at most 2, which is not checked.
    xp : module
        Array-API namespace of `logits`.

    Returns
    -------
    Entmax
        Probabilities, their sum without the largest, the one-hot coding of that, ``probs ** (alpha - 1)``,
        ``probs ** (2 - alpha)``, and the distance of each logit below the support.

    Examples
    --------
    >>> import numpy as np
    >>> entmax(np.asarray([0.5, 0.0, -1.0]), 2.0, xp=np).probs
    array([0.75, 0.25, 0.  ])
    """
    power = 1 / (alpha - 1)
    high, _ = high_and_low(logits)
    is_top = one_hot(xp.argmax(high, axis=-1), high, xp=xp)
    gaps, gap_rests = _gaps(logits, is_top, alpha, xp=xp)
    margins, margin_rests = _margins(gaps, gap_rests, alpha, xp=xp)
    others = xp.where(is_top == 1, -xp.inf, margins)
    start = _root(others, margins, alpha, xp=xp)
    # From here on the unknown is the unevaluated sum `start` + `step`: added, it would be rounded again.
    hi, lo = exact_difference(margins, start[..., None] + xp.zeros_like(margins))
    lo = lo + margin_rests
    step = _newton_step(xp.where(is_top == 1, -xp.inf, hi + lo), start, power, xp=xp)
    excess = hi + (lo - step[..., None])
    powers = xp.clip(excess, min=0.0)
    probs = powers if power == 1 else powers**power
    rest = xp.sum(probs * (1 - is_top), axis=-1)
    # For a rest below 1/2, 1 - rest does not cancel and makes the sum 1 to the last digit.
    probs = xp.where((is_top == 1) & (rest < 0.5)[..., None], (1 - rest)[..., None], probs)
    safe = xp.where(powers > 0, powers, 1.0)
    derivatives = xp.where(powers > 0, safe ** ((2 - alpha) * power), 0 * powers)
    bar = (1 - (start + step))[..., None] * power
    shortfalls = xp.where(excess < 0, _raw_gaps(logits, is_top, xp=xp) - bar, 0.0)
    return Entmax(probs, rest, is_top, powers, xp.clip(shortfalls, min=0.0), derivatives)


def _root(others: Array, margins: Array, alpha: float, *, xp: Namespace) -> Array:
    """
    Root ``u = 1 - p_top ** (alpha - 1)`` up to rounding, of shape (...), before the last Newton step.

    It solves ``sum(max(others - u, 0) ** power) = 1 - (1 - u) ** power`` with ``power = 1 / (alpha - 1)``.
    `margins`, (..., K), are ``1 - (alpha - 1) * d`` with the distance d of each logit below the top; `others`
    are the same with ``-inf`` at the top class. In closed form for `alpha` 1.5 and 2, else by Newton's steps
    from 0, in a number that is enough for every row.
    """
    if alpha in (1.5, 2):
        return (_sparsemax_root if alpha == 2 else _entmax15_root)(margins, xp=xp)
    u, digits = 0 * margins[..., 0], -math.log2(float(xp.finfo(margins.dtype).eps))
    for _ in range(math.ceil(digits / 2 + math.log2(margins.shape[-1]))):
        u = u + _newton_step(others - u[..., None], u, 1 / (alpha - 1), xp=xp)
    return u


def _newton_step(excess: Array, u: Array, power: float, *, xp: Namespace) -> Array:
    """
    Newton step from `u`, of shape (...): the number to add to it.

    The equation is ``sum(max(excess, 0) ** power) = 1 - (1 - u) ** power`` with ``power = 1 / (alpha - 1)``.
    `excess`, (..., K), is ``1 - (alpha - 1) * d - u`` with the distance d of each logit below the top, and
    ``-inf`` for the top class.
    """
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
    """
    Root :math:`u = 1 - p_j` of the top class j for ``alpha == 2``, up to rounding, of shape (...).

    `margins`, (..., K), are ``1 - d`` with the distance d of each logit below the top: 1 at the top class,
    which is left out of the sums. The root is the largest, over k, of the roots for a support of the k
    largest margins (Martins and Astudillo).
    """
    ordered = -xp.sort(-margins, axis=-1)
    place = class_indices(margins, xp=xp)
    sums = running_sum(xp.where(place == 0, 0.0, ordered), xp=xp)
    return xp.max(sums / xp.astype(1 + place, margins.dtype), axis=-1)


def _entmax15_root(margins: Array, *, xp: Namespace) -> Array:
    r"""
    Root :math:`u = 1 - \sqrt{p_j}` of the top class j for ``alpha == 1.5``, up to rounding, of shape (...).

    `margins`, (..., K), are ``1 - d / 2`` with the distance d of each logit below the top: 1 at the top
    class. The root is the largest, over supports of the k largest margins, that is at most the least margin
    of its own support (Peters et al., algorithm 2).
    """
    # Means and variances are those of 1 - margin, which is small if many classes are in the support;
    # variances of numbers near 1 would cancel.
    lacks = xp.sort(1 - margins, axis=-1)
    counts = xp.astype(1 + class_indices(margins, xp=xp), margins.dtype)
    means = running_sum(lacks, xp=xp) / counts
    variances = running_sum(lacks * lacks, xp=xp) / counts - means * means
    inside = 1 / counts - variances
    bars = means + xp.sqrt(xp.clip(inside, min=0.0))
    return 1 - xp.min(xp.where((inside >= 0) & (lacks <= bars), bars, 1.0), axis=-1)


def _margins(gaps: Array, rests: Array, alpha: float, *, xp: Namespace) -> tuple[Array, Array]:
    """
    ``1 - (alpha - 1) * gaps``, rounded, and its low-order part, both of shape (..., K).

    `gaps` are the distances of the logits below the top, capped to be finite, and `rests` their low-order
    parts.
    """
    digits = round(1 - math.log2(float(xp.finfo(gaps.dtype).eps)))
    # alpha - 1 is a Python float; `factor` is that number rounded to the dtype of the logits.
    mantissa, exponent = math.frexp(alpha - 1)
    factor = math.ldexp(round(mantissa * 2.0**digits), exponent - digits)
    hi, lo = exact_product(gaps, factor + xp.zeros_like(gaps), xp=xp)
    lo = lo + (gaps * (alpha - 1 - factor) + rests * factor)
    margins, missing = exact_difference(xp.ones_like(hi), hi)
    return margins, missing - lo


def _gaps(logits: Logits, is_top: Array, alpha: float, *, xp: Namespace) -> tuple[Array, Array]:
    """
    Distance of each logit below the largest of its row, rounded, and its low-order part, both (..., K).

    `is_top` is the one-hot coding of the largest. Distances are capped at about ``4 / (alpha - 1)``, where
    they are certain to lie outside the support, which keeps those of ``-inf`` finite. A row whose largest
    logit is infinite or nan has nan.
    """
    high, low = high_and_low(logits)
    top = _top(high, xp=xp)
    far = 4 / (alpha - 1) + 4 * float(xp.finfo(high.dtype).eps) * xp.abs(top)
    near = xp.maximum(high, top - far)
    hi, lo = exact_difference(top + xp.zeros_like(near), near)
    if not isinstance(low, float):
        lo = lo + (xp.sum(low * is_top, axis=-1)[..., None] - low)
    return hi, lo


def _raw_gaps(logits: Logits, is_top: Array, *, xp: Namespace) -> Array:
    """
    Distance of each logit below the top, of shape (..., K); ``inf`` at ``-inf``.

    Unlike those of `_gaps` the distances are not capped.
    """
    high, low = high_and_low(logits)
    gaps = _top(high, xp=xp) - high
    return gaps if isinstance(low, float) else gaps + (xp.sum(low * is_top, axis=-1)[..., None] - low)


def _top(logits: Array, *, xp: Namespace) -> Array:
    """Largest logit of each row, with a last axis of length 1; nan where it is infinite."""
    top = xp.max(logits, axis=-1)[..., None]
    return xp.where(xp.isfinite(top), top, xp.nan)
