"""`xent fit` of data that are read in batches, with a checkpoint beside the results."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xent.cli.kept_training import checkpoint_of
from xent.errors import DataError

if TYPE_CHECKING:
    from xent.cli.live_progress import LiveProgress
    from xent.jobs.fit_result import Fit

__all__ = ["streamed_fit"]


def streamed_fit(
    data: str,
    target: str | None,
    place: Path,
    *,
    resume: bool,
    dask: str | None,
    progress: LiveProgress,
    **wishes: Any,
) -> Fit:
    """
    Fit in batches, whose passes or epochs are kept in the file ``PLACE.checkpoint``.

    `dask` is the address of a scheduler, or "local", for a linear model; None computes in this process. With
    `resume` the fit goes on from the checkpoint if there is one; without, it begins anew, and an existing
    checkpoint raises `OutputError` for a linear model, and is replaced for a network. `wishes` are further
    fields of `StreamWishes`, among them `model`, "linear" or "network". Only a linear fit that converged
    removes the checkpoint. The folder of `place` is made, and `place` itself not written. Raises `DataError`
    without a target, for data that cannot be fitted and for a checkpoint that is damaged or of another fit,
    `DomainError` for options out of range, and `BackendError` for a missing library.
    """
    from xent.jobs.batches.dask_workers import dask_executor
    from xent.jobs.batches.streamed_fitting import StreamWishes, check_streamed_model, fit_stream

    if target is None:
        raise DataError("xent fit", "target", "name the column to predict", got="nothing")
    check_streamed_model(wishes["model"], distributed=dask is not None)
    checkpoint = checkpoint_of(place)
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    with nullcontext() if dask is None else dask_executor(dask) as executor:
        return fit_stream(
            data,
            target,
            StreamWishes(checkpoint=checkpoint, resume=resume, executor=executor, **wishes),
            name=place.name,
            watcher=progress,
        )
