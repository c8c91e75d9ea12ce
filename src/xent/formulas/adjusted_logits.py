r"""
Adjusted logits: capped, divided by a temperature, moved by an offset and masked, in this order.

.. math:: g(z) = \frac{c \tanh(z / c)}{T} + b, \quad
    g'(z) = \frac{1}{T \cosh^2(z / c)}, \quad g''(z) = -\frac{2 \tanh(z / c)}{c\,T \cosh^2(z / c)},

and :math:`g(z) = z / T + b` without a cap. A masked class has :math:`g = -\infty` and derivatives 0. A logit
of ``-inf`` stays ``-inf``, also under a cap. Quotient and sum keep their rounding errors, so a softmax of
adjusted logits is as accurate as one of plain logits.

Source: the cap: Gemma Team (2024). Gemma 2: improving open language models at a practical size.
arXiv:2408.00118, section 2; derivatives by the chain rule.
"""

from __future__ import annotations

from typing import NamedTuple

from xent.arrays import Array, Namespace, constant
from xent.precision.exact_difference import ExactLogits, Logits, high_and_low
from xent.precision.exact_logits import exact_quotient, exact_sum

__all__ = ["AdjustedLogits", "adjusted_logits"]


class AdjustedLogits(NamedTuple):
    """
    Adjusted logits, with the derivatives of each in the logit it comes from.

    Parameters
    ----------
    logits : array of shape (..., K), or `ExactLogits`
        Adjusted logits, the argument of a softmax.
    first_derivative, second_derivative : array of shape (..., K)
        First and second derivative.
    """

    logits: Logits
    first_derivative: Array
    second_derivative: Array


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
    Adjusted `logits` z, ``c tanh(z / c) / T + b``, then masked; a step whose parameter is None is skipped.

    Parameters
    ----------
    logits : array of shape (..., K)
        Logits as a model gives them.
    softcap : array that broadcasts against the logits, or None
        Bound :math:`c` of the capped logits, positive.
    temperature : array that broadcasts against the logits, or such an `ExactLogits`, or None
        Divisor :math:`T`, positive.
    offset : array that broadcasts against the logits, or None
        Summand :math:`b`; ``-inf`` gives a class the probability 0.
    mask : array of bool that broadcasts against the logits, or None
        True for classes that are kept; a class with False gets the logit ``-inf``.
    xp : module
        Array-API namespace of the arrays.

    Returns
    -------
    AdjustedLogits
        Adjusted logits, `ExactLogits` if there is a temperature or an offset, and their first and second
        derivatives in z, 0 where the mask is False. Logits of ``-inf`` stay, and so do those of ``inf``
        without a softcap; their derivatives are those at 0.
    """
    # Automatic differentiation of inf / T in T gives nan, even in a branch that `where` discards. So infinite
    # logits are replaced by 0 before the steps, and put back after them.
    is_infinite = xp.isinf(logits) if softcap is None else logits == -xp.inf
    inside = xp.where(is_infinite, xp.zeros_like(logits), logits)
    first_derivative, second_derivative = xp.ones_like(logits), xp.zeros_like(logits)
    adjusted: Logits = inside
    if softcap is not None:
        adjusted, first_derivative, second_derivative = _capped(inside, softcap, xp=xp)
    if temperature is not None:
        divisor = high_and_low(temperature).rounded
        adjusted = exact_quotient(adjusted, temperature, xp=xp)
        first_derivative, second_derivative = first_derivative / divisor, second_derivative / divisor
    if offset is not None:
        adjusted = exact_sum(adjusted, offset, xp=xp)
    high, low = high_and_low(adjusted)
    high = xp.where(is_infinite, logits * constant(first_derivative) + high, high)
    if mask is not None:
        high = xp.where(mask, high, -xp.inf)
        first_derivative, second_derivative = (
            xp.where(mask, derivative, 0.0) for derivative in (first_derivative, second_derivative)
        )
    return AdjustedLogits(
        high if isinstance(low, float) else ExactLogits(high, low), first_derivative, second_derivative
    )


def _capped(logits: Array, softcap: Array, *, xp: Namespace) -> tuple[Array, Array, Array]:
    """``softcap * tanh(logits / softcap)``, elementwise, with first and second derivative in the logits."""
    share, left = _tanh(logits / softcap, xp=xp)
    first_derivative = 4 * left / (1 + left) ** 2
    return softcap * share, first_derivative, -2 * share * first_derivative / softcap


def _tanh(x: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """
    ``tanh(x)`` and ``exp(-2 abs(x))``, elementwise; nan at nan.

    For abs(x) >= 1/2, the tanh is computed from the exponential, and so is its automatic derivative: the
    derivative of a library's tanh, ``1 - tanh(x) ** 2``, is 0 for large arguments.
    """
    is_positive = x >= 0
    size = xp.where(is_positive, x, -x)
    left = xp.exp(-2 * size)
    far = (1 - left) / (1 + left)
    return xp.where(size < 0.5, xp.tanh(x), xp.where(is_positive, far, -far)), left
