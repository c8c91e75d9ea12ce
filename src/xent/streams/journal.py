"""
Journal: the file in which a fit keeps the sums of each pass, and from which an interrupted fit goes on.

A fit is a deterministic function of the results of its passes. So an interrupted fit is repeated from its
start, and each pass that the journal holds takes no time: it ends at the same bits. The journal is written
beside its place, synced and renamed after each pass; whatever happens, the last whole one stays.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.errors import DataError, OutputError
from xent.streams.unfinished import write_whole
from xent.version import __version__

__all__ = ["Entry", "Journal", "check_folder", "machine_name", "open_journal"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Entry:
    """
    Result of a pass.

    Parameters
    ----------
    key : str
        Digest of the pass's arguments.
    kind : str
        As in `PassTask`.
    point : ndarray of shape (M, p + 1)
        Its point.
    sums : tuple of ndarray
        Sums over all rows.
    """

    key: str
    kind: str
    point: Array
    sums: tuple[Array, ...]


@dataclass(slots=True)
class Journal:
    """
    Passes that were made.

    Parameters
    ----------
    path : Path or None
        File of the journal; None to keep it in memory.
    data : str
        Digest of the data, which must be the same when the fit goes on.
    caller : str
        Name of the calling function, for errors.
    entries : dict
        Results by their keys, in the order of the passes.
    machine : str
        Machine that made them.
    """

    path: Path | None
    data: str
    caller: str
    entries: dict[str, Entry] = field(default_factory=dict)
    machine: str = ""

    @property
    def is_of_this_machine(self) -> bool:
        """
        True if the passes were made by the same libraries on a processor of the same kind, or there
        are none.
        """
        return not self.entries or self.machine == machine_name()

    def add(self, entry: Entry) -> None:
        """
        Keep `entry`, and write the file of all entries anew, if there is a path.

        Raises
        ------
        OutputError
            If the file cannot be written; the earlier one is whole and stays, and `entry` is kept in memory.
        """
        self.entries[entry.key] = entry
        if self.path is not None:
            self._write(self.path)

    def remove(self) -> None:
        """Remove the file, if there is one, once the fit has ended; entries in memory stay."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _write(self, path: Path) -> None:
        """
        Replace the checkpoint at `path` by one of all entries, whole; `OutputError` if it cannot be written.

        It has their keys, kinds, points and sums, the digest of the data, and this machine's name. If writing
        fails, the earlier checkpoint stays.
        """
        arrays: dict[str, Array] = {}
        for place, entry in enumerate(self.entries.values()):
            arrays[f"{place}.point"] = entry.point
            arrays |= {f"{place}.{k}": each for k, each in enumerate(entry.sums)}
        facts = {
            "data": self.data,
            "machine": machine_name(),
            "passes": [[one.key, one.kind, len(one.sums)] for one in self.entries.values()],
        }
        arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
        try:
            write_whole(path, lambda file: np.savez(file, **arrays))  # type: ignore[arg-type] # keywords are arrays
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            rule = "be a file that can be written"
            is_kept = "The checkpoint of the pass before is whole: make room and go on with `resume`."
            hint = is_kept if os.path.exists(path) else ""  # noqa: PTH110 - never raises
            raise OutputError(self.caller, "checkpoint", rule, got=f"{path} ({reason})", hint=hint) from error


def check_folder(path: Path, *, caller: str) -> None:
    """Raise `OutputError` unless the folder of the checkpoint at `path` exists, before the work is done."""
    if not os.path.isdir(path.parent):  # noqa: PTH112 - never raises, however long the name is
        got = f"{path}, whose folder is missing"
        raise OutputError(caller, "checkpoint", "be a file in a folder that exists", got=got)


def open_journal(path: str | os.PathLike[str] | None, data: str, *, resume: bool, caller: str) -> Journal:
    """
    Journal at `path`: a new one, or with `resume` that of an interrupted fit, with its entries, if there is a
    file.

    A `path` of None gives a journal that is kept in memory alone. `data` is a digest of all that must be the
    same when the fit goes on. The machine that made the file is not compared; see
    `Journal.is_of_this_machine`. A new journal writes no file yet.

    Raises
    ------
    OutputError
        If there is a file and `resume` is False, or no folder for it.
    DataError
        With `resume`, if the file is no journal, cannot be read, or has another digest.
    """
    if path is None:
        return Journal(None, data, caller)
    path = Path(path)
    if not os.path.exists(path):  # noqa: PTH110 - never raises, however long the name is
        check_folder(path, caller=caller)
        return Journal(path, data, caller)
    if not resume:
        rule, hint = "be a new file", "Go on from it with `resume`, or remove it."
        raise OutputError(caller, "checkpoint", rule, got=f"{path}, which exists", hint=hint)
    try:
        entries, facts = _read(path)
        is_of_other_data, machine = facts["data"] != data, str(facts["machine"])
    except MemoryError:
        raise
    except Exception as error:
        # Whoever writes such a file on purpose can raise exceptions of any kind.
        got, hint = f"{path} ({type(error).__name__})", "Remove the file to begin anew."
        raise DataError(
            caller, "checkpoint", "be a checkpoint of a fit in passes", got=got, hint=hint
        ) from error
    if is_of_other_data:
        rule = "be the checkpoint of a fit to the same data"
        hint = "Its files, columns, rows or classes differ: remove the checkpoint to begin anew."
        raise DataError(caller, "checkpoint", rule, got=f"{path}, of other data", hint=hint)
    return Journal(path, data, caller, entries, machine)


def _read(path: Path) -> tuple[dict[str, Entry], dict[str, Any]]:
    """
    Passes in a checkpoint by their keys, and its facts: "data", a digest, "machine" and "passes".

    "passes" has the key, kind and number of sums of each, in order. Raises `ValueError` for a pipe or device,
    compressed members and sums that are not finite; errors of any kind for other content that this program
    does not write.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        # A device may have no end, and a pipe without a writer is waited for.
        raise ValueError("a pipe or a device")
    with zipfile.ZipFile(path) as archive:
        # Compressed members could unpack to any size; `numpy.savez` compresses none.
        if any(one.file_size != one.compress_size for one in archive.infolist()):
            raise ValueError("compressed members")
    with np.load(path, allow_pickle=False) as arrays:
        facts = json.loads(arrays["facts"].tobytes())
        entries = {}
        for place, (key, kind, count) in enumerate(facts["passes"]):
            sums = tuple(arrays[f"{place}.{k}"] for k in range(count))
            if any(each.dtype != np.float64 or not np.isfinite(each).all() for each in sums):
                raise ValueError("sums that are not finite numbers")
            entries[key] = Entry(str(key), str(kind), arrays[f"{place}.point"], sums)
    return entries, facts


def machine_name() -> str:
    """
    Digest, in hexadecimal digits, of versions and processor, on which the bits of sums depend.

    Versions are those of xent, NumPy and the BLAS libraries that are loaded.
    """
    from llvmlite import binding
    from threadpoolctl import threadpool_info

    blas = sorted(
        f"{one['internal_api']} {one['version']} {one.get('architecture', '')}"
        for one in threadpool_info()
        if one["user_api"] == "blas"
    )
    facts = [__version__, np.__version__, binding.get_host_cpu_name(), *dict.fromkeys(blas)]
    return hashlib.sha256(" | ".join(facts).encode()).hexdigest()
