"""Progress of a fit in passes."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PassProgress"]


@dataclass(frozen=True, slots=True)
class PassProgress:
    """
    State within a pass, losses in nats per unit of weight.

    Parameters
    ----------
    pass_number : int
        Number of the pass; 0 is the scan for classes and a sample.
    rows_done, rows : int
        Rows of this pass that were read, and rows of a pass; in the first scan of functions, whose rows only
        reading tells, both are those read.
    seconds_left : float
        Seconds until the end of the pass at its speed so far; nan before the first rows.
    loss, gap : float
        Cross-entropy and certified gap after the last whole pass; nan before it.
    is_from_checkpoint : bool, default False
        True if the results of the pass were read from a checkpoint.
    """

    pass_number: int
    rows_done: int
    rows: int
    seconds_left: float
    loss: float
    gap: float
    is_from_checkpoint: bool = False

    @property
    def rows_left(self) -> int:
        """Rows of this pass that are still to be read."""
        return self.rows - self.rows_done
