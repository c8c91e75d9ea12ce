"""
Unfinished files and directories: named, locked, and replaced or removed as a whole.

A result is made beside its final place under the name ``.NAME.xent-TOKEN.part`` and renamed when it is
complete. The process that makes it holds an advisory lock on it. The kernel releases the lock when that
process ends in any way, so a lock that can be acquired proves that the process has ended. A process number
proves nothing: numbers are reused, and differ between containers. On systems without locks nothing that an
ended process left is removed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

__all__ = ["Unfinished", "hidden_name", "lock", "release", "write_whole"]

_ATTEMPTS = 100
# Windows has no advisory locks of this kind.
_HAS_LOCKS = find_spec("fcntl") is not None


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """
    Write a file that replaces `path` once it is complete and on the disk.

    Whatever ends this call, `path` is the earlier file or the new one. An error leaves nothing beside it; the
    next call for the same `path` removes what a killed process left there.

    Parameters
    ----------
    path : Path
        The file.
    write : callable
        Function that writes its content to an open binary file; its errors pass.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    _remove_leftovers_of(path)
    made = Unfinished.beside(path, directory=False)
    try:
        with made.path.open("wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        made.path.replace(path)
        _sync_folder(path.parent)
    finally:
        made.discard()


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
        """
        Make and lock an empty file, or a directory if `directory`, in the folder of `out`, to be renamed to
        `out`.

        Its name is hidden, .NAME.xent-HEX.part; `out` is neither made nor looked at. Raises `OSError` if that
        fails, and if other processes have removed it 100 times.
        """
        for _ in range(_ATTEMPTS):
            path = hidden_name(out, "part")
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
        """
        Remove the file, or the directory with its content, if it still has its hidden name, and release the
        lock in any case.

        One that was renamed stays. Raises `OSError` if a file cannot be removed; errors within a directory
        are ignored.
        """
        try:
            if self.path.is_dir():
                shutil.rmtree(self.path, ignore_errors=True)
            else:
                self.path.unlink(missing_ok=True)
        finally:
            release(self.descriptor)


def lock(path: Path) -> tuple[int | None, bool]:
    """
    Lock `path` without waiting.

    Returns the descriptor of the lock, and True if `path` may be used. The descriptor is None if `path` is
    gone or there are no locks, of the system or of its file system, and then True goes with the latter. False
    goes with a descriptor if another process holds the lock, or `path` was replaced; it must be released too.
    Raises `OSError` for a link, and for a path that cannot be opened.
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


def hidden_name(out: Path, kind: str) -> Path:
    """Path beside `out` with a random hidden name that no other run uses; `kind` is ``part`` or ``old``."""
    return out.with_name(f".{out.name}.xent-{secrets.token_hex(8)}.{kind}")


def _remove_leftovers_of(path: Path) -> None:
    """
    Remove the unfinished files beside `path`, for `path` alone, whose runs have ended; system errors are
    ignored.

    Those that a running process has locked stay, and all of them where there are no locks.
    """
    name = re.compile(rf"\.{re.escape(path.name)}\.xent-[0-9a-f]{{16}}\.part", re.DOTALL)
    with contextlib.suppress(OSError):
        for each in [one for one in path.parent.iterdir() if name.fullmatch(one.name)]:
            descriptor, free = lock(each)
            try:
                if descriptor is not None and free and each.is_file():
                    each.unlink()
            finally:
                release(descriptor)


def _sync_folder(folder: Path) -> None:
    """
    Write the entries of `folder` to the disk, so that a rename outlasts a loss of power; elsewhere than POSIX
    nothing.
    """
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
