r"""
Negative log-likelihood of a number under a Gaussian distribution of given mean and log-variance.

For mean :math:`m`, log-variance :math:`s`, value :math:`y`, :math:`q = e^{-s/2}` and the standardised
residual :math:`t = (m - y)\,q`,

.. math::

    \ell = \tfrac12 (s + t^2), \quad
    \nabla \ell = \bigl(t q,\ \tfrac12 (1 - t^2)\bigr), \quad
    \nabla^2 \ell = \begin{pmatrix} q^2 & -t q \\ -t q & \tfrac12 t^2 \end{pmatrix},

plus :math:`\tfrac12 \log 2 \pi` for the full log-likelihood. The residual is standardised before it is
squared, so neither the squared residual nor the reciprocal variance has to be representable.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equation 1.46; with a variance of its
own for each value: Nix, D. A., Weigend, A. S. (1994). Estimating the mean and variance of the target
probability distribution. Proc. IEEE Int. Conf. on Neural Networks, equation 2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from xent.arrays import Array, Namespace
from xent.formulas.hessian_by_columns import hessian_by_columns

__all__ = ["GaussianNLL"]


class _Standardised(NamedTuple):
    """
    Log-variance, reciprocal standard deviation, and residual over standard deviation.

    The arrays `log_variance`, `inverse_deviation` and `residual` have shape (...); the residual is mean less
    value.
    """

    log_variance: Array
    inverse_deviation: Array
    residual: Array


@dataclass(frozen=True)
class GaussianNLL:
    """
    Negative log-likelihood of values in nats, with derivatives in mean and log-variance.

    The logits of every method have shape (..., 2): mean and log-variance. The data are the values, of shape
    (...).

    Parameters
    ----------
    full : bool
        True to add the constant, half the logarithm of 2 pi.
    """

    full: bool

    def value(self, logits: Array, values: Array, *, xp: Namespace) -> Array:
        """
        Negative log-likelihood in nats, of shape (...), without the constant ``log(2 pi) / 2`` unless `full`.

        `logits`, (..., 2), are mean and log-variance. The result is ``inf`` if the squared residual, in units
        of the variance, overflows, and without that ``-inf`` at a log-variance of ``-inf``.
        """
        at = _standardised(logits, values, xp=xp)
        constant = 0.5 * math.log(2 * math.pi) if self.full else 0.0
        square = at.residual**2
        # If the squared residual overflows, the loss is inf, also for a log-variance of -inf: -inf + inf is
        # nan.
        found = (xp.where(square == xp.inf, 0.0, at.log_variance) + square) / 2
        return found + constant if self.full else found

    def gradient(self, logits: Array, values: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in mean and log-variance, of shape (..., 2); 0 in the mean at residual 0."""
        at = _standardised(logits, values, xp=xp)
        in_mean = at.residual * xp.where(at.residual == 0, 1.0, at.inverse_deviation)
        return xp.stack((in_mean, (1 - at.residual**2) / 2), axis=-1)

    def value_and_gradient(self, logits: Array, values: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`."""
        return self.value(logits, values, xp=xp), self.gradient(logits, values, xp=xp)

    def hessian_vector_product(self, logits: Array, values: Array, vectors: Array, *, xp: Namespace) -> Array:
        """
        Product of the Hessian in mean and log-variance with `vectors`, both of shape (..., 2).

        `logits`, (..., 2), are mean and log-variance; `values` have shape (...).
        """
        at = _standardised(logits, values, xp=xp)
        along_mean = at.inverse_deviation * vectors[..., 0]
        along_log_variance = at.residual * vectors[..., 1]
        in_mean = at.inverse_deviation * (along_mean - along_log_variance)
        return xp.stack((in_mean, at.residual * (along_log_variance / 2 - along_mean)), axis=-1)

    def hessian(self, logits: Array, values: Array, *, xp: Namespace) -> Array:
        """Hessian in mean and log-variance, of shape (..., 2, 2); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, values, xp=xp)


def _standardised(logits: Array, values: Array, *, xp: Namespace) -> _Standardised:
    """
    Log-variance s, ``exp(-s / 2)``, and mean less value times that, each of shape (...).

    `logits`, (..., 2), are mean and log-variance. A residual of 0 stays 0 for every log-variance; an infinite
    residual is nan where ``exp(-s / 2)`` is 0.
    """
    log_variance = logits[..., 1]
    inverse_deviation = xp.exp(-log_variance / 2)
    residual = logits[..., 0] - values
    # A residual of 0 stays 0 if the reciprocal standard deviation overflows: 0 * inf is nan.
    factor = xp.where(residual == 0, 1.0, inverse_deviation)
    # An infinite residual times 0 is nan too, but with NumPy's warning.
    factor = xp.where(xp.isinf(residual) & (factor == 0), xp.nan, factor)
    residual = residual * factor
    return _Standardised(log_variance, inverse_deviation, residual)
