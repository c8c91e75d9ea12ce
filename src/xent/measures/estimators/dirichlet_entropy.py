r"""
Mean and variance of the entropy of a Dirichlet distribution, in nats and squared nats.

For parameters :math:`\alpha_k` of sum `A`,

.. math::

    m &= \sum_k \frac{\alpha_k}{A} \left( \psi(A+1) - \psi(\alpha_k+1) \right), \\
    v &= \frac{1}{A (A+1)} \sum_k \alpha_k \left[ \left( \psi(\alpha_k+1) - \psi(A+1) + m \right)^2
        + g(\alpha_k) - g(A) \right], \qquad g(x) = (x+1) \psi'(x+1).

Source: Wolpert, D. H., Wolf, D. R. (1995). Estimating functions of probability distributions from a
finite set of samples. Phys. Rev. E 52. The paper gives the second moment, and its difference to the
squared mean cancels. The form above follows from the same derivation with ``H - m`` in place of ``H``; `g`
decreases, so no term is negative.
"""

from __future__ import annotations

import numpy as np
from scipy.special import digamma, zeta

from xent.measures.estimators.count_spectrum import CountSpectrum, Floats

__all__ = ["mean_and_variance"]


def mean_and_variance(spectrum: CountSpectrum, a: Floats) -> tuple[Floats, Floats]:
    """
    Posterior mean, in nats, and variance, in nats squared, of the entropy given the counts, each (B,).

    The prior is a symmetric Dirichlet distribution over the K categories of `spectrum`; `a` holds B
    pseudocounts >= 0, each of which is added to the count of every category, observed or not. Under one of 0,
    categories that were not observed have the probability 0. Rounding may make a variance near 0 negative.
    """
    counts, multiplicities = spectrum.all_cells()
    alpha = counts + a[:, None]
    total = (spectrum.n + spectrum.K * a)[:, None]
    above = digamma(total + 1) - digamma(alpha + 1)
    mean = np.sum(multiplicities * (alpha / total) * above, axis=1)
    terms = (above - mean[:, None]) ** 2 + (_g(alpha) - _g(total))
    variance = np.sum(multiplicities * (alpha / total) * terms / (total + 1), axis=1)
    return mean, variance


def _g(x: Floats) -> Floats:
    """Function g of the module docstring."""
    # psi'(x) = zeta(2, x)
    product: Floats = (x + 1) * zeta(2, x + 1)
    return product
