"""Ross's estimator of the mutual information of a discrete and a continuous variable."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma

from xent.errors import DomainError
from xent.measures.estimators.category_codes import CategoryCodes, Samples, category_codes
from xent.measures.estimators.continuous_samples import (
    check_neighbours,
    check_pairs,
    jitter_source,
    neighbours,
    points,
    refuse_ties,
    within,
)
from xent.measures.estimators.count_spectrum import Floats
from xent.measures.estimators.logarithm_base import nats_per_unit
from xent.measures.estimators.mutual_information_estimate import MutualInformationEstimate

__all__ = ["ross_mutual_information"]


def ross_mutual_information(
    x: Samples,
    y: ArrayLike,
    /,
    *,
    k: int = 3,
    jitter: float = 0.0,
    seed: int | None = None,
    base: float | None = None,
) -> MutualInformationEstimate:
    r"""
    Mutual information of categories `x` and continuous `y`, in nats or in the unit of `base`.

    Parameters
    ----------
    x : iterable of n hashables, or array of shape (n,)
        Discrete variable: integers, strings or any hashables.
    y : array_like of shape (n,) or (n, d)
        Continuous variable, paired with `x`.
    k : int
        Which neighbour within the category; each category must have more observations than that.
    jitter : float
        Standard deviation of normal noise added to `y`, in its unit; by default none.
    seed : int, optional
        Seed of the noise, which must have one.
    base : float, optional
        Base of the logarithm; by default e, for nats.

    Returns
    -------
    MutualInformationEstimate
        Without a standard error: none is established for the method.

    Raises
    ------
    DTypeError
        If `x` are floats or not hashable, `y` no real numbers, or `k` no integer.
    ShapeError
        If `y` has not one or two axes, or they are not equally long.
    DomainError
        If a number is not finite, a category has `k` observations or fewer, an observation has distance 0
        to its k-th neighbour, or there is jitter without a seed.

    Notes
    -----
    **Definition.** Let :math:`r_i` be the distance (maximum norm) of observation `i` to its k-th neighbour
    of the same category, which has :math:`n_{x_i}` observations, and :math:`m_i` the number of others,
    of any category, nearer than that, plus 1. Then

    .. math:: \hat I = \psi(n) - \langle \psi(n_{x_i}) \rangle + \psi(k) - \langle \psi(m_i) \rangle.

    **Edge cases.** One category gives 0 to rounding. Independent variables give values about 0 of either
    sign; nothing is clipped, and no rare category is dropped silently.

    **Numerics.** Distances are compared as they were computed.

    References
    ----------
    .. [1] Ross, B. C. (2014). Mutual information between discrete and continuous data sets. PLoS ONE
       9(2), equation 2.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.integers(2, size=1000)
    >>> ross_mutual_information(x, x + 0.01 * rng.standard_normal(1000), base=2).value
    0.99...
    """
    where = "ross_mutual_information"
    unit = nats_per_unit(base, where=where)
    categories = category_codes(x, where=where, argument="x").observed_only()
    rng = jitter_source(jitter, seed, where=where)
    b = points(y, where=where, argument="y", jitter=jitter, rng=rng)
    check_pairs(categories.codes, b, where=where)
    n = len(b)
    k = check_neighbours(k, n, where=where)
    sizes = _sizes(categories, k, where=where)
    radii = _radii(categories, b, k)
    refuse_ties(radii, k, where=where, argument="y")
    near = within(b, radii, strictly=True) + 1
    nats = float(digamma(n) - np.mean(digamma(sizes)) + digamma(k) - np.mean(digamma(near)))
    return MutualInformationEstimate(nats / unit, None, (categories.size, None), n, "ross")


def _sizes(categories: CategoryCodes, k: int, *, where: str) -> Floats:
    sizes = categories.counts()[categories.codes].astype(np.float64)
    rare = np.flatnonzero(sizes <= k)
    if len(rare):
        rule = f"hold each category more than k={k} times"
        hint = "Lower `k`, or merge or leave out rare categories."
        got, index = f"one with {sizes[rare[0]]:.0f}", (int(rare[0]),)
        raise DomainError(where, "x", rule, got=got, index=index, hint=hint)
    return sizes


def _radii(categories: CategoryCodes, y: Floats, k: int) -> Floats:
    radii = np.empty(len(y))
    order = np.argsort(categories.codes, kind="stable")
    for members in np.split(order, np.cumsum(categories.counts())[:-1]):
        own = y[members]
        radii[members] = neighbours(own, k)[0][:, k]
    return radii
