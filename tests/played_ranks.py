"""Ranks of a process group that threads of one process play, for fast tests of what ranks exchange."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import torch

from xent.errors import XentError
from xent.torch import process_groups
from xent.torch import ranks as ranks_of_calls

__all__ = ["PlayedRanks"]

# Seconds after which a rank that waits for the others fails: they have raised, or do not call.
TIMEOUT = 20.0


class PlayedRanks:
    """
    Threads that are the ranks of one group, with the interface of `tests.process_groups.Group`.

    The calls that a mutant makes fail by assertion too: a rank that waits in vain raises `AssertionError`.

    Parameters
    ----------
    monkeypatch : pytest.MonkeyPatch
        Replaces the collectives of `xent.torch` until the end of the test.
    ranks : int
        Number of ranks.

    Attributes
    ----------
    sent : list of tuple
        Name and shape of each collective of rank 0, in order.
    """

    def __init__(self, monkeypatch: Any, ranks: int) -> None:
        self.ranks, self.sent = ranks, []
        self._here = threading.local()
        self._met = threading.Barrier(ranks)
        self._parts: list[Any] = [None] * ranks
        fake = SimpleNamespace(
            get_rank=lambda _: self._here.rank,
            get_world_size=lambda _: ranks,
            all_reduce=self._all_reduce,
            is_available=lambda: True,
            is_initialized=lambda: True,
            ProcessGroup=PlayedRanks,
        )
        monkeypatch.setattr(process_groups, "_all_gather", self._all_gather)
        for module in (process_groups, ranks_of_calls):
            monkeypatch.setattr(module, "dist", fake)

    def call(self, function: Any, *args: Any) -> list[Any]:
        """Result of ``function(rank, group, *args)`` on each rank, or the `XentError` raised there."""
        with ThreadPoolExecutor(self.ranks) as pool:
            calls = [pool.submit(self._run, rank, function, args) for rank in range(self.ranks)]
        self._met.reset()
        return [call.result() for call in calls]

    def _run(self, rank: int, function: Any, args: tuple[Any, ...]) -> Any:
        self._here.rank = rank
        try:
            return function(rank, self, *args)
        except XentError as error:
            return error
        except threading.BrokenBarrierError:
            raise AssertionError(f"rank {rank} waits for the others in vain") from None
        except BaseException:
            self._met.abort()
            raise

    def _exchanged(self, name: str, tensor: Any) -> list[Any]:
        """Tensors of all ranks."""
        rank = self._here.rank
        self._parts[rank] = tensor.clone()
        if rank == 0:
            self.sent.append((name, tuple(tensor.shape)))
        self._met.wait(TIMEOUT)
        parts = list(self._parts)
        self._met.wait(TIMEOUT)
        assert len({part.numel() for part in parts}) == 1, f"{name} of different lengths"
        return parts

    def _all_gather(self, received: Any, tensor: Any, group: Any) -> None:
        del group
        received.copy_(torch.cat(self._exchanged("all_gather", tensor)))

    def _all_reduce(self, tensor: Any, group: Any) -> None:
        del group
        tensor.copy_(torch.stack(self._exchanged("all_reduce", tensor)).sum(0))
