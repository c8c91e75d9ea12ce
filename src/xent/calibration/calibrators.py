"""Calibrators as scikit-learn estimators: from logits or log-probabilities to calibrated probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.calibration.calibrator import Calibrator
from xent.calibration.candidates import (
    beta,
    isotonic,
    matrix_scaling,
    temperature,
    vector_scaling,
    venn_abers,
)

__all__ = [
    "BetaCalibration",
    "IsotonicCalibration",
    "MatrixScaling",
    "TemperatureScaling",
    "VectorScaling",
    "VennAbers",
]

Array = NDArray[np.float64]


class TemperatureScaling(Calibrator):
    """
    Temperature scaling at the certified minimum, mixed with 1 / (n + 1) of the uniform distribution.

    Parameters
    ----------
    classes : array_like of shape (K,), optional
        Classes in the order of the columns; by default the sorted classes of `y`.

    Notes
    -----
    **Definition.** Probabilities ``softmax(beta z)`` with the beta of least mean loss from 2**-16 to 2**16,
    found by Newton's method to within 1e-10 nats. The mixture keeps the loss finite on new rows.

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

    So a new probability of 0 may stay 0; but if a row of `fit` has one, every row is first mixed with
    1 / (n + 1) of the uniform distribution.

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

    Of the lower one, p0, and the upper one, p1, `predict_proba` makes ``p1 / (1 - p0 + p1)``.

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
        Probabilities of the second class, lower and upper in this order, each of shape (n,).

        They are those of an isotonic regression with the row added to the calibration rows as one of the
        first class, and as one of the second. `X` has two columns, logits or log-probabilities, or one, the
        logit of the second class, as `fit` takes them. Raises the errors of `predict_log_proba`.
        """
        log_probs = self._log_probs_of_fitted(X)
        lower, upper = self.map_.pairs(log_probs[:, 1] - log_probs[:, 0])
        return lower, upper
