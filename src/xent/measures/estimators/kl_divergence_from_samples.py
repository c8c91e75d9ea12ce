"""Kullback-Leibler divergence estimated from samples of the truth and of a model."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np

from xent.measures.estimators.category_codes import Samples
from xent.measures.estimators.count_spectrum import Floats
from xent.measures.estimators.dirichlet_prior import Prior
from xent.measures.estimators.logarithm_base import nats_per_unit
from xent.measures.estimators.model_counts import DivergenceEstimate, ModelCounts, model_counts_of
from xent.measures.kl_divergence import kl_divergence

__all__ = ["kl_divergence_from_samples"]


def kl_divergence_from_samples(
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
    Divergence of a model's frequencies from those of a sample, in nats or in the unit of `base`.

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
        Estimate with the standard error of the delta method for two independent samples.

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

    See Also
    --------
    cross_entropy_from_samples : Divergence plus the plug-in entropy of `p_samples`.

    Notes
    -----
    **Definition.** :math:`\sum_k \hat p_k \log (\hat p_k / \hat q_k)`, with :math:`\hat p_k = n_k / n`
    and :math:`\hat q_k = (m_k + a) / (m + K a)`; `a` is 0 without smoothing. Its squared standard error is
    :math:`\operatorname{Var}_{\hat p}(\log(\hat p / \hat q)) / n + \operatorname{Var}(\hat p / \hat q) / m`,
    the second variance over the sample of the model and times :math:`(m / (m + K a))^2`. The bias is not
    corrected: for equal distributions the estimate is too high by about :math:`(K - 1)(1/n + 1/m) / 2`.

    **Edge cases.** Without smoothing, a symbol of `p_samples` that has no observation in the model makes the
    value ``inf``; ``unseen`` is the number of such observations of `p_samples`. Equal frequencies give
    exactly 0, with a standard error of 0 because the first-order term of the delta method vanishes.

    **Numerics.** The value is computed by `xent.measures.kl_divergence`, whose terms are never negative.

    Examples
    --------
    >>> kl_divergence_from_samples("aab", "aaaabb").value
    0.0
    >>> kl_divergence_from_samples("aabx", "abcd").value
    inf
    """
    caller = "kl_divergence_from_samples"
    unit = nats_per_unit(base, caller=caller)
    found = model_counts_of(p_samples, q_samples, model_counts, smoothing=smoothing, K=K, caller=caller)
    p, q = found.shares
    # The form of the sum without negative terms also needs the model's share of categories in neither sample.
    elsewhere = (found.K - len(q)) * found.a / (found.n_model + found.K * found.a)
    value = float(kl_divergence(np.append(p, 0.0), np.append(q, elsewhere), validate=False))
    error = _error(p, q, found) if np.isfinite(value) else 0.0
    return found.estimate(value, error, unit=unit)


def _error(p: Floats, q: Floats, found: ModelCounts) -> float:
    """
    Standard error of the divergence in nats, by the delta method: both samples' counts are random.

    `p` and `q` are the shares of truth and model, (U,), in the order of the symbols in `found`, which holds
    both counts and the pseudocount; `q` has the pseudocounts, which do not vary, and is positive where `p`
    is.
    """
    present = p > 0
    # The derivatives of the divergence are log(p / q) in p, and -p / q in q.
    ratio = np.zeros_like(p)
    ratio[present] = p[present] / q[present]
    of_truth = _variance(np.log(ratio[present]), p[present])
    drawn = found.of_model / found.n_model
    # Pseudocounts do not vary: the model's counts have this part of its shares.
    kept = found.n_model / (found.n_model + found.K * found.a)
    return float(np.sqrt(of_truth / found.n + kept**2 * _variance(ratio, drawn) / found.n_model))


def _variance(values: Floats, weights: Floats) -> float:
    """Variance of `values` under the distribution `weights`."""
    return float(np.sum(weights * (values - np.sum(weights * values)) ** 2))
