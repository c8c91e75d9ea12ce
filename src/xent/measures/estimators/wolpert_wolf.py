"""Posterior mean of the entropy under a Dirichlet prior."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from xent.measures.estimators.count_spectrum import count_spectrum
from xent.measures.estimators.dirichlet_entropy import mean_and_variance
from xent.measures.estimators.dirichlet_prior import Prior, pseudocount
from xent.measures.estimators.entropy_estimate import EntropyEstimate

__all__ = ["wolpert_wolf_entropy"]


def wolpert_wolf_entropy(
    counts: ArrayLike, /, *, prior: Prior | None = None, K: int | None = None, base: float | None = None
) -> EntropyEstimate:
    r"""
    Posterior mean of the entropy under a Dirichlet prior, in nats or in the unit of `base`.

    Parameters
    ----------
    counts : array_like of shape (m,)
        Number of observations in each category: whole numbers >= 0, at least one above 0.
    prior : {"jeffreys", "laplace", "perks", "schuermann_grassberger", "minimax"} or float
        Pseudo-observations added to each category: 1/2, 1, 1/K, 1/K, sqrt(n)/K for the names, or a finite
        number >= 0. `prior` must be passed.
    K : int
        Number of possible categories, at least the observed number. `K` must be passed, because the result
        depends on it.
    base : float, optional
        Base of the logarithm, > 0, finite and not 1; None, the default, means nats.

    Returns
    -------
    EntropyEstimate
        Estimate whose `standard_error` is the posterior standard deviation.

    Raises
    ------
    DTypeError
        If `counts` are not real numbers, `K` is not an integer, `base` is not a number, or `prior` is None or
        neither a name nor a number.
    ShapeError
        If `counts` does not have exactly one axis.
    DomainError
        If a count is negative, fractional, not finite, masked or above 2**53, all counts are 0 or sum to
        2**63 or more, `K` is None or below the observed number of categories, `prior` is an unknown name,
        negative or not finite, or `base` is not > 0, finite and not 1.

    See Also
    --------
    bayesian_entropy : Entropy of the posterior mean frequencies.
    nemenman_shafee_bialek_entropy : Posterior mean under a mixture of Dirichlet priors.

    Notes
    -----
    **Definition.** Mean and standard deviation of :math:`H(p)` for
    :math:`p \sim \mathrm{Dirichlet}(n_1 + a, \dots, n_K + a)`, in the closed form that the module
    `dirichlet_entropy` states.

    **Edge cases.** ``K = 1`` gives 0, with a standard error of 0. With a pseudocount of 0 categories that
    were not observed have the probability 0.

    **Numerics.** The variance is a sum of terms >= 0, not a difference of moments. Below three million
    observations the absolute error of the value is below 1e-14, the relative error of the standard error
    below 1e-8.

    References
    ----------
    .. [1] Wolpert, D. H., Wolf, D. R. (1995). Estimating functions of probability distributions from
       a finite set of samples. Phys. Rev. E 52.

    Examples
    --------
    >>> wolpert_wolf_entropy([1, 2, 3, 2, 1], prior="laplace", K=5)
    EntropyEstimate(value=1.44203..., standard_error=0.1020..., K=5, n=9, method='wolpert_wolf')
    """
    caller = "wolpert_wolf_entropy"
    spectrum = count_spectrum(counts, K=K, caller=caller, needs_K=True)
    a = pseudocount(prior, n=spectrum.n, K=spectrum.K, caller=caller)
    mean, variance = mean_and_variance(spectrum, np.asarray([a]))
    # Rounding may make a variance of nearly 0 negative.
    error = math.sqrt(max(variance[0], 0.0))
    return spectrum.estimate(mean[0], error, method="wolpert_wolf", base=base, caller=caller)
