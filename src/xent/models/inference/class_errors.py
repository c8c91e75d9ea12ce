"""Standard errors of the coefficients as an estimator holds them, one row for each class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.errors import DataError
from xent.models.inference.rows_of_model import GivenRows, fitted_rows
from xent.solvers.threads import one_blas_thread

__all__ = ["class_standard_errors"]

Array = NDArray[np.float64]

# Multiplications that a report may spend on standard errors: about a second.
_MOST_PRODUCTS = 10_000_000_000


def class_standard_errors(model: Any, X: Array, y: Any, sample_weight: Any = None) -> Array | None:
    """
    Standard error of each weight in ``coef_``, of its shape, by the inverse information matrix.

    Intercepts have none here. For more than two classes these are weights that sum to 0 over the classes.
    They are in units of the features, and a penalty's Hessian counts as information. None where the matrix
    would take longer than about a second or is singular, where without a penalty columns depend on others,
    and if the rows are not those of the fit.

    Parameters
    ----------
    model : LogisticRegression
        Fitted estimator, without absolute values in its penalty, for which `DomainError` is raised.
    X, y, sample_weight : array
        Rows of its fit, (n, p), their labels, (n,), and weights, (n,) or None.
    """
    K, (n, p) = len(model.classes_), X.shape
    size = (K - 1) * (p + 1)
    # Of few rows and two classes a matrix of the rows is enough, if there is a penalty.
    is_wide = K == 2 and n < p and np.isfinite(model.C_) and model.estimation_ == "penalised likelihood"
    if (n**2 * p if is_wide else n * size**2 + size**3) > _MOST_PRODUCTS:
        return None
    caller = "class_standard_errors"
    try:
        fit = fitted_rows(model, GivenRows(X, y, sample_weight), None, caller=caller)
        if is_wide:
            return np.sqrt(fit.variances_of_weights())[None] / fit.design.scales
        with one_blas_thread():
            inverse = fit.inverse_information(caller)
    except DataError:
        return None
    P = p + fit.has_intercept
    blocks = inverse.reshape(K - 1, P, K - 1, P)
    # From contrasts with the first class to weights that sum to 0.
    centred = np.ones((1, 1)) if K == 2 else np.eye(K)[:, 1:] - 1 / K
    variances = np.einsum("ka,ajbj,kb->kj", centred, blocks[:, :p, :, :p], centred)
    return np.asarray(np.sqrt(variances) / fit.design.scales)
