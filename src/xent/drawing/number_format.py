"""
Numbers as text for reports, with the same digits in the terminal and on the page.

Two notations differ only in powers of ten and the minus sign: `plain` is ASCII (``3.1e-11``), `typeset` is
for the page (``10⁻¹¹``).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from xent.scoring.estimate import Estimate

__all__ = [
    "Notation",
    "count",
    "counted",
    "coverage",
    "interval",
    "p_value",
    "percent",
    "percent_interval",
    "plain",
    "signed",
    "signed_interval",
    "trimmed",
    "typeset",
]

_ROUNDING = 1e-12
_MINUS, _TIMES = "\u2212", "\u00d7"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

Notation = Callable[[float], str]


def plain(x: float) -> str:
    """
    `x` with three significant digits in ASCII; a power of ten where `x` is very small or large.

    Examples
    --------
    >>> [plain(x) for x in (0.1 + 0.2, 12.0, 98765.4, 3.14e-11, 0.0, float("inf"))]
    ['0.300', '12.0', '98,765', '3.1e-11', '0', 'infinite']
    """
    return _written(x, lambda mantissa, exponent: f"{mantissa}e{exponent}")


def typeset(x: float) -> str:
    """
    `x` with three significant digits in Unicode; powers of ten have superscript exponents.

    Examples
    --------
    >>> typeset(0.1 + 0.2), typeset(1e-11)
    ('0.300', '10⁻¹¹')
    """
    return _written(x, _raised).replace("-", _MINUS)


def trimmed(x: float, notation: Notation) -> str:
    """
    `x` without trailing zeros, for exact numbers such as settings and ticks.

    Examples
    --------
    >>> trimmed(0.1, plain), trimmed(100.0, plain), trimmed(0.0, plain)
    ('0.1', '100', '0')
    """
    text = notation(x)
    return text.rstrip("0").rstrip(".") if "." in text and _decimals(x) else text


def signed(x: float, notation: Notation) -> str:
    """
    `x` with its sign, for columns in which the sign matters; 0 has none.

    Examples
    --------
    >>> signed(0.5, plain), signed(-0.5, plain), signed(0.0, plain)
    ('+0.500', '-0.500', '0')
    """
    return f"+{notation(x)}" if x > 0 else notation(x)


def p_value(value: float) -> str:
    """
    P-value or false-discovery rate with two significant digits; ``unknown`` for nan.

    Examples
    --------
    >>> p_value(0.0123), p_value(math.nan)
    ('0.012', 'unknown')
    """
    return "unknown" if math.isnan(value) else f"{value:.2g}"


def percent(share: float) -> str:
    """
    `share` in per cent; between 0 and 1 only exactly 0 and 1 are written as 0 and 100.

    With one decimal or, within 0.05 % of either, three; closer than 0.0005 % it is ``<0.001 %`` or
    ``>99.999 %``. Outside 0 .. 1, where a sum of weights ends by rounding, 0 and 100 stand for what lies
    within 1e-12; a difference or ratio that lies there is ``>-0.001 %`` or ``<100.001 %``. Nan is
    ``unknown``, an infinity ``infinite`` or ``minus infinite``.

    Examples
    --------
    >>> [percent(share) for share in (0.0, 0.0004, 0.314, 0.9999, 1 - 1e-9, 1.0)]
    ['0 %', '0.040 %', '31.4 %', '99.990 %', '>99.999 %', '100 %']
    >>> [percent(share) for share in (1 + 1e-7, 1 + 3e-16, -1e-9, -1e-17)]
    ['<100.001 %', '100 %', '>-0.001 %', '0 %']
    """
    if not math.isfinite(share):
        return plain(share)
    if -_ROUNDING <= share <= 0:
        return "0 %"
    if 1 <= share <= 1 + _ROUNDING:
        return "100 %"
    for decimals in (1, 3):
        text = f"{100 * share:,.{decimals}f}"
        if float(text.replace(",", "")) not in {0, 100}:
            return f"{text} %"
    if share < 0 or share > 1:
        return ">-0.001 %" if share < 0 else "<100.001 %"
    return ">99.999 %" if share > 0.5 else "<0.001 %"


def interval(estimate: Estimate, notation: Notation) -> str:
    """
    Ends of the interval of `estimate` as "low to high", with as many decimals as its value needs for three
    digits.

    An end is written in `notation` if it is 0 or not finite, or the value needs a power of ten. Equal ends
    are written once. If the value is 0, the upper end decides.

    Examples
    --------
    >>> interval(Estimate(0.1143, 0.0738, 0.1627), plain)
    '0.074 to 0.163'
    """
    decimals = _decimals(estimate.value or estimate.high)

    def written(end: float) -> str:
        """One end with the decimals of the value, or in `notation` if these do not apply."""
        return (
            f"{end:,.{decimals}f}" if decimals is not None and end and math.isfinite(end) else notation(end)
        )

    return _range(written(estimate.low), written(estimate.high))


def signed_interval(low: float, high: float, notation: Notation) -> str:
    """
    Two ends with their signs; empty if one is nan.

    Examples
    --------
    >>> signed_interval(-0.25, 1.5, plain), signed_interval(math.nan, math.nan, plain)
    ('-0.250 to +1.50', '')
    """
    if math.isnan(low) or math.isnan(high):
        return ""
    return _range(signed(low, notation), signed(high, notation))


def percent_interval(estimate: Estimate) -> str:
    """Ends of the interval of a share, in per cent."""
    return _range(percent(estimate.low), percent(estimate.high))


def coverage(estimate: Estimate) -> str:
    """
    Nominal coverage of the interval of `estimate`, in per cent.

    Examples
    --------
    >>> coverage(Estimate(0.1, 0.0, 0.2))
    '95 %'
    """
    return f"{100 * estimate.level:.4g} %"


def count(n: int) -> str:
    """`n` with commas between groups of three digits."""
    return f"{n:,}"


def counted(n: int, noun: str) -> str:
    """
    `n` with `noun`, followed by s or, after an s, es, unless `n` is 1.

    Examples
    --------
    >>> counted(1, "row"), counted(1797, "row"), counted(2, "class")
    ('1 row', '1,797 rows', '2 classes')
    """
    ending = "es" if noun.endswith("s") else "s"
    return f"{count(n)} {noun}{'' if n == 1 else ending}"


def _written(x: float, power: Callable[[str, int], str]) -> str:
    """
    `x` with three significant digits, and all whole ones, or ``unknown`` for nan, ``infinite`` or ``minus
    infinite``.

    0 is ``0``; from 1,000 to below a million whole numbers have commas. Numbers below 0.001 or from a million
    on in size are written by `power`, which gets the mantissa of one or two digits, with its sign, as text,
    and the exponent.
    """
    if not math.isfinite(x):
        return "unknown" if math.isnan(x) else "infinite" if x > 0 else "minus infinite"
    decimals = _decimals(x)
    if decimals is not None:
        return f"{x:,.{decimals}f}" if x else "0"
    mantissa, exponent = f"{x:.1e}".split("e")
    return power(mantissa.removesuffix(".0"), int(exponent))


def _range(low: str, high: str) -> str:
    """``"low to high"``, or one text if both are equal."""
    return low if low == high else f"{low} to {high}"


def _decimals(x: float) -> int | None:
    """
    Decimals that give three significant digits, 2 for 0; None if `x` is not finite or needs a power of ten.

    It does so below 0.001 and from a million on, after rounding to three digits.
    """
    # The exponent is taken after rounding: 0.9996 is 1.00 to three digits.
    if not math.isfinite(x):
        return None
    exponent = int(f"{x:.2e}".split("e")[1])
    return max(0, 2 - exponent) if -4 < exponent < 6 else None


def _raised(mantissa: str, exponent: int) -> str:
    """Power of ten with a superscript exponent, after the mantissa unless that is 1."""
    power = f"10{str(exponent).translate(_SUPERSCRIPTS)}"
    return power if mantissa == "1" else f"{mantissa}{_TIMES}{power}"
