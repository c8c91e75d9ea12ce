"""`xent fit`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xent.cli.failures import failures_in_one_line
from xent.cli.heartbeat_options import HeartbeatCount, Imbalance, LabelNoise, Noise
from xent.cli.kept_training import checkpoint_of, kept_training
from xent.cli.shown_findings import show_findings
from xent.cli.standard_output import written_out
from xent.cli.stream_options import Dask, Memory, Resume, Stream, check_whole_options
from xent.cli.streamed_fit import streamed_fit
from xent.cli.table_options import (
    Beats,
    Delimiter,
    Drop,
    Encoding,
    Keep,
    Lead,
    Missing,
    NoHeader,
    NoText,
    Skip,
    Types,
    reading,
    typed,
)
from xent.errors import DomainError

if TYPE_CHECKING:
    from xent.cli.failures import Outcome
    from xent.cli.live_progress import LiveProgress
    from xent.jobs.fit_result import Fit

__all__ = ["fit"]

_LARGE_FILE = 20_000_000


def fit(
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA",
            help="A file (.csv, .tsv, .txt, .data, .parquet, .feather, .arrow, .json, .jsonl, .xlsx, .ods; "
            ".gz and .zst too), a folder or pattern of Parquet, Arrow or CSV files, a folder of WFDB "
            "records, - for standard input, or a built-in set: digits, breast_cancer, wine, iris, "
            "heartbeats (synthetic).",
            show_default=False,
        ),
    ] = "digits",
    *,
    target: Annotated[
        str | None, typer.Option("--target", "-t", metavar="COLUMN", help="Column to predict.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Where results go (default: xent-out/NAME)."),
    ] = None,
    model: Annotated[
        str,
        typer.Option("--model", metavar="KIND", help="linear, network, or auto: the better one."),
    ] = "linear",
    c: Annotated[
        str,
        typer.Option("--C", metavar="C", help="Inverse strength of the penalty, or auto: cross-validated."),
    ] = "auto",
    tol: Annotated[
        float,
        typer.Option(
            "--tol", help="Stop when the loss is certified to be this close to its minimum, in nats."
        ),
    ] = 1e-8,
    held_out: Annotated[
        float, typer.Option("--held-out", help="Share of the rows that the model is judged on.")
    ] = 0.2,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the choice of held-out rows.")] = 0,
    missing: Missing = None,
    delimiter: Delimiter = None,
    no_header: NoHeader = False,
    skip: Skip = None,
    encoding: Encoding = None,
    keep: Keep = None,
    drop: Drop = None,
    types: Types = None,
    no_text: NoText = False,
    weight: Annotated[
        str | None,
        typer.Option(
            "--weight",
            metavar="COLUMN",
            help="Column that holds the weight of each row, in training and in held-out figures.",
            rich_help_panel="Columns",
        ),
    ] = None,
    group: Annotated[
        str | None,
        typer.Option(
            "--group",
            metavar="COLUMN",
            help="Column that names groups of rows, such as patients: each is held out whole or not at all.",
        ),
    ] = None,
    class_weight: Annotated[
        list[str] | None,
        typer.Option(
            "--class-weight",
            metavar="CLASS=FACTOR",
            help="Factor of a class's loss in training; may be repeated. Or: balanced.",
        ),
    ] = None,
    lead: Lead = None,
    beats: Beats = None,
    rows: HeartbeatCount = None,
    noise: Noise = None,
    imbalance: Imbalance = None,
    label_noise: LabelNoise = None,
    stream: Stream = False,
    memory: Memory = 0.25,
    dask: Dask = None,
    resume: Resume = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print metrics.json instead of tables.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """
    Fit a classifier to a table, judge it on held-out rows, and explain it.

    DIR gets report.html, metrics.json, predictions.parquet of the held-out rows and model.skops, all or none.

    [bold]Examples[/bold]

      xent fit                               the built-in digits
      xent fit breast_cancer --C 0.1         a built-in set, a penalty of your own
      xent fit heartbeats --rows 5000        15 classes of synthetic heartbeats

    A table of your own:

      xent fit people.csv --target income
      xent columns people.csv                what becomes of its columns, without fitting
      xent fit mitdb/                        records of heartbeats: patients are held out whole
      xent fit ECG200_TRAIN.tsv              series of the UCR archive, or a .ts file
    """
    with failures_in_one_line(debug=debug) as outcome:
        from xent.data.source import name_of
        from xent.jobs.batches.memory_share import check_share, is_read_in_batches, stream_name

        check_share(memory, caller="xent fit")
        in_batches = stream or dask is not None or is_read_in_batches(data, memory)
        if model == "linear":
            _load_while_reading(data)
        shared: dict[str, Any] = {"C": _penalty(c), "tol": tol, "held_out": held_out, "seed": seed}
        shared |= {"keep": keep or (), "exclude": drop or (), "types": typed(types, caller="xent fit")}
        shared |= {"sample_weight": weight, "class_weight": _class_weight(class_weight), "group": group}
        layout = reading(delimiter, no_header=no_header, skip=skip, encoding=encoding)
        whole: dict[str, Any] = {"lead": lead, "beats": beats}
        options = _given(rows=rows, noise=noise, imbalance=imbalance, label_noise=label_noise)
        place = out or Path("xent-out") / (stream_name(data) if in_batches else name_of(data))
        if in_batches:
            check_whole_options({**whole, **options}, caller="xent fit")
            shared |= {**layout, **_given(missing=missing), "text": not no_text}
            shared |= {"model": model, "dask": dask, "resume": resume}
            job = partial(streamed_fit, data, target, place, **shared)
        else:
            whole |= {"model": model, "text": not no_text, **layout, **options, **_given(missing=missing)}
            job = partial(_fit_in_memory, data, target, place, resume=resume, **shared, **whole)
        parts = "Epochs" if model != "linear" else "Passes" if in_batches else ""
        with kept_training(checkpoint_of(place), outcome, parts=parts):
            fitted = _saved(data, place, job, outcome, shown=not (quiet or as_json))
        _remove_checkpoints(place, model)
        with written_out():
            show_findings(fitted.findings, place, quiet=quiet, as_json=as_json)


def _fit_in_memory(
    data: str, target: str | None, place: Path, *, model: str, progress: LiveProgress, **options: Any
) -> Fit:
    """
    Fit of a table in memory by `xent.jobs.fitting.fit`, with its further `options`; its errors pass.

    Unless `model` is "linear", the training of a network keeps a checkpoint beside `place`, which is not
    written.
    """
    from xent.jobs.fitting import fit as fit_table

    checkpoint = None if model == "linear" else checkpoint_of(place)
    return fit_table(data, target, model=model, checkpoint=checkpoint, watcher=progress, **options)


def _remove_checkpoints(place: Path, model: str) -> None:
    """Remove the checkpoints of a network's training beside `place`; nothing for the `model` "linear"."""
    if model != "linear":
        from xent.jobs.fold_journal import remove_checkpoints

        remove_checkpoints(checkpoint_of(place))


def _saved(data: str, place: Path, job: Callable[..., Fit], outcome: Outcome, *, shown: bool) -> Fit:
    """
    Fit that `job` makes, written to the directory `place`; `job` gets the progress line as `progress`.

    `data` is the source. The line is shown if `shown`, and standard error is a terminal. Once the directory
    has its name, `outcome` says so. Raises what `job` raises, and `OutputError` if `place` cannot be made,
    holds `data`, or holds anything but unchanged results.
    """
    from xent.cli.live_progress import LiveProgress
    from xent.jobs.output_directory import output_directory

    with (
        output_directory(
            place,
            caller="xent fit",
            reads=(Path(data),),
            on_placed=partial(setattr, outcome, "kept", f"The results are in {place}."),
        ) as folder,
        LiveProgress(shown=shown) as progress,
    ):
        fitted = job(progress=progress)
        progress.phase("write")
        fitted.save(folder)
    return fitted


def _load_while_reading(data: str) -> None:
    """
    Start to import skops, which is needed to write the model, in a thread if `data` is a file above 20 MB.

    Arrow reads without holding the interpreter's lock, so the import takes no extra time; for a small file it
    would delay the reading. A name that is no file is ignored. Until the thread ends, PyTorch cannot be
    imported, see `load_skops`: not for a model that needs it.
    """
    try:
        large = Path(data).stat().st_size > _LARGE_FILE
    except (OSError, ValueError):  # reading the file will report the fault of its name
        return
    if large:
        from xent.jobs.archives.model_file import load_skops

        threading.Thread(target=load_skops, daemon=True).start()


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _penalty(text: str) -> float | str:
    """
    Value of --C: "auto", or a number, whose range is checked later.

    Raises `DomainError` for other words; what Python reads as a float, such as "1e-3" or "inf", is a number.
    """
    if text == "auto":
        return text
    try:
        return float(text)
    except ValueError:
        raise DomainError("xent fit", "C", 'be a number > 0, or "auto"', got=repr(text)) from None


def _class_weight(words: list[str] | None) -> dict[str, float] | str | None:
    """
    Value of --class-weight: factors by class, "balanced" if that is the only word, or None if not given.

    A word is ``CLASS=FACTOR``; of two for a class the last counts. Raises `DomainError` for a word without a
    number behind its last "=". The range of the factors is checked later.
    """
    if not words or words == ["balanced"]:
        return words[0] if words else None
    factors = {}
    for word in words:
        label, mark, factor = word.rpartition("=")
        try:
            factors[label] = float(factor if mark else "")
        except ValueError:
            rule = "be balanced, or CLASS=FACTOR with a number"
            raise DomainError("xent fit", "class-weight", rule, got=repr(word)) from None
    return factors
