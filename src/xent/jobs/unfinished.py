"""
Unfinished files and directories: named, locked and, once the process that made them has ended, removed.

A result is made beside its final place under the name ``.NAME.xent-TOKEN.part`` and renamed when it is
complete. The process that makes it holds an advisory lock on it. The kernel releases the lock when that
process ends in any way, so a lock that can be acquired proves that the process has ended. A process number
proves nothing: numbers are reused, and differ between containers. ``.NAME.xent-TOKEN.old`` is an earlier
result, set aside for the moment in which a new result takes its place. On systems without locks nothing is
removed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from xent.jobs.manifest import MANIFEST, RESULTS, files_not_ours

__all__ = ["Unfinished", "lock", "release", "remove_results", "set_aside_name", "sweep"]

_NAME = re.compile(r"\.(?P<name>.+)\.xent-[0-9a-f]{16}\.(?P<kind>part|old)", re.DOTALL)
_ATTEMPTS = 100
# Windows has no advisory locks of this kind.
_HAS_LOCKS = find_spec("fcntl") is not None


@dataclass(slots=True)
class Unfinished:
    """
    An unfinished file or directory, locked.

    Parameters
    ----------
    path : Path
        The unfinished file or directory.
    descriptor : int or None
        Open descriptor that holds the lock; None on systems without locks.
    """

    path: Path
    descriptor: int | None

    @classmethod
    def beside(cls, out: Path, *, directory: bool) -> Unfinished:
        """Make and lock an empty file or directory that is to be renamed to `out`, in the same directory."""
        for _ in range(_ATTEMPTS):
            path = _hidden_name(out, "part")
            if directory:
                path.mkdir()
            else:
                path.touch(exist_ok=False)
            descriptor, free = lock(path)
            # Between making and locking, another run may have removed the file as a leftover.
            if free:
                return cls(path, descriptor)
            release(descriptor)
        raise OSError(errno.EBUSY, "another process keeps removing what is made")

    def discard(self) -> None:
        """Remove the file or directory if it was not renamed, and release the lock."""
        if self.path.is_dir():
            shutil.rmtree(self.path, ignore_errors=True)
        else:
            self.path.unlink(missing_ok=True)
        release(self.descriptor)


def lock(path: Path) -> tuple[int | None, bool]:
    """
    Lock `path` without waiting.

    Returns the descriptor of the lock, None if `path` is gone or the system has no locks; and False if
    another process holds the lock, or `path` is gone or was replaced, otherwise True.
    """
    if not _HAS_LOCKS:
        return None, True
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None, False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # A lock on a file that was renamed or removed meanwhile would protect nothing.
        return descriptor, os.path.samestat(os.fstat(descriptor), path.lstat())
    except (BlockingIOError, FileNotFoundError):
        return descriptor, False
    except OSError:  # a file system without locks
        release(descriptor)
        return None, True


def release(descriptor: int | None) -> None:
    """Release the lock that `descriptor` holds; None is ignored."""
    if descriptor is not None:
        os.close(descriptor)


def set_aside_name(out: Path) -> Path:
    """Name beside `out` for the earlier result while a new one takes its place."""
    return _hidden_name(out, "old")


def sweep(folder: Path) -> None:
    """Remove from `folder` unfinished files of runs that have ended, and put back results they set aside."""
    with contextlib.suppress(OSError):
        for each in list(folder.iterdir()):
            found = _NAME.fullmatch(each.name)
            if found is not None:
                _sweep_one(each, folder / found["name"], found["kind"])


def remove_results(directory: Path) -> list[str]:
    """Remove a directory of unchanged results; if it holds other entries, return these and remove nothing."""
    kept = files_not_ours(directory)
    if not kept:
        for name in (*RESULTS, MANIFEST):
            (directory / name).unlink(missing_ok=True)
        directory.rmdir()
    return kept


def _sweep_one(path: Path, home: Path, kind: str) -> None:
    descriptor, free = lock(path)
    try:
        # Without a lock there is no proof that the process that made the file has ended.
        if descriptor is None or not free:
            return
        with contextlib.suppress(OSError):
            if kind == "part":
                _remove_part(path)
            elif not home.exists():
                path.rename(home)
            else:
                remove_results(path)
    finally:
        release(descriptor)


def _remove_part(path: Path) -> None:
    if stat.S_ISREG(path.lstat().st_mode):
        path.unlink()
    elif {each.name for each in path.iterdir()} <= {*RESULTS, MANIFEST}:
        for each in path.iterdir():
            each.unlink()
        path.rmdir()


def _hidden_name(out: Path, kind: str) -> Path:
    return out.with_name(f".{out.name}.xent-{secrets.token_hex(8)}.{kind}")
