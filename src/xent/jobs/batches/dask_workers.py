"""Workers of a Dask cluster as an executor, which runs what this process would run."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from xent.errors import BackendError, DataError, DomainError, XentError

__all__ = ["dask_executor"]

_SECONDS = 10


@contextmanager
def dask_executor(address: str) -> Iterator[Executor]:
    """
    Executor of the workers at `address`, ``tcp://HOST:PORT`` of a scheduler or ``local``.

    ``local`` starts a worker process for each core and ends them with the context, in which Dask logs
    nothing. A task that was lost with its worker is computed again, twice at most.

    Raises
    ------
    BackendError
        If Dask is not installed.
    DomainError
        If `address` is neither ``local`` nor holds ``://``.
    DataError
        If no scheduler answers within 10 seconds, it has no workers, or a worker cannot import `xent` or has
        other versions of Python, NumPy or `xent`, whose sums would have other bits; in place of an error of
        the block, if the cluster was lost.
    """
    if address != "local" and "://" not in address:
        raise DomainError("xent fit", "dask", "be local or tcp://HOST:PORT", got=repr(address))
    try:
        import distributed  # noqa: F401 - only to see that it is installed
    except ModuleNotFoundError as error:
        hint = 'Run `pip install "xent[dask]"`.'
        raise BackendError(
            "xent fit", "distributed", "be installed", got="no such package", hint=hint
        ) from error
    with _quiet(), ExitStack() as stack:
        client = stack.enter_context(_client(address, stack))
        try:
            _check_versions(client)
            yield client.get_executor(pure=False, retries=2)
        except XentError:
            raise
        except (Exception, asyncio.CancelledError) as error:
            # An interruption is neither; all else that a lost scheduler makes of a call is.
            if not _is_lost(error, client):
                raise
            reason = (str(error).splitlines() or [""])[0][:120] or type(error).__name__
            fact = f"{address}, of which the client says {reason!r}"
            raise DataError("xent fit", "dask", "stay reachable", got=fact) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """
    Context in which Dask's logger ``distributed`` writes nothing; its level is restored at the end.

    Dask's tracebacks tell what one error of ours tells.
    """
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)


@contextmanager
def _client(address: str, stack: ExitStack) -> Iterator[Any]:
    """
    Client of the scheduler at `address`, or for "local" of a new cluster of processes that ends with `stack`.

    The client is closed at the end. Raises `DataError` for an address without a scheduler that answers within
    10 seconds.
    """
    import distributed

    if address == "local":
        # A free port: that of the default may be taken, which Dask warns of.
        cluster = distributed.LocalCluster(
            threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
        )
        client = distributed.Client(stack.enter_context(cluster))
    else:
        try:
            client = distributed.Client(address, timeout=_SECONDS)
        except (OSError, ValueError) as error:
            fact = f"{address}, where none answers"
            raise DataError("xent fit", "dask", "be the address of a scheduler", got=fact) from error
    try:
        yield client
    finally:
        # A scheduler that is lost cannot be told that its client goes, and all results are here.
        with suppress(Exception):
            client.close()


def _is_lost(error: BaseException, client: Any) -> bool:
    """
    True if `error` shows that the cluster of `client` is lost; False if a task or the caller raised it.

    It is lost if the error says so by its class (cancelled, connection closed, worker killed), or if the
    scheduler of `client` does not answer within 10 seconds when asked here.
    """
    import distributed

    known = (
        CancelledError,
        asyncio.CancelledError,
        distributed.comm.CommClosedError,
        distributed.scheduler.KilledWorker,
    )
    if isinstance(error, known):
        return True
    try:
        client.sync(client.scheduler.identity, callback_timeout=_SECONDS)
    except (Exception, asyncio.CancelledError):  # noqa: BLE001 - any failure to answer
        return True
    return False


def _versions() -> dict[str, str]:
    """Versions that decide the bits of a sum, those of this process, by "Python", "NumPy" and "xent"."""
    import platform

    import numpy as np

    from xent.version import __version__

    return {"Python": platform.python_version(), "NumPy": np.__version__, "xent": __version__}


def _check_versions(client: Any) -> None:
    """
    Raise `DataError` for the first worker of `client` with other versions of Python, NumPy or xent than this
    process.

    It is raised too if there is no worker, or if `xent` cannot be imported by one.
    """
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
