"""The losses, each with the kind of truth it takes: what one test says of all of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from xent import losses

__all__ = ["Case", "cases", "every_loss"]


@dataclass(frozen=True)
class Case:
    """A loss with logits and truths for two rows of it."""

    loss: Any
    name: str
    logits: np.ndarray
    truth: np.ndarray

    @property
    def argument(self):
        """Name of the argument that the truth is."""
        return "labels" if self.truth.dtype.kind == "i" else "targets"


_LOGITS = np.asarray([[0.5, -1.25, 3.0], [-0.75, 2.0, 0.25]])
_TRUTHS = {
    "softmax_cross_entropy": np.asarray([2, 0]),
    "softmax_squared_error": np.asarray([2, 0]),
    "softmax_cross_entropy_of_targets": np.asarray([[0.25, 0.5, 0.25], [0.0, 1.0, 0.0]]),
    "softmax_squared_error_of_targets": np.asarray([[0.25, 0.5, 0.25], [0.0, 1.0, 0.0]]),
    "sigmoid_cross_entropy": np.asarray([[0.0, 1.0, 0.25], [1.0, 0.0, 0.75]]),
    "sigmoid_squared_error": np.asarray([[0.0, 1.0, 0.25], [1.0, 0.0, 0.75]]),
}
cases = tuple(Case(getattr(losses, name), name, _LOGITS, truth) for name, truth in _TRUTHS.items())
every_loss = pytest.mark.parametrize("case", cases, ids=lambda case: case.name)
