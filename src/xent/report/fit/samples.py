"""Signals or pictures among the rows: the most surprising rows, and the mean of each class, as findings."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MOST_CHANNELS", "ClassSamples", "RowSamples", "Samples"]

MOST_CHANNELS = 12
"""Channels that are drawn, as many as an electrocardiogram has leads."""


@dataclass(frozen=True, slots=True)
class RowSamples:
    """Samples of the row number `row`, in the units of the table."""

    row: int
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ClassSamples:
    """
    Training rows of one class.

    Parameters
    ----------
    label : str
        Name of the class.
    rows : int
        Number of rows.
    mean : tuple of float
        Mean of their samples, in the units of the table.
    attribution : tuple of float
        Share of each sample in the logit of the class at its mean, relative to the mean of all rows, in nats.
    """

    label: str
    rows: int
    mean: tuple[float, ...]
    attribution: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Samples:
    """
    Rows as signals or pictures.

    Parameters
    ----------
    title : str
        Words that the names of the columns share.
    columns : tuple of str
        First and last column.
    places : tuple of float
        Place of each value: a time or a number; a value stands for several columns if these are many.
    quantity, unit : str
        Units of the values and of the places; "" if unknown.
    shape : tuple of int or None
        Rows and columns of a picture; None for a signal.
    method : str
        Words for the attribution, such as ``"weight x deviation"``.
    surprising : tuple of RowSamples
        The rows of highest surprisal among the held-out rows.
    classes : tuple of ClassSamples
        The classes, in the order of the model.
    others : tuple of Samples, default ()
        Further channels of the same rows.
    """

    title: str
    columns: tuple[str, str]
    places: tuple[float, ...]
    quantity: str
    unit: str
    shape: tuple[int, int] | None
    method: str
    surprising: tuple[RowSamples, ...]
    classes: tuple[ClassSamples, ...]
    others: tuple[Samples, ...] = ()
