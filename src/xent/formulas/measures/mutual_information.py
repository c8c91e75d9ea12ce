r"""
Mutual information and related measures of joint tables, in nats, as sums of terms that are never negative.

With variables on the last axes of a table, a dot for a sum over one and :math:`t` for the sum of the table,
which is 1 up to rounding,

.. math::

    I(X; Y) &= \mathrm{KL}(p_{xy} \,\|\, p_{x \cdot}\, p_{\cdot y} / t), \\
    I(X; Y \mid Z) &= \mathrm{KL}(p_{xyz} \,\|\, p_{x \cdot z}\, p_{\cdot yz} / p_{\cdot \cdot z}), \\
    H(X) &= \sum_x p_{x \cdot} \log \frac{t}{p_{x \cdot}} .

No measure is computed as a difference of entropies. The division by :math:`t` gives the product of marginals
the sum of the table, so that an independent table equals its product whatever its sum. Marginals and products
are double words, because for a weak dependence rounding errors would be of the size of :math:`t\,p_{xy} -
p_{x \cdot}\, p_{\cdot y}`.

Source: Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., equations 2.28 and 2.60;
total correlation: Watanabe, S. (1960). Information theoretical analysis of multivariate correlation. IBM J.
Res. Dev. 4(1).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from xent.arrays import Array, Namespace
from xent.formulas.measures import alpha_divergence
from xent.formulas.measures.joint_tables import flat
from xent.precision.double_word import DoubleWord, difference_of_products, double_word, number, where
from xent.precision.logarithm import log_quotient

__all__ = ["conditional_mutual_information", "entropies", "pointwise", "total_correlation"]


class _Marginals(NamedTuple):
    """
    Marginals of a table, and the sum of its entries; summed axes keep length 1.

    `parts` has one marginal for each of the last axes, summed over the others; `whole` is summed over all.
    """

    parts: tuple[DoubleWord, ...]
    whole: DoubleWord


class _Dependence(NamedTuple):
    """
    Product of the marginals of each entry, over powers of the sum; the entry less it; and their log-ratio.

    For entries p and products q, `difference` is ``p - q`` and `log_ratio` is ``log(p / q)``.
    """

    product: DoubleWord
    difference: DoubleWord
    log_ratio: DoubleWord


def total_correlation(joint: Array, *, variables: int, xp: Namespace) -> Array:
    """
    Divergence in nats of `joint` from the product of its marginals over the last `variables` axes.

    For two variables it is mutual information. Leading axes are free; the result has their shape.
    """
    return _divergence(joint, _marginals(joint, variables, xp=xp), variables, xp=xp)


def conditional_mutual_information(joint: Array, *, xp: Namespace) -> Array:
    """
    Mutual information in nats of the last two axes of `joint` given the third from the end.

    From shape (..., Z, X, Y) to (...).
    """
    return _divergence(joint, _marginals(joint, 2, xp=xp), 3, xp=xp)


def pointwise(joint: Array, *, xp: Namespace) -> Array:
    """
    Logarithm of `joint`, of shape (..., X, Y), over the product of its marginals, elementwise, in nats.

    ``-inf`` where the entry is 0, and nan where a marginal of it is 0. The entries need not sum to 1: the
    product of the marginals is divided by the sum.
    """
    marginals = _marginals(joint, 2, xp=xp)
    found = _dependence(double_word(joint, xp=xp), marginals).log_ratio.rounded
    row, column = marginals.parts
    found = xp.where(joint == 0, -xp.inf, found)
    return xp.where((row.hi == 0) | (column.hi == 0), xp.nan, found)


def entropies(joint: Array, *, xp: Namespace) -> tuple[Array, Array, Array]:
    """
    Entropies in nats of the second-to-last axis, of the last axis, and of both together, of shape (...).

    `joint` has shape (..., X, Y).
    """
    marginals = _marginals(joint, 2, xp=xp).parts
    first, second, both = (_entropy(_flat(x, 2)) for x in (*marginals, double_word(joint, xp=xp)))
    return first, second, both


def _entropy(parts: DoubleWord) -> Array:
    """
    Sum of ``p log(t / p)`` over the last axis, with the sum t of the entries p; 0 costs 0.

    For entries that sum to 1 it is the entropy in nats.
    """
    zero, one = (number(value, parts.hi, xp=parts.xp) for value in (0, 1))
    some, some_whole = (where(x.hi != 0, x, one) for x in (parts, parts.total(keepdims=True)))
    return where(parts.hi != 0, parts * log_quotient(some_whole, some), zero).total().rounded


def _divergence(joint: Array, marginals: _Marginals, variables: int, *, xp: Namespace) -> Array:
    """
    Divergence of `joint` from the product of its `marginals`, summed over the last `variables` axes, in nats.

    A cell of 0 adds the product of its marginals.
    """
    table = double_word(joint, xp=xp)
    found = _dependence(table, marginals)
    terms = alpha_divergence.terms(table, *found, order=1)
    # The I-divergence term of p = 0 and q is q.
    return _flat(where(joint != 0, terms, found.product), variables).total().rounded


def _dependence(table: DoubleWord, marginals: _Marginals) -> _Dependence:
    """
    Product q of the marginals of each entry p of `table`, ``p - q``, and ``log(p / q)``, elementwise.

    `marginals` hold n marginals, as `_marginals` gives them, and the sum t of the table; the product is
    divided by ``t**(n - 1)``. In the log-ratio an entry, or a marginal, of 0 counts as 1.
    """
    xp = table.xp
    zero, one = (number(value, table.hi, xp=xp) for value in (0, 1))
    first, *others = marginals.parts
    entry, some_first, whole = (where(x.hi != 0, x, one) for x in (table, first, marginals.whole))
    product, log_of_others = first, zero
    for other in others:
        product = product * (other / whole)
        log_of_others = log_of_others + log_quotient(where(other.hi != 0, other, one), whole)
    # p - prod / t**(n-1) with the division taken out: p t**(n-1) - prod is one difference of products.
    scaled_entry, scaled_product = table, first
    for other in others[:-1]:
        scaled_entry, scaled_product = scaled_entry * whole, scaled_product * other
    difference = difference_of_products(scaled_entry, whole, scaled_product, others[-1])
    for _ in others:
        difference = difference / whole
    # Where the product of the marginals underflows, its logarithm is summed from those of the factors.
    limits = xp.finfo(table.hi.dtype)
    is_float = product.hi > float(limits.smallest_normal) / float(limits.eps) ** 2
    over = where(is_float, product, some_first)
    log_ratio = log_quotient(entry, over, where(is_float, difference, entry - some_first))
    return _Dependence(product, difference, log_ratio - where(is_float, zero, log_of_others))


def _marginals(joint: Array, variables: int, *, xp: Namespace) -> _Marginals:
    """
    Marginals of the last `variables` axes of `joint`, and the sum over all of these, as double words.

    A marginal belongs to one axis and is summed over the others, which keep length 1, as do all in the sum;
    leading axes stay. For one variable they are two, the table itself and its sum, as of the variable and a
    constant.
    """
    table = double_word(joint, xp=xp)
    axes = range(-variables, 0)
    parts = tuple(_sum_over(table, (axis for axis in axes if axis != kept)) for kept in axes)
    whole = _sum_over(parts[0], axes[:1])
    # A single variable is paired with a constant, of which it is independent.
    return _Marginals(parts if variables > 1 else (*parts, whole), whole)


def _sum_over(table: DoubleWord, axes: Iterable[int]) -> DoubleWord:
    """Sum of `table` over `axes`, which keep length 1; `table` itself without any."""
    for axis in axes:
        table = table.total(axis=axis, keepdims=True)
    return table


def _flat(x: DoubleWord, variables: int) -> DoubleWord:
    """`flat` of a double word: the last `variables` axes merged into one."""
    return DoubleWord(flat(x.hi, variables, xp=x.xp), flat(x.lo, variables, xp=x.xp), x.xp)
