"""Scans of a source before a training on it, and the rows of that training."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from xent.errors import DataError
from xent.models.batch_fit import factors_of_classes
from xent.networks.coded_stream import CodedStream, InnerSplit
from xent.networks.early_stopping import LEAST_ROWS
from xent.networks.neural_fit import Watch
from xent.networks.rows_of_network import Standardisation
from xent.networks.stream_scan import StreamScan, scan
from xent.networks.streamed_rows import StreamedRows, kept_rows
from xent.networks.training_rows import Rows
from xent.streams.readers import Reader
from xent.streams.sources import Source
from xent.streams.survey import survey

__all__ = ["streamed_parts", "streamed_scan"]

Array = NDArray[np.float64]

# Rows held out from training: so many, and so many numbers of 8 bytes, at least 5,000 rows.
_HELD_OUT_ROWS, _HELD_OUT_NUMBERS, _LEAST_HELD_OUT = 50_000, 1 << 22, 5000
_SAMPLE = 1000


def streamed_scan(
    model: Any, source: Source, reader: Reader, watch: Watch, *, seed: int, caller: str
) -> tuple[CodedStream, StreamScan, Array]:
    """
    Rows of `source` as numbers, the content of the scan, and weights of the classes for the first
    predictions, (K,).

    The last are the sums of the weights of each class's rows to train on, plus half a mean weight, so that
    none is 0; they are not scaled. The source is read twice. Rows are held out if `model.epochs` is "auto"
    and there are at least 50: the share `held_out`, about 50,000 rows at most, fewer for many features;
    classes of fewer than 50 rows are trained on whole. `seed` draws them.

    Raises
    ------
    DataError
        If the source cannot be read, has no rows, fewer than two or more than 10,000 classes, or changes
        between the scans; if fewer than two classes have weight, or one is in held-out rows alone.
    DTypeError
        If a class weight is not a real number.
    DomainError
        If a feature is not finite, or a weight or class weight negative or not finite.
    ShapeError
        If a batch of arrays has other columns than the first, or not one label and weight for each row.
    """
    files = source.marks(caller=caller)
    found = survey(source, reader, sample=_SAMPLE, caller=caller, on_progress=watch.on_progress)
    factors = factors_of_classes(model.class_weight, found, caller)
    most = max(_LEAST_HELD_OUT, min(_HELD_OUT_ROWS, _HELD_OUT_NUMBERS // max(len(reader.features), 1)))
    wanted = model.epochs == "auto" and found.rows >= LEAST_ROWS
    share = min(float(model.held_out), most / found.rows) if wanted else 0.0
    split = InnerSplit(share, seed, found.counts.sum(axis=0) >= LEAST_ROWS)
    stream = CodedStream(source, reader, found.classes, factors, split, files, caller)
    content = scan(stream)
    weighted = found.mass > 0
    if factors is not None:
        weighted &= factors > 0
    if (content.mass[weighted] <= 0).any():
        lost = found.classes.classes[weighted & (content.mass <= 0)][0]
        got = f"class {str(lost)!r} in held-out rows alone"
        raise DataError(caller, "held_out", "leave rows of every class in training", got=got)
    return stream, content, content.mass + content.mass.sum() / content.count / 2


def streamed_parts(
    stream: CodedStream,
    found: StreamScan,
    standard: Standardisation,
    device: torch.device,
    watch: Watch,
) -> tuple[tuple[StreamedRows, Rows | None, Rows | None], Any]:
    """
    Rows trained on, a sample of these, and those held out, the last two None for none; and the groups of the
    last.

    The first are read again in each epoch, the others held in the memory of `device`; all are standardised by
    `standard`. The groups are numbers from 0, (held-out rows,), or None if the rows have none.
    """
    rows = StreamedRows(stream, found, standard, device, watch.on_progress)
    if not len(found.held_out.codes):
        return (rows, None, None), None
    sample, held_out = (
        kept_rows(each, standard, device, caller=stream.caller) for each in (found.judged, found.held_out)
    )
    grouped = found.held_out.grouped
    groups = np.unique(found.held_out.marks, return_inverse=True)[1] if grouped else None
    return (rows, sample if len(sample) else None, held_out), groups
