"""Prior class probabilities as the user gives them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.data.predictions.columns import check_column
from xent.data.predictions.truth import true_classes
from xent.data.table_files import read_table
from xent.errors import DataError, DomainError
from xent.models.real_numbers import float_of

__all__ = ["given_prior"]

# Shares are often given with two digits.
_ROUNDING = 0.02


def given_prior(prior: Any, target: str, classes: Sequence[str], *, caller: str) -> NDArray[np.float64]:
    """
    Probability of each of `classes`, shape (K,), from a mapping, a text such as ``"a=0.3,b=0.7"``, or the
    counts of the values in column `target` of a table.

    A text with ``=`` that is not the path of a file holds shares; another text is the path of a table. Whole
    numbers are counts. They, and shares that sum to 1 within 0.02, are divided by their sum.

    Raises
    ------
    DataError
        If a class has no entry (in a table, no row), or an entry above 0 is for none of `classes`; if the
        table does not exist, cannot be read, or has no column `target`; or if `prior` is none of these.
    DomainError
        If an entry, also one for none of `classes`, is not a finite number >= 0, all are 0, their sum
        overflows, or shares sum to less than 0.98 or more than 1.02.

    Examples
    --------
    >>> given_prior("no=3,yes=1", "y", ("no", "yes"), caller="f").tolist()
    [0.75, 0.25]
    """
    if not isinstance(prior, str | os.PathLike | Mapping):
        rule = "be shares such as a=0.3,b=0.7, a mapping or a table"
        raise DataError(caller, "prior", rule, got=type(prior).__name__)
    if isinstance(prior, Mapping):
        shares = _of_mapping(prior, caller)
    elif "=" in os.fspath(prior) and not os.path.isfile(prior):  # noqa: PTH113 - never raises
        shares = _of_text(os.fspath(prior), caller)
    else:
        shares = _of_table(prior, target, caller)
    unknown = [name for name in shares if name not in classes and shares[name] > 0]
    lacking = [name for name in classes if name not in shares]
    if unknown or lacking:
        got = f"{unknown[0]!r} besides" if unknown else f"none for {lacking[0]!r}"
        raise DataError(caller, "prior", "hold a share for each class and no other", got=got)
    # Entries for other names are 0 or invalid here.
    names = [*classes, *(name for name in shares if name not in classes)]
    values = np.asarray([shares[name] for name in names])
    with np.errstate(over="ignore", invalid="ignore"):
        total = values.sum()
    if not (np.isfinite(values).all() and values.min() >= 0 and 0 < total < np.inf):
        wrong = int(np.argmin(np.where(np.isfinite(values), values, -np.inf)))
        got = f"{values[wrong]:.9g} for {names[wrong]!r}"
        raise DomainError(caller, "prior", "hold numbers >= 0 with a positive, finite sum", got=got)
    if abs(total - 1) > _ROUNDING and not np.all(values == np.floor(values)):
        got, hint = f"a sum of {total:.6g}", "Counts are whole numbers."
        raise DomainError(caller, "prior", "sum to 1, being shares", got=got, hint=hint)
    return np.asarray(values[: len(classes)] / total)


def _of_mapping(prior: Mapping[str, float], caller: str) -> dict[str, float]:
    """
    Names as text and shares as floats, not scaled; of equal texts the last; `DomainError` for one that is no
    number.

    Any number passes here, also a negative one and nan; an integer beyond the floats is infinite.
    """
    shares = {}
    for name, value in prior.items():
        try:
            shares[str(name)] = float_of(value)
        except (TypeError, ValueError):
            got = f"{value!r} for {str(name)!r}"
            raise DomainError(caller, "prior", "hold a number for each class", got=got) from None
    return shares


def _of_text(text: str, caller: str) -> dict[str, float]:
    """
    Shares by class from a text such as "a=0.3,b=0.7", not scaled; the last one of a class that is named
    twice.

    Blanks around a name are dropped, and the last "=" of a part divides it; a part without "=" is the share
    of a class "". Raises `DomainError` if a share is not a number, as in an empty part.
    """
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
    Number of rows of each class in the column `target` of the table at `path`, as a float, by the class as
    text.

    Missing cells do not count. Raises `DataError` if there is no such file or column, or it cannot be read.
    """
    if not os.path.exists(path):  # noqa: PTH110 - never raises
        rule = "be shares such as a=0.3,b=0.7, or a table that exists"
        raise DataError(caller, "prior", rule, got=repr(os.fspath(path)))
    table = read_table(path)
    check_column(table, target, option="prior", caller=caller)
    _, labels, codes = true_classes(table.column(target), target, caller)
    return dict(zip(labels, np.bincount(codes).astype(float).tolist(), strict=True))
