"""Neural network as a scikit-learn classifier, trained by cross-entropy or another loss of the registry."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.metadata_routing import UNUSED
from sklearn.utils.validation import check_is_fitted, validate_data

from xent.arrays import check_unmasked, real_numbers
from xent.errors import ShapeError
from xent.losses.abstract_loss import AbstractLoss
from xent.models.fit_rows import fit_rows
from xent.networks.attribution import integrated_gradients
from xent.networks.batch_methods import BatchTrainingMixin
from xent.networks.classifier_training import earlier_network, trained, training_of_rows
from xent.networks.early_stopping import held_out_rows
from xent.networks.epoch import Epoch
from xent.networks.neural_fit import Watch, rows_of, sample_of
from xent.networks.parameters import check_parameters
from xent.networks.rows_of_fit import weighted_rows
from xent.networks.rows_of_network import blocks
from xent.networks.training import few_threads, outputs_of

__all__ = ["NeuralClassifier"]

Array = NDArray[np.float64]

_FIT = "NeuralClassifier.fit"


class NeuralClassifier(BatchTrainingMixin, ClassifierMixin, BaseEstimator):
    r"""
    Neural network of least cross-entropy, or another loss in nats, that stops when held-out rows say so.

    Parameters
    ----------
    hidden : sequence of int, default (128, 64)
        Width of each hidden layer; none gives a linear model.
    dropout : float, default 0.3
        Share of the units of each hidden layer that a training step leaves out, in [0, 1).
    members : int or "auto", default "auto"
        Networks that are trained side by side, whose mean probabilities are the prediction; ``"auto"`` takes
        8 for up to 256 features, else 1.
    embedding : bool or "auto", default "auto"
        True to put periodic functions of learned frequencies beside each feature; ``"auto"`` does so for up
        to 256 features.
    module : callable, optional
        Function from the numbers of features and outputs to a `torch.nn.Module`, in place of `hidden`,
        `dropout`, `members` and `embedding`, such as ``xent.networks.signal(128)``.
    loss : str or AbstractLoss, default "softmax_cross_entropy"
        Loss that is minimised, by its name in `xent losses`, or one of `xent.losses` with its parameters.
        Early stopping and calibration go by cross-entropy, whichever loss is minimised.
    loss_parameters : dict, optional
        Parameters of the loss called `loss`: ``{"gamma": 3.0}`` for ``"focal"``.
    epochs : int or "auto", default "auto"
        ``"auto"`` holds out rows and ends when their cross-entropy has not fallen for 20 epochs and 500
        steps, of large data for 20,000 steps and 5 epochs; the weights of the best epoch are kept. A number
        trains that many epochs on all rows.
    batch_size : int or "auto", default "auto"
        Rows of a step; ``"auto"`` takes 16 to 256, for about 64 steps an epoch.
    learning_rate : float, default 1e-3
        Step length of AdamW.
    weight_decay : float, default 0.3
        Shrinkage of the weights per unit of learning rate.
    held_out : float, default 0.1
        Share of each class's rows that ``epochs="auto"`` holds out, of at least 50 rows.
    calibrate : "temperature" or None, default "temperature"
        ``"temperature"`` divides the logits by a temperature fitted to the held-out rows if that lowers their
        cross-fitted loss by more than its standard error and there are 500; `calibration_` tells.
    class_weight : dict or "balanced", optional
        Factor of the loss of each class, as in `LogisticRegression`.
    device : str, default "auto"
        Device of PyTorch; ``"auto"`` takes a GPU if there is one.
    warm_start : bool, default False
        True to start `fit` from the last weights if the numbers of features and the classes are the same;
        parameters of the network must not have changed then.
    random_state : int, RandomState or None, default None
        Seed of the held-out rows, initial weights, orders and dropout. A RandomState, or for None NumPy's
        global one, gives the seed by one draw.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        Classes, sorted.
    module_ : Module
        Trained network, of standardised features.
    history_ : tuple of Epoch
        Losses after every epoch.
    best_epoch_ : int
        Epoch whose weights were kept.
    n_iter_ : int
        Number of epochs.
    loss_ : float
        Mean cross-entropy of the rows trained on, in nats.
    held_out_loss_ : float
        Mean cross-entropy of the held-out rows at the best epoch, before calibration; nan without such rows.
    held_out_rows_ : int
        Number of held-out rows.
    calibration_ : TemperatureChoice
        Map of the probabilities, and the reason for it.
    standardisation_ : Standardisation
        Mean and scale of the features, of the rows trained on.
    interrupted_ : bool
        True if an interrupt ended the training.
    device_ : str
        Device of the training.
    n_features_in_ : int
        Number of features, p.
    feature_names_in_ : ndarray of shape (p,)
        Names of the features; only defined if X has string column names.

    Raises
    ------
    DomainError
        If a parameter or sample weight is out of range.
    DataError
        If y holds fewer than two classes in rows of positive weight, or a checkpoint is of another training.
    BackendError
        If the device is not there.
    FloatingPointError
        If the loss of an epoch is not finite.

    Notes
    -----
    **Definition.** AdamW [1]_ on the weighted mean loss of batches of standardised features, from He's
    initial weights; predictions are those of a running average of the weights [2]_, which replaces a
    schedule of learning rates. Nothing certifies a minimum: the objective is not convex.

    **Edge cases.** Below 50 rows none are held out, and 100 epochs are trained. Rows of weight 0 are ignored.
    A `KeyboardInterrupt` after the first epoch is raised again when the estimator has taken the best epoch so
    far.

    **Numerics.** Single precision, probabilities in double. Equal seeds give equal bits on one processor:
    networks of fewer than a million parameters are trained by one thread, and PyTorch's own generators are
    left as they were.

    References
    ----------
    .. [1] Loshchilov, I. and Hutter, F. (2019). Decoupled weight decay regularization. ICLR.
    .. [2] Polyak, B. and Juditsky, A. (1992). Acceleration of stochastic approximation by averaging. SIAM J.
       Control Optim. 30(4).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from xent import NeuralClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = NeuralClassifier(hidden=(16,), epochs=20, learning_rate=0.01, random_state=0).fit(X, y)
    >>> bool(model.score(X, y) > 0.9)
    True
    """

    __metadata_request__fit: ClassVar = dict.fromkeys(("on_epoch", "checkpoint", "resume"), UNUSED)

    def __init__(
        self,
        *,
        hidden: Sequence[int] = (128, 64),
        dropout: float = 0.3,
        members: int | str = "auto",
        embedding: bool | str = "auto",
        module: Callable[[int, int], Any] | None = None,
        loss: str | AbstractLoss = "softmax_cross_entropy",
        loss_parameters: Mapping[str, Any] | None = None,
        epochs: int | str = "auto",
        batch_size: int | str = "auto",
        learning_rate: float = 1e-3,
        weight_decay: float = 0.3,
        held_out: float = 0.1,
        calibrate: str | None = "temperature",
        class_weight: dict[Any, float] | str | None = None,
        device: str = "auto",
        warm_start: bool = False,
        random_state: Any = None,
    ) -> None:
        self.hidden = hidden
        self.dropout = dropout
        self.members = members
        self.embedding = embedding
        self.module = module
        self.loss = loss
        self.loss_parameters = loss_parameters
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.held_out = held_out
        self.calibrate = calibrate
        self.class_weight = class_weight
        self.device = device
        self.warm_start = warm_start
        self.random_state = random_state

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        groups: Any = None,
        on_epoch: Callable[[Epoch, int], None] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        resume: bool = False,
    ) -> Self:
        """
        Fit to the rows of X and their classes y.

        Parameters
        ----------
        X : array, DataFrame or sparse array of shape (n, p)
            Finite numbers.
        y : array of shape (n,) or (n, K)
            Class of each row, of any type that sorts; or a distribution in each row, over classes 0 .. K-1 or
            the columns of a DataFrame, of which every positive probability costs a copy of the row.
        sample_weight : array of shape (n,), optional
            Factor of each row's loss, finite and >= 0; default 1.
        groups : array of shape (n,), optional
            Group of each row; whole groups are held out.
        on_epoch : callable, optional
            Called after each `Epoch` with it and the number of the last epoch if no later one is better.
        checkpoint : path, optional
            File that holds the state after each epoch; it stays after the training.
        resume : bool, default False
            True to continue from `checkpoint` if that file exists: the result is that of a training that was
            never stopped. Otherwise an existing file is overwritten. Without `checkpoint` it has no effect.

        Returns
        -------
        NeuralClassifier
            The estimator itself.

        Raises
        ------
        DomainError
            If a parameter, the loss, a sample or class weight is out of range, an entry is masked, a row of
            several columns of y is no distribution, or the network of `warm_start` has changed.
        ParameterError
            If the loss has no such parameter.
        DTypeError
            If a sample weight, a class weight or a probability in y is not a real number, groups do not
            compare, or a parameter of the loss is of another kind.
        ShapeError
            If `sample_weight` or `groups` does not have one entry per row, a y of distributions not as many
            rows as X, an array among the parameters of the loss not an entry for each class, or the network
            of `module` not one output per class. Other faults of X, y, `class_weight` and `random_state`,
            such as nan, raise scikit-learn's `ValueError`.
        DataError
            If y holds fewer than two classes in rows of positive weight, a class to be balanced has no such
            row, all rows are of one group, one is of none, or `checkpoint` is damaged or of another training.
        BackendError
            If the device is not there.
        FloatingPointError
            If the loss of an epoch is not finite.
        OutputError
            If `checkpoint` cannot be written.
        """
        check_parameters(self, caller=_FIT)
        rows = fit_rows(self, X, y, sample_weight, None, groups=groups, caller=_FIT)
        X, codes, weights, groups = weighted_rows(rows)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        inside, outside = held_out_rows(
            codes, float(self.held_out), seed=seed, groups=groups, wanted=self.epochs == "auto"
        )
        earlier = earlier_network(self, rows.classes, X.shape[1])
        training = training_of_rows(self, X, codes, weights, inside, rows.classes, seed, earlier, caller=_FIT)
        parts = [
            rows_of(X, codes, weights, each, self.standardisation_, training.device, caller=_FIT)
            for each in (inside, outside)
        ]
        held_out = parts[1] if len(outside) else None
        sample = None if held_out is None else sample_of(parts[0], len(outside), seed)
        watch = Watch(on_epoch, None if checkpoint is None else Path(checkpoint), resume)
        trained(
            self, training, (parts[0], sample, held_out), watch, None if groups is None else groups[outside]
        )
        return self

    def predict_log_proba(self, X: Any) -> Array:
        """
        Logarithm of every class's probability in nats, of shape (n, K), in the order of `classes_`.

        Raises `DomainError` for a masked entry and a feature beyond single precision once standardised, and
        scikit-learn's `NotFittedError` before `fit` and `ValueError` for nan, infinity and other columns.
        """
        check_is_fitted(self, "module_")
        check_unmasked(X, caller="NeuralClassifier", argument="X")
        X = validate_data(self, X, reset=False, accept_sparse="csr", dtype="numeric")
        device = next((each.device for each in self.module_.parameters()), None)
        found = np.empty((X.shape[0], len(self.classes_)))
        with few_threads(self.module_):
            for block in blocks(X.shape[0]):
                features = self.standardisation_(X[block], caller="NeuralClassifier").to(device)
                outputs = outputs_of(self.module_, features).cpu().double()
                found[block] = self._loss.log_probs(outputs).numpy()
        return np.asarray(self.calibration_.map(found))

    def predict_proba(self, X: Any) -> Array:
        """Probability of every class for each row of X, of shape (n, K)."""
        return np.exp(self.predict_log_proba(X))

    def predict(self, X: Any) -> NDArray[Any]:
        """Most probable class of each row of X, of shape (n,)."""
        places = self.predict_log_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[places])

    def class_attribution(self, means: Array) -> tuple[str, Array]:
        """
        Name of the method, and the part of each feature in the logit of each class at the mean of its rows.

        Parameters
        ----------
        means : ndarray of shape (K, p)
            Mean of the rows of each class.

        Returns
        -------
        tuple of str and ndarray of shape (K, p)
            ``"integrated gradients"``, and the parts. Those of a class sum, but for the error of a rule of 64
            points, to the evidence for it at its mean minus that at the mean of all rows. The evidence is the
            output of the class minus the mean of all outputs; for a network of K - 1 outputs, those below the
            class minus its own: of two classes minus the output, and the output.

        Raises
        ------
        ShapeError
            If `means` is not of shape (K, p).
        DTypeError, DomainError
            If an entry is no real number, masked, or beyond single precision once standardised.
        """
        check_is_fitted(self, "module_")
        caller = "NeuralClassifier.class_attribution"
        rows = real_numbers(means, caller=caller, argument="means")
        shape = (len(self.classes_), len(self.standardisation_.mean))
        if rows.shape != shape:
            raise ShapeError(
                caller, "means", f"have shape {shape}, a row for each class", got=str(rows.shape)
            )
        with few_threads(self.module_):
            return "integrated gradients", integrated_gradients(self, rows)

    def __sklearn_tags__(self) -> Any:
        """Tags of scikit-learn: sparse features are accepted."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
