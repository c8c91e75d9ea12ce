"""The jackknife estimator of entropy."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from xent.errors import DomainError
from xent.measures.estimators.count_spectrum import Floats, count_spectrum
from xent.measures.estimators.entropy_estimate import EntropyEstimate

__all__ = ["jackknife_entropy"]


def jackknife_entropy(
    counts: ArrayLike, /, *, K: int | None = None, base: float | None = None
) -> EntropyEstimate:
    r"""
    Entropy with its bias removed by leaving out one observation, in nats or in the unit of `base`.

    Parameters and errors are those of `plug_in_entropy`; `K` is only reported.

    Returns
    -------
    EntropyEstimate
        With the jackknife standard error.

    Raises
    ------
    DomainError
        As for `plug_in_entropy`, and if there is only one observation.

    Notes
    -----
    **Definition.** :math:`n \hat H - \frac{n-1}{n} \sum_j \hat H_{-j}` with the plug-in estimate
    :math:`\hat H` and those, :math:`\hat H_{-j}`, without observation `j`; the standard error is
    :math:`\sqrt{\frac{n-1}{n} \sum_j (\hat H_{-j} - \bar H)^2}`.

    **Edge cases.** One category gives exactly 0. The value may exceed :math:`\log K`.

    **Numerics.** The definition subtracts numbers `n` times as large as the result. With
    :math:`g(c) = c \log c - (c-1) \log(c-1)` the large parts cancel on paper, and
    :math:`g(n) - \sum_k (n_k / n) g(n_k)` is left; its absolute error is below ``4 eps log n``.

    References
    ----------
    .. [1] Zahl, S. (1977). Jackknifing an index of diversity. Ecology 58(4).

    Examples
    --------
    >>> jackknife_entropy([1, 2, 3, 2, 1]).value
    1.88684...
    """
    where = "jackknife_entropy"
    spectrum = count_spectrum(counts, K=K, where=where)
    if spectrum.n == 1:
        raise DomainError(where, "counts", "hold at least two observations", got="one")
    left = _g(spectrum.counts)
    value = spectrum.mean(_g(np.asarray([float(spectrum.n)])) - left)
    variance = spectrum.mean((left - spectrum.mean(left)) ** 2) if len(left) > 1 else 0.0
    error = float(np.sqrt(variance / (spectrum.n - 1)))
    return spectrum.estimate(value, error, method="jackknife", base=base, where=where)


def _g(counts: Floats) -> Floats:
    before = np.maximum(counts - 1, 1)
    grown: Floats = np.log(counts) + before * np.log1p(1 / before)
    return np.where(counts > 1, grown, 0.0)
