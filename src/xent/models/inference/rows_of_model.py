"""Rows given to the inference of a fitted estimator, checked against its fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from xent.errors import DataError, DomainError
from xent.models.class_codes import class_codes
from xent.models.feature_names import feature_names
from xent.models.fit_rows import checked_offset, offsets_of_classes
from xent.models.inference.fitted_rows import FittedRows
from xent.models.parameters import is_unpenalised, l1_ratio_of
from xent.models.row_weights import row_weights
from xent.models.unpenalised_fit import contrasts_of
from xent.solvers.feature_rows import is_sparse

__all__ = ["GivenRows", "fitted_rows"]

# Relative difference of the loss that another order of summation may cause.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class GivenRows:
    """
    Rows of a fit as a caller gives them, unchecked.

    Parameters
    ----------
    X, y, sample_weight, offset : array
        As for `LogisticRegression.fit`.
    """

    X: Any
    y: Any
    sample_weight: Any = None
    offset: Any = None


def fitted_rows(model: Any, given: GivenRows, reference: Any, *, caller: str) -> FittedRows:
    """
    Rows of the fit of `model`, with contrasts against the class `reference`, the first class for None.

    The reference gets the number 0, the other classes follow in their order; weights include class weights.
    Sparse features become dense. Scikit-learn's `NotFittedError` is raised before `fit`, and its `ValueError`
    for other columns, entries that are not finite, and distributions for y.

    Raises
    ------
    DTypeError
        If a weight or offset is not a real number.
    DomainError
        If `reference` is not one of the classes, the fit has a penalty of absolute values, or a weight or
        offset is out of range.
    DataError
        If y holds other classes than the fit, or fewer than two with weight, one to be balanced has no
        weight, or the mean loss of the rows is not that of the fit within 1e-6, relatively.
    ShapeError
        If the weights or offsets do not have one entry for each row.
    """
    check_is_fitted(model)
    ratio = _l1_ratio(model)
    if ratio > 0:
        # The penalty has no second derivative at 0, where such a fit has its zeros.
        hint = 'Use `C=inf`, `penalty="firth"` or `l1_ratio=0`.'
        raise DomainError(caller, "l1_ratio", "be 0 in the fit", got=repr(ratio), hint=hint)
    X, y = validate_data(model, given.X, given.y, dtype=np.float64, accept_sparse=["csr", "csc"], reset=False)
    X = X.toarray() if is_sparse(X) else X
    n = len(y)
    known = {label: k for k, label in enumerate(model.classes_.tolist())}
    base = known.get(reference, -1) if reference is not None else 0
    if base < 0:
        raise DomainError(caller, "reference", "be one of the classes of the fit", got=repr(reference))
    if not np.isin(y, model.classes_).all():
        raise DataError(caller, "y", "hold only classes of the fit", got="another class")
    # Classes that the columns of distributions name are in the order of these.
    order = np.argsort(model.classes_)
    codes = order[np.searchsorted(model.classes_, y, sorter=order)]
    weights = row_weights(given.sample_weight, model.class_weight, y, class_codes(y), caller=caller)
    # The reference becomes class 0; those before it move up by one.
    codes = np.where(codes == base, 0, codes + (codes < base))
    offsets = checked_offset(given.offset, n, len(model.classes_), caller=caller)
    if offsets is not None:
        by_class = offsets_of_classes(offsets)
        offsets = np.column_stack([by_class[:, base], np.delete(by_class, base, axis=1)])
    labels = [str(label) for label in model.classes_]
    fit = FittedRows(
        X=X,
        codes=np.asarray(codes, dtype=np.intp),
        weights=np.ones(len(y)) if weights is None else weights,
        contrasts=contrasts_of(
            np.column_stack([model.coef_, model.intercept_]),
            fit_intercept=model.fit_intercept,
            reference=base,
        ),
        classes=(labels[base], *labels[:base], *labels[base + 1 :]),
        features=feature_names(model),
        has_intercept=bool(model.fit_intercept),
        estimation=model.estimation_,
        C=model.C_,
        weighted_classes=model.class_weight is not None,
        offsets=offsets,
    )
    _check_loss(fit, model.loss_, caller)
    return fit


def _check_loss(fit: FittedRows, loss: float, caller: str) -> None:
    """
    Raise `DataError` unless the mean loss of the rows of positive weight is `loss`, in nats, within 1e-6 of
    its size.
    """
    found = -fit.log_likelihood / float(fit.likelihood.weights.sum())
    if not abs(found - loss) <= _ROUNDING * abs(loss):
        raise DataError(
            caller,
            "X",
            f"be the rows of the fit, whose mean loss is {loss:.9g} nats",
            got=f"rows of mean loss {found:.9g}",
            hint="Pass the same `X`, `y` and `sample_weight` as to `fit`.",
        )


def _l1_ratio(model: Any) -> float:
    """
    Share of absolute values in the penalty of a fit: the selected one if `model` searched, 0 without a
    penalty.
    """
    if hasattr(model, "l1_ratio_"):
        return float(model.l1_ratio_)
    return 0.0 if is_unpenalised(model) else l1_ratio_of(model)
