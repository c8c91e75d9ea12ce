"""
Files and directories in the making: named, locked and, when their maker has died, swept.

A result is made beside its place under the name ``.NAME.xent-TOKEN.part`` and renamed when it is whole.
Its maker holds an advisory lock on it. The kernel drops the lock when the process ends, however it ends,
so a lock that can be had proves that the maker is gone, which a process number cannot: numbers are reused,
and mean nothing in another container. ``.NAME.xent-TOKEN.old`` is an earlier result, set aside for the
moment in which a new one takes its place. Where locks are not supported nothing is swept.
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
# Windows has none of this kind.
_HAS_LOCKS = find_spec("fcntl") is not None


@dataclass(slots=True)
class Unfinished:
    """
    A file or a directory in the making, locked.

    Parameters
    ----------
    path : Path
        Where it is made.
    descriptor : int or None
        Open descriptor that holds the lock; None where there are no locks.
    """

    path: Path
    descriptor: int | None

    @classmethod
    def beside(cls, out: Path, *, directory: bool) -> Unfinished:
        """Make an empty one that is to become `out`, in the same directory."""
        for _ in range(_ATTEMPTS):
            path = _hidden_name(out, "part")
            if directory:
                path.mkdir()
            else:
                path.touch(exist_ok=False)
            descriptor, free = lock(path)
            # Between making and locking, a sweep may have taken it for a leftover.
            if free:
                return cls(path, descriptor)
            release(descriptor)
        raise OSError(errno.EBUSY, "another process keeps removing what is made")

    def discard(self) -> None:
        """Remove it where it was not renamed, and give the lock back."""
        if self.path.is_dir():
            shutil.rmtree(self.path, ignore_errors=True)
        else:
            self.path.unlink(missing_ok=True)
        release(self.descriptor)


def lock(path: Path) -> tuple[int | None, bool]:
    """Descriptor that locks `path`, and False where another process holds the lock or `path` is gone."""
    if not _HAS_LOCKS:
        return None, True
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None, False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # A lock on what was renamed or removed meanwhile would guard nothing.
        return descriptor, os.path.samestat(os.fstat(descriptor), path.lstat())
    except (BlockingIOError, FileNotFoundError):
        return descriptor, False
    except OSError:  # a file system without locks
        release(descriptor)
        return None, True


def release(descriptor: int | None) -> None:
    """Give a lock back."""
    if descriptor is not None:
        os.close(descriptor)


def set_aside_name(out: Path) -> Path:
    """Name beside `out` for the earlier result while a new one takes its place."""
    return _hidden_name(out, "old")


def sweep(folder: Path) -> None:
    """Remove from `folder` what runs that died left unfinished, and put back results that they set aside."""
    with contextlib.suppress(OSError):
        for each in list(folder.iterdir()):
            found = _NAME.fullmatch(each.name)
            if found is not None:
                _sweep_one(each, folder / found["name"], found["kind"])


def remove_results(directory: Path) -> list[str]:
    """Remove a directory of unchanged results; the entries that are not, which keep it, are returned."""
    kept = files_not_ours(directory)
    if not kept:
        for name in (*RESULTS, MANIFEST):
            (directory / name).unlink(missing_ok=True)
        directory.rmdir()
    return kept


def _sweep_one(path: Path, home: Path, kind: str) -> None:
    descriptor, free = lock(path)
    try:
        # No descriptor, no lock, no proof that its maker is gone.
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
