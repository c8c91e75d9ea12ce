"""Ross's estimator of the mutual information of a discrete and a continuous variable."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma

from xent.errors import DomainError
from xent.measures.estimators.category_codes import CategoryCodes, Samples, category_codes
from xent.measures.estimators.continuous_samples import (
    Jitter,
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
from xent.measures.estimators.rounded_samples import in_standard_units, refuse_rounding

__all__ = ["ross_mutual_information"]


def ross_mutual_information(
    x: Samples,
    y: ArrayLike,
    /,
    *,
    k: int = 3,
    jitter: Jitter = 0.0,
    seed: int | None = None,
    base: float | None = None,
) -> MutualInformationEstimate:
    r"""
    Mutual information of categories `x` and continuous `y`, in nats or in the unit of `base`.

    Parameters
    ----------
    x : iterable of n hashables, or array of shape (n,)
        Discrete variable: integers, strings or any hashables, but no floats.
    y : array_like of shape (n,) or (n, d)
        Continuous variable, paired with `x`.
    k : int
        Rank of the neighbour within the same category whose distance is used; each category must have more
        than `k` observations.
    jitter : float or "rounding"
        Standard deviation of normal noise added to `y`; 0, the default, adds none.
        ``"rounding"`` adds to each column uniform noise of half its rounding step to either side; the step is
        the smallest difference of two distinct values.
    seed : int, optional
        Seed of the noise; must be passed if `jitter` is not 0.
    base : float, optional
        Base of the logarithm, > 0, finite and not 1; None, the default, means nats.

    Returns
    -------
    MutualInformationEstimate
        Estimate whose `standard_error` is None: no standard error is established for the method.

    Raises
    ------
    DTypeError
        If `x` is a mapping or not iterable, or holds floats or entries that are not hashable, `y` are not
        real numbers, `k` or `seed` is not an integer, `jitter` is neither text nor a number, or `base` is not
        a number.
    ShapeError
        If `x` does not have one axis, `y` is empty or does not have one or two axes, or the two differ in
        length.
    DomainError
        If `x` is empty, an entry is masked or not finite, `k` is below 1, a category has `k` observations or
        fewer, more than a tenth of the observations of a column that is not constant are tied, an observation
        has distance 0 to its k-th neighbour, `jitter` is negative, not finite or another text than
        ``"rounding"``, or given without a `seed`, `seed` is negative, or `base` is not > 0, finite and not 1.

    Notes
    -----
    **Definition.** Let :math:`r_i` be the distance (maximum norm) of observation `i` to its k-th neighbour
    of the same category, which has :math:`n_{x_i}` observations, and :math:`m_i - 1` the number of other
    observations of any category at a distance below :math:`r_i`. Then

    .. math:: \hat I = \psi(n) - \langle \psi(n_{x_i}) \rangle + \psi(k) - \langle \psi(m_i) \rangle.

    **Edge cases.** One category gives 0 up to rounding. Independent variables give values near 0 of either
    sign; nothing is clipped. A rare category raises; it is not dropped.

    Columns of `y` are first divided by their standard deviations, so that the estimate does not depend on
    their units.

    **Numerics.** Distances are compared without further rounding. Ties bias the estimate, and are refused if
    there are many.

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
    caller = "ross_mutual_information"
    unit = nats_per_unit(base, caller=caller)
    categories = category_codes(x, caller=caller, argument="x").observed_only()
    rng = jitter_source(jitter, seed, caller=caller)
    b = points(y, caller=caller, argument="y", jitter=jitter, rng=rng)
    check_pairs(categories.codes, b, caller=caller)
    refuse_rounding(b, caller=caller, argument="y")
    b, _ = in_standard_units(b)
    n = len(b)
    k = check_neighbours(k, n, caller=caller)
    sizes = _sizes(categories, k, caller=caller)
    radii = _radii(categories, b, k)
    refuse_ties(radii, k, caller=caller, argument="y")
    # The paper's number includes the observation itself.
    near = within(b, radii, strictly=True) + 1
    nats = float(digamma(n) - np.mean(digamma(sizes)) + digamma(k) - np.mean(digamma(near)))
    return MutualInformationEstimate(nats / unit, None, (categories.size, None), n, "ross")


def _sizes(categories: CategoryCodes, k: int, *, caller: str) -> Floats:
    """Size of each observation's category, (n,); raises `DomainError` for a category of `k` or fewer."""
    sizes = categories.counts()[categories.codes].astype(np.float64)
    rare = np.flatnonzero(sizes <= k)
    if len(rare):
        rule = f"hold each category more than k={k} times"
        hint = "Lower `k`, or merge or leave out rare categories."
        got, index = f"one with {sizes[rare[0]]:.0f}", (int(rare[0]),)
        raise DomainError(caller, "x", rule, got=got, index=index, hint=hint)
    return sizes


def _radii(categories: CategoryCodes, y: Floats, k: int) -> Floats:
    """
    Distance of each observation, (n,), to its `k`-th neighbour of the same category, in the maximum norm.

    `y` has shape (n, d), and every category more than `k` observations.
    """
    radii = np.empty(len(y))
    order = np.argsort(categories.codes, kind="stable")
    for members in np.split(order, np.cumsum(categories.counts())[:-1]):
        own = y[members]
        radii[members] = neighbours(own, k)[0][:, k]
    return radii
