"""
Rows of a training as batches of tensors: in a new order for each epoch, or in their own order.

The loop of epochs asks for rows in two orders and knows nothing else of them, so rows in memory (`Rows`) and
rows that each epoch reads again (`streamed_rows.py`) share it. The order of an epoch is a function of seeds
alone: a training that resumes from a checkpoint meets the batches that it would have met. `update` feeds a
digest by which a checkpoint is refused if the rows are others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch

from xent.networks.rows_of_network import blocks

__all__ = ["Batch", "Rows", "TrainingRows"]

Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor]
"""Standardised features, class codes and weights of some rows."""


class TrainingRows(Protocol):
    """Rows of a training, in memory or read again in each epoch."""

    def __len__(self) -> int:
        """Number of rows."""

    @property
    def total_weight(self) -> float:
        """Sum of the weights."""

    def shuffled(self, size: int, seeds: Sequence[int]) -> Iterator[Batch]:
        """
        Batches of `size` rows in an order that `seeds` give.

        The last may have fewer; one of a single row is left out, unless `size` is 1 or it is the only row.
        """

    def in_order(self) -> Iterator[Batch]:
        """Batches of all rows in their own order."""

    def update(self, digest: Any) -> None:
        """Feed the rows, or what tells them from others, to `digest`, an object of `hashlib`."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """
    Rows in memory.

    Parameters
    ----------
    features : callable
        Function from row numbers, an integer array, to standardised features, a tensor.
    codes, weights : tensor of shape (n,)
        Class and weight of each row, on the device of the network.
    """

    features: Callable[[Any], torch.Tensor]
    codes: torch.Tensor
    weights: torch.Tensor

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def total_weight(self) -> float:
        """Sum of the weights."""
        return float(self.weights.sum())

    def shuffled(self, size: int, seeds: Sequence[int]) -> Iterator[Batch]:
        """
        Batches of features, codes and weights, of `size` rows but the last, in an order that depends on
        `seeds`.

        Features are standardised, (rows, p); weights are not scaled. A last batch of one row is left out,
        unless `size` is 1 or it is the only row.
        """
        order = np.random.default_rng(seeds).permutation(len(self))
        for block in blocks(len(self), size):
            batch = order[block]
            # A last row alone has no variance, which layers that normalise batches need.
            if len(batch) == 1 < min(size, len(self)):
                continue
            places = torch.from_numpy(batch).to(self.codes.device)
            yield self.features(batch), self.codes[places], self.weights[places]

    def in_order(self) -> Iterator[Batch]:
        """Batches of at most 4,096 rows, all rows in order: standardised features, codes and weights."""
        for block in blocks(len(self)):
            yield self.features(block), self.codes[block], self.weights[block]

    def update(self, digest: Any) -> None:
        """Feed classes, weights and standardised features of all rows to `digest`, an object of `hashlib`."""
        for each in (self.codes, self.weights):
            digest.update(each.cpu().numpy().tobytes())
        for block in blocks(len(self)):
            digest.update(self.features(block).cpu().numpy().tobytes())
