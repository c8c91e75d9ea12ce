"""
Metrics with exact functions: means over batches, for ``compile(metrics=[...])``.

Five are those of `keras.metrics` with our functions inside. Keras has none of focal and generalised losses;
here each loss is a metric too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from xent.keras.arguments import as_tensor
from xent.keras.binary import binary_crossentropy, binary_focal_crossentropy
from xent.keras.categorical import categorical_crossentropy, sparse_categorical_crossentropy
from xent.keras.categorical_focal import categorical_focal_crossentropy
from xent.keras.divergences import kl_divergence, poisson
from xent.keras.generalized import categorical_generalized_cross_entropy
from xent.keras.ignored_rows import mask_of, without_ignored

__all__ = [
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "KLDivergence",
    "Poisson",
    "SparseCategoricalCrossentropy",
]

_register = keras.saving.register_keras_serializable(package="xent.metrics")


class _Exact:
    """Metric whose ignored rows are not read."""

    _fn: Callable[..., Any]
    _fn_kwargs: dict[str, Any]
    dtype: Any

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """
        Add a batch to the mean: the values of the function, one a row, weighted by `sample_weight` and the
        mask.

        The mask is the one that Keras keeps on `y_pred`, if any; None weights all rows alike. A weight with
        fewer axes than the rows is one of the first axes. Rows of mask False or of weight 0 may hold
        anything.
        """
        mask, axis, caller = mask_of(y_pred), self._fn_kwargs.get("axis", -1), self._fn.__name__
        y_pred = as_tensor(y_pred, "y_pred", caller=caller)
        pair = without_ignored(
            y_true, y_pred, mask, sample_weight, axis=axis, is_of_samples=True, caller=caller
        )
        values = self._fn(*pair, **self._fn_kwargs)
        # Not exported, but how Keras' own metrics join mask and weights.
        weight = keras.src.losses.loss.apply_mask(sample_weight, mask, dtype=self.dtype, reduction="sum")
        return keras.metrics.Mean.update_state(self, values, sample_weight=weight)


class _Clipped(_Exact):
    """Metric with the parameter `clip`, which is kept in the configuration."""

    def _set(self, fn: Callable[..., Any], clip: float) -> None:
        self._fn = fn
        self.clip = clip
        self._fn_kwargs = {**self._fn_kwargs, "clip": clip}

    def get_config(self) -> dict[str, Any]:
        """Configuration of Keras' metric, and all parameters of the function: Keras omits `axis` of some."""
        config: dict[str, Any] = super().get_config()  # type: ignore[misc] # of Keras' metric, the next base
        return {**config, **self._fn_kwargs}


class _OfFunction(_Exact, keras.metrics.MeanMetricWrapper):  # type: ignore[misc] # untyped
    """Mean of a function whose parameters are the configuration."""

    def __init__(self, fn: Callable[..., Any], name: str | None, dtype: Any, **parameters: Any) -> None:
        super().__init__(fn, name, dtype=dtype, **parameters)
        # Keras asks for the smallest value of a metric that it is to be improved.
        self._direction = "down"

    def get_config(self) -> dict[str, Any]:
        """Name, dtype and the parameters of the function."""
        return {"name": self.name, "dtype": self.dtype, **self._fn_kwargs}


@_register
class BinaryCrossentropy(_Clipped, keras.metrics.BinaryCrossentropy):  # type: ignore[misc] # untyped
    """
    Mean binary cross-entropy in nats; the function is `binary_crossentropy`.

    Parameters
    ----------
    *args, **kwargs
        Parameters of `keras.metrics.BinaryCrossentropy`.
    clip : float, default 0
        Limits of probabilities, `clip` and ``1 - clip``; 0 does not clip. Logits are not clipped.
    """

    def __init__(self, *args: Any, clip: float = 0.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._set(binary_crossentropy, clip)


@_register
class CategoricalCrossentropy(_Clipped, keras.metrics.CategoricalCrossentropy):  # type: ignore[misc] # untyped
    """
    Mean cross-entropy of target distributions in nats; the function is `categorical_crossentropy`.

    Parameters
    ----------
    *args, **kwargs
        Parameters of `keras.metrics.CategoricalCrossentropy`.
    clip : float, default 0
        Limits of probabilities, `clip` and ``1 - clip``; 0 does not clip. Logits are not clipped.
    """

    def __init__(self, *args: Any, clip: float = 0.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._set(categorical_crossentropy, clip)


@_register
class SparseCategoricalCrossentropy(_Clipped, keras.metrics.SparseCategoricalCrossentropy):  # type: ignore[misc] # untyped
    """
    Mean cross-entropy of integer labels in nats; the function is `sparse_categorical_crossentropy`.

    Parameters
    ----------
    *args, **kwargs
        Parameters of `keras.metrics.SparseCategoricalCrossentropy`.
    clip : float, default 0
        Limits of probabilities, `clip` and ``1 - clip``; 0 does not clip. Logits are not clipped.
    """

    def __init__(self, *args: Any, clip: float = 0.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._set(sparse_categorical_crossentropy, clip)


@_register
class KLDivergence(_Clipped, keras.metrics.KLDivergence):  # type: ignore[misc] # untyped
    """
    Mean Kullback-Leibler divergence in nats; the function is `kl_divergence`.

    Parameters
    ----------
    *args, **kwargs
        Parameters of `keras.metrics.KLDivergence`.
    clip : float, default 0
        Limits of both arguments, `clip` and ``1 - clip``; 0 does not clip.
    """

    def __init__(self, *args: Any, clip: float = 0.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._set(kl_divergence, clip)


@_register
class Poisson(_Exact, keras.metrics.Poisson):  # type: ignore[misc] # untyped
    """
    Mean Poisson loss of rates; the function is `poisson`.

    Parameters
    ----------
    *args, **kwargs
        Parameters of `keras.metrics.Poisson`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fn = poisson


@_register
class CategoricalFocalCrossentropy(_OfFunction):
    """
    Mean focal loss of target distributions.

    Parameters
    ----------
    name, dtype
        Name of the metric, and dtype of its result.
    **parameters
        Parameters of `categorical_focal_crossentropy`.
    """

    def __init__(
        self, name: str = "categorical_focal_crossentropy", dtype: Any = None, **parameters: Any
    ) -> None:
        super().__init__(categorical_focal_crossentropy, name, dtype, **parameters)


@_register
class BinaryFocalCrossentropy(_OfFunction):
    """
    Mean binary focal loss.

    Parameters
    ----------
    name, dtype
        Name of the metric, and dtype of its result.
    **parameters
        Parameters of `binary_focal_crossentropy`.
    """

    def __init__(self, name: str = "binary_focal_crossentropy", dtype: Any = None, **parameters: Any) -> None:
        super().__init__(binary_focal_crossentropy, name, dtype, **parameters)


@_register
class CategoricalGeneralizedCrossEntropy(_OfFunction):
    """
    Mean generalised cross-entropy of labels.

    Parameters
    ----------
    name, dtype
        Name of the metric, and dtype of its result.
    **parameters
        Parameters of `categorical_generalized_cross_entropy`.
    """

    def __init__(
        self, name: str = "categorical_generalized_cross_entropy", dtype: Any = None, **parameters: Any
    ) -> None:
        super().__init__(categorical_generalized_cross_entropy, name, dtype, **parameters)
