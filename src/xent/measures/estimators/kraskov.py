"""The estimators of mutual information of Kraskov, Stoegbauer and Grassberger (KSG)."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma

from xent.errors import DomainError
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

__all__ = ["kraskov_mutual_information"]


def kraskov_mutual_information(
    x: ArrayLike,
    y: ArrayLike,
    /,
    *,
    k: int = 3,
    variant: Literal[1, 2] = 1,
    jitter: float = 0.0,
    seed: int | None = None,
    base: float | None = None,
) -> MutualInformationEstimate:
    r"""
    Mutual information of continuous variables from neighbours (KSG), in nats or in the unit of `base`.

    Parameters
    ----------
    x, y : array_like of shape (n,) or (n, d)
        Paired independent observations; the numbers of dimensions may differ.
    k : int
        Which neighbour; more means less variance and more bias.
    variant : {1, 2}
        Which of the two algorithms: the second uses a rectangle in place of a square, and errs less in
        high dimensions.
    jitter : float
        Standard deviation of normal noise added to both, in their units; by default none.
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
        If the samples are no real numbers, or `k` no integer.
    ShapeError
        If they have not one or two axes, or are not equally long.
    DomainError
        If a number is not finite, `k` is not in ``1 .. n-1``, a pair has distance 0 to its k-th
        neighbour, `variant` is unknown, or there is jitter without a seed.

    See Also
    --------
    ross_mutual_information : For a discrete `x`.

    Notes
    -----
    **Definition.** In the maximum norm, let :math:`\epsilon_i` be the distance of pair `i` to its k-th
    neighbour. Variant 1, with the numbers of others nearer than that in `x` and in `y`:

    .. math:: \hat I_1 = \psi(k) + \psi(n) - \langle \psi(n_x + 1) + \psi(n_y + 1) \rangle.

    Variant 2, with the numbers of others at most as far in `x` as the farthest of the k neighbours is in
    `x`, and so for `y`:

    .. math:: \hat I_2 = \psi(k) - 1/k + \psi(n) - \langle \psi(n_x) + \psi(n_y) \rangle.

    **Edge cases.** Independent variables give values about 0 of either sign; nothing is clipped. `x`
    against itself has infinite information; the estimate then grows as :math:`\log n`.

    **Numerics.** Distances are compared as they were computed, so the neighbour that defines
    :math:`\epsilon_i` is never counted by rounding. Scale the variables to comparable spreads: the
    information does not depend on their units, but its estimate does.

    References
    ----------
    .. [1] Kraskov, A., Stoegbauer, H., Grassberger, P. (2004). Estimating mutual information. Phys. Rev.
       E 69, equations 8 and 9.

    Examples
    --------
    >>> from xent.measures.estimators import gaussian_mutual_information
    >>> rng = np.random.default_rng(0)
    >>> x = rng.standard_normal(2000)
    >>> y = 0.9 * x + np.sqrt(1 - 0.9**2) * rng.standard_normal(2000)
    >>> kraskov_mutual_information(x, y).value, gaussian_mutual_information(0.9)
    (0.8..., 0.8303...)
    """
    where = "kraskov_mutual_information"
    unit = nats_per_unit(base, where=where)
    if variant not in (1, 2):
        raise DomainError(where, "variant", "be 1 or 2", got=repr(variant))
    rng = jitter_source(jitter, seed, where=where)
    a = points(x, where=where, argument="x", jitter=jitter, rng=rng)
    b = points(y, where=where, argument="y", jitter=jitter, rng=rng)
    check_pairs(a, b, where=where)
    k = check_neighbours(k, len(a), where=where)
    nats = (_first if variant == 1 else _second)(a, b, k, where)
    method = f"kraskov_{variant}"
    return MutualInformationEstimate(nats / unit, None, (None, None), len(a), method)


def _first(a: Floats, b: Floats, k: int, where: str) -> float:
    joint = np.hstack([a, b])
    distances = neighbours(joint, k)[0][:, k]
    refuse_ties(distances, k, where=where, argument="x")
    of_x, of_y = (within(part, distances, strictly=True) for part in (a, b))
    return float(digamma(k) + digamma(len(a)) - np.mean(digamma(of_x + 1) + digamma(of_y + 1)))


def _second(a: Floats, b: Floats, k: int, where: str) -> float:
    joint = np.hstack([a, b])
    distances, nearest = neighbours(joint, k)
    refuse_ties(distances[:, k], k, where=where, argument="x")
    of_x, of_y = (within(part, _extent(part, nearest), strictly=False) for part in (a, b))
    mean = np.mean(digamma(of_x) + digamma(of_y))
    return float(digamma(k) - 1 / k + digamma(len(a)) - mean)


def _extent(part: Floats, nearest: NDArray[np.intp]) -> Floats:
    """Largest distance, in the maximum norm of `part`, to one of the nearest."""
    extent: Floats = np.abs(part[nearest] - part[:, None, :]).max(axis=(1, 2))
    return extent
