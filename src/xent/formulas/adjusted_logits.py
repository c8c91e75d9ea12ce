r"""
Logits capped, divided by a temperature, moved by an offset and masked, in this order; with derivatives.

.. math:: g(z) = \frac{c \tanh(z / c)}{T} + b, \quad
    g'(z) = \frac{1}{T \cosh^2(z / c)}, \quad g''(z) = -\frac{2 \tanh(z / c)}{c\,T \cosh^2(z / c)},

without the cap :math:`z / T + b`. A masked class has :math:`g = -\infty` and no derivative. A logit of
``-inf`` stays that under a cap. Quotient and sum are kept in two parts, so a softmax of them is as accurate
as one of plain logits.

Source: the cap: Gemma Team (2024). Gemma 2: improving open language models at a practical size.
arXiv:2408.00118, section 2; derivatives by the chain rule.
"""

from __future__ import annotations

from typing import NamedTuple

from xent.arrays import Array, Namespace, constant
from xent.precision.exact_logits import ExactLogits, Logits, exact_quotient, exact_sum, rounded_and_rest

__all__ = ["AdjustedLogits", "adjusted_logits"]


class AdjustedLogits(NamedTuple):
    """
    Adjusted logits with the derivatives of each in its own logit.

    Parameters
    ----------
    logits : array of shape (..., K), or `ExactLogits`
        What a softmax is to be taken of.
    slope, bend : array of shape (..., K)
        First and second derivative.
    """

    logits: Logits
    slope: Array
    bend: Array


def adjusted_logits(
    logits: Array,
    *,
    softcap: Array | None,
    temperature: Logits | None,
    offset: Array | None,
    mask: Array | None,
    xp: Namespace,
) -> AdjustedLogits:
    """
    Adjust `logits`; what is None is not done.

    Parameters
    ----------
    logits : array of shape (..., K)
        Logits as a model gives them.
    softcap : array that broadcasts against the logits, or None
        Positive.
    temperature : array that broadcasts against the logits, or such an `ExactLogits`, or None
        Positive.
    offset : array that broadcasts against the logits, or None
        ``-inf`` leaves a class out.
    mask : array of bool that broadcasts against the logits, or None
        Whether a class takes part.
    xp : module
        Their namespace.

    Returns
    -------
    AdjustedLogits
        The adjusted logits and their derivatives.
    """
    # The derivative of what infinity is divided by would be nan, also where nothing depends on it.
    is_infinite = xp.isinf(logits) if softcap is None else logits == -xp.inf
    inside = xp.where(is_infinite, xp.zeros_like(logits), logits)
    slope, bend = xp.ones_like(logits), xp.zeros_like(logits)
    adjusted: Logits = inside
    if softcap is not None:
        adjusted, slope, bend = _capped(inside, softcap, xp=xp)
    if temperature is not None:
        divisor = rounded_and_rest(temperature).rounded
        adjusted = exact_quotient(adjusted, temperature, xp=xp)
        slope, bend = slope / divisor, bend / divisor
    if offset is not None:
        adjusted = exact_sum(adjusted, offset, xp=xp)
    high, low = rounded_and_rest(adjusted)
    high = xp.where(is_infinite, logits * constant(slope) + high, high)
    if mask is not None:
        high = xp.where(mask, high, -xp.inf)
        slope, bend = (xp.where(mask, derivative, 0.0) for derivative in (slope, bend))
    return AdjustedLogits(high if isinstance(low, float) else ExactLogits(high, low), slope, bend)


def _capped(logits: Array, softcap: Array, *, xp: Namespace) -> tuple[Array, Array, Array]:
    share, left = _tanh(logits / softcap, xp=xp)
    slope = 4 * left / (1 + left) ** 2
    return softcap * share, slope, -2 * share * slope / softcap


def _tanh(x: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """
    ``tanh(x)`` and ``exp(-2 abs(x))``.

    Far out the one is made of the other for its derivative by steps: of ``1 - tanh(x) ** 2`` nothing is left.
    """
    is_positive = x >= 0
    size = xp.where(is_positive, x, -x)
    left = xp.exp(-2 * size)
    far = (1 - left) / (1 + left)
    return xp.where(size < 0.5, xp.tanh(x), xp.where(is_positive, far, -far)), left
