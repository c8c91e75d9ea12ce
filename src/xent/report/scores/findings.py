"""
Findings of `xent score`, `xent compare` and `xent calibrate` as frozen dataclasses.

They are computed once and rendered as text, JSON and HTML, which so cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.drawing.number_format import counted, interval, plain
from xent.measures.estimators.perplexity_estimate import CorpusPerplexity
from xent.report.notebook_frame import notebook_frame
from xent.scoring.account import Account
from xent.scoring.calibration_scores import CalibrationScores
from xent.scoring.comparison import Comparison
from xent.scoring.estimate import Estimate
from xent.scoring.isotonic import Corp
from xent.scoring.judgement import Judgement
from xent.scoring.label_errors import LabelErrors
from xent.scoring.loss_summary import LossSummary
from xent.scoring.precision_recall import PrecisionRecall
from xent.scoring.slices import Slice

__all__ = ["CalibrateFindings", "ModelFindings", "ScoreFindings", "TokenFindings"]


@dataclass(frozen=True, slots=True)
class ModelFindings:
    """
    Scores of one model.

    Parameters
    ----------
    name : str
        Name of the model.
    space : str
        Space of its columns: probs, log-probs or logits.
    recognised : bool
        True if the space was told by the values.
    classes : tuple of str
        Names of the classes.
    held_out : Judgement
        Loss, errors, classes and confusions, as `xent fit` reports them.
    rates : tuple of PrecisionRecall
        Precision and recall of each class.
    summary : LossSummary
        Infinite and clipped losses, skill, Brier score, accuracy among the most probable.
    account : Account or None
        Account of the cross-entropy; None if the rows are too few, or no loss is finite.
    brier_account : Account or None
        Account of the Brier score, by the same map.
    corp : tuple of Corp
        In-sample accounts of log loss and half Brier score by isotonic regression, for two classes.
    calibration : CalibrationScores
        Calibration errors and the test.
    recalibration : tuple of (str, float)
        Maps tried, with their cross-fitted loss.
    slices : tuple of Slice
        Slices of the rows.
    label_errors : LabelErrors
        Likely label errors.
    notes : tuple of str
        Sentences about suspicions and limits.
    """

    name: str
    space: str
    recognised: bool
    classes: tuple[str, ...]
    held_out: Judgement
    rates: tuple[PrecisionRecall, ...]
    summary: LossSummary
    account: Account | None
    brier_account: Account | None
    corp: tuple[Corp, ...]
    calibration: CalibrationScores
    recalibration: tuple[tuple[str, float], ...]
    slices: tuple[Slice, ...]
    label_errors: LabelErrors
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class ScoreFindings:
    """
    All findings about one table of predictions.

    Parameters
    ----------
    name, target : str
        Name of the table, and the column of the true classes.
    classes : tuple of str
        Names of the classes.
    rows, missing : int
        Rows judged, and rows ignored for lack of a target.
    weight, group : str or None
        Columns of weights and groups.
    models : tuple of ModelFindings
        Each model.
    comparisons : tuple of Comparison
        Pairs of models.
    notes : tuple of str
        Sentences about assumptions.
    version : str
        Version of `xent`.
    """

    name: str
    target: str
    classes: tuple[str, ...]
    rows: int
    missing: int
    weight: str | None
    group: str | None
    models: tuple[ModelFindings, ...]
    comparisons: tuple[Comparison, ...]
    notes: tuple[str, ...]
    version: str

    @property
    def best(self) -> ModelFindings:
        """Model of least loss, the first of equal ones."""
        return min(self.models, key=lambda model: model.held_out.cross_entropy.value)

    def __repr__(self) -> str:
        losses = ", ".join(
            f"{one.name} {plain(loss.value)} nats ({interval(loss, plain)})"
            for one in self.models
            for loss in (one.held_out.cross_entropy,)
        )
        return f"ScoreFindings({self.name!r}, target {self.target!r}, {counted(self.rows, 'row')}: {losses})"

    def _repr_html_(self) -> str:
        from xent.report.scores.html_report import render_html

        return notebook_frame(render_html(self), self.name)


@dataclass(frozen=True, slots=True)
class TokenFindings:
    """Perplexity of a corpus: `name` of the table, number of `tokens`, and the rates per unit, `corpus`."""

    name: str
    tokens: int
    corpus: CorpusPerplexity


@dataclass(frozen=True, slots=True)
class CalibrateFindings:
    """
    Recalibration of one model.

    Parameters
    ----------
    name, model : str
        Names of the table and of the model.
    rows : int
        Rows that the map was fitted to.
    method : str
        Map that was chosen, or asked for.
    before, after : Estimate
        Cross-entropy without and with the map, each row by a map that was fitted without it, in nats.
    gain : Estimate
        Their difference, with the interval of paired rows.
    candidates : tuple of (str, float)
        Maps tried, with their cross-fitted loss.
    by_fold : tuple of str
        Maps that the folds chose, one for each fold.
    """

    name: str
    model: str
    rows: int
    method: str
    before: Estimate
    after: Estimate
    gain: Estimate
    candidates: tuple[tuple[str, float], ...]
    by_fold: tuple[str, ...] = ()
