"""Warm process group on gloo: processes started once per module of tests, which then run many functions."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import tempfile
import traceback
from pathlib import Path
from typing import Any

__all__ = ["Group"]

TIMEOUT = 60.0


class Group:
    """
    Processes that are the ranks of one group.

    Parameters
    ----------
    ranks : int
        Number of processes.
    timeout : float
        Seconds after which a collective fails.
    """

    def __init__(self, ranks: int, timeout: float = TIMEOUT) -> None:
        # The server imports PyTorch once, and the ranks of all groups are its children.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(
            ["torch.distributed.tensor.parallel", "torch._dynamo", "xent.torch", "pytest"]
        )
        self.folder = tempfile.TemporaryDirectory()
        store = Path(self.folder.name, "store").as_uri()
        ends = [context.Pipe() for _ in range(ranks)]
        self.pipes = [ours for ours, _ in ends]
        self.processes = [
            context.Process(target=_serve, args=(rank, ranks, store, timeout, theirs), daemon=True)
            for rank, (_, theirs) in enumerate(ends)
        ]
        for process in self.processes:
            process.start()

    def call(self, function: Any, *args: Any) -> list[Any]:
        """Result of ``function(rank, ranks, *args)`` on each rank, or the `XentError` raised there."""
        for pipe in self.pipes:
            pipe.send((function, args))
        # All are received before one is raised: the next call would get what was left.
        answers = [self._received(pipe) for pipe in self.pipes]
        for text, _ in answers:
            if text:
                raise AssertionError(text)
        return [result for _, result in answers]

    def _received(self, pipe: Any) -> tuple[str, Any]:
        """Text of an error and result of one rank; no text and None if its process has ended."""
        if not pipe.poll(2 * TIMEOUT):
            raise TimeoutError
        try:
            text, result = pipe.recv()
        except EOFError:
            return "", None
        return text, result

    def close(self) -> None:
        """End all processes."""
        for pipe in self.pipes:
            pipe.close()
        for process in self.processes:
            process.kill()
            process.join(TIMEOUT)
        self.folder.cleanup()


def _serve(rank: int, ranks: int, store: str, timeout: float, pipe: Any) -> None:
    """Run what comes through the pipe until it is closed."""
    import torch
    import torch.distributed as dist

    from xent.errors import XentError

    torch.set_num_threads(1)
    wait = dt.timedelta(seconds=timeout)
    dist.init_process_group("gloo", init_method=store, rank=rank, world_size=ranks, timeout=wait)
    while True:
        try:
            function, args = pipe.recv()
        except EOFError:
            break
        try:
            answer = ("", function(rank, ranks, *args))
        except XentError as error:
            answer = ("", error)
        except Exception:  # noqa: BLE001 - reported by the test
            answer = (traceback.format_exc(), None)
        pipe.send(answer)
    dist.destroy_process_group()
