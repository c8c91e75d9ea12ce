"""Rows of an oracle table, gathered into arrays."""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from tests.oracles import tables

__all__ = ["Batch", "row_size", "softmax_batches"]


@dataclass(frozen=True)
class Batch:
    """Rows of one number of classes in one dtype; `truth` finds the exact results of these rows."""

    logits: np.ndarray
    labels: np.ndarray
    targets: np.ndarray
    vectors: np.ndarray
    rows: tuple[dict[str, Any], ...]

    def truth(self, *path):
        """Exact results under the keys `path`, such as ``"of_label", "cross_entropy", "value"``."""
        found = []
        for row in self.rows:
            for key in path:
                row = row[key]  # noqa: PLW2901 - a descent, key by key
            found.append(row)
        return tables.exact(found)


def row_size(truth):
    """The size of the largest entry of each row of exact results, for every entry."""
    return np.broadcast_to(np.abs(truth.hi).max(axis=-1, keepdims=True), truth.hi.shape)


def softmax_batches(dtype, *, xp=None, largest=1000):
    """
    The rows of the table of softmax losses whose inputs are exact in `dtype`, by number of classes.

    JAX compiles each number of classes anew, so it runs on three of them.
    """
    sizes = (2, 5, 1000) if xp is not None and xp.name == "jax" else (1, 2, 5, 10, 1000)
    return [_batch(K, dtype) for K in sizes if largest >= K]


@functools.cache
def _batch(K, dtype):
    rows = [row for row in _table() if len(row["logits"]) == K and _is_exact(row, dtype)]
    arrays = {
        name: tables.floats([row[name] for row in rows]).astype(dtype)
        for name in ("logits", "targets", "vector")
    }
    labels = np.asarray([row["label"] for row in rows])
    return Batch(arrays["logits"], labels, arrays["targets"], arrays["vector"], tuple(rows))


@functools.cache
def _table():
    return tables.read("softmax_losses")


def _is_exact(row, dtype):
    logits = tables.floats(row["logits"])
    with np.errstate(over="ignore"):
        return bool(np.all(logits.astype(dtype) == logits))
