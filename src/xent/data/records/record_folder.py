"""Table of the heartbeats in a folder of WFDB records."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa

from xent.data.file_facts import FileFacts, with_facts
from xent.data.records.beat_symbols import AAMI
from xent.data.records.leads import chosen_lead
from xent.data.records.patients import patients
from xent.data.records.record_beats import RecordBeats, record_beats
from xent.data.records.record_header import RecordHeader, read_header
from xent.data.records.refusals import refusal
from xent.data.signals.beat_samples import RATE, sample_names
from xent.errors import BackendError, DomainError

__all__ = ["BEATS", "holds_records", "read_records"]

BEATS = ("symbols", "aami")
"""Classes of beats: the annotation symbols, or the five classes of ANSI/AAMI EC57."""

_PLACES = ("patient", "record", "second")


def holds_records(path: str | os.PathLike[str]) -> bool:
    """True if `path` is a folder that can be read and holds a file ending in .hea, a header of a record."""
    try:
        return Path(path).is_dir() and any(_headers(Path(path)))
    except (OSError, ValueError):  # the reader of files reports the fault of such a name
        return False


def read_records(
    data: str | os.PathLike[str], /, *, lead: str | None = None, beats: str | None = None
) -> pa.Table:
    """
    Table of the annotated heartbeats in a folder of WFDB records, samples in millivolts, one row a beat.

    Parameters
    ----------
    data : str or path
        Folder with a header (.hea), signals and annotations (.atr) for each record, such as the MIT-BIH
        Arrhythmia Database of PhysioNet. Folders inside it are not read.
    lead : str, optional
        Lead to read, by its name in the headers. None takes the lead that most records have, among equals
        lead II. Records without the lead are left out.
    beats : {"symbols", "aami"}, optional
        Classes: the symbols of the annotations (None too), or the classes N, S, V, F and Q of ANSI/AAMI EC57.

    Returns
    -------
    pyarrow.Table
        Columns ``mV at -400 ms`` to ``mV at +592 ms`` relative to R; ``rr_before`` and ``rr_after``, seconds
        to the neighbouring beats; ``beat``, the class; and ``patient``, ``record`` and ``second`` (time of R
        in the record), which are no features.

    Raises
    ------
    DataError
        If there is no folder or record, no record has the lead, a record cannot be read or has no annotated
        beat, no beat is whole, or a header names a file outside the folder; the message names the file.
    DomainError
        If `beats` is unknown.
    BackendError
        If wfdb is not installed.

    Notes
    -----
    **Samples.** The signal is low-passed below 51 Hz and read at 128 samples a second by cubic splines, at
    times relative to R; the median of the window is subtracted, which removes the offset of the recorder and
    slow drift.

    **Patients.** A header's comment such as ``patient 1`` names the patient, records 201 and 202 of MIT-BIH
    are of one, and any other record is a patient of its own. `xent.fit` holds out whole patients.

    **Edge cases.** The first and last beat of a record, and beats whose window reaches beyond the record or
    over a gap of the signal, are ignored and counted in the notes of the table. Annotations that mark no
    beat, such as a change of rhythm, are ignored. Several channels of one name: the first counts.
    """
    if not isinstance(data, (str, os.PathLike)):
        raise refusal("be the name of a folder", got=f"an object of type {type(data).__name__}")
    folder = Path(data)
    beats = beats or "symbols"
    if beats not in BEATS:
        raise DomainError("read_records", "beats", 'be "symbols" or "aami"', got=repr(beats))
    if find_spec("wfdb") is None:
        rule = "be a folder for which a reader is installed: WFDB records need wfdb"
        hint = 'Run `pip install "xent[ecg]"`.'
        raise BackendError("read_records", "data", rule, got=folder.name, hint=hint)
    headers = [read_header(file) for file in sorted(_headers(folder))] if folder.is_dir() else []
    if not headers:
        raise refusal("hold WFDB records", got=f"{folder}, a folder without headers (.hea)")
    chosen, having, notes = chosen_lead(headers, lead)
    by_record, shared = patients(having)
    found = [(header, record_beats(header, chosen)) for header in having]
    facts = FileFacts(
        notes=(*notes, *shared, *_ignored(found)),
        target="beat",
        group="patient",
        places=_PLACES,
        reading={"lead": chosen, "beats": beats},
    )
    return with_facts(_table(found, by_record, aami=beats == "aami"), facts)


def _headers(folder: Path) -> Iterator[Path]:
    return (file for file in folder.iterdir() if file.suffix == ".hea" and file.is_file())


def _ignored(found: Sequence[tuple[RecordHeader, RecordBeats]]) -> Iterator[str]:
    """
    Exactly one sentence, with the number of ignored beats of all records, even if it is 0.

    `found` are the records with their beats. Raises `DataError`, when iterated, if all beats are ignored.
    """
    ignored = sum(beats.ignored for _, beats in found)
    total = ignored + sum(len(beats.symbols) for _, beats in found)
    if ignored == total:
        got = f"{total} annotated beats, of which none has samples from -400 to +592 ms and two neighbours"
        raise refusal("hold whole beats", got=got)
    yield (
        f"{ignored:,} of {total:,} annotated beats are ignored: the first and last of each record, and those "
        f"whose samples are incomplete. Samples are read at {RATE} a second, minus the median of the beat."
    )


def _table(
    found: Sequence[tuple[RecordHeader, RecordBeats]], by_record: dict[str, str], *, aami: bool
) -> pa.Table:
    samples = np.concatenate([beats.samples for _, beats in found])
    intervals = np.concatenate([beats.intervals for _, beats in found])
    symbols = [symbol for _, beats in found for symbol in beats.symbols]
    records = np.repeat([header.name for header, _ in found], [len(beats.symbols) for _, beats in found])
    columns = {name: pa.array(samples[:, place]) for place, name in enumerate(sample_names())}
    columns |= {"rr_before": pa.array(intervals[:, 0]), "rr_after": pa.array(intervals[:, 1])}
    columns["beat"] = pa.array([AAMI[each] if aami else each for each in symbols]).dictionary_encode()
    columns["patient"] = pa.array([by_record[each] for each in records]).dictionary_encode()
    columns["record"] = pa.array(records.tolist()).dictionary_encode()
    columns["second"] = pa.array(np.concatenate([beats.times for _, beats in found]))
    return pa.table(columns)
