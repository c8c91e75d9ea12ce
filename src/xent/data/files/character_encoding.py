"""Encoding of a text file, by its marks and bytes, and its conversion to UTF-8."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xent.data.files.file_format import TableFile, named, refusal
from xent.data.files.text_encoding import first_bad_byte

__all__ = ["Decoded", "as_declared", "as_guessed", "guessed_encoding", "marked_encoding"]

_HEAD = 1 << 16
# UTF-32 first, because its mark begins with that of UTF-16.
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# In text of Latin letters, of two bytes per character one is 0; of so many per cent of the characters.
_LEAST_ZEROS = 0.6
_HIGH = re.compile(rb"(?s)[^\x80-\xff]?[\x80-\xff]+[^\x80-\xff]?")
_LIKE_UTF8 = re.compile(rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_MOST_SAMPLES = 20_000
_CANDIDATES = {"windows-1252": "cp1252", "mac-roman": "mac_roman", "iso-8859-1": "latin_1"}
_LABELS = {"windows-1252": "Windows-1252", "mac-roman": "Mac Roman", "iso-8859-1": "ISO-8859-1"}
_APOSTROPHE = "\u2019"
_PUNCTUATION = frozenset(f"€£¥©®°±²³µ¼½¾«»\u2013—\u2018{_APOSTROPHE}“”„•…§¿¡·\xa0ºª\xd7÷™")


@dataclass(frozen=True, slots=True)
class Decoded:
    """
    A `file` whose text is UTF-8, and a `note`: a sentence on how its encoding was found.

    The note is "" if the encoding was given or the file was not converted.
    """

    file: TableFile
    note: str = ""


def as_declared(file: TableFile, encoding: str | None) -> Decoded:
    """
    `file` with its text in UTF-8, converted from `encoding` or, for None, as its first 64 KiB tell.

    They tell UTF-16 and UTF-32 by a byte order mark, and UTF-16 without one by its zero bytes; the note says
    so. Any other file is returned as it is, unchecked: whether it is UTF-8 shows when it is read. With
    `encoding` the note is "". Raises `DataError` for a file with bytes that the encoding does not allow.
    """
    if encoding is not None:
        return Decoded(_converted(file, encoding))
    with file.stream() as stream:
        head: bytes = stream.read(_HEAD)
    marked = marked_encoding(head)
    if marked is not None:
        return Decoded(_converted(file, marked), f"Read as {marked.upper()}, as its first bytes say.")
    zeros = _utf16_by_zeros(head)
    if zeros is not None:
        return Decoded(_converted(file, zeros), f"Read as {zeros.upper()}, a guess from its zero bytes.")
    return Decoded(file)


def marked_encoding(head: bytes) -> str | None:
    """
    Encoding whose byte order mark begins `head`, the first bytes of a file: "utf-16" or "utf-32".

    None if there is no such mark.
    """
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def as_guessed(file: TableFile) -> Decoded | None:
    """
    `file`, which is not UTF-8, in the most plausible of Windows-1252, Mac Roman and ISO-8859-1.

    The result holds the whole text, with U+FFFD for bytes that the encoding does not have, and a note. None
    if the file is UTF-8, or if nothing is plausible: it holds control codes, or at least half of its runs of
    bytes beyond ASCII hold UTF-8, so that it is UTF-8 with damage.
    """
    found = first_bad_byte(file.blocks())
    content = b"".join(file.blocks())
    if found is None or _CONTROL.search(content):
        return None
    samples = [match[0] for _, match in zip(range(_MOST_SAMPLES), _HIGH.finditer(content), strict=False)]
    whole = sum(_LIKE_UTF8.search(each) is not None or b"\xed\xa0" in each for each in samples)
    if 2 * whole >= len(samples):
        return None
    name = guessed_encoding(samples)
    line, byte = found
    text = content.decode(_CANDIDATES[name], errors="replace")
    seen = f"byte 0x{byte:02x} on line {line}"
    note = (
        f"The file is not UTF-8 ({seen}); read as {_LABELS[name]}, a guess by its letters; "
        "`--encoding` names another."
    )
    return Decoded(file.with_text(text.encode()), note)


def guessed_encoding(samples: list[bytes]) -> str:
    """
    Encoding by which pieces of text with bytes beyond ASCII look most like words and punctuation.

    It is "windows-1252", "mac-roman" or "iso-8859-1", the first of these in a tie and for no samples.

    Examples
    --------
    >>> guessed_encoding(["café ".encode("cp1252"), "naïve".encode("cp1252")])
    'windows-1252'
    >>> guessed_encoding(["café ".encode("mac_roman"), "Zürich".encode("mac_roman")])
    'mac-roman'
    """
    scores = {
        name: sum(_plausibility(each.decode(codec, errors="replace")) for each in samples)
        for name, codec in _CANDIDATES.items()
    }
    return max(scores, key=lambda name: scores[name])


def _plausibility(text: str) -> float:
    """
    Plausibility of a decoding: a sum over the characters of `text` beyond ASCII, 0 if there are none.

    A letter adds 1, or 2 between letters, but -2 as a capital after a small letter or between a letter and a
    small one. A common sign such as a dash or currency adds 0.5, and -2 between letters unless it is an
    apostrophe or a no-break space; any other character adds -2.
    """
    total = 0.0
    around = f" {text} "
    for before, each, after in zip(around, around[1:], around[2:], strict=False):
        if each <= "\x7f":
            continue
        inside = before.isalpha() and after.isalpha()
        if each.isalpha() and each not in "ªºµƒ":
            # A capital letter inside a word of small ones is the mark of the wrong encoding.
            odd = each.isupper() and (before.islower() or (before.isalpha() and after.islower()))
            total += -2 if odd else 1 + inside
        elif each in _PUNCTUATION:
            total += 0.5 if each in {_APOSTROPHE, "\xa0"} or not inside else -2
        else:
            total -= 2
    return total


def _utf16_by_zeros(head: bytes) -> str | None:
    """
    "utf-16-le" or "utf-16-be" by the zero bytes of `head`, which Latin letters have in UTF-16; else None.

    More than 60 % of the pairs of bytes must have a zero second (le) or first (be), and none in the other
    place.
    """
    if b"\0" not in head:
        return None
    pairs = len(head) // 2
    first, second = head[: 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if second > _LEAST_ZEROS * pairs and first == 0:
        return "utf-16-le"
    return "utf-16-be" if first > _LEAST_ZEROS * pairs and second == 0 else None


def _converted(file: TableFile, encoding: str) -> TableFile:
    """
    `file` with its text, decoded by `encoding`, in UTF-8 in memory, uncompressed and without a byte order
    mark.

    `encoding` is a name that Python knows. Raises `DataError` with the first line that is not in it.
    """
    content = b"".join(file.blocks())
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        fact = f"bytes on line {line} of {file.name} that are not"
        rule = f"be {named(file.format)} in {encoding}"
        raise refusal(rule, got=fact, hint="Name another encoding.") from error
    return file.with_text(text.removeprefix("\ufeff").encode())
