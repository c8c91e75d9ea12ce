"""Prior class probabilities as the user gives them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xent.data.column_values import text_codes
from xent.data.predictions.columns import check_column
from xent.data.table_files import read_table
from xent.errors import DataError, DomainError

__all__ = ["given_prior"]

# Shares are often given with two digits.
_ROUNDING = 0.02


def given_prior(
    prior: str | os.PathLike[str] | Mapping[str, float], target: str, classes: Sequence[str], *, caller: str
) -> NDArray[np.float64]:
    """
    Probability of each of `classes`: from a mapping, from ``"a=0.3,b=0.7"``, or from a table's column
    `target`.

    Counts, which are whole numbers, and shares that sum to 1 but for rounding, are divided by their sum.

    Raises
    ------
    DataError, DomainError
        If a class is missing or unknown, a share is not a number >= 0, shares do not sum to 1, or the table
        cannot be read.

    Examples
    --------
    >>> given_prior("no=3,yes=1", "y", ("no", "yes"), caller="f").tolist()
    [0.75, 0.25]
    """
    if isinstance(prior, Mapping):
        shares = {str(name): float(value) for name, value in prior.items()}
    elif "=" in os.fspath(prior) and not Path(prior).is_file():
        shares = _of_text(os.fspath(prior), caller)
    else:
        shares = _of_table(prior, target, caller)
    unknown = [name for name in shares if name not in classes and shares[name] > 0]
    lacking = [name for name in classes if name not in shares]
    if unknown or lacking:
        got = f"{unknown[0]!r} besides" if unknown else f"none for {lacking[0]!r}"
        raise DataError(caller, "prior", "hold a share for each class and no other", got=got)
    values = np.asarray([shares[name] for name in classes])
    if not (np.isfinite(values).all() and values.min() >= 0 and values.sum() > 0):
        wrong = int(np.argmin(np.where(np.isfinite(values), values, -np.inf)))
        got = f"{values[wrong]:.9g} for {classes[wrong]!r}"
        raise DomainError(caller, "prior", "hold numbers >= 0 with a positive sum", got=got)
    if abs(values.sum() - 1) > _ROUNDING and not np.all(values == np.floor(values)):
        got, hint = f"a sum of {values.sum():.6g}", "Counts are whole numbers."
        raise DomainError(caller, "prior", "sum to 1, being shares", got=got, hint=hint)
    return np.asarray(values / values.sum())


def _of_text(text: str, caller: str) -> dict[str, float]:
    """Shares by class from a text such as "a=0.3,b=0.7"; raises `DomainError` if a share is not a number."""
    shares = {}
    for part in text.split(","):
        name, _, number = part.rpartition("=")
        try:
            shares[name.strip()] = float(number)
        except ValueError:
            rule = "be shares such as a=0.3,b=0.7, or a table"
            raise DomainError(caller, "prior", rule, got=repr(part)) from None
    return shares


def _of_table(path: str | os.PathLike[str], target: str, caller: str) -> dict[str, float]:
    """
    Number of rows of each class in the column `target` of the table at `path`; missing cells do not count.

    Raises `DataError` if there is no such file or column.
    """
    if not Path(path).exists():
        rule = "be shares such as a=0.3,b=0.7, or a table that exists"
        raise DataError(caller, "prior", rule, got=repr(os.fspath(path)))
    table = read_table(path)
    check_column(table, target, option="prior", caller=caller)
    codes, levels = text_codes(table.column(target))
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    return {str(level): float(count) for level, count in zip(levels, counts, strict=True)}
