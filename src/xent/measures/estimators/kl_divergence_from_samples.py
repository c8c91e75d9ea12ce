"""Kullback-Leibler divergence from samples of a truth and of a model."""

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

    Parameters and errors are those of `cross_entropy_from_samples`.

    Returns
    -------
    DivergenceEstimate
        With the standard error of the delta method for two independent samples.

    See Also
    --------
    cross_entropy_from_samples : The same plus the entropy of the sample.

    Notes
    -----
    **Definition.** :math:`\sum_k \hat p_k \log (\hat p_k / \hat q_k)`, with :math:`\hat p_k = n_k / n`
    and :math:`\hat q_k = (m_k + a) / (m + K a)`; `a` is 0 without smoothing. Its squared standard error is
    :math:`\operatorname{Var}_{\hat p}(\log(\hat p / \hat q)) / n + \operatorname{Var}(\hat p / \hat q) / m`,
    the latter over the sample of the model and times :math:`(m / (m + K a))^2`. No bias is corrected: the
    estimate is too high, by about :math:`(K - 1)(1/n + 1/m) / 2` where the two distributions are equal.

    **Edge cases.** A symbol of the truth that the model never saw makes the value ``inf``, and
    ``unseen`` tells how many observations did so. Equal frequencies give exactly 0, with a standard
    error of 0 because the first-order term vanishes there.

    **Numerics.** The sum of terms of `xent.formulas.i_divergence`, none of them negative.

    Examples
    --------
    >>> kl_divergence_from_samples("aab", "aaaabb").value
    0.0
    >>> kl_divergence_from_samples("aabx", "abcd").value
    inf
    """
    where = "kl_divergence_from_samples"
    unit = nats_per_unit(base, where=where)
    found = model_counts_of(p_samples, q_samples, model_counts, smoothing=smoothing, K=K, where=where)
    p, q = found.shares
    # Categories that neither sample holds count in the non-negative form: their share of the model.
    elsewhere = (found.K - len(q)) * found.a / (found.n_model + found.K * found.a)
    value = float(kl_divergence(np.append(p, 0.0), np.append(q, elsewhere), validate=False))
    error = _error(p, q, found) if np.isfinite(value) else 0.0
    return found.estimate(value, error, unit=unit)


def _error(p: Floats, q: Floats, found: ModelCounts) -> float:
    present = p > 0
    ratio = np.zeros_like(p)
    ratio[present] = p[present] / q[present]
    of_truth = _variance(np.log(ratio[present]), p[present])
    drawn = found.of_model / found.n_model
    kept = found.n_model / (found.n_model + found.K * found.a)
    return float(np.sqrt(of_truth / found.n + kept**2 * _variance(ratio, drawn) / found.n_model))


def _variance(values: Floats, weights: Floats) -> float:
    return float(np.sum(weights * (values - np.sum(weights * values)) ** 2))
