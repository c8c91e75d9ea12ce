"""Sentence on the checkpoint with which a command that an error or a signal ends can be continued."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from xent.errors import DataError

if TYPE_CHECKING:
    from xent.cli.failures import Outcome

__all__ = ["checkpoint_of", "kept_training"]


def checkpoint_of(place: Path) -> Path:
    """
    Checkpoint of a fit whose results go to `place`: the file ``PLACE.checkpoint`` beside it.

    `place` itself appears only when all is done.
    """
    return place.parent / f"{place.name}.checkpoint"


@contextmanager
def kept_training(checkpoint: Path, outcome: Outcome, *, parts: str) -> Iterator[None]:
    """
    Context that makes the sentence of `outcome` tell, if its block raises, where training is kept.

    `parts` is "Epochs" or "Passes", those of the file `checkpoint`; "Folds" of the file beside it are named
    if only that exists. Nothing is changed if `parts` is empty, no file exists, `outcome` tells of results
    already, or the error says that the checkpoint is damaged or another training's. The exception is raised
    again.
    """
    try:
        yield
    except BaseException as error:
        # An interruption, too, ends with the line that tells how to go on.
        is_useless = isinstance(error, DataError) and error.argument == "checkpoint"
        folds = checkpoint.with_name(f"{checkpoint.name}.folds")
        found = [(parts, checkpoint), ("Folds", folds)]
        kept = next((f"{what} are kept in {file}" for what, file in found if _exists(file)), None)
        if parts and kept and not is_useless and not outcome.addition:
            outcome.kept = f"{kept}: --resume goes on."
        raise


def _exists(file: Path) -> bool:
    try:
        return file.exists()
    except OSError:  # a name that is too long, of which the error that ends the block speaks
        return False
