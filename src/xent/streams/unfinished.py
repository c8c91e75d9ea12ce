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
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, Self

__all__ = ["Lock", "Unfinished", "hidden_name", "lock", "write_whole"]

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
class Lock:
    """
    Advisory lock on a file or directory: released by `release`, and at the latest when this object dies.

    In a `with` statement it is released at the end.

    Parameters
    ----------
    descriptors : list of int, default []
        The open descriptor that holds the lock; empty if the file is gone, there are no locks, of the system
        or of its file system, or the lock was released.
    is_free : bool, default False
        True if no other process holds the lock and the file was not replaced, and where there are no locks.
    """

    descriptors: list[int] = field(default_factory=list)
    is_free: bool = False

    @property
    def is_held(self) -> bool:
        """True if this process holds the lock, which proves that no other one does."""
        return self.is_free and bool(self.descriptors)

    def release(self) -> None:
        """Release the lock; may be repeated."""
        while self.descriptors:
            # Taken out before it is closed: another file may get its number at once.
            os.close(self.descriptors.pop())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def __del__(self) -> None:
        self.release()


@dataclass(slots=True, weakref_slot=True)
class Unfinished:
    """
    An unfinished file or directory, locked.

    It is removed by `discard`, and at the latest when this object dies in the process that made it: a signal
    handler of the program's own may raise where no `finally` protects yet.

    Parameters
    ----------
    path : Path
        The unfinished file or directory.
    lock : Lock, optional
        Lock on it.
    """

    path: Path
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        weakref.finalize(self, _remove_by_maker, self.path, os.getpid())

    @classmethod
    def beside(cls, out: Path, *, directory: bool) -> Unfinished:
        """
        Make and lock an empty file, or a directory if `directory`, in the folder of `out`, to be renamed to
        `out`.

        Its name is hidden, .NAME.xent-HEX.part; `out` is neither made nor looked at. Raises `OSError` if that
        fails, and if other processes have removed it 100 times.
        """
        for _ in range(_ATTEMPTS):
            made = cls(path := hidden_name(out, "part"))
            if directory:
                path.mkdir()
            else:
                path.touch(exist_ok=False)
            made.lock = lock(path)
            # Between making and locking, another run may have removed the file as a leftover.
            if made.lock.is_free:
                return made
        raise OSError(errno.EBUSY, "another process keeps removing what is made")

    def discard(self) -> None:
        """
        Remove the file, or the directory with its content, if it still has its hidden name, and release the
        lock in any case.

        One that was renamed stays. May be repeated. Raises `OSError` if a file cannot be removed; errors
        within a directory are ignored.
        """
        try:
            _remove(self.path)
        finally:
            self.lock.release()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _remove_by_maker(path: Path, process: int) -> None:
    # A fork of the process holds the same objects, and removes nothing.
    if os.getpid() == process:
        with contextlib.suppress(OSError):
            _remove(path)


def lock(path: Path) -> Lock:
    """
    Lock `path` without waiting, if no other process holds it; see `Lock` for what was reached.

    Raises `OSError` for a link, and for a path that is there but cannot be opened.
    """
    made = Lock()
    if not _HAS_LOCKS:
        made.is_free = True
        return made
    import fcntl

    try:
        made.descriptors.append(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK))
        fcntl.flock(made.descriptors[0], fcntl.LOCK_EX | fcntl.LOCK_NB)
        # A lock on a file that was renamed or removed meanwhile would protect nothing.
        made.is_free = os.path.samestat(os.fstat(made.descriptors[0]), path.lstat())
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError:
        if not made.descriptors:
            raise
        # A file system without locks.
        made.release()
        made.is_free = True
    return made


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
            with lock(each) as held:
                if held.is_held and each.is_file():
                    each.unlink()


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
