"""Methods of `NeuralClassifier` for rows that come in parts, and for sources that each epoch reads again."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.utils import check_random_state

from xent.models.feature_names import set_feature_names
from xent.networks.classifier_training import (
    earlier_network,
    keep,
    new_training,
    trained,
    training_of_rows,
)
from xent.networks.epoch import Epoch
from xent.networks.neural_fit import Watch, rows_of
from xent.networks.parameters import check_parameters
from xent.networks.rows_of_fit import stream_rows
from xent.networks.streamed_training import streamed_parts, streamed_scan
from xent.streams.progress import PassProgress
from xent.streams.readers import Reader, reader_of
from xent.streams.sources import Source, source_of

__all__ = ["BatchTrainingMixin"]

_CALLER = "NeuralClassifier.fit_batches"


class BatchTrainingMixin:
    """Trainings on parts of rows, and on rows that are larger than memory."""

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """
        Take the steps of one epoch of the rows of X: nothing is held out, and nothing is calibrated.

        Learning rate, weight decay, batch size and loss are those of the first call, or of the first one
        after a `fit`. A loss that is not finite raises nothing: predictions are then nan.

        Parameters
        ----------
        X : array, DataFrame or sparse array of shape (n, p)
            Finite numbers. The rows of the first call also give the means and scales of the features, unless
            `fit` came before it.
        y : array of shape (n,)
            Class of each row.
        classes : array of shape (K,), optional
            All classes; needed by the first call only. After `fit` no call needs them: its network, with its
            means and scales, is trained further.
        sample_weight : array of shape (n,), optional
            Factor of each row's loss, finite and >= 0; default 1.

        Returns
        -------
        NeuralClassifier
            The estimator itself.

        Raises
        ------
        DomainError
            If the first call names fewer than two classes, a later one others, y has another class,
            `class_weight` is neither a dict nor None, no row has a positive weight, an entry is masked, a
            parameter, the loss, a class weight or sample weight is out of range, or layers are not those of
            the `fit` before.
        ParameterError
            If the loss has no such parameter.
        DTypeError
            If a weight or class weight is not a real number, or a parameter of the loss of another kind.
        ShapeError
            If `sample_weight` is neither a number nor of shape (n,), or an array among the parameters of the
            loss does not have an entry for each class. Other faults of X and y, such as nan, raise
            scikit-learn's `ValueError`.
        BackendError
            If the device is not there.
        """
        caller = "NeuralClassifier.partial_fit"
        model: Any = self
        check_parameters(model, caller=caller)
        first = not hasattr(model, "module_")
        X, codes, weights, known = stream_rows(
            model, X, y, classes, sample_weight, first=first, caller=caller
        )
        everything = np.arange(len(codes))
        training = model.__dict__.get("_ongoing")
        if training is None:
            earlier = None if first else model.module_
            seed = int(check_random_state(model.random_state).randint(2**31 - 1))
            training = training_of_rows(
                model, X, codes, weights, everything, known, seed, earlier, caller=caller
            )
        rows = rows_of(X, codes, weights, everything, model.standardisation_, training.device, caller=caller)
        training.epoch(rows)
        keep(model, training, rows, None, None)
        # Not before: a first call that fails leaves no training of its classes.
        model._ongoing = training  # noqa: SLF001 - of the same estimator
        model.interrupted_ = False
        return self

    def fit_batches(
        self,
        source: Any,
        *,
        target: str | None = None,
        sample_weight: str | None = None,
        features: str | Sequence[str] | None = None,
        on_epoch: Callable[[Epoch, int], None] | None = None,
        on_progress: Callable[[PassProgress], None] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        resume: bool = False,
    ) -> Self:
        """
        Fit to rows that every epoch reads again in batches, in memory that does not grow with them.

        Parameters
        ----------
        source : str, Path, pyarrow.dataset.Dataset, polars.LazyFrame, callable or sequence of callables
            Parquet, Arrow or CSV file, folder or pattern of such files, URL, a dataset, a lazy frame or a
            frame of Dask; or a function that returns, each time anew, an iterable of ``(X, y)``, ``(X, y,
            weights)``, record batches or data frames. Of a sequence of functions each gives a part of the
            rows.
        target : str, optional
            Column of the classes, which are text, whole numbers, truth values or times, none missing; None
            for tuples of arrays.
        sample_weight : str, optional
            Column of the factors of the rows' losses, finite and >= 0; None means 1.
        features : str or sequence of str, optional
            Columns of numbers that are features; None means all others.
        on_epoch : callable, optional
            Called after each `Epoch` with it and the number of the last epoch if no later one is better.
        on_progress : callable, optional
            Called with a `PassProgress` within each pass; that of the first scan has the number 0.
        checkpoint : path, optional
            File that holds the state after each epoch; it stays after the training.
        resume : bool, default False
            True to continue from `checkpoint` if that file exists, to the bits of a training that was never
            stopped; otherwise an existing file is overwritten. Without `checkpoint` it has no effect.

        Returns
        -------
        NeuralClassifier
            The estimator itself.

        Raises
        ------
        DataError
            If the source cannot be read, has no rows, fewer than two or more than 10,000 classes, or changes
            between epochs; if a column is missing, has gaps or is of another kind; if a class is in held-out
            rows alone, or is to be balanced and has no weight; or if `checkpoint` is damaged or belongs to
            another training.
        DomainError
            If a parameter, the loss or a class weight is out of range, a feature is not finite, a weight
            negative or not finite, an entry is masked, or the network of `warm_start` has changed.
        ParameterError
            If the loss has no such parameter.
        DTypeError
            If a weight or class weight is not a real number, or a parameter of the loss is of another kind;
            other invalid class weights raise scikit-learn's `ValueError`.
        ShapeError
            If a batch of arrays has other columns than the first, or not one label and weight for each row,
            or an array among the parameters of the loss not an entry for each class.
        BackendError
            If the device is not there.
        FloatingPointError
            If the loss of an epoch is not finite.
        OutputError
            If `checkpoint` cannot be written.

        Notes
        -----
        Two scans find the classes, the means and scales of the features, and, for ``epochs="auto"`` and 50
        rows or more, the held-out rows: `held_out` of all, chosen by a hash of their places, at most about
        50,000, which stay in memory; classes of fewer than 50 rows are trained on whole. An epoch takes the
        fragments of the source (runs of row groups, files, slices or functions) in a random order, four at a
        time, and shuffles equal parts of these in a buffer of 65,536 rows, fewer above 64 features. A single
        function is one fragment: the buffer alone mixes its rows. Equal seeds and sources give equal bits on
        one processor.

        Examples
        --------
        >>> import numpy as np
        >>> from xent import NeuralClassifier
        >>> def batches():
        ...     for start in range(0, 900, 300):
        ...         x = np.arange(start, start + 300.0)
        ...         yield x[:, None], x > 450
        >>> model = NeuralClassifier(hidden=(8,), epochs=20, learning_rate=0.01, random_state=0)
        >>> model.fit_batches(batches).predict([[0.0], [899.0]])
        array([False,  True])
        """
        check_parameters(self, caller=_CALLER)
        rows = source_of(source, caller=_CALLER)
        reader = reader_of(rows, target, sample_weight, features, caller=_CALLER)
        place = None if checkpoint is None else Path(checkpoint)
        return self.fit_source(rows, reader, Watch(on_epoch, place, resume, on_progress))

    def fit_source(self, rows: Source, reader: Reader, watch: Watch) -> Self:
        """
        Train on a source by a reader that encodes its rows, and set the fitted attributes.

        Parameters
        ----------
        rows : Source
            Source, which is read twice before the training and again in each epoch.
        reader : Reader
            Maker of features, classes, weights and, if it has any, groups, which are held out whole.
        watch : Watch
            Callbacks, and the checkpoint with the flag to resume from it.

        Returns
        -------
        NeuralClassifier
            The estimator itself. Errors are those of `fit_batches`; an interrupt after the first epoch is
            raised as `KeyboardInterrupt` once the best epoch is kept.
        """
        model: Any = self
        check_parameters(model, caller=_CALLER)
        seed = int(check_random_state(model.random_state).randint(2**31 - 1))
        stream, found, mass = streamed_scan(model, rows, reader, watch, seed=seed, caller=_CALLER)
        classes = stream.classes.classes
        earlier = earlier_network(model, classes, stream.width)
        standard = model.standardisation_ if earlier is not None else found.moments.standardisation()
        training = new_training(model, standard, mass, found.count, classes, seed, earlier, caller=_CALLER)
        set_feature_names(model, reader)
        parts, groups = streamed_parts(stream, found, standard, training.device, watch)
        trained(model, training, parts, watch, groups)
        return self
