"""Loss classes: Keras' own with exact functions; reductions, weights, masks and configurations are Keras'."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from xent.keras.arguments import as_truth
from xent.keras.binary import binary_crossentropy, binary_focal_crossentropy
from xent.keras.categorical import categorical_crossentropy, sparse_categorical_crossentropy
from xent.keras.categorical_focal import categorical_focal_crossentropy
from xent.keras.divergences import kl_divergence, poisson
from xent.keras.generalized import categorical_generalized_cross_entropy
from xent.keras.ignored_rows import both_masks, cast_predictions, mask_of, without_ignored

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

_register = keras.saving.register_keras_serializable(package="xent")


class _Exact:
    """Loss whose truth reaches the function in its own dtype, and whose ignored rows are not read."""

    _fn_kwargs: dict[str, Any]
    call: Callable[..., Any]
    fn: Callable[..., Any]
    dtype: Any
    name: str
    reduction: Any

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """
        Loss reduced as Keras' own, by `reduction` with weights and mask, in the dtype of the loss.

        The truth keeps its own dtype, predictions are cast to that of the loss. Rows of mask False or of
        `sample_weight` 0 may hold anything.
        """
        mask, axis, caller = mask_of(y_pred), self._fn_kwargs.get("axis", -1), self.fn.__name__
        with keras.name_scope(self.name):
            # Keras casts labels to the dtype of the loss, where 16 bits turn one class into another.
            pair = as_truth(y_true, caller=caller), cast_predictions(y_pred, self.dtype, caller=caller)
            values = self.call(*without_ignored(*pair, mask, sample_weight, axis=axis, caller=caller))
            # Not exported, but the reduction of Keras' own losses.
            return keras.src.losses.loss.reduce_weighted_values(
                values,
                sample_weight=sample_weight,
                mask=both_masks(mask, mask_of(values)),
                reduction=self.reduction,
                dtype=self.dtype,
            )


class _Clipped(_Exact):
    """Loss with the parameter `clip`, which is kept in the configuration."""

    def _set(self, fn: Callable[..., Any], clip: float) -> None:
        self.fn = fn
        self.clip = clip
        self._fn_kwargs = {**self._fn_kwargs, "clip": clip}

    def get_config(self) -> dict[str, Any]:
        """Configuration of Keras' loss, and all parameters of the function: Keras omits `axis` of some."""
        config: dict[str, Any] = super().get_config()  # type: ignore[misc] # of Keras' loss, the next base
        return {**config, **self._fn_kwargs}


@_register
class CategoricalCrossentropy(_Clipped, keras.losses.CategoricalCrossentropy):  # type: ignore[misc] # untyped
    """
    Cross-entropy of target distributions in nats, for `compile`; the function is `categorical_crossentropy`.

    Parameters
    ----------
    *args, **kwargs
        Parameters of `keras.losses.CategoricalCrossentropy`.
    clip : float, default 0
        Limits of probabilities, `clip` and ``1 - clip``; 0 does not clip. Logits are not clipped.
    """

    def __init__(self, *args: Any, clip: float = 0.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._set(categorical_crossentropy, clip)


@_register
class SparseCategoricalCrossentropy(_Clipped, keras.losses.SparseCategoricalCrossentropy):  # type: ignore[misc] # untyped
    """
    Cross-entropy of integer labels in nats, for `compile`; the function is `sparse_categorical_crossentropy`.

    Parameters
    ----------
    *args, **kwargs
        Parameters of `keras.losses.SparseCategoricalCrossentropy`.
    clip : float, default 0
        Limits of probabilities, `clip` and ``1 - clip``; 0 does not clip. Logits are not clipped.
    """

    def __init__(self, *args: Any, clip: float = 0.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._set(sparse_categorical_crossentropy, clip)


@_register
class BinaryCrossentropy(_Clipped, keras.losses.BinaryCrossentropy):  # type: ignore[misc] # untyped
    """
    Binary cross-entropy in nats, for `compile`; the function is `binary_crossentropy`.

    Parameters
    ----------
    *args, **kwargs
        Parameters of `keras.losses.BinaryCrossentropy`.
    clip : float, default 0
        Limits of probabilities, `clip` and ``1 - clip``; 0 does not clip. Logits are not clipped.
    """

    def __init__(self, *args: Any, clip: float = 0.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._set(binary_crossentropy, clip)


@_register
class CategoricalFocalCrossentropy(_Clipped, keras.losses.CategoricalFocalCrossentropy):  # type: ignore[misc] # untyped
    """
    Focal loss of target distributions, for `compile`; the function is `categorical_focal_crossentropy`.

    Parameters
    ----------
    *args, **kwargs
        Parameters of `keras.losses.CategoricalFocalCrossentropy`.
    clip : float, default 0
        Limits of probabilities, `clip` and ``1 - clip``; 0 does not clip. Logits are not clipped.
    """

    def __init__(self, *args: Any, clip: float = 0.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._set(categorical_focal_crossentropy, clip)


@_register
class BinaryFocalCrossentropy(_Clipped, keras.losses.BinaryFocalCrossentropy):  # type: ignore[misc] # untyped
    """
    Binary focal loss, for `compile`; the function is `binary_focal_crossentropy`.

    Parameters
    ----------
    *args, **kwargs
        Parameters of `keras.losses.BinaryFocalCrossentropy`.
    clip : float, default 0
        Limits of probabilities, `clip` and ``1 - clip``; 0 does not clip. Logits are not clipped.
    """

    def __init__(self, *args: Any, clip: float = 0.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._set(binary_focal_crossentropy, clip)


@_register
class KLDivergence(_Clipped, keras.losses.KLDivergence):  # type: ignore[misc] # untyped
    """
    Kullback-Leibler divergence in nats, for `compile`; the function is `kl_divergence`.

    Parameters
    ----------
    *args, **kwargs
        Parameters of `keras.losses.KLDivergence`.
    clip : float, default 0
        Limits of both arguments, `clip` and ``1 - clip``; 0 does not clip.
    """

    def __init__(self, *args: Any, clip: float = 0.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._set(kl_divergence, clip)


@_register
class CategoricalGeneralizedCrossEntropy(_Exact, keras.losses.CategoricalGeneralizedCrossEntropy):  # type: ignore[misc] # untyped
    """
    Generalised cross-entropy of labels, for `compile`; see `categorical_generalized_cross_entropy`.

    Parameters
    ----------
    *args, **kwargs
        Parameters of `keras.losses.CategoricalGeneralizedCrossEntropy`, which raises ``ValueError`` for a `q`
        of 1; the function takes it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fn = categorical_generalized_cross_entropy


@_register
class Poisson(_Exact, keras.losses.Poisson):  # type: ignore[misc] # untyped
    """
    Poisson loss of rates, for `compile`; the function is `poisson`.

    Parameters
    ----------
    *args, **kwargs
        Parameters of `keras.losses.Poisson`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fn = poisson
