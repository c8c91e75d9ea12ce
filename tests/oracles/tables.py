"""
Truths to 20 digits, computed from the definitions by mpmath and stored as JSON.

Each `<stem>.py` beside this file holds the definitions and the hard places of one family, and rewrites
its table when run, at a precision fit for the inputs: 60 digits cannot
see ``1 + 1e-70``. A test repeats every row at twice the digits and finds the same 20.
"""

import json
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from pathlib import Path

import numpy as np
from mpmath import mp, mpf
from tests.relative_error import Exact

__all__ = ["exact", "floats", "numbers", "read", "to_precision", "write"]

_FOLDER = Path(__file__).parent
# Of a number and the float next to it; both are exact, and the exponents of mpmath have no end.
_DIFFERENCES = Context(prec=60, Emin=MIN_EMIN, Emax=MAX_EMAX)


def to_precision(digits, function, *arguments):
    """Result of `function` at `digits` digits, every number in it as text of 20 digits."""
    with mp.workdps(digits):
        return _as_text(function(*arguments))


def numbers(values):
    """The floats `values` as mpmath sees them."""
    return [mpf(float(value)) for value in values]


def exact(texts):
    """Texts of 20 digits, in lists of any depth, as pairs of floats."""
    return Exact(_floats(texts, _hi), _floats(texts, _lo))


def floats(values):
    """Stored inputs, in which infinities are texts, as floats."""
    return _floats(values, float)


def write(stem, rows):
    """Store `rows` as the table `stem`, one row on each line."""
    lines = ",\n".join(json.dumps(row) for row in rows)
    (_FOLDER / f"{stem}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def read(stem):
    """The rows of the table `stem`."""
    return json.loads((_FOLDER / f"{stem}.json").read_text(encoding="utf-8"))


def _as_text(value):
    if isinstance(value, dict):
        return {name: _as_text(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_as_text(part) for part in value]
    with mp.workdps(40):
        # Far below the smallest float; what is left of an exact 0 at any finite precision is there too.
        return mp.nstr(+value if abs(value) > mpf("1e-400") else mpf(0), 20)


def _floats(values, convert):
    if isinstance(values, list):
        return np.asarray([_floats(value, convert) for value in values], dtype=np.float64)
    return convert(values)


def _hi(text):
    return float(text)


def _lo(text):
    hi = _hi(text)
    if not np.isfinite(hi):
        return 0.0
    return float(_DIFFERENCES.subtract(Decimal(text), Decimal(hi)))
