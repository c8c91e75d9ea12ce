"""`xent judge`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from xent.cli.failures import failures_in_one_line
from xent.cli.shown_findings import show_findings
from xent.cli.standard_output import written_out
from xent.cli.stream_options import Memory, Stream
from xent.cli.table_options import Delimiter, Encoding, NoHeader, Skip, reading

__all__ = ["judge"]


def judge(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="A directory that xent fit wrote, or its model.skops.")
    ],
    data: Annotated[
        str,
        typer.Argument(
            metavar="TEST",
            help="A file with the columns the model knows and its target, or a folder or pattern of Parquet, "
            "Arrow or CSV files.",
        ),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Where results go (default: xent-out/NAME-judged)."),
    ] = None,
    delimiter: Delimiter = None,
    no_header: NoHeader = False,
    skip: Skip = None,
    encoding: Encoding = None,
    weight: Annotated[
        str | None,
        typer.Option("--weight", metavar="COLUMN", help="Column that holds the weight of each row."),
    ] = None,
    stream: Stream = False,
    memory: Memory = 0.25,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print metrics.json instead of tables.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """
    Judge a fitted model on a file of rows that it has not seen, with the report of a fit.

    DIR gets report.html, metrics.json and predictions.parquet, all or none.

    [bold]Examples[/bold]

      xent judge xent-out/people next_year.csv
      xent judge people/model.skops next_year.parquet --out judged
      xent judge people next_years/                                  a folder, in batches
    """
    with failures_in_one_line(debug=debug) as outcome:
        from xent.data.source import name_of
        from xent.jobs.batches.memory_share import check_share, is_read_in_batches, stream_name
        from xent.jobs.batches.streamed_judging import judge_batches
        from xent.jobs.judging import judge as judge_model
        from xent.jobs.output_directory import output_directory

        check_share(memory, caller="xent judge")
        layout = reading(delimiter, no_header=no_header, skip=skip, encoding=encoding)
        in_batches = stream or is_read_in_batches(data, memory)
        place = out or Path("xent-out") / f"{stream_name(data) if in_batches else name_of(data)}-judged"
        with output_directory(
            place,
            caller="xent judge",
            reads=(Path(data), model, model / "model.skops"),
            on_placed=partial(setattr, outcome, "kept", f"The results are in {place}."),
        ) as folder:
            if in_batches:
                judged = judge_batches(model, data, sample_weight=weight, reading=layout)
            else:
                judged = judge_model(model, data, sample_weight=weight, **layout)
            judged.save(folder)
        with written_out():
            show_findings(judged.findings, place, quiet=quiet, as_json=as_json)
