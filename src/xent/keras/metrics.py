"""Metrics of `keras.metrics` with exact functions: means over batches, for ``compile(metrics=[...])``."""

from __future__ import annotations

from typing import Any

import keras
from xent.keras.binary import binary_crossentropy
from xent.keras.categorical import categorical_crossentropy, sparse_categorical_crossentropy
from xent.keras.divergences import kl_divergence, poisson

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "KLDivergence",
    "Poisson",
    "SparseCategoricalCrossentropy",
]

_register = keras.saving.register_keras_serializable(package="xent.metrics")


@_register
class BinaryCrossentropy(keras.metrics.BinaryCrossentropy):  # type: ignore[misc] # untyped
    """Mean binary cross-entropy in nats, unclipped; parameters of `keras.metrics.BinaryCrossentropy`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fn = binary_crossentropy


@_register
class CategoricalCrossentropy(keras.metrics.CategoricalCrossentropy):  # type: ignore[misc] # untyped
    """Mean cross-entropy in nats, unclipped; parameters of `keras.metrics.CategoricalCrossentropy`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fn = categorical_crossentropy


@_register
class SparseCategoricalCrossentropy(keras.metrics.SparseCategoricalCrossentropy):  # type: ignore[misc] # untyped
    """Mean cross-entropy in nats, unclipped; parameters of `keras.metrics.SparseCategoricalCrossentropy`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fn = sparse_categorical_crossentropy


@_register
class KLDivergence(keras.metrics.KLDivergence):  # type: ignore[misc] # untyped
    """Mean Kullback-Leibler divergence in nats, unclipped; parameters of `keras.metrics.KLDivergence`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fn = kl_divergence


@_register
class Poisson(keras.metrics.Poisson):  # type: ignore[misc] # untyped
    """Mean Poisson loss of rates; parameters of `keras.metrics.Poisson`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fn = poisson
