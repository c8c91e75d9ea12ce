"""Method of `LogisticRegression` that fits rows in batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Any, Self

from xent.models.batch_fit import BatchWishes, batched_fit
from xent.models.convergence import warn_of
from xent.models.feature_names import set_feature_names
from xent.models.parameters import check_parameters
from xent.solvers.iteration import Iteration
from xent.streams.progress import PassProgress
from xent.streams.readers import Reader, reader_of
from xent.streams.sources import Source, source_of

__all__ = ["BatchFitMixin"]

_CALLER = "LogisticRegression.fit_batches"


class BatchFitMixin:
    """Fits of rows that are larger than memory or lie on several machines."""

    def fit_batches(
        self,
        source: Any,
        *,
        target: str | None = None,
        sample_weight: str | None = None,
        features: str | Sequence[str] | None = None,
        executor: Executor | None = None,
        checkpoint: Any = None,
        resume: bool = False,
        on_progress: Callable[[PassProgress], None] | None = None,
        on_iteration: Callable[[Iteration], None] | None = None,
    ) -> Self:
        """
        Fit to rows that are read in batches, again in each pass, in memory that does not grow with them.

        Parameters
        ----------
        source : str, Path, pyarrow.dataset.Dataset, polars.LazyFrame, callable or sequence of callables
            Parquet, Arrow or CSV file, folder or pattern of such files, URL of a file system that pyarrow
            knows, a dataset, a lazy frame or a frame of Dask; or a function that returns, each time anew, an
            iterable of ``(X, y)``, ``(X, y, weights)``, record batches or data frames. Of a sequence of
            functions each gives a part of the rows.
        target : str, optional
            Column of the classes, which are text, whole numbers, truth values or times, none missing; None
            for tuples of arrays.
        sample_weight : str, optional
            Column of the factors of the rows' losses, finite and >= 0; None means 1.
        features : str or sequence of str, optional
            Columns of numbers that are features; None means all others.
        executor : concurrent.futures.Executor, optional
            Executor that computes the sums of fragments (runs of row groups, files, slices or functions), in
            other threads, processes or machines; None computes them here. The result has the same bits.
        checkpoint : str or Path, optional
            File in which the result of each pass is kept; removed once `tol` is reached.
        resume : bool, default False
            True to go on from `checkpoint` if it exists. On the same machine the fit ends at the bits of an
            uninterrupted one; on another, after a `UserWarning`, at the same optimum with other bits.
        on_progress : callable, optional
            Called with a `PassProgress` after each fragment.
        on_iteration : callable, optional
            Called with each `Iteration`.

        Returns
        -------
        LogisticRegression
            The estimator itself, with the attributes of `fit` and `n_passes_`, the number of passes, the
            first scan included.

        Raises
        ------
        DataError
            If the source cannot be read, has no rows, fewer than two or more than 10,000 classes, or changes
            between passes; if a column is missing, has gaps or is of another kind; if for ``C="auto"`` no
            class has rows in two folds; or `checkpoint` is damaged or belongs to other data.
        DTypeError
            If a weight or class weight is not a real number; other invalid class weights raise scikit-learn's
            `ValueError`.
        DomainError
            If a parameter is out of range, the penalty is not one of finite squares, a feature is not
            finite, a weight or class weight is negative or not finite, or an entry is masked.
        ShapeError
            If a batch of arrays has other columns than the first, or not one label and weight for each row.
        OutputError
            If `checkpoint` exists and `resume` is False, or cannot be written.

        Warns
        -----
        ConvergenceWarning
            If `max_iter` or rounding ends the fit with a gap above `tol`; `checkpoint` then stays.
        UserWarning
            If `checkpoint` was made on another machine.

        Notes
        -----
        The minimum and its certificate are those of `fit`. A first scan finds the classes, and a sample of at
        most about 200,000 rows, every s-th row; Newton's method on the sample gives the first point and the
        preconditioner of L-BFGS, each step of which is a pass. The parameter `solver` has no effect, and
        ``C="auto"`` compares penalties on the sample. Sums are added in the order of the data.

        Examples
        --------
        >>> import numpy as np
        >>> from xent import LogisticRegression
        >>> def batches():
        ...     for start in range(0, 900, 300):
        ...         x = np.arange(start, start + 300.0)
        ...         yield x[:, None], x % 5 < x / 300
        >>> model = LogisticRegression().fit_batches(batches)
        >>> bool(model.gap_ < 1e-8), model.predict([[0.0], [899.0]])
        (True, array([False,  True]))
        """
        check_parameters(self, caller=_CALLER)
        rows = source_of(source, caller=_CALLER)
        reader = reader_of(rows, target, sample_weight, features, caller=_CALLER)
        wishes = BatchWishes(executor, checkpoint, resume, on_progress, on_iteration)
        return self.fit_source(rows, reader, wishes)

    def fit_source(self, rows: Source, reader: Reader, wishes: BatchWishes) -> Self:
        """
        Fit to a source in passes, by a reader that encodes its rows, and set the fitted attributes.

        Parameters
        ----------
        rows : Source
            Source, which is read again in each pass.
        reader : Reader
            Maker of features, classes and weights, also of their names.
        wishes : BatchWishes
            Executor, checkpoint, whether to resume from it, and callbacks.

        Returns
        -------
        LogisticRegression
            The estimator itself. Errors are those of `fit_batches`; a `ConvergenceWarning` is given if the
            gap is above `tol` at the end.
        """
        model: Any = self
        check_parameters(model, caller=_CALLER)
        found = batched_fit(model, rows, reader, wishes, start=model._warm_start, caller=_CALLER)  # noqa: SLF001 # of the same estimator
        model.classes_ = found.classes
        set_feature_names(model, reader)
        model._settle(found.solution, found.C, "penalised likelihood", found.search)  # noqa: SLF001 # same
        model.n_passes_ = found.passes
        if not found.solution.converged:
            warn_of(found.solution, model.tol, model.max_iter, caller=_CALLER)
        return self
