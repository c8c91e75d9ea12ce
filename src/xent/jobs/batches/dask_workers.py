"""Workers of a Dask cluster as an executor, which runs what this process would run."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import ExitStack, contextmanager
from typing import Any

from xent.errors import BackendError, DataError, DomainError

__all__ = ["dask_executor"]

_SECONDS = 10


@contextmanager
def dask_executor(address: str) -> Iterator[Executor]:
    """
    Executor of the workers at `address`, ``tcp://HOST:PORT`` of a scheduler or ``local``.

    ``local`` starts a worker process for each core and ends them with the context. A task that was lost with
    its worker is computed again, twice at most.

    Raises
    ------
    BackendError
        If Dask is not installed.
    DomainError
        If `address` is neither.
    DataError
        If the scheduler does not answer, or a worker has other versions of Python, NumPy or `xent`, whose
        sums would have other bits.
    """
    if address != "local" and "://" not in address:
        raise DomainError("xent fit", "dask", "be local or tcp://HOST:PORT", got=repr(address))
    try:
        import distributed
    except ModuleNotFoundError as error:
        hint = 'Run `pip install "xent[dask]"`.'
        raise BackendError(
            "xent fit", "distributed", "be installed", got="no such package", hint=hint
        ) from error
    with ExitStack() as stack:
        client = stack.enter_context(_client(address, stack))
        _check_versions(client)
        try:
            yield client.get_executor(pure=False, retries=2)
        except (CancelledError, OSError, distributed.scheduler.KilledWorker) as error:
            if not _lost(error, client):
                raise
            reason = (str(error).splitlines() or [""])[0][:120] or type(error).__name__
            fact = f"{address}, of which the client says {reason!r}"
            raise DataError("xent fit", "dask", "stay reachable", got=fact) from error


def _client(address: str, stack: ExitStack) -> Any:
    """Client of the scheduler at `address`, or of a cluster of processes that ends with `stack`."""
    import distributed

    if address == "local":
        cluster = distributed.LocalCluster(threads_per_worker=1, host="127.0.0.1", dashboard_address=None)
        return distributed.Client(stack.enter_context(cluster))
    try:
        return distributed.Client(address, timeout=_SECONDS)
    except (OSError, ValueError) as error:
        fact = f"{address}, where none answers"
        raise DataError("xent fit", "dask", "be the address of a scheduler", got=fact) from error


def _lost(error: BaseException, client: Any) -> bool:
    """True if `error` comes from the cluster, not from a file that this process reads or writes."""
    import distributed

    if isinstance(error, distributed.comm.CommClosedError) or not isinstance(error, OSError):
        return True
    # A connection that could not be made again is an OSError that names the scheduler.
    return str(client.scheduler.address) in str(error)


def _versions() -> dict[str, str]:
    """Versions that decide the bits of a sum."""
    import platform

    import numpy as np

    from xent.version import __version__

    return {"Python": platform.python_version(), "NumPy": np.__version__, "xent": __version__}


def _check_versions(client: Any) -> None:
    """Raise `DataError` for the first worker whose versions differ from those here."""
    rule = "have workers of the same versions"
    try:
        found = client.run(_versions)
    except ImportError as error:
        raise DataError("xent fit", "dask", rule, got=f"a worker that says {str(error)!r}") from error
    if not found:
        raise DataError("xent fit", "dask", "have workers", got="a scheduler without any")
    ours = _versions()
    for worker, theirs in found.items():
        for name, version in ours.items():
            if theirs[name] != version:
                fact = f"worker {worker} with {name} {theirs[name]}, beside {version} here"
                raise DataError("xent fit", "dask", rule, got=fact)
