"""A directory of results that appears whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

from xent.drawing.short_text import short
from xent.errors import OutputError, XentError
from xent.jobs.interruptions import raise_pending_signal, uninterrupted
from xent.jobs.leftovers import remove_results, set_aside_name, settle, sweep
from xent.jobs.manifest import files_not_ours
from xent.streams.unfinished import Unfinished, lock

__all__ = ["output_directory"]

_ATTEMPTS = 200
_PAUSE = 0.02
_LONGEST_PATH = 200
_TAKEN = {errno.EEXIST, errno.ENOTEMPTY}


class output_directory:  # noqa: N801 - reads as the function that it stands for
    """
    A new directory beside `out`, which is renamed to `out` when the block ends without an error.

    Earlier results at `out` are replaced, in that moment and not before, if `out` holds exactly the files
    that their manifest lists, none of them edited. After an error or a signal, `out` is unchanged, or holds
    the new results if it came once they were in place; nothing lies beside it. Leftovers of killed runs in
    the parent directory are removed first.

    Parameters
    ----------
    out : Path
        Directory for the results.
    caller : str
        Name of the caller, for errors.
    reads : sequence of Path, default ()
        Files that the block reads, which must not lie in `out`.
    on_placed : callable, optional
        Called without arguments as soon as the results are at `out`.

    Raises
    ------
    OutputError
        If `out` cannot be made, is a link or the current directory, holds a file that is read or anything
        that is not an unchanged result, or the disk is full.
    """

    # A class, because a signal may arrive between a generator's first half and the block.
    def __init__(
        self,
        out: Path,
        *,
        caller: str,
        reads: Sequence[Path] = (),
        on_placed: Callable[[], object] | None = None,
    ) -> None:
        self._where = caller
        self._asked = out
        self._reads = reads
        self._on_placed = on_placed
        # For the clean-up: parents made here, earlier results set aside, the new directory.
        self._parents: list[Path] = []
        self._set_aside: Path | None = None
        self._unfinished: Unfinished | None = None

    def __enter__(self) -> Path:
        try:
            with uninterrupted():
                self._out = self._checked_place()
                sweep(self._out.parent)
                self._refuse_to_overwrite()
                self._made = self._begun()
                return self._made
        except OSError as error:
            self._clean_up()
            raise self._as_output_error(error) from error
        except BaseException:
            self._clean_up()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if isinstance(error, OSError):
                raise self._as_output_error(error) from error
            if error is None:
                with uninterrupted():
                    self._end()
        except OSError as failure:
            raise self._as_output_error(failure) from failure.__cause__
        finally:
            self._clean_up()

    def _checked_place(self) -> Path:
        """
        Real path of the directory; raises `OutputError` for a place that results may not replace.

        Such places are a link, the current directory, a directory that holds a file which is read, at any
        depth, and a name with a NUL. What the directory holds else is not looked at here.
        """
        if "\0" in str(self._asked):
            raise self._refusal("be the name of a directory", f"{self._name}, which holds a NUL")
        if self._asked.is_symlink():
            hint = "Name the directory that it points to."
            raise self._refusal("be a directory itself", f"the link {self._name}", hint)
        out = Path(os.path.realpath(self._asked))
        if out == Path.cwd():
            raise self._refusal("be another directory than the current one", self._name)
        for each in self._reads:
            if os.path.exists(each) and out in Path(os.path.realpath(each)).parents:  # noqa: PTH110 - never raises
                raise self._refusal("not hold a file that is read", f"{self._name}, which holds '{each}'")
        return out

    def _begun(self) -> Path:
        """
        Locked directory beside the place, in which results are written; missing parents are made.

        `_clean_up` will release the lock and remove the directory, unless it was renamed, and then those of
        the missing parents that are empty: the caller discards nothing. Raises `OSError` if the system
        refuses, or other runs keep removing the parent, 200 times, or once also the folder above it.
        """
        parent = self._out.parent
        absent = [each for each in (parent, *parent.parents) if not each.exists()]
        for attempt in range(_ATTEMPTS):
            for each in reversed(absent):
                self._parents.append(each)
                with contextlib.suppress(FileExistsError):
                    each.mkdir()
            try:
                self._unfinished = Unfinished.beside(self._out, directory=True)
            except FileNotFoundError:
                # Another run that fails removes the parents that it made, perhaps at this moment.
                absent = absent or [parent]
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                return self._unfinished.path
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    def _end(self) -> None:
        """
        Move the results to their place and call `on_placed`, if it was given.

        While another run holds the place, it tries again for about 4 seconds. Raises `Interruption` if a
        signal has come, before anything is moved; `OSError` if other runs still keep the place, and
        `OutputError` if it holds other files than earlier results.
        """
        raise_pending_signal()
        for _ in range(_ATTEMPTS):
            if self._took_place():
                if self._on_placed is not None:
                    self._on_placed()
                return
            time.sleep(_PAUSE)
        raise OSError(errno.EBUSY, "another process is writing it")

    def _took_place(self) -> bool:
        """
        Rename the new directory to `out`, in place of an empty one or of earlier results.

        True once that is done; False if another run holds `out` or has just made it, so that the caller tries
        again. Raises `OutputError` if `out` holds other files than earlier results, and `OSError` if the
        system refuses.
        """
        _remove_if_empty(self._out)
        if not os.path.lexists(self._out):
            return _renamed(self._made, self._out)
        with lock(self._out) as held:
            return held.is_free and self._replaced_earlier()

    def _replaced_earlier(self) -> bool:
        """
        Move earlier results aside, put the new ones in their place, and remove the earlier ones; True once
        that is done.

        False if another run took the place in between; the earlier results are removed all the same. Raises
        `OutputError` if the directory holds other files than results, which stays then. If it gets such files
        while it is moved, `OutputError` is raised too, although the new results, or those of the other run,
        are in place; the earlier ones are kept beside them. If the system refuses the new ones, `OSError` is
        raised, and `_clean_up` puts the earlier ones back.
        """
        self._refuse_to_overwrite()
        old = self._set_aside = set_aside_name(self._out)
        self._out.rename(old)
        done = _renamed(self._made, self._out)
        kept = remove_results(old)
        self._set_aside = None
        if kept:
            placed = (
                "newer results are in place" if done else "results of another run are in place, not these"
            )
            hint = f"It is kept in '{old}'; {placed}."
            raise self._refusal("stand still while it is replaced", f"{kept[0]}, in that moment", hint)
        return done

    def _refuse_to_overwrite(self) -> None:
        """
        Raise `OutputError` if the place is a file, a link, or a directory of other things than earlier
        results.

        A place where there is nothing passes. Raises `OSError` if other runs keep replacing the directory.
        """
        if not os.path.lexists(self._out):
            return
        if not self._out.is_dir() or self._out.is_symlink():
            raise self._refusal("be a new directory, or one of earlier results", f"the file {self._name}")
        found = self._foreign_files()
        if found:
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            raise self._refusal(
                "be a new directory, or one of earlier results and nothing else",
                f"{self._name}, which holds {found[0]}{more}",
                "Move that away, or name another directory with --out.",
            )

    def _foreign_files(self) -> list[str]:
        """
        Entries of `out` that are not unchanged results of ours, each a text of name and reason; empty if all
        are.

        The list is empty too if `out` is missing. It was read while no other run replaced `out`; raises
        `OSError` if other runs keep replacing it for about 4 seconds.
        """
        for _ in range(_ATTEMPTS):
            before = _identity(self._out)
            with contextlib.suppress(FileNotFoundError):
                found = list(files_not_ours(self._out)) if before else []
                if not found or _identity(self._out) == before:
                    return found
            time.sleep(_PAUSE)
        raise OSError(errno.EBUSY, "another process is writing it")

    def _clean_up(self) -> None:
        """
        Put earlier results back, remove the new directory unless it was renamed, and those parents made here
        that are empty.

        Earlier results that were set aside are removed if `out` exists, but kept beside it if they were
        edited or hold other files. A refusal of the system is ignored; a signal that came meanwhile raises
        `Interruption` at the end.
        """
        with uninterrupted():
            if self._set_aside is not None:
                with contextlib.suppress(OSError):
                    settle(self._set_aside, self._out)
            if self._unfinished is not None:
                self._unfinished.discard()
            for each in reversed(self._parents):
                _remove_if_empty(each)

    @property
    def _name(self) -> str:
        return f"'{short(str(self._asked), _LONGEST_PATH)}'"

    def _refusal(self, rule: str, got: str, hint: str = "Name another directory with --out.") -> OutputError:
        return OutputError(self._where, "out", rule, got=got, hint=hint)

    def _as_output_error(self, error: OSError) -> OSError:
        """
        `OutputError` with the reason of `error`, which is returned, not raised, and for a full disk with a
        cure.

        An `error` that is one of `xent` already is returned itself, unless it tells of a refusal by the
        system to write a result: the caller named `out`, not the directory in which results are made.
        """
        if isinstance(error, OutputError) and error.argument in {"directory", "path"}:
            error = error.__cause__ if isinstance(error.__cause__, OSError) else error
        if isinstance(error, XentError):
            return error
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            hint = "Nothing was kept; free some space, or name another directory with --out."
            return self._refusal("have room for the results", f"a full disk at {self._name}", hint)
        reason = (error.strerror or type(error).__name__).lower()
        return self._refusal("be a directory that can be written", f"{self._name} ({reason})")


def _renamed(made: Path, out: Path) -> bool:
    """
    Rename the directory `made` to `out`, in place of an empty one if there is one; True once that is done.

    False if `out` is a directory with entries by now, and `OSError` for any other failure, such as a file
    there.
    """
    try:
        made.rename(out)
    except OSError as error:
        if error.errno not in _TAKEN:
            raise
        return False
    return True


def _remove_if_empty(directory: Path) -> None:
    with contextlib.suppress(OSError):
        directory.rmdir()


def _identity(directory: Path) -> tuple[int, int, int] | None:
    """
    Device, inode and time of the last change, in nanoseconds, of a directory, links followed; None if there
    is none.
    """
    with contextlib.suppress(FileNotFoundError):
        facts = directory.stat()
        return facts.st_dev, facts.st_ino, facts.st_mtime_ns
    return None
