"""Names of the features of a fitted estimator, for errors and tables."""

from __future__ import annotations

from typing import Any

__all__ = ["feature_names"]


def feature_names(model: Any) -> tuple[str, ...]:
    """Names of the columns that `model` was fitted to, ``x0``, ``x1``, … if these had none."""
    names = getattr(model, "feature_names_in_", None)
    if names is None:
        return tuple(f"x{j}" for j in range(model.n_features_in_))
    return tuple(str(name) for name in names)
