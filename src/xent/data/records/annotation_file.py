"""
Annotation file of a WFDB record in the MIT format.

The format has a reader of its own here: that of wfdb runs for ever on some damaged files. A file is a
sequence of little-endian words of 16 bits, each with a code in its upper 6 bits and a number in its lower 10
(WFDB Programmer's Guide, appendix "annot(5)").
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xent.data.records.refusals import refusal

__all__ = ["Annotations", "read_annotations"]

# Symbols of the codes that mark a beat, as ecgcodes.h of the WFDB software numbers them.
_BEATS = {
    **dict(enumerate("NLRaVFJASEj/Q", start=1)),
    25: "B",
    30: "?",
    34: "e",
    35: "n",
    38: "f",
    41: "r",
}
_NOTE, _LAST_CODE = 22, 49
_SKIP, _NUM, _SUB, _CHN, _AUX = range(59, 64)
_RESOLUTION = re.compile(rb"## time resolution: ([0-9.]{1,20})\s*\0*")
_CUT = "The file is truncated or damaged: copy or download it again."


@dataclass(frozen=True, slots=True)
class Annotations:
    """
    Annotated beats of one record.

    Parameters
    ----------
    ticks : ndarray of int64 of shape (n,)
        Time of each beat in ticks, in rising order.
    symbols : list of str
        Symbol of each beat.
    rate : float or None
        Ticks a second; None if the file does not say, and ticks are samples.
    """

    ticks: NDArray[np.int64]
    symbols: list[str]
    rate: float | None


def read_annotations(file: Path) -> Annotations:
    """
    Annotated beats in `file`: their ticks in the order of time, perhaps equal, symbols such as "N", ticks a
    second.

    Annotations that mark no beat are ignored. The rate is None if no note before the first beat tells it:
    ticks are then samples of the signal.

    Raises
    ------
    DataError
        If the file ends before its end mark, holds an unknown code, goes back in time from a beat to the
        next, or states a rate that is not above 0.
    OSError
        If the file cannot be read.
    ValueError
        If the stated rate is no number, such as 1.2.3.
    """
    content = file.read_bytes()
    time, place = 0, 0
    ticks: list[int] = []
    symbols: list[str] = []
    rate = None
    last = 0
    while True:
        word = _word(content, place, file)
        code, number = word >> 10, word & 0x3FF
        place += 2
        if word == 0:
            return Annotations(np.asarray(ticks, dtype=np.int64), symbols, rate)
        if code == _SKIP:
            time += _long(content, place, file)
            place += 4
        elif code == _AUX:
            if last == _NOTE and not ticks and (found := _RESOLUTION.match(content, place, place + number)):
                rate = _resolution(found[1], file)
            place += number + number % 2
        elif code <= _LAST_CODE:
            time, last = time + number, code
            if code in _BEATS:
                _check_order(time, ticks, file)
                ticks.append(time)
                symbols.append(_BEATS[code])
        elif code not in {_NUM, _SUB, _CHN}:
            raise refusal(
                "hold readable annotations", got=f"{file.name} with the unknown code {code}", hint=_CUT
            )


def _resolution(digits: bytes, file: Path) -> float:
    """
    Ticks a second that a note in the file states as `digits`.

    Raises `DataError` for 0, and `ValueError` for what is no number, such as 1.2.3.
    """
    rate = float(digits)
    if not rate > 0:
        raise refusal("hold annotations of some rate", got=f"{file.name} with {rate:g} ticks a second")
    return rate


def _word(content: bytes, place: int, file: Path) -> int:
    """Number of the two bytes at `place`; raises `DataError` if the file ends before, truncated."""
    if place + 2 > len(content):
        raise refusal("hold whole annotation files", got=f"{file.name}, which lacks its end mark", hint=_CUT)
    return int(struct.unpack_from("<H", content, place)[0])


def _long(content: bytes, place: int, file: Path) -> int:
    """
    Signed number of the four bytes at `place`, the upper 16 bits first, as the PDP-11 stored it.

    Raises `DataError` if the file ends before.
    """
    upper, lower = _word(content, place, file), _word(content, place + 2, file)
    return ((upper << 16 | lower) ^ 0x80000000) - 0x80000000


def _check_order(time: int, ticks: list[int], file: Path) -> None:
    """Raise `DataError` if `time` is before the last of `ticks`, the beats so far, or below 0 without any."""
    if time < (ticks[-1] if ticks else 0):
        raise refusal("hold annotations in the order of time", got=f"{file.name}, which goes back in time")
