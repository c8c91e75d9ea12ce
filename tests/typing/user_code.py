"""Calls as users write them; mypy checks this file with the package, in strict mode, and nothing runs it."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

import xent
from xent import losses, measures
from xent.errors import DomainError, XentError
from xent.torch import cross_entropy, linear_cross_entropy

__all__ = ["classify", "distance", "loss_of", "train"]


def distance(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    """A measure of two distributions, as a number."""
    return float(measures.kl_divergence(p, q, base=2))


def loss_of(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """A loss of arrays, with an option for one call and as an object of its own."""
    values: NDArray[np.float64] = losses.focal(logits, labels, gamma=3.0)
    values += losses.SoftmaxCrossEntropy(label_smoothing=0.1)(logits, labels)
    return values


def train(hidden: torch.Tensor, weight: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """A step of training, without the logits and with them."""
    loss = linear_cross_entropy(hidden, weight, labels)
    assert isinstance(loss, torch.Tensor)
    logits = cross_entropy(hidden @ weight.T, labels)
    assert isinstance(logits, torch.Tensor)
    return loss + logits


def classify(table: str) -> float:
    """A fit of a file, its held-out loss, and the errors that a caller may handle."""
    try:
        fitted = xent.fit(table, target="income")
    except DomainError as error:
        raise ValueError(error.argument) from error
    except XentError as error:
        raise SystemExit(str(error)) from error
    return fitted.findings.held_out.cross_entropy.value
