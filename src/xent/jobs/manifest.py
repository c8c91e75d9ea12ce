"""Manifest of a result: size and checksum of each file, by which a later run may replace the file."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xent.drawing.short_text import short
from xent.errors import OutputError, XentError
from xent.streams.unfinished import Unfinished
from xent.version import __version__

__all__ = [
    "MANIFEST",
    "RESULTS",
    "FileRecord",
    "check_replaceable",
    "files_not_ours",
    "recorded_files",
    "results_in",
    "write_manifest",
]

MANIFEST = "manifest.json"
"""File name of the manifest."""

RESULTS = ("report.html", "metrics.json", "predictions.parquet", "model.skops", "calibrator.json")
"""Names of the files that a fit, a score or a calibration writes beside the manifest."""

_FORMAT = 1
# A manifest of four files is far shorter; a larger file of that name is not a manifest and is not read.
_MOST_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class FileRecord:
    """
    Size and SHA-256 of a file.

    Parameters
    ----------
    bytes : int
        Size.
    sha256 : str
        Checksum of the content, 64 hexadecimal digits.
    """

    bytes: int
    sha256: str

    @classmethod
    def of(cls, file: Path) -> FileRecord:
        """Record of the present content of a file, links followed; `OSError` if it cannot be read."""
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            return cls(stream.tell(), digest)

    def fits(self, file: Path) -> bool:
        """
        True if `file` is a regular file, not a link, with this size and checksum; `OSError` if it is
        missing.
        """
        found = file.lstat()
        return stat.S_ISREG(found.st_mode) and found.st_size == self.bytes and FileRecord.of(file) == self


@contextmanager
def results_in(directory: str | os.PathLike[str], *, caller: str = "save") -> Iterator[Path]:
    """
    Path at which the block writes results; after it they are in `directory`, which exists, with their
    manifest.

    The manifest lists each file there with a name of `RESULTS`, also one that the block did not write; other
    files are not looked at. After an error in the block the directory is as it was: earlier results stay.

    Raises
    ------
    OutputError
        If there is no such directory, a result in it may not be replaced, as `check_replaceable` tells, or
        the block or the manifest raises `OSError`.
    """
    place = Path(directory)
    if not os.path.isdir(place):  # noqa: PTH112 - never raises, however long the name is
        rule, hint = "be a directory that exists", "Make it with `Path(...).mkdir(parents=True)`."
        raise OutputError(caller, "directory", rule, got=f"'{short(str(place), 200)}'", hint=hint)
    try:
        check_replaceable(place, caller=caller)
        with _placed_in(place) as folder:
            yield folder
    except OSError as error:
        cause = error.__cause__ if isinstance(error, XentError) else error
        if not isinstance(cause, OSError):
            raise
        rule = "be a directory that can be written"
        fact = f"'{short(str(place), 200)}' ({(cause.strerror or type(cause).__name__).lower()})"
        raise OutputError(caller, "directory", rule, got=fact) from cause


@contextmanager
def _placed_in(place: Path) -> Iterator[Path]:
    """
    `place` itself if it holds no results, else a hidden directory whose results replace them after the block.

    The manifest is written after the block. After an error `place` holds what it held before.
    """
    names = (*RESULTS, MANIFEST)
    if not any(os.path.lexists(place / name) for name in names):
        try:
            yield place
            write_manifest(place)
        except BaseException:
            for name in names:
                with suppress(OSError):
                    (place / name).unlink(missing_ok=True)
            raise
        return
    made = Unfinished.beside(place / "results", directory=True)
    try:
        yield made.path
        write_manifest(made.path, over=place)
        for name in [each for each in names if (made.path / each).exists()]:
            (made.path / name).replace(place / name)
    finally:
        made.discard()


def write_manifest(directory: Path, *, over: Path | None = None) -> None:
    """
    Write manifest.json into `directory`, in place of an earlier one, with a record of each result
    there and, if these are to be moved to the directory `over`, of each other one there.

    Results are the files with a name of `RESULTS`. Raises `OSError` if one cannot be read or the manifest not
    be written.
    """
    places = [directory] if over is None else [directory, over]
    found = {name: [place / name for place in places if (place / name).exists()] for name in RESULTS}
    files = {name: FileRecord.of(where[0]) for name, where in found.items() if where}
    (directory / MANIFEST).write_text(_rendered(files, __version__), encoding="utf-8")


def recorded_files(directory: Path) -> dict[str, FileRecord]:
    """
    Size in bytes and SHA-256 of the files that the manifest of `directory` lists, by name.

    Empty if the manifest is missing, no file, unreadable, larger than 64 KiB, edited, or lists a name that is
    no result. The files themselves are not looked at.
    """
    try:
        path = directory / MANIFEST
        if not stat.S_ISREG(path.lstat().st_mode) or path.lstat().st_size > _MOST_BYTES:
            return {}
        text = path.read_text(encoding="utf-8")
        document = json.loads(text)
        files = {name: FileRecord(each["bytes"], each["sha256"]) for name, each in document["files"].items()}
        unchanged = text == _rendered(files, document["version"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return files if unchanged and set(files) <= set(RESULTS) else {}


def check_replaceable(directory: Path, *, caller: str) -> None:
    """
    Check that each result in `directory` may be written: the file is absent, or unchanged since xent wrote
    it.

    Results are report.html, metrics.json, predictions.parquet, model.skops, calibrator.json and
    manifest.json; other files are not looked at, and a missing directory passes. `caller` is named in the
    error.

    Raises
    ------
    OutputError
        If a file with the name of a result exists that the manifest does not list with its size and checksum,
        or a manifest that lists no file or was edited.
    """
    records = recorded_files(directory)
    for name in (*RESULTS, MANIFEST):
        file = directory / name
        if not os.path.lexists(file):
            continue
        if not (records if name == MANIFEST else name in records and records[name].fits(file)):
            rule = "hold no other files of the names of results"
            fact = f"'{file}', which xent did not write or was edited since"
            raise OutputError(caller, "directory", rule, got=fact, hint="Name another directory.")


def files_not_ours(directory: Path) -> list[str]:
    """
    Entries of `directory` that a later run must not replace: files that are not listed first, then edited
    ones.

    Returns
    -------
    list of str
        Name and reason for each entry that is not as the manifest lists it, by name; empty if all are, or if
        there is none. Without a usable manifest each entry counts as not listed, but a directory of nothing
        but names of results gives one entry for all. A listed file that is missing gives none.

    Raises
    ------
    OSError
        If `directory` is missing or cannot be read.
    """
    records = recorded_files(directory)
    names = sorted(each.name for each in directory.iterdir())
    unlisted = [name for name in names if name not in records and not (name == MANIFEST and records)]
    if unlisted and set(names) <= {*RESULTS, MANIFEST} and not records:
        reason = "which was edited" if MANIFEST in names else "which no manifest.json lists"
        return [f"{MANIFEST if MANIFEST in names else unlisted[0]!r}, {reason}"]
    foreign = [f"{name!r}, which xent did not write" for name in unlisted]
    edited = [name for name in names if name in records and not records[name].fits(directory / name)]
    return [*foreign, *(f"{name!r}, which was edited" for name in edited)]


def _rendered(files: dict[str, FileRecord], version: Any) -> str:
    listed = {name: {"bytes": each.bytes, "sha256": each.sha256} for name, each in files.items()}
    return json.dumps({"format": _FORMAT, "version": version, "files": listed}, indent=2) + "\n"
