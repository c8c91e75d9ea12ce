"""Chao-Wang-Jost estimator of entropy."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from xent.measures.estimators.count_spectrum import CountSpectrum, count_spectrum
from xent.measures.estimators.entropy_estimate import EntropyEstimate
from xent.measures.estimators.zhang import zhang_nats

__all__ = ["chao_wang_jost_entropy", "series_tail"]


def chao_wang_jost_entropy(
    counts: ArrayLike, /, *, K: int | None = None, base: float | None = None
) -> EntropyEstimate:
    r"""
    Entropy from the slope of the species accumulation curve, in nats or in the unit of `base`.

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

    Notes
    -----
    **Definition.** With the numbers :math:`f_1, f_2` of categories seen once and twice, Zhang's
    estimate :math:`\hat H_Z` and

    .. math::

        A = \begin{cases} 2 f_2 / ((n-1) f_1 + 2 f_2) & f_2 > 0 \\
            2 / ((n-1)(f_1 - 1) + 2) & f_2 = 0 < f_1 \\ 1 & f_1 = 0, \end{cases} \qquad
        \hat H = \hat H_Z + \frac{f_1}{n} (1-A)^{1-n}
            \left( -\log A - \sum_{r=1}^{n-1} \frac{(1-A)^r}{r} \right).

    **Edge cases.** Without a category that was seen exactly once the value is Zhang's estimate; one
    observation gives 0.

    **Numerics.** As written, the power overflows and the bracket cancels. The bracket is the tail of the
    series of :math:`-\log A`, so power times bracket is :math:`\sum_{j \ge 0} (1-A)^{j+1} / (n+j)`, computed
    as an integral of a positive function to a relative error below 1e-13 for every `n` and `A`.

    References
    ----------
    .. [1] Chao, A., Wang, Y. T., Jost, L. (2013). Entropy and the species accumulation curve. Methods
       Ecol. Evol. 4(11).

    Examples
    --------
    >>> chao_wang_jost_entropy([1, 2, 3, 2, 1]).value
    1.84787...
    """
    caller = "chao_wang_jost_entropy"
    spectrum = count_spectrum(counts, K=K, caller=caller)
    value = zhang_nats(spectrum) + _unseen(spectrum)
    return spectrum.estimate(value, None, method="chao_wang_jost", base=base, caller=caller)


def _unseen(spectrum: CountSpectrum) -> float:
    """
    Correction for unseen categories in nats: ``f1 / n`` times the sum over j of ``(1 - A)**(j + 1) / (n +
    j)``.

    j runs from 0; f1 and f2 are the numbers of categories seen once and twice, and A is ``2 f2 / ((n - 1) f1
    + 2 f2)``, or without any seen twice ``2 / ((n - 1) (f1 - 1) + 2)``. It is 0 without a category seen once,
    for a single observation, and for a single one seen once with none seen twice.
    """
    n, once, twice = spectrum.n, spectrum.categories_with(1), spectrum.categories_with(2)
    # Without doubletons, Chao's estimate of the unseen categories takes its bias-corrected form.
    if twice:
        above, below = 2 * twice, (n - 1) * once
    else:
        above, below = 2, (n - 1) * (once - 1)
    if once == 0 or below == 0:
        return 0.0
    return once / n * series_tail(above / (above + below), below / (above + below), n)


def series_tail(A: float, x: float, n: int) -> float:
    r"""
    :math:`\sum_{j \ge 0} x^{j+1} / (n + j)` for :math:`x = 1 - A`, with `A` and `x` in (0, 1).

    The sum equals :math:`\int_0^\infty x e^{-u} / (n (1 - x e^{-u/n})) \, du`. With :math:`u = e^v` the
    integrand is analytic near the real line and decays at both ends, so the trapezoidal rule with steps of
    0.1 is exact to rounding.
    """
    step = 0.1
    # The integrand grows as u up to n A, so that e**-40 of that is below rounding.
    low = np.log(min(1.0, n * A)) - 40.0
    # Not np.arange(low, 4, step), whose step is a difference of rounded numbers.
    u = np.exp(low + step * np.arange(int((4.0 - low) / step) + 1))
    integrand = x * np.exp(-u) * u / (n * (A - x * np.expm1(-u / n)))
    return float(step * np.sum(integrand))
