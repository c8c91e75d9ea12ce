"""Estimators of mutual information of Kraskov, Stoegbauer and Grassberger (KSG)."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma

from xent.errors import DomainError
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

__all__ = ["kraskov_mutual_information"]


def kraskov_mutual_information(
    x: ArrayLike,
    y: ArrayLike,
    /,
    *,
    k: int = 3,
    variant: Literal[1, 2] = 1,
    jitter: Jitter = 0.0,
    seed: int | None = None,
    base: float | None = None,
) -> MutualInformationEstimate:
    r"""
    Mutual information of continuous variables by neighbours (KSG), in nats or in the unit of `base`.

    Parameters
    ----------
    x, y : array_like of shape (n,) or (n, d)
        Paired independent observations; the numbers of dimensions may differ.
    k : int
        Rank of the neighbour whose distance is used, in ``1 .. n-1``. A larger `k` gives less variance and
        more bias.
    variant : {1, 2}
        Algorithm of the paper: 1 counts neighbours in a square, 2 in a rectangle, which has a smaller error
        in high dimensions.
    jitter : float or "rounding"
        Standard deviation of normal noise added to `x` and to `y`; 0, the default, adds none.
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
        If `x` or `y` are not real numbers, `k` or `seed` is not an integer, `jitter` is neither text nor a
        number, or `base` is not a number.
    ShapeError
        If `x` or `y` is empty or does not have one or two axes, or the two differ in length.
    DomainError
        If a number is masked or not finite, `k` is not in ``1 .. n-1``, more than a tenth of the observations
        of a column that is not constant are tied, a pair has distance 0 to its k-th neighbour, `variant` is
        unknown, `jitter` is negative, not finite or another text than ``"rounding"``, or given without a
        `seed`, `seed` is negative, or `base` is not > 0, finite and not 1.

    See Also
    --------
    ross_mutual_information : Estimator for a discrete and a continuous variable.

    Notes
    -----
    **Definition.** In the maximum norm, let :math:`\epsilon_i` be the distance of pair `i` to its k-th
    neighbour. In variant 1, :math:`n_x` and :math:`n_y` are the numbers of other observations at a distance
    below :math:`\epsilon_i` in `x` and in `y`:

    .. math:: \hat I_1 = \psi(k) + \psi(n) - \langle \psi(n_x + 1) + \psi(n_y + 1) \rangle.

    In variant 2, :math:`n_x` is the number of other observations that are in `x` at most as far away as the
    farthest of the k neighbours in `x`; :math:`n_y` likewise:

    .. math:: \hat I_2 = \psi(k) - 1/k + \psi(n) - \langle \psi(n_x) + \psi(n_y) \rangle.

    **Edge cases.** Independent variables give values near 0 of either sign; nothing is clipped. For ``y = x``
    the mutual information is infinite, and the estimate grows as :math:`\log n`.

    Columns are first divided by their standard deviations: the mutual information does not depend on the
    units of the variables, and so the estimate does not either.

    **Numerics.** Distances are compared without further rounding, so that the neighbour that defines
    :math:`\epsilon_i` is not counted by a rounding error. Ties bias the estimate: of 2000 Gaussian pairs
    with 0.22 nats, rounded to two decimals, it would be 0.30. Up to a tenth of tied observations, the bias is
    below 0.01.

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
    caller = "kraskov_mutual_information"
    unit = nats_per_unit(base, caller=caller)
    if variant not in (1, 2):
        raise DomainError(caller, "variant", "be 1 or 2", got=repr(variant))
    rng = jitter_source(jitter, seed, caller=caller)
    a = points(x, caller=caller, argument="x", jitter=jitter, rng=rng)
    b = points(y, caller=caller, argument="y", jitter=jitter, rng=rng)
    check_pairs(a, b, caller=caller)
    # Before units are equal: a rounding step is one of the values as given.
    for part, name in ((a, "x"), (b, "y")):
        refuse_rounding(part, caller=caller, argument=name)
    a, b = (in_standard_units(part)[0] for part in (a, b))
    k = check_neighbours(k, len(a), caller=caller)
    nats = (_first if variant == 1 else _second)(a, b, k, caller)
    method = f"kraskov_{variant}"
    return MutualInformationEstimate(nats / unit, None, (None, None), len(a), method)


def _first(a: Floats, b: Floats, k: int, caller: str) -> float:
    """
    Estimate of variant 1 in nats, from paired samples of shapes (n, d) and (n, e) in standard units.

    Raises `DomainError` if `k` + 1 pairs are equal; `k` is below n, which is not checked.
    """
    joint = np.hstack([a, b])
    distances = neighbours(joint, k)[0][:, k]
    refuse_ties(distances, k, caller=caller, argument="x")
    of_x, of_y = (within(part, distances, strictly=True) for part in (a, b))
    return float(digamma(k) + digamma(len(a)) - np.mean(digamma(of_x + 1) + digamma(of_y + 1)))


def _second(a: Floats, b: Floats, k: int, caller: str) -> float:
    """
    Estimate of variant 2 in nats, from paired samples of shapes (n, d) and (n, e) in standard units.

    Raises `DomainError` if `k` + 1 pairs are equal; `k` is below n, which is not checked.
    """
    joint = np.hstack([a, b])
    distances, nearest = neighbours(joint, k)
    refuse_ties(distances[:, k], k, caller=caller, argument="x")
    of_x, of_y = (within(part, _extent(part, nearest), strictly=False) for part in (a, b))
    mean = np.mean(digamma(of_x) + digamma(of_y))
    return float(digamma(k) - 1 / k + digamma(len(a)) - mean)


def _extent(part: Floats, nearest: NDArray[np.intp]) -> Floats:
    """
    Largest distance in `part`, (n, d), in the maximum norm, from each observation to those in `nearest`,
    (n,).

    `nearest` has the positions of the observation's nearest neighbours, and itself, (n, k + 1).
    """
    extent: Floats = np.abs(part[nearest] - part[:, None, :]).max(axis=(1, 2))
    return extent
