r"""
Beta divergence of probabilities, term by term: the Bregman divergence of Tsallis entropy.

For an exponent :math:`1 < \beta \le 2`, as entmax has it, with :math:`v = p^{\beta - 1}`,

.. math::

    D(t, p) = \frac{t^\beta + (\beta - 1)\, p^\beta - \beta\, t\, p^{\beta - 1}}{\beta (\beta - 1)}
    = \frac1\beta \left( v (p - t) - t\, \frac{v - t^{\beta - 1}}{\beta - 1} \right) \ge 0 .

:math:`\beta = 2` gives half the squared distance, :math:`\beta \to 1` the I-divergence. Where :math:`p`
and :math:`t` are near, the two summands cancel. With :math:`c = (t - p) / t` and :math:`\varphi(d) = d -
\log(1 + d)`

.. math::

    D(t, p) = \frac{t^\beta}{\beta (\beta - 1)} \left( 1 - e^{-h} \right), \quad
    h = (\beta - 1)\, \varphi(-c) + \varphi((\beta - 1) c),

which has no cancellation; it is used for :math:`|c| \le 1/2`.

Source: Basu, A. et al. (1998). Robust and efficient estimation by minimising a density power divergence.
Biometrika 85(3), equation 2.1, with the exponent there equal to beta less 1, and divided by beta.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace
from xent.formulas import i_divergence

__all__ = ["terms"]


def terms(targets: Array, powers: Array, difference: Array, *, beta: float, xp: Namespace) -> Array:
    """
    Terms of the beta divergence of `targets` t from the model's probabilities p, elementwise.

    A term is ``(t**b + (b - 1) p**b - b t p**(b - 1)) / (b (b - 1))`` with ``b = beta``; for 2 half the
    squared difference. It is 0 for equal numbers and does not cancel near them.

    Parameters
    ----------
    targets : array
        True distribution :math:`t`, >= 0.
    powers : array
        Powers ``probs ** (beta - 1)`` of the model.
    difference : array
        ``probs - targets``, computed by the caller without cancellation.
    beta : float
        Exponent, above 1 and at most 2.
    xp : module
        Array-API namespace of the arrays.

    Returns
    -------
    array
        Numbers >= 0.
    """
    has_target = targets > 0
    safe = xp.where(has_target, targets, 1.0)
    target_powers = xp.where(has_target, safe ** (beta - 1), 0.0)
    far = (powers * difference - targets * (powers - target_powers) / (beta - 1)) / beta
    is_near = has_target & (xp.abs(difference) <= targets / 2)
    lack = xp.where(is_near, -difference, 0.0) / safe
    height = (beta - 1) * _phi(-lack, xp=xp) + _phi((beta - 1) * lack, xp=xp)
    near = targets * target_powers * -xp.expm1(-height) / (beta * (beta - 1))
    return xp.where(is_near, near, far)


def _phi(d: Array, *, xp: Namespace) -> Array:
    """``d - log(1 + d)``, elementwise, which is of second order in `d`, without cancellation."""
    return i_divergence.terms(xp.ones_like(d), d, xp.log1p(d), xp=xp)
