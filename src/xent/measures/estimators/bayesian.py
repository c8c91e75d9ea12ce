"""Plug-in entropy of Bayesian posterior mean frequencies."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from xent.measures.estimators.count_spectrum import count_spectrum
from xent.measures.estimators.dirichlet_prior import Prior, pseudocount
from xent.measures.estimators.entropy_estimate import EntropyEstimate

__all__ = ["bayesian_entropy"]


def bayesian_entropy(
    counts: ArrayLike, /, *, prior: Prior | None = None, K: int | None = None, base: float | None = None
) -> EntropyEstimate:
    r"""
    Entropy of the posterior mean frequencies, in nats or in the unit of `base`.

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
        Estimate whose `standard_error` is None.

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
    wolpert_wolf_entropy : The posterior mean of the entropy itself, which is lower.

    Notes
    -----
    **Definition.** The entropy of :math:`(n_k + a) / (n + K a)`, over all `K` categories.

    **Edge cases.** A prior of 0 gives the plug-in estimate; ``K = 1`` gives 0.

    **Numerics.** The sum has the terms of `plug_in_entropy`, none of them negative, each computed from a
    frequency and its complement.

    References
    ----------
    .. [1] Hausser, J., Strimmer, K. (2009). Entropy inference and the James-Stein estimator. J. Mach.
       Learn. Res. 10, table 1: the priors.

    Examples
    --------
    >>> bayesian_entropy([1, 2, 3, 2, 1], prior="jeffreys", K=5).value
    1.55691...
    """
    caller = "bayesian_entropy"
    spectrum = count_spectrum(counts, K=K, caller=caller, needs_K=True)
    a = pseudocount(prior, n=spectrum.n, K=spectrum.K, caller=caller)
    counts_of_cells, multiplicities = spectrum.all_cells()
    # Without pseudocounts a category that was not observed has the share 0, and `rest / part` no value.
    if a == 0:
        counts_of_cells, multiplicities = spectrum.counts, spectrum.multiplicities
    part = counts_of_cells + a
    # Summed, not `1 - share`: the surprisal of a share near 1 keeps its digits under log1p.
    rest = (spectrum.n - counts_of_cells) + (spectrum.K - 1) * a
    value = np.sum(multiplicities * part * np.log1p(rest / part)) / (spectrum.n + spectrum.K * a)
    return spectrum.estimate(float(value), None, method="bayesian", base=base, caller=caller)
