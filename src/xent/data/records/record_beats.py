"""Beats of one record: samples around R, intervals to the neighbours, annotation symbols."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.data.records.annotation_file import read_annotations
from xent.data.records.beat_windows import beat_windows
from xent.data.records.record_header import RecordHeader
from xent.data.records.refusals import one_line_for, refusal

__all__ = ["RecordBeats", "record_beats"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RecordBeats:
    """
    Beats of one record that are whole and have a neighbour on either side.

    Parameters
    ----------
    samples : ndarray of shape (n, SAMPLES)
        Millivolts around R.
    intervals : ndarray of shape (n, 2)
        Seconds since the beat before and until the next beat.
    times : ndarray of shape (n,)
        Time of R in seconds since the start of the record.
    symbols : list of str
        Annotation of each beat.
    ignored : int
        Number of annotated beats that are not among these.
    """

    samples: NDArray[np.float32]
    intervals: Array
    times: Array
    symbols: list[str]
    ignored: int


def record_beats(header: RecordHeader, lead: str) -> RecordBeats:
    """
    Beats of the record that `header` describes, on one `lead`, a name in ``header.leads``, in the order of
    time.

    Each has 128 samples in mV around R, minus their median; the seconds to the beats before and after; the
    time of R in seconds; and its symbol. Beats whose window is not whole, and those without a beat before and
    after at another time, are left out and counted in `ignored`; all may be.

    Raises
    ------
    DataError
        If the signals or the annotations are missing or cannot be read, or no beat is annotated.
    """
    times, symbols = _annotated_beats(header)
    signal = _signal(header, lead)
    samples, whole = beat_windows(signal, header.rate, times)
    gaps = np.diff(times)
    intervals = np.column_stack([np.append(np.nan, gaps), np.append(gaps, np.nan)])
    # The first and the last beat have one neighbour only, and two annotations of one beat have no interval.
    kept = np.flatnonzero(whole & (intervals > 0).all(axis=1))
    return RecordBeats(
        samples[kept],
        intervals[kept],
        times[kept],
        [symbols[place] for place in kept],
        len(times) - len(kept),
    )


def _annotated_beats(header: RecordHeader) -> tuple[Array, list[str]]:
    """
    Time of each beat in seconds since the start of the record, (n,), in rising order, and its symbol, such as
    "N".

    Ticks of the annotations are those that their file states a second, else samples. Raises `DataError` if
    the annotations, NAME.atr, are missing, cannot be read or mark no beat.
    """
    file = header.folder / f"{header.name}.atr"
    if not file.is_file():
        fact = f"{header.name}.hea without {file.name}"
        hint = "The annotations give the place of R and the class of each beat."
        raise refusal("hold annotations of every record", got=fact, hint=hint)
    with one_line_for(file.name, "WFDB annotation file"):
        found = read_annotations(file)
    if not found.symbols:
        raise refusal("hold annotated beats in every record", got=f"{file.name}, which has none")
    rate = found.rate or header.rate
    return found.ticks / rate, found.symbols


def _signal(header: RecordHeader, lead: str) -> Array:
    import wfdb

    place, millivolts = header.leads[lead]
    with one_line_for(f"{header.name}.hea", "WFDB signal"):
        found = wfdb.rdrecord(header.stem, channels=[place])
        return np.asarray(found.p_signal[:, 0], dtype=np.float64) * millivolts
