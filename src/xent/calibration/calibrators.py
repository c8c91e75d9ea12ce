"""Calibrators as scikit-learn estimators: from logits or log-probabilities to calibrated probabilities."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from xent.calibration.candidates import (
    beta,
    isotonic,
    matrix_scaling,
    temperature,
    vector_scaling,
    venn_abers,
)
from xent.calibration.log_softmax import log_softmax
from xent.errors import DataError, DomainError, ShapeError
from xent.scoring.predictions import checked_weights
from xent.scoring.spaces import checked_matrix

__all__ = [
    "BetaCalibration",
    "Calibrator",
    "IsotonicCalibration",
    "MatrixScaling",
    "TemperatureScaling",
    "VectorScaling",
    "VennAbers",
]

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
        ShapeError
            If the columns do not match the classes. Other faults of `X` and `y` raise scikit-learn's errors.
        DomainError
            If an entry of `X` is nan or plus infinity, or a weight is invalid.
        DataError
            If there are fewer than two classes, or more than two for a map of two classes.
        """
        name = type(self).__name__
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
        """Calibrated log-probabilities in nats, of shape (n, K), for logits as `fit` takes them."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite=False, reset=False)
        return np.asarray(self.map_(self._log_probs(X, type(self).__name__)))

    def predict_proba(self, X: Any) -> Array:
        """Calibrated probabilities, of shape (n, K), for logits as `fit` takes them."""
        return np.exp(self.predict_log_proba(X))

    def predict(self, X: Any) -> NDArray[Any]:
        """Most probable class of each row after calibration."""
        log_probs = self.predict_log_proba(X)
        return np.asarray(self.classes_[log_probs.argmax(axis=1)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = not self._only_two
        return tags

    def _check_classes(self, found: NDArray[Any], name: str) -> None:
        if len(self.classes_) < 2:
            raise DataError(name, "y", "hold at least two classes", got=f"{len(self.classes_)} class")
        if self._only_two and len(self.classes_) > 2:
            hint = "Use TemperatureScaling, VectorScaling, MatrixScaling or IsotonicCalibration."
            got = f"{len(self.classes_)}: Only binary classification is supported"
            raise DataError(name, "y", "hold two classes", got=got, hint=hint)
        unknown = np.setdiff1d(found, self.classes_)
        if len(unknown):
            raise DataError(name, "y", "hold the given classes only", got=f"{unknown[0]!r} besides")

    def _log_probs(self, X: Any, name: str) -> Array:
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


class TemperatureScaling(Calibrator):
    """
    Temperature scaling at the certified minimum, mixed with 1 / (n + 1) of the uniform distribution.

    Parameters
    ----------
    classes : array_like of shape (K,), optional
        Classes in the order of the columns; by default the sorted classes of `y`.

    Notes
    -----
    **Definition.** Probabilities ``softmax(beta z)`` with the beta of least mean loss, found by Newton's
    method to within 1e-10 nats. The mixture keeps the loss finite on new rows.

    **Edge cases.** If every row is right at every temperature, beta grows until the loss is below 1e-10. Rows
    whose class has probability 0 are ignored, for no temperature changes that.

    References
    ----------
    .. [1] Guo, C. et al. (2017). On calibration of modern neural networks. ICML, PMLR 70. Section 4.2.

    Examples
    --------
    >>> import numpy as np
    >>> logits = np.asarray([[4.0, 0.0], [4.0, 0.0], [0.0, 4.0], [0.0, 4.0]] * 25)
    >>> model = TemperatureScaling().fit(logits, np.asarray([0, 1, 1, 1] * 25))
    >>> model.predict_proba(logits[:1]).round(2)  # three of four are right
    array([[0.75, 0.25]])
    """

    _fit_map = staticmethod(temperature)


class VectorScaling(Calibrator):
    """
    Temperature scaling, then a factor and a shift of each class's logit, with structured ridge.

    Parameters
    ----------
    classes : array_like of shape (K,), optional
        Classes in the order of the columns; by default the sorted classes of `y`.

    References
    ----------
    .. [1] Berta, E. et al. (2025). Structured matrix scaling for multi-class calibration. Implemented in
       probmetrics 1.2.
    """

    _fit_map = staticmethod(vector_scaling)


class MatrixScaling(Calibrator):
    """
    Temperature scaling, then an affine map of the logits, with structured ridge.

    Parameters
    ----------
    classes : array_like of shape (K,), optional
        Classes in the order of the columns; by default the sorted classes of `y`.

    References
    ----------
    .. [1] Berta, E. et al. (2025). Structured matrix scaling for multi-class calibration. Implemented in
       probmetrics 1.2.
    """

    _fit_map = staticmethod(matrix_scaling)


class BetaCalibration(Calibrator):
    """
    Beta calibration of two classes, without clipping.

    Parameters
    ----------
    classes : array_like of shape (2,), optional
        Classes in the order of the columns; by default the sorted classes of `y`.

    References
    ----------
    .. [1] Kull, M., Silva Filho, T. and Flach, P. (2017). Beta calibration. AISTATS, PMLR 54, 623-631.
    """

    _fit_map = staticmethod(beta)
    _only_two = True


class IsotonicCalibration(Calibrator):
    """
    Isotonic regression of each class on its log-odds, normalised, mixed with 1 / (n + 1) of the uniform.

    Parameters
    ----------
    classes : array_like of shape (K,), optional
        Classes in the order of the columns; by default the sorted classes of `y`.

    References
    ----------
    .. [1] Zadrozny, B. and Elkan, C. (2002). Transforming classifier scores into accurate multiclass
       probability estimates. KDD.
    """

    _fit_map = staticmethod(isotonic)


class VennAbers(Calibrator):
    """
    Inductive Venn-Abers predictor of two classes; `predict_pairs` returns both probabilities.

    Parameters
    ----------
    classes : array_like of shape (2,), optional
        Classes in the order of the columns; by default the sorted classes of `y`.

    References
    ----------
    .. [1] Vovk, V., Petej, I. and Fedorova, V. (2015). Large-scale probabilistic predictors with and without
       guarantees of validity. NeurIPS.
    """

    _fit_map = staticmethod(venn_abers)
    _only_two = True

    def predict_pairs(self, X: Any) -> tuple[Array, Array]:
        """
        Probabilities of the second class, lower and upper, each of shape (n,).

        They are those of an isotonic regression with the row added to the calibration rows as one of the
        first class, and as one of the second. `X` has two columns, logits or probabilities as `fit` read
        them.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite=False, reset=False)
        log_probs = self._log_probs(X, type(self).__name__)
        lower, upper = self.map_.pairs(log_probs[:, 1] - log_probs[:, 0])
        return lower, upper
