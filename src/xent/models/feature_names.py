"""Names of the features of a fitted estimator, for errors and tables, and those of a source in batches."""

from __future__ import annotations

from typing import Any

import numpy as np

from xent.streams.readers import ColumnReader, Reader

__all__ = ["feature_names", "set_feature_names"]


def feature_names(model: Any) -> tuple[str, ...]:
    """Names of the columns that `model` was fitted to, ``x0``, ``x1``, … if these had none."""
    names = getattr(model, "feature_names_in_", None)
    if names is None:
        return tuple(f"x{j}" for j in range(model.n_features_in_))
    return tuple(str(name) for name in names)


def set_feature_names(model: Any, reader: Reader) -> None:
    """
    Set ``n_features_in_`` of `model` to the number of features of `reader`, and ``feature_names_in_`` to
    their names.

    The names are set for a `ColumnReader`; for another reader earlier names are removed.
    """
    model.n_features_in_ = len(reader.features)
    vars(model).pop("feature_names_in_", None)
    if isinstance(reader, ColumnReader):
        model.feature_names_in_ = np.asarray(reader.features, dtype=object)
