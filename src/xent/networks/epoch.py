"""One epoch of a training, as it is reported."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Epoch"]


@dataclass(frozen=True, slots=True)
class Epoch:
    """
    Losses of an epoch, in nats.

    Parameters
    ----------
    number : int
        Number of the epoch, from 1.
    objective : float
        Mean of the minimised loss over the batches, while their weights moved and with dropout.
    cross_entropy : float
        Cross-entropy of the averaged network on training rows, as many as are held out; nan if none are.
    held_out : float
        Cross-entropy of the averaged network on the rows held out from training; nan if none are.
    """

    number: int
    objective: float
    cross_entropy: float
    held_out: float
