"""Columns that are samples of a signal in order, or pixels of a picture: found by their names and values."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

    from xent.data.table_encoder import TableEncoder

__all__ = ["SampleColumns", "SampleSource", "sample_columns", "sample_sources"]

Array = NDArray[np.float64]

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_GRID = re.compile(r"(\D*?)(\d+)(\D+)(\d+)(\D*)")
_OF_SIGNALS = {
    "sample",
    "samples",
    "time",
    "timestep",
    "step",
    "tick",
    "ms",
    "msec",
    "sec",
    "seconds",
    "mv",
    "hz",
}
_OF_PICTURES = {"pixel", "pixels", "px", "pix"}
_FEWEST = 12
_FEWEST_PIXELS = 16
# Median correlation of neighbouring columns from which numbered columns without a telling name are a signal.
_RESEMBLANCE = 0.7
_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class SampleColumns:
    """
    Columns that are samples in order.

    Parameters
    ----------
    title : str
        Words that the names share, such as ``channel 1 sample``.
    names : tuple of str
        Names of the columns.
    places : tuple of float
        Place of each sample: a time, or its number.
    quantity, unit : str
        Unit of the values and of the places, as far as the names tell them.
    shape : tuple of int or None
        Rows and columns of a picture, whose pixels are in the order of reading; None for a signal.
    certain : bool
        True if the names tell that these are samples; otherwise the values must.
    """

    title: str
    names: tuple[str, ...]
    places: tuple[float, ...]
    quantity: str = ""
    unit: str = ""
    shape: tuple[int, int] | None = None
    certain: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class SampleSource:
    """
    Samples among the features of an encoder.

    Parameters
    ----------
    columns : SampleColumns
        The columns.
    features : ndarray of int
        Place of each sample among the features; -1 for a constant column, which is no feature.
    centres, scales : ndarray
        Value of each sample where its feature is 0, and its change where the feature grows by 1. The scale of
        a constant column has no meaning.
    """

    columns: SampleColumns
    features: NDArray[np.int64]
    centres: Array
    scales: Array

    def values(self, X: Any) -> Array:
        """Samples in the units of the table, (rows, samples), for the dense matrix `X` of features."""
        return self.centres + self.scales * self.of_features(X)

    def of_features(self, X: Any) -> Array:
        """Columns of the dense matrix `X` that are samples, (rows, samples), 0 for constant columns."""
        taken = np.asarray(X[:, np.maximum(self.features, 0)], dtype=np.float64)
        return np.where(self.features >= 0, taken, 0.0)

    def holds(self, X: Any) -> bool:
        """
        True if the names tell samples, or if neighbouring samples correlate in the first 5,000 rows of `X`.

        The median of the correlations must be above 0.7, and at least 12 samples must vary. `X` is the matrix
        of the encoder's features.
        """
        if self.columns.certain:
            return True
        Z = self.of_features(X[:_ROWS])
        varies = Z.std(axis=0) > 0
        if np.count_nonzero(varies) < _FEWEST:
            return False
        Z = (Z[:, varies] - Z[:, varies].mean(axis=0)) / Z[:, varies].std(axis=0)
        return bool(np.median(np.mean(Z[:, 1:] * Z[:, :-1], axis=0)) > _RESEMBLANCE)


def sample_sources(encoder: TableEncoder, table: pa.Table) -> tuple[SampleSource, ...]:
    """
    Samples, signals or pictures, among the columns of `table` that are features of `encoder` or constant.

    Each has its columns, the place of each sample among the features, and centre and scale by which a feature
    becomes a value of the table. Columns of several channels are several sets of samples, in the order of the
    columns; a set with a column that is neither a number, a truth value nor constant is left out. Empty if
    there are none, and for an encoder of free text or dates, or without numbers.
    """
    if encoder.texts_ or encoder.scaler_ is None:
        return ()
    kinds = {plan.name: plan.kind for plan in encoder.columns}
    features = {source["column"]: place for place, source in enumerate(encoder.numeric_)}
    if len(features) != len(encoder.scaler_.mean_):
        # Dates have several features each; a table of signals has none.
        return ()
    given = set(table.column_names)
    return tuple(
        _source(columns, features, encoder.scaler_, table)
        for columns in sample_columns([plan.name for plan in encoder.columns if plan.name in given])
        if all(kinds[name] in {"numeric", "boolean", "constant"} for name in columns.names)
    )


def _source(columns: SampleColumns, features: dict[str, int], scaler: Any, table: pa.Table) -> SampleSource:
    """
    Samples of `columns`: place among the features, value at feature 0, and change with a feature by 1, of
    each.

    `features` has the place of each feature by its column, and the fitted `scaler` the means and scales of
    training. A column without a feature is constant, with place -1: its value is that of the first row of
    `table`, 0 if it is no number, and its scale has no meaning.
    """
    places = np.asarray([features.get(name, -1) for name in columns.names])
    constants = [
        0.0 if place >= 0 else _number(table.column(name)[0].as_py() if table.num_rows else None)
        for name, place in zip(columns.names, places, strict=True)
    ]
    centres = np.where(places >= 0, scaler.mean_[np.maximum(places, 0)], constants)
    return SampleSource(columns, places, centres, scaler.scale_[np.maximum(places, 0)])


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def sample_columns(names: Sequence[str]) -> Iterator[SampleColumns]:
    """
    Columns that count a grid by two numbers in their names or, without a grid, runs that count by one number.

    A grid is the pixels of a picture, at least 16, of which none is missing; its names hold pixel, px or pix,
    or are two numbers with an x between. A run is at least 12 columns that follow each other in `names`;
    their last number grows in steps that differ by at most 1 from the first step, and the rest of the name is
    the same.

    Examples
    --------
    >>> [found] = sample_columns([f"mV at {8 * k:+d} ms" for k in range(-5, 10)])
    >>> found.places[0], found.unit, found.quantity
    (-40.0, 'ms', 'mV')
    >>> [found] = sample_columns([f"pixel_{row}_{column}" for row in range(8) for column in range(8)])
    >>> found.shape
    (8, 8)
    """
    grids = list(_grids(names))
    yield from grids
    if not grids:
        yield from _runs(names)


def _grids(names: Sequence[str]) -> Iterator[SampleColumns]:
    parts = [_GRID.fullmatch(name) for name in names]
    found = [(name, part) for name, part in zip(names, parts, strict=True) if part is not None]
    for words in dict.fromkeys((part[1], part[3], part[5]) for _, part in found):
        of_words = [(n, int(p[2]), int(p[4])) for n, p in found if (p[1], p[3], p[5]) == words]
        rows, columns = ({cell[k] for cell in of_words} for k in (1, 2))
        telling = _words(" ".join(words)) & _OF_PICTURES or words == ("", "x", "")
        whole = len(of_words) == len(rows) * len(columns) and len(of_words) >= _FEWEST_PIXELS
        if telling and whole and min(len(rows), len(columns)) > 1:
            of_words.sort(key=lambda cell: cell[1:])
            yield SampleColumns(
                words[0].strip(" _.-"),
                tuple(cell[0] for cell in of_words),
                tuple(map(float, range(len(of_words)))),
                shape=(len(rows), len(columns)),
            )


def _runs(names: Sequence[str]) -> Iterator[SampleColumns]:
    run: list[tuple[str, float, str, str]] = []
    for name in [*names, ""]:
        numbers = list(_NUMBER.finditer(name))
        last = numbers[-1] if numbers else None
        part = (name, float(last[0]), name[: last.start()], name[last.end() :]) if last else None
        if part is not None and _continues(run, part):
            run.append(part)
            continue
        if len(run) >= _FEWEST:
            yield _of_run(run)
        run = [] if part is None else [part]


def _continues(run: Sequence[tuple[str, float, str, str]], part: tuple[str, float, str, str]) -> bool:
    if not run or run[-1][2:] != part[2:]:
        return not run
    step = part[1] - run[-1][1]
    # Times in whole milliseconds have steps of 7 and 8.
    return step > 0 and (len(run) < 2 or abs(step - (run[1][1] - run[0][1])) <= 1)


def _of_run(run: Sequence[tuple[str, float, str, str]]) -> SampleColumns:
    """
    Columns of one run as a signal, or as a square picture if the names say pixels and the length allows.

    The length must be a square number of at least 16. Each part of `run` is the name of a column, its number,
    and the text before and after the number, which give title, quantity ("mV at") and unit; numbers are the
    places. The columns are `certain` to be samples if a word of the names, such as sample, time or ms, says
    so, and for a picture.
    """
    _, _, before, after = run[0]
    names, places = tuple(part[0] for part in run), tuple(part[1] for part in run)
    words, side = _words(f"{before} {after}"), math.isqrt(len(run))
    picture = bool(words & _OF_PICTURES) and side * side == len(run) >= _FEWEST_PIXELS
    unit = after.strip(" _()[]")
    quantity = before.rpartition(" at ")[0].strip() if " at " in before else ""
    return SampleColumns(
        before.strip(" _.-:"),
        names,
        places,
        quantity=quantity,
        unit=unit if unit.isalpha() else "",
        shape=(side, side) if picture else None,
        certain=picture or bool(words & _OF_SIGNALS),
    )


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.casefold()))
