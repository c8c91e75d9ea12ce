"""Kozachenko-Leonenko estimator of differential entropy."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln

from xent.errors import DomainError
from xent.measures.estimators.continuous_samples import (
    Jitter,
    check_neighbours,
    jitter_source,
    neighbours,
    points,
    refuse_ties,
)
from xent.measures.estimators.entropy_estimate import EntropyEstimate
from xent.measures.estimators.logarithm_base import nats_per_unit
from xent.measures.estimators.rounded_samples import in_standard_units, refuse_rounding

__all__ = ["kozachenko_leonenko_entropy"]


def kozachenko_leonenko_entropy(
    samples: ArrayLike,
    /,
    *,
    k: int = 3,
    norm: Literal["max", "euclidean"] = "max",
    jitter: Jitter = 0.0,
    seed: int | None = None,
    base: float | None = None,
) -> EntropyEstimate:
    r"""
    Differential entropy from distances to the k-th neighbour, in nats or in the unit of `base`.

    Parameters
    ----------
    samples : array_like of shape (n,) or (n, d)
        Independent observations of a continuous variable of `d` dimensions.
    k : int
        Rank of the neighbour whose distance is used, in ``1 .. n-1``. A larger `k` gives less variance and
        more bias.
    norm : {"max", "euclidean"}
        Norm in which distances are measured.
    jitter : float or "rounding"
        Standard deviation of normal noise added to the samples, in their unit; 0, the default, adds none.
        ``"rounding"`` adds to each column uniform noise of half its rounding step to either side; the step is
        the smallest difference of two distinct values.
    seed : int, optional
        Seed of the noise; must be passed if `jitter` is not 0.
    base : float, optional
        Base of the logarithm, > 0, finite and not 1; None, the default, means nats.

    Returns
    -------
    EntropyEstimate
        Estimate whose `standard_error` is None: the terms are not independent, and a standard error from
        their spread would be up to two fifths too small.

    Raises
    ------
    DTypeError
        If `samples` are not real numbers, `k` or `seed` is not an integer, `jitter` is neither text nor a
        number, or `base` is not a number.
    ShapeError
        If `samples` is empty or does not have one or two axes.
    DomainError
        If a number is masked or not finite, `k` is not in ``1 .. n-1``, more than a tenth of the observations
        of a column are tied or a column is constant, an observation has distance 0 to its k-th neighbour,
        `norm` is unknown, `jitter` is negative, not finite or another text than ``"rounding"``, or given
        without a `seed`, `seed` is negative, or `base` is not > 0, finite and not 1.

    Notes
    -----
    **Definition.** With the distance :math:`r_i` of observation `i` to its k-th neighbour and the volume
    :math:`c_d` of the unit ball (:math:`2^d`, or :math:`\pi^{d/2} / \Gamma(d/2 + 1)`),

    .. math:: \hat h = \psi(n) - \psi(k) + \log c_d + \frac dn \sum_i \log r_i.

    Columns are first divided by their standard deviations, whose logarithms are added to the result: so the
    neighbours do not depend on the units of the columns.

    **Edge cases.** Differential entropy is negative for concentrated variables and depends on the unit of the
    variable: scaling by `s` adds :math:`d \log s`.

    **Numerics.** Rounding errors are negligible against the statistical error. The bias comes from a density
    that is not constant over the distance to the k-th neighbour.

    References
    ----------
    .. [1] Kozachenko, L. F., Leonenko, N. N. (1987). Sample estimate of the entropy of a random vector.
       Probl. Inf. Transm. 23.
    .. [2] Kraskov, A., Stoegbauer, H., Grassberger, P. (2004). Estimating mutual information. Phys. Rev.
       E 69, equation 20, where the distance is twice the radius.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal(4000)
    >>> kozachenko_leonenko_entropy(x).value, math.log(2 * math.pi * math.e) / 2
    (1.43..., 1.4189...)
    """
    caller = "kozachenko_leonenko_entropy"
    unit = nats_per_unit(base, caller=caller)
    if norm not in ("max", "euclidean"):
        raise DomainError(caller, "norm", "be 'max' or 'euclidean'", got=repr(norm))
    rng = jitter_source(jitter, seed, caller=caller)
    x = points(samples, caller=caller, argument="samples", jitter=jitter, rng=rng)
    n, d = x.shape
    k = check_neighbours(k, n, caller=caller)
    refuse_rounding(x, caller=caller, argument="samples")
    x, scales = in_standard_units(x)
    radii = neighbours(x, k, p=np.inf if norm == "max" else 2)[0][:, k]
    refuse_ties(radii, k, caller=caller, argument="samples")
    constant_columns = np.flatnonzero(np.ptp(x, axis=0) == 0)
    if len(constant_columns):
        got, hint = f"a constant column, number {constant_columns[0]}", "Its differential entropy is -inf."
        raise DomainError(caller, "samples", "vary in every column", got=got, hint=hint)
    terms = d * np.log(radii)
    # Neighbours are those in equal units; the logarithms of the units lead back to the entropy as given.
    constant = np.sum(np.log(scales)) + digamma(n) - digamma(k) + _log_volume(d, norm)
    value = float(constant + np.mean(terms))
    return EntropyEstimate(value / unit, None, None, n, "kozachenko_leonenko")


def _log_volume(d: int, norm: str) -> float:
    """
    Natural logarithm of the volume of the unit ball in `d` dimensions, of the maximum norm for a `norm` of
    "max".

    Any other `norm` means the Euclidean one.
    """
    if norm == "max":
        return d * math.log(2)
    return d / 2 * math.log(math.pi) - float(gammaln(d / 2 + 1))
