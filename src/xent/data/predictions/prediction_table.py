"""Predictions of models as they were read from a table."""

from __future__ import annotations

from dataclasses import dataclass

from xent.scoring.predictions import Predictions
from xent.scoring.slices import SliceColumn

__all__ = ["PredictionTable", "ScoredModel"]


@dataclass(frozen=True, slots=True, eq=False)
class ScoredModel:
    """
    Predictions of one model.

    Parameters
    ----------
    name : str
        Name of the model.
    space : {"probs", "log-probs", "logits"}
        Space of its columns.
    recognised : bool
        True if the space was told by the values, False if the user named it.
    columns : tuple of str
        Names of the columns.
    predictions : Predictions
        The checked predictions.
    """

    name: str
    space: str
    recognised: bool
    columns: tuple[str, ...]
    predictions: Predictions


@dataclass(frozen=True, slots=True, eq=False)
class PredictionTable:
    """
    Predictions that were read from one table.

    Parameters
    ----------
    name : str
        Name of the table.
    target : str
        Column of the true classes.
    classes : tuple of str
        Names of the classes, in the order of the columns.
    models : tuple of ScoredModel
        At least one model.
    slices : tuple of SliceColumn
        Columns that cut the rows.
    missing : int
        Rows ignored for lack of a target.
    notes : tuple of str
        Sentences about assumptions that were made.
    """

    name: str
    target: str
    classes: tuple[str, ...]
    models: tuple[ScoredModel, ...]
    slices: tuple[SliceColumn, ...]
    missing: int
    notes: tuple[str, ...]
