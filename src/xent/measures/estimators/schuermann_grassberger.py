"""Schuermann-Grassberger estimator of entropy."""

from __future__ import annotations

from numpy.typing import ArrayLike
from scipy.special import digamma

from xent.measures.estimators.count_spectrum import count_spectrum
from xent.measures.estimators.entropy_estimate import EntropyEstimate
from xent.measures.estimators.grassberger_2003 import grassberger_g

__all__ = ["schuermann_grassberger_entropy"]


def schuermann_grassberger_entropy(
    counts: ArrayLike, /, *, K: int | None = None, base: float | None = None
) -> EntropyEstimate:
    r"""
    Bias-corrected entropy of Schuermann and Grassberger, in nats or in the unit of `base`.

    Parameters
    ----------
    counts : array_like of shape (m,)
        Number of observations in each category: whole numbers >= 0, at least one above 0.
    K : int, optional
        Number of possible categories, at least the observed number, which is the default. `K` is reported in
        the result; the value does not depend on it.
    base : float, optional
        Base of the logarithm, > 0, finite and not 1; None, the default, means nats.

    Returns
    -------
    EntropyEstimate
        Estimate whose `standard_error` is None.

    Raises
    ------
    DTypeError
        If `counts` are not real numbers, `K` is not an integer, or `base` is not a number.
    ShapeError
        If `counts` does not have exactly one axis.
    DomainError
        If a count is negative, fractional, not finite, masked or above 2**53, all counts are 0 or sum to
        2**63 or more, `K` is below the observed number of categories, or `base` is not > 0, finite and not 1.

    Notes
    -----
    **Definition.** :math:`\psi(n) - \sum_k (n_k / n) G(n_k)` with `G` as in
    `grassberger_2003_entropy`. The Bayesian estimate with the prior 1/K of Schuermann and Grassberger is a
    different one: ``bayesian_entropy(counts, prior="perks", K=K)``.

    **Edge cases.** One category gives :math:`\psi(n) - G(n)`, a value near 0, not exactly 0.

    **Numerics.** The definition is evaluated as written; the absolute error is below ``4 eps log n``.

    References
    ----------
    .. [1] Schuermann, T. (2004). Bias analysis in entropy estimation. J. Phys. A 37.

    Examples
    --------
    >>> schuermann_grassberger_entropy([1, 2, 3, 2, 1]).value
    1.85544...
    """
    caller = "schuermann_grassberger_entropy"
    spectrum = count_spectrum(counts, K=K, caller=caller)
    value = spectrum.mean(digamma(float(spectrum.n)) - grassberger_g(spectrum.counts))
    return spectrum.estimate(value, None, method="schuermann_grassberger", base=base, caller=caller)
