"""Files of labelled series, one a line, as delimited text with a header: the UCR archive's, and .ts files."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from xent.data.files.file_format import TableFile, is_archive_name, refusal
from xent.data.files.text_encoding import text_head

__all__ = ["CLASS", "SeriesText", "series_text"]

CLASS = "class"
"""Name of the column of classes."""

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|nan", re.IGNORECASE)
# A series of two samples is hardly one; a table with an index of rows has as many.
_FEWEST_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class SeriesText:
    """
    File of series as delimited text.

    Parameters
    ----------
    file : TableFile
        The text, with the line of names that the file itself lacks.
    delimiter : str
        Separator of its cells.
    target : str or None
        Column of the classes; None if the file has none.
    note : str
        Sentence on how the file was read; "" if the file itself says all.
    lines : int
        Lines that the text has before its first row beyond those of the file; negative for a .ts file, whose
        header is left out.
    """

    file: TableFile
    delimiter: str
    target: str | None
    note: str
    lines: int


def series_text(file: TableFile) -> SeriesText | None:
    """
    Series of `file`, one a line, as delimited text with a line of names, or None if it holds no series.

    A .ts file holds series. So does text named as in the UCR archive, such as ``GunPoint_TRAIN``, whose first
    line is four numbers or more and nothing else, the first of them whole: that is the class. The names are
    ``class``, ``sample 1``, ``sample 2`` ...; with several channels ``channel 1 sample 1`` ...; a .ts file
    has its class last, or none. The result also has the delimiter, the column of classes or None, a sentence
    on the reading, and by how many lines the text is longer above its first row than the file.

    Raises
    ------
    DataError
        If a .ts file has no series, or series of several lengths, with time stamps, or without their classes.
    """
    if file.format == "time series":
        return _of_ts(file)
    if not is_archive_name(file.path):
        return None
    head = text_head(file).decode("utf-8-sig", errors="replace").lstrip("\r\n")
    line = head.splitlines()[0].strip() if head.strip() else ""
    delimiter = next((each for each in "\t,;" if each in line), " ")
    cells = [cell.strip() for cell in (line.split() if delimiter == " " else line.split(delimiter))]
    if len(cells) <= _FEWEST_SAMPLES or not all(map(_NUMBER.fullmatch, cells)):
        return None
    if not float(cells[0]).is_integer():
        return None
    names = [CLASS, *(f"sample {place}" for place in range(1, len(cells)))]
    written = delimiter.join(f'"{name}"' if delimiter == " " else name for name in names)
    content = f"{written}\n".encode() + b"".join(file.blocks()).removeprefix(b"\xef\xbb\xbf")
    note = f"{file.name} is read as in the UCR archive: the class, then {len(cells) - 1} samples in order."
    return SeriesText(file.with_text(content), delimiter, CLASS, note, 1)


def _of_ts(file: TableFile) -> SeriesText:
    """
    Series of a .ts file as comma-separated text, with columns for each sample of each channel; "?" becomes
    empty.

    The class, if the header says that there are classes, is the last column, "class". The first series sets
    the numbers of channels and samples. Raises `DataError` for a file without series, series of other
    lengths, a line above @data, with time stamps or without its class, and targets that are numbers.
    """
    facts: dict[str, str] = {}
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    lengths: list[int] = []
    above = 0
    with file.text() as lines:
        for number, line in enumerate(lines, start=1):
            text = line.strip()
            if not text or text.startswith(("#", "%")):
                continue
            if text.startswith("@"):
                key, *value = text[1:].split(maxsplit=1) or [""]
                facts[key.casefold()] = value[0] if value else ""
                continue
            series, label = _parts(file, text, number, facts)
            if not lengths:
                lengths, above = list(map(len, series)), number - 2
                _check_facts(file, facts)
                writer.writerow([*_names(lengths), *([CLASS] if label is not None else [])])
            if (found := list(map(len, series))) != lengths:
                raise _unequal(file, number, lengths, found)
            cells = ["" if cell == "?" else cell for each in series for cell in each]
            writer.writerow([*cells, *([label] if label is not None else [])])
    if not lengths:
        raise refusal("hold series", got=f"{file.name}, which has none below its header")
    target = CLASS if _has_labels(facts) else None
    return SeriesText(file.with_text(out.getvalue().encode()), ",", target, "", -above)


def _parts(
    file: TableFile, text: str, number: int, facts: dict[str, str]
) -> tuple[list[list[str]], str | None]:
    """
    Cells of each channel of a line of a .ts file, as text, and its class, or None if the file has no classes.

    `text` is the trimmed line with this `number`, from 1; `facts` are the values of the lines above that
    begin with @, by their word in small letters, such as "classlabel". Raises `DataError` for a line above
    @data, time stamps, or a line without a class.
    """
    if "data" not in facts:
        raise refusal("have @data above its series", got=f"{file.name} without it above line {number}")
    if text.startswith("("):
        hint = "Write the values of equal times without their times."
        raise refusal("hold series without time stamps", got=f"{file.name}, line {number}", hint=hint)
    parts = text.split(":")
    label = parts.pop().strip() if _has_labels(facts) else None
    if not parts:
        raise refusal("end each series with a colon and its class", got=f"{file.name}, line {number}")
    return [[cell.strip() for cell in part.split(",")] for part in parts], label


def _check_facts(file: TableFile, facts: dict[str, str]) -> None:
    """Raise `DataError` if `facts`, as in `_parts`, say that targets are numbers: "@targetLabel true"."""
    if facts.get("targetlabel", "").casefold().startswith("true"):
        hint = "A number as target is a regression, which xent does not fit."
        raise refusal("hold classes", got=f"{file.name} with @targetLabel", hint=hint)


def _has_labels(facts: dict[str, str]) -> bool:
    return facts.get("classlabel", facts.get("targetlabel", "")).casefold().startswith("true")


def _names(lengths: list[int]) -> list[str]:
    """
    Names of all samples, channel by channel: "sample 1", or "channel 1 sample 1" with several channels.

    `lengths` are the numbers of samples of the channels.
    """
    if len(lengths) == 1:
        return [f"sample {place}" for place in range(1, lengths[0] + 1)]
    return [
        f"channel {channel} sample {place}"
        for channel, length in enumerate(lengths, start=1)
        for place in range(1, length + 1)
    ]


def _unequal(file: TableFile, number: int, lengths: list[int], found: list[int]) -> Exception:
    """
    Error for line `number`, whose channels have `found` samples each, where the first line's have
    `lengths`.
    """
    if len(found) != len(lengths):
        fact = f"{len(found)} channels on line {number} of {file.name} after {len(lengths)}"
    else:
        place = next(k for k, (a, b) in enumerate(zip(lengths, found, strict=True)) if a != b)
        fact = f"{found[place]} samples on line {number} of {file.name} after {lengths[place]}"
    hint = "Cut or resample the series to one length."
    return refusal("hold series of one length", got=fact, hint=hint)
