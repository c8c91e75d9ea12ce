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

    For more than two classes these are weights that sum to 0 over the classes. None where the matrix would
    take longer than about a second, or is singular.

    Parameters
    ----------
    model : LogisticRegression
        Fitted estimator.
    X, y, sample_weight : array
        Rows of its fit.
    """
    K, (n, p) = len(model.classes_), X.shape
    size = (K - 1) * (p + 1)
    # The inverse takes about the cube of the size: more than the sums, if columns outnumber rows.
    if (n + size) * size**2 > _MOST_PRODUCTS:
        return None
    caller = "class_standard_errors"
    try:
        fit = fitted_rows(model, GivenRows(X, y, sample_weight), None, caller=caller)
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
