"""Calibrator as a scikit-learn estimator, whose subclasses name the map that is fitted."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from xent.arrays import numpy_array
from xent.calibration.log_softmax import log_softmax
from xent.errors import DataError, DomainError, ShapeError
from xent.scoring.predictions import checked_weights
from xent.scoring.spaces import checked_matrix

__all__ = ["Calibrator", "check_numbers"]

Array = NDArray[np.float64]


class Calibrator(ClassifierMixin, BaseEstimator):
    """
    Estimator whose features are the logits of a model; subclasses name the map that is fitted.

    Parameters
    ----------
    classes : array_like of shape (K,), optional
        Classes in the order of the columns; by default the sorted classes of `y`, which must then all occur.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        Classes, in the order of the columns.
    map_ : RecalibrationMap
        Fitted map from log-probabilities to log-probabilities.
    n_features_in_ : int
        Number of columns of the logits.
    """

    _fit_map: Any = None
    _only_two = False

    def __init__(self, classes: Any = None) -> None:
        self.classes = classes

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """
        Fit the map.

        Parameters
        ----------
        X : array_like of shape (n, K), or for two classes (n, 1)
            Logits or log-probabilities, in the order of the classes; a single column is the logit of the
            second class, as ``decision_function`` returns it.
        y : array_like of shape (n,)
            True classes of rows that the model was not trained on.
        sample_weight : array_like of shape (n,), optional
            Weight of each row, finite and >= 0.

        Returns
        -------
        Calibrator
            The estimator itself.

        Raises
        ------
        DTypeError
            If weights are not real numbers, or `X` is a tensor of PyTorch that requires gradients.
        ShapeError
            If the columns do not match the classes, or there is not one weight for each row. Other faults of
            `X` and `y` raise scikit-learn's errors.
        DomainError
            If an entry is masked, one of `X` is nan or plus infinity, a row is minus infinity throughout, a
            weight is negative or not finite, or all are 0.
        DataError
            If there are fewer than two classes, more than two for a map of two classes, `classes` holds one
            twice, or `y` holds another class than `classes`.
        """
        name = type(self).__name__
        check_numbers(name, X=X, y=y, classes=self.classes)
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite=False)
        check_classification_targets(y)
        found = np.unique(y)
        self.classes_ = found if self.classes is None else np.asarray(self.classes)
        self._check_classes(found, name)
        log_probs = self._log_probs(X, name)
        weights = None if sample_weight is None else checked_weights(sample_weight, len(y), caller=name)
        order = np.argsort(self.classes_, kind="stable")
        codes = order[np.searchsorted(self.classes_[order], y)]
        self.map_ = type(self)._fit_map(log_probs, codes, weights)  # noqa: SLF001 - its own
        return self

    def predict_log_proba(self, X: Any) -> Array:
        """
        Calibrated log-probabilities in nats, of shape (n, K), for logits as `fit` takes them.

        Only `BetaCalibration` may give ``-inf``. Raises `DomainError` or `DTypeError` for logits that `fit`
        would refuse, and scikit-learn's ``ValueError`` for another number of columns than in `fit` and before
        `fit`.
        """
        log_probs = self._log_probs_of_fitted(X)
        return np.asarray(self.map_(log_probs))

    def predict_proba(self, X: Any) -> Array:
        """
        Calibrated probabilities, of shape (n, K), for logits as `fit` takes them; raises as
        `predict_log_proba`.
        """
        return np.exp(self.predict_log_proba(X))

    def predict(self, X: Any) -> NDArray[Any]:
        """Most probable class of each row after calibration; raises as `predict_log_proba`."""
        log_probs = self.predict_log_proba(X)
        return np.asarray(self.classes_[log_probs.argmax(axis=1)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = not self._only_two
        return tags

    def _check_classes(self, found: NDArray[Any], name: str) -> None:
        """
        Raise `DataError` unless `classes_` has at least two classes, each once, and `found` holds no other,
        and `ShapeError` if it does not have one axis.

        `found` are the distinct classes of `y`; some of `classes_` may be missing from it. A map made for two
        classes takes no more. `name` is that of the estimator's class, for messages.
        """
        if self.classes_.ndim != 1:
            rule = "have one axis, with a class for each column"
            raise ShapeError(name, "classes", rule, got=f"shape {self.classes_.shape}")
        if len(self.classes_) < 2:
            raise DataError(name, "y", "hold at least two classes", got=f"{len(self.classes_)} class")
        if self._only_two and len(self.classes_) > 2:
            hint = "Use TemperatureScaling, VectorScaling, MatrixScaling or IsotonicCalibration."
            got = f"{len(self.classes_)}: Only binary classification is supported"
            raise DataError(name, "y", "hold two classes", got=got, hint=hint)
        if len(np.unique(self.classes_)) < len(self.classes_):
            raise DataError(name, "classes", "differ from each other", got="one twice")
        unknown = np.setdiff1d(found, self.classes_)
        if len(unknown):
            raise DataError(name, "y", "hold the given classes only", got=f"{unknown[0]!r} besides")

    def _log_probs_of_fitted(self, X: Any) -> Array:
        """Log-probabilities as of `_log_probs`, of logits that suit the fit, by the errors of `fit`."""
        check_is_fitted(self)
        name = type(self).__name__
        check_numbers(name, X=X)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite=False, reset=False)
        return self._log_probs(X, name)

    def _log_probs(self, X: Any, name: str) -> Array:
        """
        Log-probabilities in nats, (n, K), of logits or log-probabilities (n, K), in the order of `classes_`.

        For two classes (n, 1) will do, the logit of the second class; the first then has logit 0. An entry
        may be -inf. Raises `DTypeError` for other than real numbers, `ShapeError` for other columns, and
        `DomainError` for nan, or a row whose largest entry is infinite.
        """
        logits = checked_matrix(X, caller=name, argument="X")
        K = len(self.classes_)
        if logits.shape[1] == 1 and K == 2:
            logits = np.column_stack([np.zeros(len(logits)), logits])
        if logits.shape[1] != K:
            got = f"{logits.shape[1]} columns"
            hint = "Name the classes of all columns with `classes`."
            raise ShapeError(name, "X", f"have a column for each of {K} classes", got=got, hint=hint)
        infinite = np.flatnonzero(~np.isfinite(logits.max(axis=1)))
        if len(infinite):
            index = (int(infinite[0]),)
            raise DomainError(name, "X", "have a finite largest entry in each row", got="inf", index=index)
        return log_softmax(logits)


def check_numbers(caller: str, **given: Any) -> None:
    """
    Raise the error of `numpy_array` for each of the arguments `given` that it does not read; None passes.

    scikit-learn would ignore a mask, and pass on PyTorch's error for a tensor that requires gradients. Data
    frames and sparse arrays, which have neither, pass.
    """
    for argument, values in given.items():
        if values is not None and not hasattr(values, "columns") and not issparse(values):
            numpy_array(values, caller=caller, argument=argument)
