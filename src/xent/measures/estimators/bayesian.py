"""The plug-in entropy of Bayesian frequencies."""

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
        Pseudo-observations in each category: 1/2, 1, 1/K, 1/K, sqrt(n)/K, or the number given, >= 0.
        Must be given.
    K : int
        Number of possible categories, at least that of the observed ones. The result depends on it,
        so it must be given.
    base : float, optional
        Base of the logarithm; by default e, for nats.

    Returns
    -------
    EntropyEstimate
        Without a standard error.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As for `plug_in_entropy`; also if `K` or `prior` is not given, or `prior` is unknown or negative.

    See Also
    --------
    wolpert_wolf_entropy : The posterior mean of the entropy itself, which is lower.

    Notes
    -----
    **Definition.** The entropy of :math:`(n_k + a) / (n + K a)`, over all `K` categories.

    **Edge cases.** A prior of 0 is the plug-in estimate; ``K = 1`` gives 0.

    **Numerics.** As for `plug_in_entropy`: terms that are not negative, each from a share and its
    complement.

    References
    ----------
    .. [1] Hausser, J., Strimmer, K. (2009). Entropy inference and the James-Stein estimator. J. Mach.
       Learn. Res. 10, table 1: the priors.

    Examples
    --------
    >>> bayesian_entropy([1, 2, 3, 2, 1], prior="jeffreys", K=5).value
    1.55691...
    """
    where = "bayesian_entropy"
    spectrum = count_spectrum(counts, K=K, where=where, needs_K=True)
    a = pseudocount(prior, n=spectrum.n, K=spectrum.K, where=where)
    counts_of_cells, multiplicities = spectrum.all_cells()
    if a == 0:
        counts_of_cells, multiplicities = spectrum.counts, spectrum.multiplicities
    part = counts_of_cells + a
    rest = (spectrum.n - counts_of_cells) + (spectrum.K - 1) * a
    value = np.sum(multiplicities * part * np.log1p(rest / part)) / (spectrum.n + spectrum.K * a)
    return spectrum.estimate(float(value), None, method="bayesian", base=base, where=where)
