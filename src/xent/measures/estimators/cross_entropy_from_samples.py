"""Cross-entropy estimated from samples of the truth and of a model."""

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
    Mean surprisal of a sample under a model given by counts, in nats or in the unit of `base`.

    Parameters
    ----------
    p_samples : iterable of n hashables, or array of shape (n,)
        Observations of the truth: integers, strings or any hashables.
    q_samples : iterable of hashables or array, optional
        Observations whose frequencies are the model.
    model_counts : mapping from symbol to count, optional
        Number of observations of each symbol, in place of `q_samples`; one of count 0 is a category too.
        Exactly one of the two must be given.
    smoothing : {"jeffreys", "laplace", "perks", "schuermann_grassberger", "minimax"} or float, optional
        Pseudo-observations added to each of the `K` categories of the model: 1/2, 1, 1/K, 1/K, sqrt(m)/K for
        the names, with m observations of the model, or a finite number >= 0. None means no smoothing.
    K : int, optional
        Number of possible categories, at least the number of symbols in both samples, which is the default;
        must be passed with `smoothing`.
    base : float, optional
        Base of the logarithm, > 0, finite and not 1; None, the default, means nats.

    Returns
    -------
    DivergenceEstimate
        Estimate with the standard error of the mean over `p_samples`; the model is regarded as fixed.

    Raises
    ------
    DTypeError
        If a sample is a mapping or not iterable, or holds floats or entries that are not hashable, a count is
        not a real number, `K` is not an integer, `base` is not a number, or `smoothing` is neither a name nor
        a number.
    ShapeError
        If a sample does not have exactly one axis.
    DomainError
        If a sample is empty or has a masked entry, both or neither of `q_samples` and `model_counts` are
        given, a count is negative, fractional, not finite, masked or above 2**53, all are 0 or sum to 2**63
        or more, `K` is None with `smoothing` or below the number of symbols, `smoothing` is unknown, negative
        or not finite, or `base` is not > 0, finite and not 1.

    Notes
    -----
    **Definition.** :math:`-\sum_k \hat p_k \log \hat q_k`, with :math:`\hat p_k = n_k / n` and
    :math:`\hat q_k = (m_k + a) / (m + K a)`; `a` is 0 without smoothing.

    **Edge cases.** Without smoothing, a symbol of `p_samples` that has no observation in the model makes the
    value ``inf``; ``unseen`` is the number of such observations of `p_samples`.

    **Numerics.** A term is :math:`\hat p_k \operatorname{log1p}((m - m_k) / m_k)`, with pseudo-observations
    added to numerator and denominator; no term is negative.

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
    caller = "cross_entropy_from_samples"
    unit = nats_per_unit(base, caller=caller)
    found = model_counts_of(p_samples, q_samples, model_counts, smoothing=smoothing, K=K, caller=caller)
    p, _ = found.shares
    present = p > 0
    part = found.of_model[present] + found.a
    # Summed, not `1 - share`: the surprisal of a share near 1 keeps its digits under log1p.
    rest = (found.n_model - found.of_model[present]) + (found.K - 1) * found.a
    # A symbol that the model has not seen costs infinity without smoothing.
    with np.errstate(divide="ignore"):
        surprisal = np.log1p(rest / part)
    value = float(np.sum(p[present] * surprisal))
    # The estimate of an infinite mean has no standard error; `estimate` reports None.
    variance = np.sum(p[present] * (surprisal - value) ** 2) if np.isfinite(value) else 0.0
    return found.estimate(value, float(np.sqrt(variance / found.n)), unit=unit)
