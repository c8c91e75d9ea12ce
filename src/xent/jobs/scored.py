"""Findings about all models of one table, and about each pair of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xent.data.predictions.prediction_table import PredictionTable, ScoredModel
from xent.jobs.model_scores import model_scores
from xent.report.scores.findings import ScoreFindings
from xent.scoring.comparison import Comparison, comparison
from xent.scoring.multiple_tests import holm
from xent.scoring.row_scores import RowScores, row_scores
from xent.scoring.slices import SliceColumn
from xent.version import __version__

__all__ = ["scored"]

Array = NDArray[np.float64]


def scored(
    table: PredictionTable, prior: Array | None, columns: tuple[str | None, str | None], least: int
) -> ScoreFindings:
    """
    Findings about each model of `table`, and about each pair of them, p-values adjusted by Holm's procedure.

    `prior`, (K,), are the class probabilities of the constant forecast, None for the shares of the rows;
    `columns` name weights and groups; `least` is the least number of rows of a slice.
    """
    scores = [row_scores(one.predictions.log_probs, one.predictions.codes) for one in table.models]
    models = tuple(
        model_scores(one, of_rows, table.slices, prior, least)
        for one, of_rows in zip(table.models, scores, strict=True)
    )
    return ScoreFindings(
        name=table.name,
        target=table.target,
        classes=table.classes,
        rows=len(scores[0].losses),
        missing=table.missing,
        weight=columns[0],
        group=columns[1],
        models=models,
        comparisons=_comparisons(table.models, scores, table.slices),
        notes=table.notes,
        version=__version__,
    )


def _comparisons(
    models: Sequence[ScoredModel], scores: Sequence[RowScores], slices: Sequence[SliceColumn]
) -> tuple[Comparison, ...]:
    """
    Comparison of each pair of `models`, the earlier one as the first, by rising places; empty for one model.

    `scores` are those of the models, in their order. P-values are adjusted for all pairs by Holm's procedure.
    """
    found = [
        comparison(
            (models[i].name, models[j].name),
            (models[i].predictions, models[j].predictions),
            (scores[i], scores[j]),
            slices,
        )
        for i, j in itertools.combinations(range(len(models)), 2)
    ]
    adjusted = holm(np.asarray([one.p_value for one in found]))
    return tuple(replace(one, adjusted_p_value=float(p)) for one, p in zip(found, adjusted, strict=True))
