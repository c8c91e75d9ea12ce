"""Table of predictions as the caller gives it: a file, a frame, or arrays with the true classes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from xent.arrays import numpy_array
from xent.data.source import is_path, is_values, name_of
from xent.data.table_conversion import target_name, to_table
from xent.data.table_files import read_table
from xent.errors import DataError, ShapeError

__all__ = ["given_table"]


def given_table(data: Any, target: Any, *, caller: str) -> tuple[pa.Table, str, str]:
    """
    Table of predictions, its name, and the name of the column of the true classes.

    Parameters
    ----------
    data : str, Path, DataFrame, array or mapping
        A file, a directory that `xent fit` wrote, a table in memory, or an array, or list of rows or floats,
        with a row for each prediction; an array of one axis holds predictions of the second of two classes.
    target : str or sequence, optional
        Column of the true classes, ``target`` by default, or the true classes themselves as an array, list or
        series. A tuple counts as the name of a column, and is returned as it is.
    caller : str
        Name for errors.

    Returns
    -------
    table : pyarrow.Table
        The predictions and the true classes; columns of an array that comes with true classes are called
        ``x[0]``, ``x[1]`` ..., of one that comes with the name of a column ``x0``, ``x1`` ...
    name : str
        Name of the file or directory; ``"predictions"`` for data in memory.
    target : str
        Column of the true classes, which may be absent from the table.

    Raises
    ------
    DataError
        If the table cannot be read, true classes come with a file or in another number than the rows, or with
        a table that has another column of their name, or an array comes with a `target` of None.
    DTypeError
        If an array is a tensor of PyTorch that requires gradients.
    DomainError
        If an entry of an array is masked.
    BackendError
        If the file is a spreadsheet and the library for it is not installed.
    """
    if is_path(data):
        if is_values(target):
            rule = "name a column of the file, or come with predictions in memory"
            raise DataError(caller, "target", rule, got=f"values of type {type(target).__name__}")
        path = Path(os.fspath(data))
        written = path / "predictions.parquet"
        if os.path.isfile(written):  # noqa: PTH113 - never raises, however long the name is
            return read_table(written), path.name, target or "target"
        return read_table(data), name_of(data), target or "target"
    rows = _rows(data, caller)
    if is_values(target):
        if isinstance(rows, np.ndarray):
            # Names that are those of no class: columns of an array go by their places.
            rows = {f"x[{place}]": column for place, column in enumerate(np.atleast_2d(rows.T))}
        return to_table(rows, target=target), "predictions", target_name(target)
    if isinstance(rows, np.ndarray) and target is None:
        hint = "Give the true classes as the second argument: an array, a list or a series."
        raise DataError(caller, "target", "come with an array of predictions", got="nothing", hint=hint)
    return to_table(rows), "predictions", target or "target"


def _rows(data: Any, caller: str) -> Any:
    """
    `data` as an array of two axes if it is an array or a list of rows or floats; other data as they are.

    Arrays of other libraries come through DLPack. An array of one axis becomes one column; arrays of more
    axes stay. Of a list the first entry decides: a list, a tuple or a float. Raises `DataError` for a list of
    rows of several lengths, `DomainError` for a masked entry, and `DTypeError` for a tensor of PyTorch that
    requires gradients.
    """
    listed = isinstance(data, list) and bool(data) and isinstance(data[0], list | tuple | float)
    if listed or isinstance(data, np.ndarray) or (hasattr(data, "__dlpack__") and hasattr(data, "ndim")):
        try:
            rows = numpy_array(data, caller=caller, argument="data")
        except ShapeError as error:
            raise DataError(caller, "data", "have rows of one length", got="several lengths") from error
        return rows[:, None] if rows.ndim == 1 else rows
    return data
