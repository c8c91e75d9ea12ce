"""Rows of a fit: checked features, classes, weights and offsets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from xent.arrays import check_unmasked, real_numbers
from xent.errors import DomainError, ShapeError
from xent.models.class_codes import class_codes
from xent.models.group_codes import group_codes
from xent.models.row_weights import checked_weights, row_weights
from xent.models.soft_targets import expanded_rows, is_soft
from xent.solvers.feature_rows import is_sparse

__all__ = ["FitRows", "checked_features", "checked_offset", "fit_rows", "offsets_of_classes"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FitRows:
    """
    Rows of a fit.

    Parameters
    ----------
    X : ndarray or sparse array of shape (n, p)
        Features of any real dtype up to 64 bits and any order, or in CSR or CSC form.
    codes : ndarray of shape (n,)
        Class of each row, 0 .. K-1.
    classes : ndarray of shape (K,)
        Classes.
    weights : ndarray of shape (n,) or None
        Weight of each row; None means 1.
    offsets : ndarray of shape (M, n) or None
        Numbers added to the logits; None means 0.
    groups : ndarray of shape (n,) or None
        Group of each row, 0 .. G-1, that folds keep whole; None means that each row stands alone.
    origins : ndarray of shape (n,) or None
        Place, ascending, among the rows that the caller gave; None means the same place.
    """

    X: Any
    codes: NDArray[np.intp]
    classes: NDArray[Any]
    weights: Array | None
    offsets: Array | None
    groups: NDArray[np.int64] | None = None
    origins: NDArray[np.intp] | None = None

    @property
    def is_standard(self) -> bool:
        """True if features are sparse, or dense in single or double precision, and there are no offsets."""
        dtype = self.X.dtype
        is_readable = is_sparse(self.X) or (dtype.kind == "f" and dtype.itemsize in {4, 8})
        return is_readable and self.offsets is None

    @property
    def class_offsets(self) -> Array | None:
        """Offsets of all classes, (n, K), or None without offsets."""
        return None if self.offsets is None else offsets_of_classes(self.offsets)

    def subset(self, rows: NDArray[np.integer[Any]]) -> FitRows:
        """Copy of the rows with the numbers `rows`, in their order; sparse features come in CSR form."""
        X = self.X.tocsr() if is_sparse(self.X) else self.X
        return FitRows(
            X[rows],
            self.codes[rows],
            self.classes,
            None if self.weights is None else self.weights[rows],
            None if self.offsets is None else self.offsets[:, rows],
            None if self.groups is None else self.groups[rows],
            None if self.origins is None else self.origins[rows],
        )

    def dense(self, rows: NDArray[np.integer[Any]] | None = None) -> Array:
        """Features as a dense float64 array, of some rows or all; not copied if they are one already."""
        X = self.X if rows is None else self.X[rows]
        return np.asarray(X.toarray() if is_sparse(X) else X, dtype=np.float64)


def fit_rows(
    model: Any, X: Any, y: Any, sample_weight: Any, offset: Any, *, groups: Any = None, caller: str
) -> FitRows:
    """
    Checked rows for a fit; sets ``n_features_in_`` and ``feature_names_in_`` of `model` from `X`.

    `y`, (n,), or (n, 1) with scikit-learn's warning, holds classes; the rows are then those given, with
    sample weight times ``model.class_weight``, or None without either. Or `y`, (n, K) for K > 1, holds a
    distribution in each row, which becomes a row for each positive probability, in order, with that
    probability as a further factor, and without `groups` a group. Booleans and numbers longer than 64 bits
    become float64; other features keep their dtype.

    Raises
    ------
    DTypeError
        If weights, offsets or probabilities are not real numbers, or groups do not compare.
    DomainError
        If an entry is masked, a weight or class weight is negative or not finite, all weights are 0, an
        offset is not finite, or a row of several columns of `y` is no distribution.
    ShapeError
        If `sample_weight`, `groups` or `offset` does not have one entry per row, or a `y` of distributions
        not as many rows as `X`.
    DataError
        If fewer than two classes have a row of positive weight, one to be balanced has none, all rows are of
        one group, or one is of none. Other faults of `X` and `y`, such as nan, raise scikit-learn's
        `ValueError`.
    """
    for argument, array in (("X", X), ("y", y)):
        check_unmasked(array, caller=caller, argument=argument)
    if is_soft(y):
        return _soft_rows(model, X, y, sample_weight, offset, groups=groups, caller=caller)
    X, y = validate_data(model, X, y, **_FEATURES)
    if y.dtype.kind not in "biu":
        # Integers and truth values are classes, and this check would sort them.
        check_classification_targets(y)
    classes, codes = class_codes(y)
    weights = row_weights(sample_weight, model.class_weight, y, (classes, codes), caller=caller)
    offsets = checked_offset(offset, X.shape[0], len(classes), caller=caller)
    members = None if groups is None else _groups(model, groups, X.shape[0], caller)
    return FitRows(_usual_dtype(X), codes, classes, weights, offsets, members)


def checked_features(model: Any, X: Any) -> Any:
    """
    Features for a prediction of the fitted `model`, an array or sparse array of shape (n, p).

    Raises `DomainError` for masked entries, and scikit-learn's `ValueError` for other columns than those of
    the fit, or entries that are not finite.
    """
    check_unmasked(X, caller="LogisticRegression", argument="X")
    return _usual_dtype(validate_data(model, X, reset=False, **_FEATURES))


def checked_offset(offset: Any, n: int, n_classes: int, *, caller: str) -> Array | None:
    """
    Offsets of the logits as a float64 array of shape (M, n), M being 1 for two classes, else K; None for
    None.

    They may be a view of `offset`.

    Raises
    ------
    DTypeError
        If an offset is not a real number.
    ShapeError
        If `offset` is not of shape (n,) for two classes, or (n, K) for more.
    DomainError
        If an offset is not finite, or masked.
    """
    if offset is None:
        return None
    given = real_numbers(offset, caller=caller, argument="offset")
    shape = (n,) if n_classes == 2 else (n, n_classes)
    if given.shape != shape:
        rule = f"have shape {shape}, one number per {'row' if n_classes == 2 else 'row and class'}"
        raise ShapeError(caller, "offset", rule, got=str(given.shape))
    bad = np.argwhere(~np.isfinite(given))
    if len(bad):
        index = tuple(int(i) for i in bad[0])
        raise DomainError(caller, "offset", "be finite", got=str(given[index]), index=index)
    return given[None] if n_classes == 2 else given.T


def offsets_of_classes(offsets: Array) -> Array:
    """
    Offsets of all K classes, (n, K), from those of the M logits, (M, n); those of the first of two classes
    are 0.
    """
    return np.column_stack([np.zeros(offsets.shape[1]), offsets[0]]) if len(offsets) == 1 else offsets.T


# `numeric` keeps the dtype of numbers, so that nothing is copied.
_FEATURES: dict[str, Any] = {"accept_sparse": ["csr", "csc"], "dtype": "numeric"}


def _usual_dtype(X: Any) -> Any:
    """`X` in float64 if its numbers are longer than 64 bits or Booleans, else `X` itself."""
    return X.astype(np.float64) if X.dtype.kind == "b" or X.dtype.itemsize > 8 else X


def _groups(model: Any, groups: Any, n: int, caller: str) -> NDArray[np.int64]:
    """`group_codes` of `n` rows, whose error for a single group has the advice for `model`."""
    hint = "Leave it out: single rows are then held out."
    if hasattr(model, "C"):
        hint = "Give a number for C, which needs no cross-validation."
    return group_codes(groups, n, hint=hint, caller=caller)


def _soft_rows(
    model: Any, X: Any, y: Any, sample_weight: Any, offset: Any, *, groups: Any, caller: str
) -> FitRows:
    """
    Rows of distributions `y`, (n, K), as weighted rows of single classes, one for each positive probability.

    They stand row by row of `y`. Classes are the columns' names of a frame, in their order, or 0 .. K-1.
    Weights are those of the distribution times the probability and the class weight. Offsets, (n,) for two
    classes, else (n, K), and `groups` are those of its row; without `groups` each distribution is a group.
    Raises `DTypeError` for other than real numbers, `DomainError` for a row that is no distribution and
    invalid weights and offsets, `ShapeError` for their shapes, and `DataError` if fewer than two classes have
    weight, one to be balanced has none, or all rows are of one of `groups`.
    """
    names = getattr(y, "columns", None)
    X = _usual_dtype(validate_data(model, X, **_FEATURES))
    n = X.shape[0]
    expanded = expanded_rows(y, n, caller=caller)
    K = np.shape(y)[1]
    weights = checked_weights(1.0 if sample_weight is None else sample_weight, n, caller=caller)
    offsets = checked_offset(offset, n, K, caller=caller)
    classes = np.arange(K) if names is None else np.asarray(names)
    rows = expanded.rows
    return FitRows(
        X.tocsr()[rows] if is_sparse(X) else X[rows],
        expanded.codes,
        classes,
        row_weights(
            weights[rows] * expanded.shares,
            model.class_weight,
            classes[expanded.codes],
            (classes, expanded.codes),
            caller=caller,
        ),
        None if offsets is None else offsets[:, rows],
        (np.arange(n) if groups is None else _groups(model, groups, n, caller))[rows],
        rows,
    )
