"""Grassberger's estimator of entropy of 2003."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma

from xent.measures.estimators.count_spectrum import Floats, count_spectrum
from xent.measures.estimators.entropy_estimate import EntropyEstimate

__all__ = ["grassberger_2003_entropy", "grassberger_g"]


def grassberger_2003_entropy(
    counts: ArrayLike, /, *, K: int | None = None, base: float | None = None
) -> EntropyEstimate:
    r"""
    Grassberger's bias-corrected entropy of 2003, in nats or in the unit of `base`.

    Parameters and errors are those of `plug_in_entropy`; `K` is only reported.

    Returns
    -------
    EntropyEstimate
        Without a standard error.

    See Also
    --------
    schuermann_grassberger_entropy : The same with :math:`\psi(n)` for :math:`\log n`.

    Notes
    -----
    **Definition.** With the digamma function :math:`\psi`,

    .. math::

        \hat H = \log n - \sum_k \frac{n_k}{n} G(n_k), \qquad
        G(n) = \psi(n) + \frac{(-1)^n}{2} \left[ \psi\left(\frac{n+1}{2}\right)
            - \psi\left(\frac n2\right) \right].

    **Edge cases.** One category gives :math:`\log n - G(n)`, near, and not equal to, 0.

    **Numerics.** Evaluated as it stands; the absolute error is below ``4 eps log n``.

    References
    ----------
    .. [1] Grassberger, P. (2003). Entropy estimates from insufficient samplings.
       arXiv:physics/0307138.

    Examples
    --------
    >>> grassberger_2003_entropy([1, 2, 3, 2, 1]).value
    1.91203...
    """
    where = "grassberger_2003_entropy"
    spectrum = count_spectrum(counts, K=K, where=where)
    value = spectrum.mean(np.log(spectrum.n) - grassberger_g(spectrum.counts))
    return spectrum.estimate(value, None, method="grassberger_2003", base=base, where=where)


def grassberger_g(n: Floats) -> Floats:
    """The function G of the definition, at positive whole numbers."""
    sign = 1 - 2 * (n % 2)
    odd_part: Floats = sign / 2 * (digamma((n + 1) / 2) - digamma(n / 2))
    return digamma(n) + odd_part
