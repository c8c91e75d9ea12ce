"""Log-likelihoods of tokens in a table, gathered by document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.column_values import is_number, kind_name, numbers, text_codes
from xent.data.predictions.columns import check_column, check_values
from xent.data.source import is_path, name_of
from xent.data.table_conversion import to_table
from xent.data.table_files import read_table
from xent.errors import DataError, DomainError

__all__ = ["TokenTable", "read_tokens"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TokenTable:
    """
    Tokens of a corpus.

    Parameters
    ----------
    name : str
        Name of the table.
    log_likelihoods : tuple of ndarray
        Log-likelihoods of the tokens of each of the D documents, in nats and in the order of the rows.
    bytes, characters : ndarray of shape (D,) or None
        Number of bytes and of characters of each document; None without a column of them.
    """

    name: str
    log_likelihoods: tuple[Array, ...]
    bytes: Array | None
    characters: Array | None


def read_tokens(
    data: Any,
    log_likelihood: str,
    document: str,
    *,
    bytes: str | None,  # noqa: A002 - the unit's name
    characters: str | None,
    caller: str,
) -> TokenTable:
    """
    Read a table with one row for each token.

    Parameters
    ----------
    data : str, Path, DataFrame or mapping
        A file or a table.
    log_likelihood, document : str
        Columns of the tokens' log-likelihoods in nats, and of their documents.
    bytes, characters : str, optional
        Columns of the number of bytes or characters of each token; their sums are those of the documents.
    caller : str
        Name for errors.

    Returns
    -------
    TokenTable
        Values of the tokens by document; the order of the documents has no meaning.

    Raises
    ------
    DataError
        If the table cannot be read or has no rows, a column is missing or of another kind, or a row has no
        document.
    DomainError
        If a log-likelihood is above 0 or missing (``-inf`` is allowed), or a number of bytes or characters is
        negative, fractional or missing; the message names the first row.
    BackendError
        If the file is a spreadsheet and the library for it is not installed.
    """
    table = read_table(data) if is_path(data) else to_table(data)
    if not table.num_rows:
        raise DataError(caller, "data", "have rows", got="none")
    asked = {"log_likelihood": log_likelihood, "bytes": bytes, "characters": characters}
    check_values(table, document, option="document", caller=caller)
    found = {
        option: _numbers(table, name, option, caller) for option, name in asked.items() if name is not None
    }
    codes, _ = text_codes(table.column(document))
    if (codes < 0).any():
        index = (int(np.argmax(codes < 0)),)
        raise DataError(caller, "document", "have a value in every row", got="a missing cell", index=index)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(codes[order]) != 0))
    units = {
        option: np.add.reduceat(values[order], starts)
        for option, values in found.items()
        if option != "log_likelihood"
    }
    return TokenTable(
        name_of(data),
        tuple(np.split(found["log_likelihood"][order], starts[1:])),
        units.get("bytes"),
        units.get("characters"),
    )


def _numbers(table: pa.Table, name: str, option: str, caller: str) -> Array:
    """
    Numbers in the column `name`, (rows,), for the argument `option`.

    Raises `DataError` if there is no such column or it holds no numbers, and `DomainError` for a missing
    number, a log-likelihood above 0, and a number of bytes or characters that is negative or fractional.
    """
    check_column(table, name, option=option, caller=caller)
    kind = table.schema.field(name).type
    if not is_number(kind):
        raise DataError(
            caller, option, "name a column of numbers", got=f"column {name!r} of {kind_name(kind)}"
        )
    return _checked(numbers(table.column(name)), option, caller)


def _checked(values: Array, option: str, caller: str) -> Array:
    """
    `values` of the column for `option`; raises `DomainError` with the first that is not allowed or missing.

    For "log_likelihood" numbers <= 0 are allowed; for "bytes" and "characters" whole numbers >= 0.
    """
    if option == "log_likelihood":
        right, rule = values <= 0, "hold logarithms of probabilities, <= 0"
        hint = "For losses negate them."
    else:
        right = (values >= 0) & (values == np.floor(values)) & np.isfinite(values)
        rule, hint = "hold whole numbers >= 0", ""
    wrong = np.flatnonzero(~right)
    if len(wrong):
        first = int(wrong[0])
        if np.isnan(values[first]):
            raise DomainError(caller, option, rule, got="a missing cell", index=(first,))
        raise DomainError(caller, option, rule, got=f"{values[first]:.9g}", index=(first,), hint=hint)
    return values
