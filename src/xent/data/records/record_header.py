"""Header of a WFDB record, checked before the files that it names are opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xent.data.records.refusals import one_line_for, refusal

__all__ = ["RecordHeader", "read_header"]

# Bytes of a sample by format; formats that are missing here are compressed.
_BYTES = {
    "8": 1.0,
    "16": 2.0,
    "24": 3.0,
    "32": 4.0,
    "61": 2.0,
    "80": 1.0,
    "160": 2.0,
    "212": 1.5,
    "310": 4 / 3,
    "311": 4 / 3,
}
# Millivolts of each unit of voltage, in lower case; both signs for micro are in use.
_MILLIVOLTS = {"v": 1e3, "mv": 1.0, "uv": 1e-3, "\N{MICRO SIGN}v": 1e-3, "\N{GREEK SMALL LETTER MU}v": 1e-3}
_MOST_HEADER_BYTES = 1 << 20
# Twelve days of a lead at 250 samples a second; a compressed file may claim any number.
_MOST_SAMPLES = 1 << 28
_PLAIN_NAME = re.compile(r"[\w.+-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class RecordHeader:
    """
    Description of one record.

    Parameters
    ----------
    folder : Path
        Folder of its files.
    name : str
        Name of the record, that of its header without .hea.
    rate : float
        Samples a second.
    samples : int or None
        Length of each signal; None if the header leaves it to the size of the file.
    leads : dict of str to tuple of int and float
        Place of each signal that is a voltage, and its unit in millivolts, by the name of the lead.
    comments : tuple of str
        Comment lines.
    """

    folder: Path
    name: str
    rate: float
    samples: int | None
    leads: dict[str, tuple[int, float]]
    comments: tuple[str, ...]

    @property
    def stem(self) -> str:
        """Path of the record's files without their endings, as wfdb takes it."""
        return str(self.folder.resolve() / self.name)


def read_header(file: Path) -> RecordHeader:
    """
    Header in `file`, after checks of every name and length in it: rate, length, voltage leads and comments.

    Of each lead, by its name, it has the place among the signals and the unit in millivolts; signals in other
    units are left out, and of two of one name the first counts.

    Raises
    ------
    DataError
        If the header cannot be read, is above 1 MiB or is that of several segments; if it states no signal, a
        rate out of 1 to 1,000,000 a second, or too many samples; or if it names a file that lies outside its
        folder, is missing, or is shorter than the header says.
    """
    import wfdb

    folder, name = file.parent, file.name.removesuffix(".hea")
    with one_line_for(file.name, "WFDB header"):
        if file.stat().st_size > _MOST_HEADER_BYTES:
            raise refusal("hold headers of at most 1 MiB", got=file.name)
        found = wfdb.rdheader(str(folder.resolve() / name))
        if getattr(found, "seg_name", None) is not None:
            raise refusal("hold records of one segment each", got=f"{file.name}, which names several")
        rate, samples = float(found.fs), None if found.sig_len is None else int(found.sig_len)
        if not 1 <= rate <= 1e6:
            raise refusal("hold records of 1 to 1,000,000 samples a second", got=f"{file.name} with {rate:g}")
        _check_files(file, found, samples)
        signals = [*zip(range(found.n_sig), found.sig_name, found.units, strict=True)]
        leads = {
            str(lead): (place, _MILLIVOLTS[str(unit).casefold()])
            # Backwards and turned round, so that of two signals of one name the first counts.
            for place, lead, unit in reversed(signals)
            if str(unit).casefold() in _MILLIVOLTS
        }
        leads = dict(reversed(leads.items()))
        return RecordHeader(folder, name, rate, samples, leads, tuple(map(str, found.comments or ())))


def _check_files(file: Path, found: Any, samples: int | None) -> None:
    """
    Raise `DataError` for a record without signals, of too many samples, or longer than its files.

    `samples` is the length of each signal in frames, None if it is unknown, which is not checked. A single
    signal may have 1 to 2**28 samples: `samples` times its samples a frame. A file that is not beside the
    header `file`, or has no plain name, is an error too. The length of compressed signals is not checked.
    """
    if not found.n_sig or not found.file_name:
        raise refusal("hold records with signals", got=f"{file.name}, which has none")
    if samples is not None and not 0 < samples * max(found.samps_per_frame) <= _MOST_SAMPLES:
        raise refusal("hold records of 1 to 268,435,456 samples", got=f"{file.name} with {samples}")
    for name in dict.fromkeys(map(str, found.file_name)):
        data = _inside(file, name)
        signals = [place for place, each in enumerate(found.file_name) if each == name]
        width = sum(
            _BYTES.get(str(found.fmt[place]), 0.0) * int(found.samps_per_frame[place]) for place in signals
        )
        needed = int(found.byte_offset[signals[0]] or 0) + int(width * (samples or 0))
        if (size := data.stat().st_size) < needed:
            fact = f"{name} of {size:,} bytes, where {file.name} states {needed:,}"
            raise refusal(
                "hold whole records", got=fact, hint="The file is truncated: copy or download it again."
            )


def _inside(file: Path, name: str) -> Path:
    """
    Path of the file `name` beside the header `file`.

    Raises `DataError` for a file that is not there, for ``.`` and ``..``, and for a name with other
    characters than ASCII letters, digits and ``_ . + -``: so for every path, whatever it leads to, and for a
    space.
    """
    if not _PLAIN_NAME.fullmatch(name) or name in {".", ".."}:
        hint = "A header names files of its own folder, without a path."
        raise refusal("hold headers that name plain files", got=f"{name!r} in {file.name}", hint=hint)
    data = file.parent / name
    if not data.is_file():
        raise refusal("hold every file that its headers name", got=f"{file.name}, whose {name} is missing")
    return data
