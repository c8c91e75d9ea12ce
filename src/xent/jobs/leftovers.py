"""
Leftovers of runs that have ended: removed, or put back in place.

``.NAME.xent-TOKEN.part`` is a result that was not completed (`streams/unfinished.py`), and
``.NAME.xent-TOKEN.old`` an earlier result, set aside for the moment in which a new result takes its place.
"""

from __future__ import annotations

import contextlib
import re
import stat
from pathlib import Path

from xent.jobs.manifest import MANIFEST, RESULTS, files_not_ours
from xent.streams.unfinished import hidden_name, lock

__all__ = ["remove_results", "set_aside_name", "settle", "sweep"]

_NAME = re.compile(r"\.(?P<name>.+)\.xent-[0-9a-f]{16}\.(?P<kind>part|old)", re.DOTALL)


def set_aside_name(out: Path) -> Path:
    """
    Path beside `out`, hidden and with random digits, for the earlier result while a new one takes its place.

    Nothing is made or moved.
    """
    return hidden_name(out, "old")


def sweep(folder: Path) -> None:
    """
    Remove from `folder` unfinished files of runs that have ended, and put back results that they set aside.

    These are hidden entries .NAME.xent-HEX.part and .old, of 16 digits; others are not touched. Results set
    aside are moved back to NAME or, if that exists, removed unless they were edited or hold other files; an
    unfinished directory with files of other names than results stays too. Entries that a running process has
    locked stay, and all of them where there are no locks. An entry that the system refuses to move or remove
    stays; one that cannot be opened, or the folder itself, ends the sweep without an error.
    """
    with contextlib.suppress(OSError):
        for each in list(folder.iterdir()):
            found = _NAME.fullmatch(each.name)
            if found is not None:
                _sweep_one(each, folder / found["name"], found["kind"])


def settle(old: Path, home: Path) -> None:
    """
    Move earlier results, set aside as `old`, back to `home` if that is missing, and remove them otherwise.

    They stay where they are if they are to be removed but were edited or hold other files. Raises `OSError`
    if the system refuses, or `old` is missing.
    """
    if home.exists():
        remove_results(old)
    else:
        old.rename(home)


def remove_results(directory: Path) -> list[str]:
    """
    Remove `directory` if it holds nothing but unchanged results and their manifest; an empty list.

    If it holds other or edited entries, nothing is removed, and a sentence part for each, its name and the
    reason, is returned. Raises `OSError` if the system refuses.
    """
    kept = files_not_ours(directory)
    if not kept:
        for name in (*RESULTS, MANIFEST):
            (directory / name).unlink(missing_ok=True)
        directory.rmdir()
    return kept


def _sweep_one(path: Path, home: Path, kind: str) -> None:
    """
    Remove the leftover `path` of a run that has ended, or put the earlier results in it back at `home`.

    `kind` is "part" for unfinished results, which are removed, and "old" for earlier results that were set
    aside, which `settle` moves or removes. A leftover that a running process has locked stays, and so does
    any other where there are no locks. Raises `OSError` if `path` cannot be opened.
    """
    with lock(path) as held:
        # Without a lock there is no proof that the process that made the file has ended.
        if not held.is_held:
            return
        with contextlib.suppress(OSError):
            if kind == "part":
                _remove_part(path)
            else:
                settle(path, home)


def _remove_part(path: Path) -> None:
    """
    Remove an unfinished file, or a directory that holds nothing but names of results and a manifest.

    Their contents are not checked; a directory that holds other files stays whole.
    """
    if stat.S_ISREG(path.lstat().st_mode):
        path.unlink()
    elif {each.name for each in path.iterdir()} <= {*RESULTS, MANIFEST}:
        for each in path.iterdir():
            each.unlink()
        path.rmdir()
