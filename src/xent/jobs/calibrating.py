"""`calibrate`: corrected predictions, the map that corrects them, and its gain said beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xent.calibration.candidates import CANDIDATES, Candidate, venn_abers
from xent.calibration.cross_fitting import CrossFitted, cross_fitted
from xent.data.predictions.prediction_table import ScoredModel
from xent.data.predictions.reading import read_predictions
from xent.errors import DataError, DomainError
from xent.given_names import names_of
from xent.jobs.archives.calibrator_file import FittedCalibrator, render_calibrator
from xent.jobs.manifest import results_in
from xent.jobs.prediction import prediction_table
from xent.report.scores.findings import CalibrateFindings
from xent.scoring.bootstrap import bootstrap_mean
from xent.scoring.predictions import Predictions

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["METHODS", "Calibration", "calibrate"]

METHODS = {one.name.removesuffix(" scaling"): one for one in CANDIDATES} | {
    "venn-abers": Candidate("Venn-Abers", venn_abers, lambda _K, n: round(4 * n ** (1 / 3)), classes=2)
}
"""Maps by the names of the option."""

_CALLER = "xent calibrate"


@dataclass(frozen=True, slots=True)
class Calibration:
    """
    Result of `calibrate`.

    Parameters
    ----------
    findings : CalibrateFindings
        Gain of the map.
    calibrator : FittedCalibrator
        Map fitted to all rows, or to 20,000 of them if there are more, for new predictions.
    predictions : Predictions
        The rows, each corrected by a map that was fitted without it.
    """

    findings: CalibrateFindings
    calibrator: FittedCalibrator
    predictions: Predictions

    def table(self) -> pa.Table:
        """The corrected rows: ``row``, ``target``, ``predicted``, and ``p_CLASS`` for every class."""
        found = self.predictions
        return prediction_table(found.log_probs, found.classes, rows=found.rows, codes=found.codes)

    def save(self, directory: Path) -> None:
        """
        Write predictions.parquet, calibrator.json and manifest.json into `directory`, which must exist.

        Raises
        ------
        OutputError
            If `directory` does not exist or cannot be written, or holds a file with the name of any result,
            also report.html, metrics.json or model.skops, that is not an unchanged one.
        """
        import pyarrow.parquet

        with results_in(directory) as place:
            pyarrow.parquet.write_table(self.table(), place / "predictions.parquet")
            (place / "calibrator.json").write_text(render_calibrator(self.calibrator), encoding="utf-8")


def calibrate(
    data: Any,
    target: Any = None,
    *,
    method: str = "auto",
    probs: str | Sequence[str] = (),
    log_probs: str | Sequence[str] = (),
    logits: str | Sequence[str] = (),
    weight: str | None = None,
    group: str | None = None,
    normalize: bool = False,
    force: bool = False,
) -> Calibration:
    """
    Fit a recalibration map to predictions of rows that the model was not trained on.

    Parameters
    ----------
    data : str, Path, DataFrame, array or mapping
        Predictions of one model: a file, a table, a directory that `xent.fit` wrote, or an array with a
        row for each prediction and a column for each class in sorted order. Rows without a class are left
        out.
    target : str or sequence, optional
        Column of the true classes, ``target`` by default; or the true classes themselves, as an array, list
        or series, for data in memory.
    method : str, default "auto"
        ``"auto"`` to choose the simplest map whose cross-fitted loss is within one standard error of the
        least, Venn-Abers apart; or ``"temperature"``, ``"vector"``, ``"matrix"``, ``"beta"``, ``"isotonic"``
        or ``"venn-abers"``.
    probs, log_probs, logits : str or sequence of str
        Columns of the model: a prefix, names between commas, or one column for two classes. Without any,
        columns named like the classes are taken, and their space is told by the values.
    weight, group : str, optional
        Columns of the weights of the rows, and of their groups, which folds do not divide.
    normalize : bool, default False
        True to divide probabilities by their sums instead of refusing them.
    force : bool, default False
        True to return a map even if the cross-fitted loss is larger with it.

    Returns
    -------
    Calibration
        Gain, map, and corrected rows.

    Raises
    ------
    DataError
        If the table cannot be used, holds several models, has rows or groups for one fold only, or, unless
        `force` is True, the chosen map does not lower the cross-fitted loss.
    DTypeError
        If `data` is a tensor of PyTorch that requires gradients.
    DomainError
        If `method` is unknown, or made for two classes only where there are more; if predictions are out of
        the range of their space or do not sum to 1 in a row, weights are negative, not finite or all 0, or
        an entry of an array is masked.
    BackendError
        If a file is a spreadsheet and the library for it is not installed.
    """
    named = names_of(probs), names_of(log_probs), names_of(logits)
    model = _model(data, target, named, weight, group, normalize=normalize)
    fitted = cross_fitted(model.predictions, candidates=_candidates(method, model.predictions))
    if fitted is None:
        raise DataError(_CALLER, "predictions", "have rows or groups for two folds", got="fewer")
    calibration = _calibration(model, fitted)
    gain = calibration.findings.gain
    if not force and not gain.value > 0:
        got = f"a cross-fitted gain of {gain.value:.3g} nats by {fitted.chosen.name}"
        hint = "These predictions are best left as they are; --force writes the map all the same."
        raise DataError(_CALLER, "predictions", "gain from recalibration", got=got, hint=hint)
    return calibration


def _model(
    data: Any,
    target: Any,
    spaces: tuple[Sequence[str], Sequence[str], Sequence[str]],
    weight: str | None,
    group: str | None,
    *,
    normalize: bool,
) -> ScoredModel:
    """
    Predictions of the one model in `data`; its name is that of the table if it is only called "p".

    `target` is the column of the classes or the classes, `spaces` the names of the columns of probabilities,
    of log-probabilities and of logits, empty to find them, and `weight` and `group` columns or None. Raises
    `DataError` for a table that cannot be used or has several models, and `DomainError` for invalid
    predictions or weights; `DTypeError` and `BackendError` of `read_predictions` pass.
    """
    probs, log_probs, logits = spaces
    table = read_predictions(
        data,
        target,
        spaces={"probs": probs, "log-probs": log_probs, "logits": logits},
        weight=weight,
        group=group,
        normalize=normalize,
        caller=_CALLER,
    )
    if len(table.models) > 1:
        names = ", ".join(repr(one.name) for one in table.models[:10])
        hint = "Name the columns of one with --probs, --log-probs or --logits."
        raise DataError(_CALLER, "predictions", "be those of one model", got=f"models {names}", hint=hint)
    return replace(table.models[0], name=table.models[0].name if table.models[0].name != "p" else table.name)


def _candidates(method: str, predictions: Predictions) -> tuple[Candidate, ...]:
    """
    Maps to choose from: all but Venn-Abers, with the identity, for "auto", else the one that `method` names.

    For "auto" the maps that do not suit the rows or the classes are included, and `cross_fitted` leaves them
    out; a map that is named is taken whatever the number of rows. Raises `DomainError` for an unknown method
    and for "identity", and for one of two classes where there are more.
    """
    if method == "auto":
        return CANDIDATES
    # A tuple, in which a list is looked up too.
    if method not in tuple(METHODS) or method == "identity":
        names = ", ".join(name for name in METHODS if name != "identity")
        raise DomainError(_CALLER, "method", f"be auto, {names}", got=repr(method))
    chosen, K = METHODS[method], len(predictions.classes)
    if chosen.classes not in {None, K}:
        raise DomainError(_CALLER, "method", f"suit {K} classes", got=f"{method!r}, which is for two")
    # Asked for by name, a map is fitted whatever the number of rows; the interval of its gain says the rest.
    return (replace(chosen, coefficients=lambda _K, _n: 0),)


def _calibration(model: ScoredModel, fitted: CrossFitted) -> Calibration:
    """
    `Calibration` of `model` by the cross-fitted maps in `fitted`, with mean losses before and after in nats.

    Losses after and the corrected rows are those of the map of each row's fold, which has not seen the row;
    the map for new predictions is the one chosen on, and fitted to, all rows or a part of many. The gain,
    before less after, is paired by row; a row whose loss is infinite before and after has a gain of 0. Means
    have weights and intervals by groups.
    """
    predictions = model.predictions
    clusters = predictions.clusters
    before: NDArray[np.float64] = predictions.losses
    after = fitted.losses[0]
    # Infinity minus infinity would be nan: such a row neither gains nor loses.
    same = np.isinf(before) & np.isinf(after)
    gain = np.where(same, 0.0, np.subtract(before, after, where=~same, out=np.zeros(len(before))))
    findings = CalibrateFindings(
        name=model.name,
        model=model.name,
        rows=len(before),
        method=fitted.chosen.name,
        before=bootstrap_mean(before, clusters=clusters, least=0.0),
        after=bootstrap_mean(after, clusters=clusters, least=0.0),
        gain=bootstrap_mean(gain, clusters=clusters),
        candidates=fitted.candidates,
        by_fold=fitted.names,
    )
    corrected = replace(predictions, log_probs=fitted.recalibrated(predictions.log_probs))
    return Calibration(
        findings, FittedCalibrator(predictions.classes, fitted.chosen.name, fitted.map), corrected
    )
