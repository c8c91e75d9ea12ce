"""A directory of results that appears whole or not at all."""

from __future__ import annotations

import errno
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xent.errors import OutputError

__all__ = ["output_directory"]

_MARK = "metrics.json"


@contextmanager
def output_directory(out: Path, *, where: str) -> Iterator[Path]:
    """
    A new directory beside `out`, which takes its place when the block ends without an error.

    An earlier result of ours at `out` is replaced, in that moment and not before; anything else
    there is left alone. After an error, or an interruption, `out` is as it was.

    Parameters
    ----------
    out : Path
        Where the results are to be.
    where : str
        Function to name in errors.

    Raises
    ------
    OutputError
        If `out` cannot be made, holds something that is not ours, or the disk fills up.
    """
    out = out.absolute()
    _refuse_to_overwrite(out, where=where)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent))
    except OSError as error:
        raise _unwritable(out, error, where=where) from error
    try:
        yield made
        _refuse_to_overwrite(out, where=where)
        made.chmod(0o755)
        _take_place(made, out)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise _unwritable(out, error, where=where) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _refuse_to_overwrite(out: Path, *, where: str) -> None:
    if not out.exists() or (out.is_dir() and (not any(out.iterdir()) or _is_ours(out))):
        return
    raise OutputError(
        where,
        "out",
        "be a new directory, or one of earlier results",
        got=f"'{out}', which holds something else",
        hint="Name another directory with --out.",
    )


def _is_ours(out: Path) -> bool:
    try:
        marked = json.loads((out / _MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(marked, dict) and "format" in marked


def _take_place(made: Path, out: Path) -> None:
    if not out.exists():
        made.rename(out)
        return
    old = made.with_suffix(".old")
    out.rename(old)
    try:
        made.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _unwritable(out: Path, error: OSError, *, where: str) -> OutputError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return OutputError(
            where,
            "out",
            "have room for the results",
            got=f"a full disk at '{out.parent}'",
            hint="Nothing was kept; free some space, or name another directory with --out.",
        )
    reason = error.strerror or type(error).__name__
    return OutputError(
        where,
        "out",
        "be a directory that can be written",
        got=f"'{out}' ({reason})",
        hint="Name another directory with --out.",
    )
