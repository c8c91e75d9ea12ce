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

    See Also
    --------
    schuermann_grassberger_entropy : Estimator with :math:`\psi(n)` in place of :math:`\log n`.

    Notes
    -----
    **Definition.** With the digamma function :math:`\psi`,

    .. math::

        \hat H = \log n - \sum_k \frac{n_k}{n} G(n_k), \qquad
        G(n) = \psi(n) + \frac{(-1)^n}{2} \left[ \psi\left(\frac{n+1}{2}\right)
            - \psi\left(\frac n2\right) \right].

    **Edge cases.** One category gives :math:`\log n - G(n)`, a value near 0, not exactly 0.

    **Numerics.** The definition is evaluated as written; the absolute error is below ``4 eps log n``.

    References
    ----------
    .. [1] Grassberger, P. (2003). Entropy estimates from insufficient samplings.
       arXiv:physics/0307138.

    Examples
    --------
    >>> grassberger_2003_entropy([1, 2, 3, 2, 1]).value
    1.91203...
    """
    caller = "grassberger_2003_entropy"
    spectrum = count_spectrum(counts, K=K, caller=caller)
    value = spectrum.mean(np.log(spectrum.n) - grassberger_g(spectrum.counts))
    return spectrum.estimate(value, None, method="grassberger_2003", base=base, caller=caller)


def grassberger_g(n: Floats) -> Floats:
    """Function G of the definition in `grassberger_2003_entropy`, at positive whole numbers."""
    sign = 1 - 2 * (n % 2)
    odd_part: Floats = sign / 2 * (digamma((n + 1) / 2) - digamma(n / 2))
    return digamma(n) + odd_part
