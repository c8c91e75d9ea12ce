"""Classifier whose probabilities are calibrated on predictions of rows that it was not trained on."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone, is_classifier
from sklearn.model_selection import check_cv, cross_val_predict
from sklearn.utils import assert_all_finite, get_tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d

from xent.arrays import check_unmasked, numpy_array
from xent.calibration.calibrator import Calibrator, check_numbers
from xent.calibration.calibrators import TemperatureScaling
from xent.scoring.spaces import log_probs_of

__all__ = ["CalibratedClassifier"]

Array = NDArray[np.float64]


class CalibratedClassifier(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """
    Classifier with calibrated probabilities, in place of scikit-learn's `CalibratedClassifierCV`.

    Parameters
    ----------
    estimator : estimator
        Classifier with `decision_function`, `predict_log_proba` or `predict_proba`.
    calibrator : Calibrator, optional
        Calibrator of its outputs, a copy of which is fitted; `TemperatureScaling` by default. Its
        `classes` may be in any order.
    cv : int or cross-validation splitter, default 5
        Folds whose held-out predictions the calibrator is fitted to; a number gives stratified folds, in the
        order of the rows.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        Classes, sorted.
    estimator_ : estimator
        `estimator` fitted to all rows.
    calibrator_ : Calibrator
        `calibrator` fitted to the held-out predictions.
    n_features_in_ : int
        Number of features, if `estimator_` states it.

    Notes
    -----
    As with ``ensemble=False`` there is one model: the calibrator is fitted to cross-validated predictions,
    the classifier to all rows. Logits are used where the classifier has them, logarithms of probabilities
    otherwise.
    """

    def __init__(self, estimator: Any, calibrator: Any = None, *, cv: Any = 5) -> None:
        self.estimator = estimator
        self.calibrator = calibrator
        self.cv = cv

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = get_tags(self.estimator).input_tags.sparse
        return tags

    def fit(self, X: Any, y: Any, **fit_params: Any) -> Self:
        """
        Fit classifier and calibrator; `fit_params` go to the classifier, ``sample_weight`` to both.

        The calibrator is fitted to predictions of rows that the classifier was not trained on, in the folds
        of `cv`; then the classifier is fitted to all rows. Of `fit_params`, those with an entry for each row
        are split as the rows are; the others are passed on whole.

        Returns
        -------
        CalibratedClassifier
            The estimator itself.

        Raises
        ------
        DataError
            If there are fewer than two classes, or more than two for a calibrator of two.
        ShapeError
            If the outputs do not have a column for each class, such as outputs for pairs of classes.
        DomainError
            If an entry of `X` or `y` is masked, an output is nan or plus infinity, probabilities do not sum
            to 1 within 1e-5, or a weight is negative or not finite, or all are 0. Masks aside, these errors
            come from the calibrator, after the cross-validation: a classifier that refuses such data itself
            raises its own error first, and other faults raise those of scikit-learn.
        """
        check_numbers("CalibratedClassifier", y=y, sample_weight=fit_params.get("sample_weight"))
        check_unmasked(X, caller="CalibratedClassifier", argument="X")
        y = column_or_1d(y, warn=True)
        if y.dtype.kind == "f":
            assert_all_finite(y, input_name="y")
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        folds = check_cv(self.cv, y, classifier=is_classifier(self.estimator))
        method = _method(self.estimator)
        outputs = cross_val_predict(self.estimator, X, y, cv=folds, method=method, params=fit_params or None)
        calibrator = _of_sorted_classes(self.calibrator)
        weights = fit_params.get("sample_weight")
        self.calibrator_ = calibrator.fit(_logits(outputs, method), y, sample_weight=weights)
        self.estimator_ = clone(self.estimator).fit(X, y, **fit_params)
        if hasattr(self.estimator_, "n_features_in_"):
            self.n_features_in_ = self.estimator_.n_features_in_
        return self

    def predict_log_proba(self, X: Any) -> Array:
        """
        Calibrated log-probabilities in nats, of shape (n, K), for features `X` as the classifier takes them.

        Raises the errors of the classifier, and `DomainError` for outputs that the calibrator refuses.
        """
        check_is_fitted(self)
        check_unmasked(X, caller="CalibratedClassifier", argument="X")
        method = _method(self.estimator_)
        return self.calibrator_.predict_log_proba(_logits(getattr(self.estimator_, method)(X), method))

    def predict_proba(self, X: Any) -> Array:
        """
        Calibrated probabilities, of shape (n, K), in the order of `classes_`; raises as
        `predict_log_proba`.
        """
        return np.exp(self.predict_log_proba(X))

    def predict(self, X: Any) -> NDArray[Any]:
        """
        Most probable class of each row after calibration, (n,), an entry of `classes_`; raises as
        `predict_log_proba`.
        """
        log_probs = self.predict_log_proba(X)
        return np.asarray(self.classes_[log_probs.argmax(axis=1)])


def _of_sorted_classes(calibrator: Any) -> Calibrator:
    """Copy, not fitted, of `calibrator`, or for None of the default one, whose columns are sorted classes."""
    copy: Calibrator = TemperatureScaling() if calibrator is None else clone(calibrator)
    if getattr(copy, "classes", None) is not None:
        # The outputs of a classifier are in this order, whatever order the calibrator was given.
        classes = numpy_array(copy.classes, caller="CalibratedClassifier", argument="classes")
        copy.classes = np.sort(classes) if classes.ndim == 1 else classes
    return copy


def _method(estimator: Any) -> str:
    """
    Name of the first output that the estimator has: logits, log-probabilities, probabilities.

    It is "predict_proba" if the estimator has none of them.
    """
    names = ("decision_function", "predict_log_proba", "predict_proba")
    return next((name for name in names if hasattr(estimator, name)), names[-1])


def _logits(outputs: Any, method: str) -> Array:
    """
    Logits of shape (n, K), or (n, 1) for one column, of `outputs` of the `method`; logarithms of
    probabilities.

    Raises `DomainError` for probabilities out of 0 .. 1, or that do not sum to 1 within 1e-5.
    """
    if method != "predict_proba":
        logits = np.asarray(outputs, dtype=np.float64)
        return logits[:, None] if logits.ndim == 1 else logits
    return log_probs_of(outputs, "probs", caller="CalibratedClassifier", argument="estimator")
