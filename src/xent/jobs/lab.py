"""`lab`: the page of interactive views, written to a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from xent.drawing.short_text import short
from xent.errors import DomainError, OutputError
from xent.jobs.interruptions import uninterrupted
from xent.jobs.leftovers import sweep
from xent.lab.lab_page import LANGUAGES, lab_page
from xent.streams.unfinished import Unfinished

__all__ = ["cache_folder", "write_lab"]

_CALLER = "xent lab"
_MARK = b'<meta name="generator" content="xent lab">'
_HEAD = 1024


def write_lab(out: Path | None = None, language: str | None = None) -> Path:
    """
    Write the lab, one self-contained HTML page, and return the absolute path of the file.

    Parameters
    ----------
    out : Path, optional
        File to write; by default ``lab.html`` in the user's cache, whose folder is made if it is missing.
    language : {"en", "zh"}, optional
        Language in which the page opens; None leaves the choice to the browser.

    Returns
    -------
    Path
        The written file, links resolved. An earlier lab is replaced at once, when the new one is complete.

    Raises
    ------
    DomainError
        If the page has no such language.
    OutputError
        If the file cannot be written, or exists and is not an earlier lab.
    """
    if language not in (None, *LANGUAGES):
        raise DomainError(_CALLER, "lang", f"be one of {', '.join(LANGUAGES)}", got=repr(language))
    text = lab_page(language)
    try:
        if out is None:
            folder = cache_folder()
            folder.mkdir(parents=True, exist_ok=True)
            out = folder / "lab.html"
        # A link stays, and the file that it points to is replaced.
        place = Path(os.path.realpath(out))
        if place.exists() and not _is_lab(place):
            fact = f"'{short(str(out), 200)}', which holds something else"
            hint = "Name another file with --out, or remove that one."
            raise OutputError(_CALLER, "out", "be a new file, or an earlier lab", got=fact, hint=hint)
        _replace(place, text)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        reason = (error.strerror or str(error)).lower()
        fact = f"'{short(str(out), 200)}' ({reason})"
        raise OutputError(_CALLER, "out", "be a file that can be written", got=fact) from error
    return place


def cache_folder() -> Path:
    """
    Folder of xent in the user's cache, by the convention of the system; it may not exist yet.

    The environment decides on it where the system has a variable for it: LOCALAPPDATA or XDG_CACHE_HOME.
    """
    if sys.platform == "win32":
        named, usual = os.environ.get("LOCALAPPDATA"), Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        named, usual = None, Path.home() / "Library" / "Caches"
    else:
        named, usual = os.environ.get("XDG_CACHE_HOME"), Path.home() / ".cache"
    return (Path(named) if named else usual) / "xent"


def _is_lab(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        return _MARK in stream.read(_HEAD)


def _replace(out: Path, text: str) -> None:
    """
    Write `text` to a file beside `out` that is then renamed to it, in place of an earlier file.

    After an error or an interruption an earlier `out` is unchanged. Leftovers of killed runs in the folder,
    which must exist, are removed before. Raises `OSError` if it cannot be written.
    """
    made = None
    try:
        with uninterrupted():
            sweep(out.parent)
            made = Unfinished.beside(out, directory=False)
        made.path.write_text(text, encoding="utf-8", newline="\n")
        made.path.replace(out)
    finally:
        with uninterrupted():
            if made is not None:
                made.discard()
