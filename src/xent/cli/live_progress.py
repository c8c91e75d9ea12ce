"""Progress of a running fit in the terminal: phase, step, loss, gap, elapsed time."""

from __future__ import annotations

import math
import time
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from xent.jobs.watcher import Watcher
from xent.models.penalty_search import PenaltyCandidate
from xent.solvers.iteration import Iteration
from xent.streams.progress import PassProgress

__all__ = ["LiveProgress"]

_PHASES = {
    "read": "Reading",
    "encode": "Encoding",
    "fit": "Fitting",
    "judge": "Judging",
    "race": "Racing",
    "write": "Writing",
}


class LiveProgress(Watcher):
    """
    Progress line of a fit on standard error, if that is a terminal.

    Parameters
    ----------
    shown : bool
        False to show nothing.
    """

    def __init__(self, *, shown: bool) -> None:
        self._began = time.monotonic()
        self._phase = ""
        self._state = ""
        self._last = ""
        self._epochs = ""
        self._fold = ""
        self._first_epoch: tuple[int, float] | None = None
        console = Console(stderr=True)
        self._live = (
            Live(self, console=console, transient=True, refresh_per_second=8, redirect_stdout=False)
            if shown and console.is_terminal
            else None
        )

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def __rich__(self) -> Text:
        elapsed = time.monotonic() - self._began
        return Text(f"{self._phase:9} {self._state:72} {elapsed:6.1f} s", no_wrap=True, overflow="ellipsis")

    def phase(self, name: str) -> None:
        """
        Show the phase `name`, one of "read", "encode", "fit", "judge", "race" and "write", without a
        state.
        """
        self._phase, self._state = _PHASES[name], ""

    def trial(self, C: float) -> None:
        """Show the C that is being judged and, after it, what `candidate` kept of the one before."""
        self._state = f"cross-validating C = {C:g}{self._last}"

    def candidate(self, candidate: PenaltyCandidate) -> None:
        """Keep C and the cross-entropy in nats of `candidate` for later lines of `trial`."""
        self._last = f"  (C = {candidate.C:g}: {candidate.cross_entropy:.4f} nats)"

    def rows(self, progress: PassProgress) -> None:
        """
        Set the line to number of the pass, rows done and left, seconds left, loss in nats and gap.

        The gap is the most by which the loss with its penalty can still fall. The time is left out as long as
        it is nan, and loss and gap as long as the gap is. Within an epoch of a network, the line ends with
        the text of the last epoch that ended.
        """
        left = "" if math.isnan(progress.seconds_left) else f"  {progress.seconds_left:,.0f} s left"
        gap = "" if math.isnan(progress.gap) else f"  loss {progress.loss:.6f}  gap {progress.gap:.0e}"
        rows = f"{progress.rows_done:,} rows, {progress.rows_left:,} to go"
        self._state = f"pass {progress.pass_number}  {rows}{left}{gap}{self._epochs}"

    def comparison(self, fold: int, folds: int) -> None:
        """
        Show that fold number `fold` of `folds`, from 1, of the comparison of a linear model and a network
        begins.
        """
        self._fold, self._first_epoch = f"fold {fold} of {folds}", None
        self._state = f"comparing a linear model and a network, {self._fold}"

    def compared_epoch(self, epoch: Any, last: int) -> None:
        """
        Set the line to the fold that `comparison` named, then to the text of the method `epoch`.

        `epoch` and `last` are the arguments of that method.
        """
        self.epoch(epoch, last)
        self._state = f"{self._fold}  {self._state}"

    def epoch(self, epoch: Any, last: int) -> None:
        """
        Set the line to `epoch`, its losses, and from the second epoch seen on the seconds until epoch `last`.

        `epoch` has number, objective and loss of held-out rows, nan for none. `last` is the number of the
        last epoch if no later one is better. With held-out rows a better one makes the training longer, so
        the time is a lower bound and is shown as "at least". Epoch 1, or the first after a fold began, starts
        the clock.
        """
        now = time.monotonic()
        if epoch.number == 1 or self._first_epoch is None:
            self._first_epoch = (epoch.number, now)
        first, began = self._first_epoch
        done = epoch.number - first
        is_held_out = not math.isnan(epoch.held_out)
        seconds = (now - began) / done * (last - epoch.number) if done else math.nan
        left = f"  {'at least ' if is_held_out else ''}{seconds:.0f} s left" if done else ""
        held_out = f"  held out {epoch.held_out:.4f}" if is_held_out else ""
        self._state = f"epoch {epoch.number}  loss {epoch.objective:.4f}{held_out}{left}"
        # Of an epoch over a stream, which takes long, the passes tell.
        self._epochs = f"  {self._state}"

    def iteration(self, iteration: Iteration) -> None:
        """
        Set the line to the step, the loss in nats, and the gap.

        The gap is the most by which the objective, the loss with its penalty, can still fall.
        """
        self._state = (
            f"step {iteration.step}  loss {iteration.loss:.6f} nats  at most {iteration.gap:.1e} nats to go"
        )
