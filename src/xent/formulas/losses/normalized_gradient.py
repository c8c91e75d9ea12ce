r"""
Gradient of a normalised loss, by two forms of which each entry takes the one with the smaller terms.

With the slopes :math:`\varphi'_k` of the losses of all classes, their sum :math:`S` and the label's share
:math:`\ell`, the gradient is :math:`\sum_k c_k (p - e_k)`, :math:`c_k = \varphi'_k ([k = y] - \ell) / S`. If
the label is far below other classes that are tied, :math:`\ell` is near 1, and the terms of the other classes
are large but cancel among themselves. For an entry :math:`j \ne y`, with sums over the classes but the label,

.. math::

    S \frac{\partial \ell}{\partial z_j} = \varphi'_y (1 - \ell) p_j + \ell p_y \varphi'_j
    - \ell \sum_k (p_j \varphi'_k - p_k \varphi'_j),

where the last sum is 0 for tied classes. With the most probable class :math:`t` but the label, the
differences :math:`d_k = p_t - p_k` and :math:`g_k = \varphi'_k - \varphi'_t`, their sums :math:`D` and
:math:`G`, the sum :math:`P` of the probabilities and the number :math:`n` of these classes, it is
:math:`p_j G - P g_j + \varphi'_t (D - n d_j)`.

Source: the chain rule on Ma, X. et al. (2020). Normalized loss functions for deep learning with noisy labels.
ICML. The section on normalised losses.
"""

from __future__ import annotations

from typing import NamedTuple

from xent.arrays import Array, Namespace
from xent.formulas.every_class import EveryClass

__all__ = ["Shares", "normalized_gradient", "sum_of_slopes"]


class Shares(NamedTuple):
    """
    Losses of all classes as labels, and the label's share of their sum.

    Parameters
    ----------
    classes : EveryClass
        Probability, complement and surprisal of every class.
    is_label : array of shape (..., K)
        One-hot coding of the label.
    takes_part : array of bool of shape (..., K)
        True for classes whose loss is in the sum.
    total, share : array of shape (...)
        Sum of the losses, and the label's share of it, which is the normalised loss.
    signs : array of shape (..., K)
        ``[k = y] - share``; at the label without the subtraction.
    """

    classes: EveryClass
    is_label: Array
    takes_part: Array
    total: Array
    share: Array
    signs: Array


class _OtherClasses(NamedTuple):
    """
    Sums over the classes but the label that take part, and differences to the most probable of them.

    `size`, `prob` and `slope_of_top`, of shape (..., 1), are their number, their probability, and the slope
    of the most probable. `gaps` and `slopes`, of shape (..., K), are the probability of that class less each,
    and each slope less that of this class; both are 0 at the other classes.
    """

    size: Array
    prob: Array
    slope_of_top: Array
    gaps: Array
    slopes: Array


def normalized_gradient(shares: Shares, distances: Array, slopes: Array, *, xp: Namespace) -> Array:
    """
    Gradient of the label's share of the sum of all losses in the logits, of shape (..., K).

    Parameters
    ----------
    shares : Shares
        Probabilities of all classes, the one-hot label, the sum of the losses and the label's share of it.
    distances : array of shape (..., K)
        Distance of each logit below the largest.
    slopes : array of shape (..., K)
        Derivative of each class's loss in its surprisal, 0 for classes left out of the sum.
    xp : module
        Array-API namespace of the arrays.
    """
    total = shares.total[..., None]
    plain = sum_of_slopes(slopes * shares.signs / total, shares, xp=xp)
    by_differences, size = _by_differences(shares, distances, slopes, xp=xp)
    others = slopes * (1 - shares.is_label)
    of_one_by_one = shares.classes.prob * (xp.sum(others, axis=-1)[..., None] - others)
    is_smaller = size < of_one_by_one + shares.classes.complement * others
    is_smaller = is_smaller & shares.takes_part & (shares.is_label == 0)
    return xp.where(is_smaller, by_differences / total, plain)


def sum_of_slopes(factors: Array, shares: Shares, *, xp: Namespace) -> Array:
    """
    Sum of :math:`c_k (p - e_k)` over the classes k, for `factors` c, with the probabilities p: (..., K).

    `shares` hold p, ``1 - p``, the one-hot label and the argmax. Each entry is ``p * (sum of the other
    factors) - (1 - p) * factor``. The factor of the label, or of the top class, can be nearly the whole sum.
    So for its own entry it is left out of the sum, not subtracted from it.
    """
    is_label, is_top = shares.is_label, shares.classes.model.is_top
    is_top_alone = is_top * (1 - is_label)
    plain = factors * (1 - is_label) * (1 - is_top_alone)
    at_label = xp.sum(factors * is_label, axis=-1)[..., None]
    at_top = xp.sum(factors * is_top_alone, axis=-1)[..., None]
    others = (
        (xp.sum(plain, axis=-1)[..., None] - plain) + at_label * (1 - is_label) + at_top * (1 - is_top_alone)
    )
    return shares.classes.prob * others - shares.classes.complement * factors


def _by_differences(shares: Shares, distances: Array, slopes: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """
    Gradient of the label's share times the sum S of the losses, and the size of terms that cancel in it.

    Both have shape (..., K); entries at the label, or at classes that do not take part, are not valid.
    `shares` hold the probabilities and the share, `distances` are those of the logits below the largest,
    `slopes` the derivatives of each class's loss in its surprisal, 0 for classes left out; all are (..., K).
    """
    prob, share = shares.classes.prob, shares.share[..., None]
    others = _others(shares, distances, slopes, xp=xp)
    sum_of_gaps, sum_of_slopes_ = (xp.sum(x, axis=-1)[..., None] for x in (others.gaps, others.slopes))
    of_label = xp.sum(slopes * shares.signs * shares.is_label, axis=-1)[..., None]
    prob_of_label = xp.sum(prob * shares.is_label, axis=-1)[..., None]
    first, second = prob * sum_of_slopes_, others.prob * others.slopes
    third = others.slope_of_top * (sum_of_gaps - others.size * others.gaps)
    found = of_label * prob + share * (prob_of_label * slopes - ((first - second) + third))
    size = others.slope_of_top * (sum_of_gaps + others.size * others.gaps)
    return found, xp.abs(first) + xp.abs(second) + size


def _others(shares: Shares, distances: Array, slopes: Array, *, xp: Namespace) -> _OtherClasses:
    """
    Sums over the classes but the label that take part, and differences to the most probable of them.

    They are, each (..., 1), the number of these classes, their probability, the slope of the most probable;
    and, (..., K), its probability less each, and each slope less its own, both 0 at other classes. Without
    any of these classes all are 0. `distances`, >= 0, are those of the logits below the largest; `slopes`,
    >= 0, the derivatives of each class's loss in its surprisal.
    """
    prob = shares.classes.prob
    mask = xp.astype(shares.takes_part, prob.dtype) * (1 - shares.is_label)
    nearest = xp.min(xp.where(mask == 1, distances, xp.inf), axis=-1)[..., None]
    is_top = mask * xp.astype(distances == nearest, prob.dtype)
    # Tied classes have the same probability and slope, so any of them will do.
    prob_of_top = xp.max(prob * is_top, axis=-1)[..., None]
    slope_of_top = xp.max(slopes * is_top, axis=-1)[..., None]
    # Infinite without any of these classes, and in a row that is all -inf.
    start = xp.where(nearest < xp.inf, nearest, 0.0)
    below = xp.where(mask == 1, distances, start) - start
    return _OtherClasses(
        size=xp.sum(mask, axis=-1)[..., None],
        prob=xp.sum(prob * mask, axis=-1)[..., None],
        slope_of_top=slope_of_top,
        gaps=-prob_of_top * xp.expm1(-below) * mask,
        slopes=(slopes - slope_of_top) * mask,
    )
