"""Rows held out from a training to end it, and the epoch at which it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.networks.parameters import patience
from xent.scoring.held_out import split_rows

__all__ = ["LEAST_ROWS", "Ending", "held_out_rows"]

Codes = NDArray[np.integer[Any]]

LEAST_ROWS = 50
"""Rows below which none are held out: so few would end the training by chance."""

_EPOCHS_OF_FEW_ROWS = 100
_MOST_EPOCHS = 1000


@dataclass(frozen=True, slots=True)
class Ending:
    """
    Rule for the last epoch.

    Parameters
    ----------
    most : int
        Number of epochs at most.
    patience : int or None
        Epochs without a lower held-out loss after which the training ends; None if no rows are held out.
    """

    most: int
    patience: int | None

    @classmethod
    def of(cls, epochs: int | str, *, steps_of_epoch: int, holds_out: bool) -> Ending:
        """
        Rule for the parameter `epochs`: a number of epochs, or "auto" to stop by the loss of held-out rows.

        A number is the number of epochs, without patience. "auto" means at most 1,000 epochs, with a patience
        of 20 epochs, fewer or more by `steps_of_epoch`: between 500 and 20,000 steps, but 5 epochs at least.
        It means 100 epochs without held-out rows, for `holds_out` False.
        """
        if epochs != "auto":
            return cls(int(epochs), None)
        if not holds_out:
            return cls(_EPOCHS_OF_FEW_ROWS, None)
        return cls(_MOST_EPOCHS, patience(steps_of_epoch))

    def last(self, best_epoch: int) -> int:
        """
        Number of the last epoch if none after `best_epoch` is better: `patience` epochs after it, at most
        `most`.

        Without a patience it is `most`.
        """
        return self.most if self.patience is None else min(self.most, best_epoch + self.patience)


def held_out_rows(
    codes: Codes, share: float, *, seed: int, groups: Codes | None, wanted: bool
) -> tuple[Codes, Codes]:
    """
    Row numbers to train on and to hold out, both ascending, about a `share` of each class, drawn by `seed`.

    None are held out if not `wanted`, if there are fewer than 50 rows, or if either side would be empty. With
    `groups`, (n,), numbers 0 .. G-1, each is whole on one side. A class has a training row always, a held-out
    one if it has two rows and there are no groups.
    """
    everything = np.arange(len(codes)), np.empty(0, dtype=np.intp)
    if not wanted or len(codes) < LEAST_ROWS:
        return everything
    train, held_out = split_rows(codes, share, seed=seed, groups=groups)
    return (train, held_out) if len(train) and len(held_out) else everything
