"""`xent predict`."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xent.cli.failures import failures_in_one_line, tell
from xent.cli.standard_output import written_out
from xent.cli.stream_options import Memory, Stream
from xent.cli.table_options import Delimiter, Encoding, NoHeader, Skip, reading

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["predict"]


def predict(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="A directory that xent fit wrote, or its model.skops.")
    ],
    data: Annotated[str, typer.Argument(metavar="DATA", help="A file with the columns the model knows.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where predictions go, .csv or .parquet (default: CSV on standard output).",
        ),
    ] = None,
    calibrator: Annotated[
        Path | None,
        typer.Option(
            "--calibrator", metavar="FILE", help="A calibrator of xent calibrate, to apply at the end."
        ),
    ] = None,
    delimiter: Delimiter = None,
    no_header: NoHeader = False,
    skip: Skip = None,
    encoding: Encoding = None,
    stream: Stream = False,
    memory: Memory = 0.25,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """
    Give every row its most probable class, and every class its probability.

    Notes, such as on cells that cannot be read, go to standard error.

    [bold]Examples[/bold]

      xent predict xent-out/people new.csv                  as CSV on standard output
      xent predict xent-out/people new.csv --out p.parquet  into a file
      xent predict beats/model.skops beats.feather          from the model file itself
    """
    with failures_in_one_line(debug=debug) as outcome:
        from xent.jobs.batches.memory_share import check_share, is_read_in_batches
        from xent.jobs.table_file import check_table_place, write_table

        if out is not None:
            check_table_place(out, reads=(Path(data), model, model / "model.skops"))
        check_share(memory, caller="xent predict")
        layout = reading(delimiter, no_header=no_header, skip=skip, encoding=encoding)
        if stream or is_read_in_batches(data, memory):
            count = _streamed(model, data, out, calibrator=calibrator, reading=layout)
            if out is not None:
                outcome.kept = f"The predictions are in {out}."
                tell(f"{count} predictions in {out}")
            return
        table = _predicted(model, data, calibrator=calibrator, **layout)
        if out is None:
            with written_out():
                write_table(table, sys.stdout.buffer, "csv")
        else:
            write_table(table, out)
            outcome.kept = f"The predictions are in {out}."
            tell(f"{table.num_rows} predictions in {out}")


def _predicted(model: Path, data: str, **options: Any) -> pa.Table:
    """
    Table of predictions for the rows of `data`; notes, the warnings of the prediction, go to standard error.

    `options` are those of `xent.jobs.prediction.predict`, such as `calibrator`, whose errors are raised; then
    there are no notes.
    """
    from xent.jobs.prediction import predict as predict_table

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        table = predict_table(model, data, **options)
    for warning in caught:
        tell(f"note: {warning.message}")
    return table


def _streamed(model: Path, data: str, out: Path | None, **options: Any) -> int:
    """
    Write predictions batch by batch to `out`, or for None to standard output as CSV; the number of rows.

    Notes, the warnings of the prediction, go to standard error at the end. `options` are those of
    `predict_batches`, `calibrator` and `reading`; its errors are raised, and then there are no notes.
    """
    from xent.jobs.batches.streamed_prediction import predict_batches

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        if out is None:
            with written_out():
                count = predict_batches(model, data, sys.stdout.buffer, kind="csv", **options)
        else:
            count = predict_batches(model, data, out, **options)
    for warning in caught:
        tell(f"note: {warning.message}")
    return count
