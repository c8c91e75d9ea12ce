"""Numbers in the usual notations: currency, percent, thousands marks, accounting brackets, decimal commas."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["NUMBER", "NumberForm", "number_form", "number_values"]

Array = NDArray[np.float64]
_CURRENCY = (
    r"(?:US|CA|AU|NZ|HK|R)?\$|[€£¥₹₽₩₺₪₫₴₦฿]|(?i:usd|eur|gbp|jpy|chf|cny|inr|cad|aud|nzd|sek|nok|dkk|pln|"
    r"czk|huf|brl|mxn|zar|kr\.?|zł|rs\.?)"
)
_SIGN = "[+\u2212-]?"
_FRAME = (
    rf"^(?P<open>\()?\s*(?P<sign>{_SIGN})\s*(?P<before>{_CURRENCY})?\s*(?P<inner>{_SIGN})\s*"
    r"(?P<digits>[0-9.,][0-9.,'\x{2019}_\s\x{a0}\x{2009}\x{202f}]*(?:[eE][+-]?[0-9]+)?)"
    rf"\s*(?P<after>{_CURRENCY})?\s*(?P<percent>%)?\s*(?P<close>\))?$"
)
NUMBER = re.sub(r"\?P<\w+>", "?:", _FRAME)
"""Pattern that matches every number in every form; without groups the match is ten times as fast."""
# Groups of three after a leading one that is not 0, or of two and three as in India.
_GROUPS = (
    "[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+",
    "[1-9][0-9]{{0,2}}(?:[ \\x{{a0}}\\x{{2009}}\\x{{202f}}][0-9]{{3}})+",
    "[1-9][0-9]{{0,2}}(?:['\\x{{2019}}][0-9]{{3}})+",
    "[1-9][0-9]?(?:{mark}[0-9]{{2}})+{mark}[0-9]{{3}}",
)
_SPACES_AND_QUOTES = "[\\s\\x{a0}\\x{2009}\\x{202f}'\\x{2019}]"
# The other decimal mark is taken only if at least this share of the cells with a mark require it.
_SHARE_OF_COMMAS = 0.03


@dataclass(frozen=True, slots=True)
class NumberForm:
    """Notation of the numbers of one column: its decimal mark, "." or ",", and its currency, "" for any."""

    decimal: str = "."
    currency: str = ""


def number_form(texts: pa.Array, counts: NDArray[np.int64], *, decimal: str = ".") -> NumberForm:
    """
    The notation in which most of the cells read as numbers.

    Parameters
    ----------
    texts : pyarrow.Array of text
        Distinct cells, trimmed.
    counts : array of int
        Number of occurrences of each text.
    decimal : {".", ","}, default "."
        Decimal mark if the cells do not decide: 1,250 is a number with either mark.

    Returns
    -------
    NumberForm
        The other decimal mark, if more cells require it than require `decimal`, and at least 3 % of the cells
        with a mark do; otherwise `decimal`. And the most frequent currency, in upper case and without points,
        the first by name in a tie; "" if there is none.
    """
    frame = pc.extract_regex(texts, _FRAME)
    digits = _digits(frame)
    points, commas = (_matches(digits, mark) for mark in ".,")
    marked = _mask(pc.match_substring_regex(digits, "[.,]"))
    only = {".": int(counts[points & ~commas & marked].sum()), ",": int(counts[commas & ~points].sum())}
    other = "," if decimal == "." else "."
    if only[other] > only[decimal] and only[other] >= _SHARE_OF_COMMAS * counts[marked].sum():
        decimal = other
    return NumberForm(decimal, _commonest(_currency(frame), counts))


def number_values(texts: pa.Array, form: NumberForm) -> Array:
    """
    Number of each text in the notation `form`, (n,); NaN where the text is not a number.

    Percentages are divided by 100, and brackets mean a negative number. If `form` has a currency, in upper
    case, a text with another is not a number; one without a currency is. If its currency is "", any is read.

    Examples
    --------
    >>> import pyarrow as pa
    >>> number_values(pa.array(["$1,250.50", "(3)", "12.5 %", "1.2.3"]), NumberForm())
    array([ 1.2505e+03, -3.0000e+00,  1.2500e-01,         nan])
    """
    frame = pc.extract_regex(texts, _FRAME)
    digits = _digits(frame)
    open_, close, sign, inner = (_filled(frame, name) for name in ("open", "close", "sign", "inner"))
    signed, bracketed = _joined(sign, inner), pc.not_equal(open_, "")
    currency = _currency(frame)
    valid = (
        _matches(digits, form.decimal)
        & _mask(pc.equal(bracketed, pc.not_equal(close, "")))
        & _mask(pc.less_equal(pc.utf8_length(signed), 1))
        & _mask(pc.or_(pc.equal(currency, ""), pc.equal(currency, form.currency or currency)))
    )
    values = np.full(len(texts), np.nan)
    plain = _plain(digits.filter(pa.array(valid)), form.decimal)
    values[valid] = plain.cast(pa.float64()).to_numpy(zero_copy_only=False)
    negative = _mask(pc.is_in(signed, pa.array(["-", "\u2212"], signed.type))) | _mask(bracketed)
    percent = _mask(pc.not_equal(_filled(frame, "percent"), ""))
    return np.where(negative, -1.0, 1.0) * np.where(percent, values / 100, values)


def _matches(digits: pa.Array, decimal: str) -> NDArray[np.bool_]:
    mark = "," if decimal == "." else "[.]"
    groups = "|".join(group.format(mark=mark) for group in _GROUPS)
    point = "[.]" if decimal == "." else ","
    pattern = f"^(?:(?:[0-9]+|{groups})(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?[0-9]+)?$"
    return _mask(pc.match_substring_regex(digits, pattern))


def _plain(digits: pa.Array, decimal: str) -> pa.Array:
    digits = pc.replace_substring_regex(digits, _SPACES_AND_QUOTES, "")
    digits = pc.replace_substring(digits, "," if decimal == "." else ".", "")
    return digits if decimal == "." else pc.replace_substring(digits, ",", ".")


def _currency(frame: pa.Array) -> pa.Array:
    joined = _joined(_filled(frame, "before"), _filled(frame, "after"))
    return pc.utf8_upper(pc.replace_substring(joined, ".", ""))


def _digits(frame: pa.Array) -> pa.Array:
    # The pattern takes spaces before a percent or currency sign for thousands marks: they are trimmed.
    return pc.utf8_rtrim_whitespace(frame.field("digits"))


def _commonest(currency: pa.Array, counts: NDArray[np.int64]) -> str:
    encoded = currency.dictionary_encode()
    names = encoded.dictionary.to_pylist()
    weights = np.bincount(encoded.indices.to_numpy(zero_copy_only=False), counts, len(names))
    found = sorted((-weight, name) for name, weight in zip(names, weights.tolist(), strict=True) if name)
    return found[0][1] if found else ""


def _joined(left: pa.Array, right: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(left, right, pa.scalar("", left.type))


def _filled(frame: pa.Array, name: str) -> pa.Array:
    return frame.field(name).fill_null("")


def _mask(truth: pa.Array) -> NDArray[np.bool_]:
    return np.asarray(truth.fill_null(fill_value=False).to_numpy(zero_copy_only=False), dtype=bool)
