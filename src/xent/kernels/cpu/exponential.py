r"""
Exponential of a nonpositive number.

With :math:`n` the integer nearest to :math:`x / \log 2` and :math:`r = x - n \log 2`, so that
:math:`|r| \le \tfrac12 \log 2`,

.. math:: e^x = 2^n e^r, \qquad e^r \approx 1 + r + r^2 q(r).

:math:`q` is the polynomial with the smallest maximum relative error of the result, found by the exchange
algorithm: below 2^-28 for float32 and 2^-57 for float64.

The argument comes as a rounded number and its low-order part, for a logit minus the peak of its row is known
that exactly. Results are `magnified` by a power of two until a sum of them is complete: exponentials that
would be subnormal, and lose digits, add up without loss.

Source: Muller, J.-M. (2016). Elementary Functions, 3rd ed., sections 3.2 (exchange) and 11.1 (reduction).
"""

from __future__ import annotations

from dataclasses import dataclass

from llvmlite import ir

from xent.kernels.vector_code import Value, bits, floats, fma, select

__all__ = ["exponential", "magnified_exponential", "reduced"]


@dataclass(frozen=True)
class _Constants:
    """
    Numbers of one precision.

    `log2_hi` is log 2, rounded, and `log2_lo` its rounding error. Below `zero_below` the result is 0: a sum
    of a million such exponentials would still round to 0. `spare` is the exponent of the power of two that
    keeps 2^(n + spare) normal. Floats near `unit` are 1 apart, so adding `unit` rounds a number to an
    integer, which is then in the low bits of the sum. `digits` is the number of bits of the fraction, and
    `polynomial` holds the coefficients of q by rising power.
    """

    log2_hi: float
    log2_lo: float
    zero_below: float
    spare: int
    unit: float
    digits: int
    polynomial: tuple[float, ...]


_SINGLE = _Constants(
    log2_hi=0.6931471824645996,
    log2_lo=-1.9046542121259336e-09,
    zero_below=-120.0,
    spare=64,
    unit=1.5 * 2**23,
    digits=23,
    polynomial=(
        0.4999999403953552, 0.1666651964187622, 0.04166839271783829, 0.008368778973817825,
        0.001381447073072195,
    ),
)  # fmt: skip
_DOUBLE = _Constants(
    log2_hi=0.6931471805599453,
    log2_lo=2.3190468138462996e-17,
    zero_below=-800.0,
    spare=600,
    unit=1.5 * 2**52,
    digits=52,
    polynomial=(
        0.5000000000000011, 0.1666666666666641, 0.04166666666652921, 0.008333333333495594,
        0.001388888894391502, 0.0001984126950481271, 2.4801492771545857e-05, 2.755758731691205e-06,
        2.7630375232101973e-07, 2.499996786783784e-08,
    ),
)  # fmt: skip


def exponential(hi: Value, lo: Value) -> Value:
    """
    ``exp(hi + lo)`` for ``hi <= 0`` and a `lo` of at most half a unit in the last place of `hi`.

    The result has the precision of `hi`, 32 or 64 bits, and is within 1 unit in the last place. It underflows
    gradually; it is 0 at ``-inf`` for any `lo`, and nan at nan.
    """
    return reduced(magnified_exponential(hi, lo))


def magnified_exponential(hi: Value, lo: Value) -> Value:
    """
    ``exp(hi + lo)`` times ``2**64`` in 32 bits and ``2**600`` in 64: a normal number, or 0.

    `hi` is at most 0 and `lo` at most half a unit in its last place. The result is 0 for `hi` below -120 in
    32 bits, -800 in 64, whatever `lo` is, and nan at nan. Sums of results keep all digits; `reduced` divides
    by the power of two.
    """
    numbers = _constants(hi)
    shifted = fma(hi, 1 / numbers.log2_hi, numbers.unit + numbers.spare)
    n = shifted - (numbers.unit + numbers.spare)
    # The first term is exact. `lo` and the low-order part of log 2 are added to each other first, then to it.
    r = fma(n, -numbers.log2_hi, hi) + fma(n, -numbers.log2_lo, lo)
    power = floats(bits(_one_and_more(r, numbers)) + (bits(shifted) << numbers.digits))
    # Below, the exponent would wrap around. The comparison is false for nan, which `power` already is.
    return select(hi < numbers.zero_below, 0.0, power)


def reduced(magnified: Value) -> Value:
    """A sum of results of `magnified_exponential`, divided by their power of two; it may become subnormal."""
    return magnified * 2.0 ** -_constants(magnified).spare


def _constants(value: Value) -> _Constants:
    """Constants for the precision of `value`: 64 bits, or else 32."""
    return _DOUBLE if isinstance(value.element, ir.DoubleType) else _SINGLE


def _one_and_more(r: Value, numbers: _Constants) -> Value:
    """
    ``exp(r)`` as ``1 + r (1 + r q(r))`` with the polynomial `q` of `numbers`.

    The magnitude of `r` is at most half of log 2.
    """
    q = r.like(numbers.polynomial[-1])
    for coefficient in reversed(numbers.polynomial[:-1]):
        q = fma(q, r, coefficient)
    return fma(fma(q, r, 1.0), r, 1.0)
