"""Cross-entropy from samples of a truth and of a model."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np

from xent.measures.estimators.category_codes import Samples
from xent.measures.estimators.dirichlet_prior import Prior
from xent.measures.estimators.logarithm_base import nats_per_unit
from xent.measures.estimators.model_counts import DivergenceEstimate, model_counts_of

__all__ = ["cross_entropy_from_samples"]


def cross_entropy_from_samples(
    p_samples: Samples,
    q_samples: Samples | None = None,
    /,
    *,
    model_counts: Mapping[Hashable, int] | None = None,
    smoothing: Prior | None = None,
    K: int | None = None,
    base: float | None = None,
) -> DivergenceEstimate:
    r"""
    Mean surprisal of a sample under a model known by its counts, in nats or in the unit of `base`.

    Parameters
    ----------
    p_samples : iterable of n hashables, or array of shape (n,)
        Observations of the truth: integers, strings or any hashables.
    q_samples : iterable of hashables or array, optional
        Observations that the model is made of.
    model_counts : mapping from symbol to count, optional
        The same, counted already; exactly one of the two is given.
    smoothing : {"jeffreys", "laplace", "perks", "minimax"} or float, optional
        Pseudo-observations in each of the `K` categories of the model, as in `bayesian_entropy`.
        Without it nothing is smoothed.
    K : int, optional
        Number of possible categories; must be given with `smoothing`.
    base : float, optional
        Base of the logarithm; by default e, for nats.

    Returns
    -------
    DivergenceEstimate
        With the standard error of the mean over `p_samples`, the model taken as it is.

    Raises
    ------
    DTypeError, ShapeError
        As for `entropy_from_samples`.
    DomainError
        If a sample is empty, both or neither of `q_samples` and `model_counts` are given, a count is
        negative or fractional, or `K` is missing with `smoothing` or below the number of symbols.

    Notes
    -----
    **Definition.** :math:`-\sum_k \hat p_k \log \hat q_k`, with :math:`\hat p_k = n_k / n` and
    :math:`\hat q_k = (m_k + a) / (m + K a)`; `a` is 0 without smoothing.

    **Edge cases.** A symbol of the truth that the model never saw makes the value ``inf``, and
    ``unseen`` tells how many observations did so.

    **Numerics.** A term is :math:`\hat p_k \operatorname{log1p}((m - m_k) / m_k)`, with pseudocounts
    added on either side; none is negative.

    Examples
    --------
    >>> cross_entropy_from_samples("aab", "abcd", base=2).value
    2.0
    >>> found = cross_entropy_from_samples("aabx", "abcd")
    >>> found.value, found.unseen
    (inf, 1)
    >>> cross_entropy_from_samples("aabx", "abcd", smoothing="laplace", K=26).value
    2.88...
    """
    where = "cross_entropy_from_samples"
    unit = nats_per_unit(base, where=where)
    found = model_counts_of(p_samples, q_samples, model_counts, smoothing=smoothing, K=K, where=where)
    p, _ = found.shares
    present = p > 0
    part = found.of_model[present] + found.a
    rest = (found.n_model - found.of_model[present]) + (found.K - 1) * found.a
    with np.errstate(divide="ignore"):
        surprisal = np.log1p(rest / part)
    value = float(np.sum(p[present] * surprisal))
    # The deviation from an infinite mean is not asked for.
    variance = np.sum(p[present] * (surprisal - value) ** 2) if np.isfinite(value) else 0.0
    return found.estimate(value, float(np.sqrt(variance / found.n)), unit=unit)
