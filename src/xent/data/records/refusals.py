"""Errors of reading records: one line, which names the file."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from xent.errors import DataError

__all__ = ["one_line_for", "refusal"]

_LONGEST_REASON = 120


def refusal(rule: str, *, got: str, hint: str = "", argument: str = "data") -> DataError:
    """`DataError` of `read_records`, not raised: `argument` must `rule`, but was `got`; `hint` is advice."""
    return DataError("read_records", argument, rule, got=got, hint=hint)


@contextmanager
def one_line_for(file: str, kind: str) -> Iterator[None]:
    """
    Context that turns exceptions of its block, which reads `file` of this `kind`, into a `DataError` about
    it.

    A `DataError` and a `MemoryError` are raised as they are. Warnings of deprecated calls are not shown.
    """
    try:
        with warnings.catch_warnings():
            # wfdb calls pandas in ways that newer versions of pandas announce to drop.
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.simplefilter("ignore", FutureWarning)
            yield
    except (DataError, MemoryError):
        raise
    except Exception as error:
        # wfdb checks little: damage surfaces as errors of indexing, of NumPy, of pandas or of fsspec.
        lines = str(error).splitlines() or [""]
        said = f"{type(error).__name__}: {lines[0]}".rstrip(": ")[:_LONGEST_REASON]
        raise refusal(
            f"hold a readable {kind}",
            got=f"{file}, of which the reader says {said!r}",
            hint="Where the file is not whole, copy or download it again.",
        ) from error
