"""Result of a fit: findings, model, predictions of the held-out rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xent.jobs.archives.model_file import save_model
from xent.jobs.frame_kind import in_kind
from xent.jobs.manifest import results_in
from xent.jobs.prediction import prediction_table
from xent.jobs.table_model import TableModel
from xent.report.fit.findings import FitFindings
from xent.report.notebook_frame import notebook_frame

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Fit", "framed_page", "write_report"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, repr=False)
class Fit:
    """
    Result of `fit`: findings, model and predictions for the held-out rows.

    A notebook shows it as its report.

    Parameters
    ----------
    findings : FitFindings
        Content of the report.
    model : TableModel
        The classifier, ready for new rows.
    held_out_rows : ndarray
        Numbers of the held-out rows in the table, from 0.
    held_out_codes : ndarray
        True class of each held-out row, as a position in ``model.classes``.
    held_out_log_probs : ndarray of shape (n, K)
        Logarithms of the predicted probabilities of the held-out rows, in nats.
    kind : {"pyarrow", "pandas", "polars"}, default "pyarrow"
        Library of the frame that `predictions` returns, that of the data.
    places : pyarrow.Table, optional
        Columns that say where each row of the data is from.
    held_out_weights : ndarray, optional
        Weights of the held-out rows.
    """

    findings: FitFindings
    model: TableModel
    held_out_rows: Codes
    held_out_codes: Codes
    held_out_log_probs: Array
    kind: str = "pyarrow"
    places: pa.Table | None = None
    held_out_weights: Array | None = None

    def predictions(self) -> Any:
        """
        The held-out rows: ``row``, ``target``, ``predicted``, ``weight`` if given, and each ``p_CLASS``.

        A frame of the library that the data came from, or a pyarrow table for a file or an array.
        """
        return in_kind(self._predictions(), self.kind)

    def save(self, directory: Path) -> None:
        """
        Write report.html, metrics.json, predictions.parquet and model.skops into `directory`, which must
        exist.

        manifest.json gets the checksums, by which a later fit recognises the files that it may replace.

        Raises
        ------
        OutputError
            If `directory` does not exist or cannot be written, or holds a file with the name of any result,
            also calibrator.json or manifest.json, that is not an unchanged one.
        """
        with results_in(directory) as place:
            write_report(place, self.findings, self._predictions())
            save_model(self.model, place / "model.skops")

    def __repr__(self) -> str:
        held_out = self.findings.held_out
        return (
            f"<Fit of {self.findings.name!r}: cross-entropy {held_out.cross_entropy.value:.4g} nats, "
            f"error {held_out.error.value:.3g}, on {held_out.rows:,} held-out rows; save(DIRECTORY) keeps it>"
        )

    def _repr_html_(self) -> str:
        return framed_page(self.findings)

    def _predictions(self) -> Any:
        """
        Table of Arrow of the held-out rows, as `prediction_table` makes it, with places, true classes and
        weights.
        """
        return prediction_table(
            self.held_out_log_probs,
            self.model.classes,
            rows=self.held_out_rows,
            codes=self.held_out_codes,
            places=self.places,
            weights=self.held_out_weights,
        )


def framed_page(findings: FitFindings) -> str:
    """Text of an HTML element that shows the report of `findings` in a notebook."""
    from xent.report.fit import render_html

    return notebook_frame(render_html(findings), findings.name)


def write_report(directory: Path, findings: FitFindings, predictions: Any) -> None:
    """
    Write report.html, metrics.json and predictions.parquet into `directory`, over files of these names.

    The directory must exist; nothing is checked. `predictions` is a table of Arrow, `findings` the content of
    the other two. Raises `OSError` if a file cannot be written.
    """
    import pyarrow.parquet

    # Matplotlib loads slowly, and fitting does not need it.
    from xent.report.fit import render_html, render_json

    (directory / "report.html").write_text(render_html(findings), encoding="utf-8")
    (directory / "metrics.json").write_text(render_json(findings), encoding="utf-8")
    pyarrow.parquet.write_table(predictions, directory / "predictions.parquet")
