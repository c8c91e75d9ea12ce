"""The Schuermann-Grassberger estimator of entropy."""

from __future__ import annotations

from numpy.typing import ArrayLike
from scipy.special import digamma

from xent.measures.estimators.count_spectrum import count_spectrum
from xent.measures.estimators.entropy_estimate import EntropyEstimate
from xent.measures.estimators.grassberger_2003 import grassberger_g

__all__ = ["schuermann_grassberger_entropy"]


def schuermann_grassberger_entropy(
    counts: ArrayLike, /, *, K: int | None = None, base: float | None = None
) -> EntropyEstimate:
    r"""
    Entropy with the corrections of Schuermann and Grassberger, in nats or in the unit of `base`.

    Parameters and errors are those of `plug_in_entropy`; `K` is only reported.

    Returns
    -------
    EntropyEstimate
        Without a standard error.

    Notes
    -----
    **Definition.** :math:`\psi(n) - \sum_k (n_k / n) G(n_k)` with `G` as in
    `grassberger_2003_entropy`. The prior of Schuermann and Grassberger, 1/K, is another matter: it is
    ``bayesian_entropy(counts, prior="perks")``.

    **Edge cases.** One category gives :math:`\psi(n) - G(n)`, near, and not equal to, 0.

    **Numerics.** Evaluated as it stands; the absolute error is below ``4 eps log n``.

    References
    ----------
    .. [1] Schuermann, T. (2004). Bias analysis in entropy estimation. J. Phys. A 37.

    Examples
    --------
    >>> schuermann_grassberger_entropy([1, 2, 3, 2, 1]).value
    1.85544...
    """
    where = "schuermann_grassberger_entropy"
    spectrum = count_spectrum(counts, K=K, where=where)
    value = spectrum.mean(digamma(float(spectrum.n)) - grassberger_g(spectrum.counts))
    return spectrum.estimate(value, None, method="schuermann_grassberger", base=base, where=where)
