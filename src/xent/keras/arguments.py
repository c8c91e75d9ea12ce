"""Arguments of Keras' losses: checked tensors with the class axis last, and logits behind probabilities."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

import keras
from xent.arrays import checked_integer, namespace_of, plain, valid_values
from xent.errors import DomainError, DTypeError, ShapeError, XentError
from xent.keras.kept_logits import are_logits_of

__all__ = [
    "Predictions",
    "as_tensor",
    "as_truth",
    "check_classes",
    "check_options",
    "errors_of",
    "of_numpy",
    "predictions",
    "probabilities",
    "truth_beside",
]


class Predictions(NamedTuple):
    """
    Predictions with the classes on the last axis.

    Parameters
    ----------
    values : tensor of shape (..., K)
        Logits, or probabilities.
    are_logits : bool
        True if `values` are logits.
    """

    values: Any
    are_logits: bool


def predictions(
    y_pred: Any, *, from_logits: bool, axis: int, link: str = "softmax", caller: str
) -> Predictions:
    """
    Predictions with the class axis last, and True if they are logits, False if they are probabilities.

    With `from_logits` they are `y_pred` as it is. Else they are logits if Keras' `link`, "softmax" over
    `axis` or "sigmoid", left its argument on its result, in the attribute `_keras_logits`. That is lost by a
    further layer, and under JAX' `jit`; then, and if another function left it, the probabilities are used.
    `axis` is the class axis of `y_pred`. Values are not checked; raises `DTypeError` for other than real
    numbers and an `axis` that is no integer, `ShapeError` for one that `y_pred` does not have, `DomainError`
    for masked entries.
    """
    axis = checked_integer(axis, "axis", caller=f"xent.keras.{caller}")
    y_pred = as_tensor(y_pred, "y_pred", caller=caller)
    if tuple(y_pred.shape) == ():
        raise ShapeError(f"xent.keras.{caller}", "y_pred", "have at least one axis", got="shape ()")
    if axis != -1 and not -len(y_pred.shape) <= axis < len(y_pred.shape):
        got = f"{axis} for {len(y_pred.shape)} axes"
        raise ShapeError(f"xent.keras.{caller}", "axis", "name an axis of `y_pred`", got=got)
    logits = None if from_logits else getattr(y_pred, "_keras_logits", None)
    if logits is not None and are_logits_of(y_pred, logits, link=link, axis=axis):
        y_pred, from_logits = logits, True
    return Predictions(keras.ops.moveaxis(y_pred, axis, -1) if axis != -1 else y_pred, from_logits)


def as_tensor(value: Any, argument: str, *, caller: str) -> Any:
    """
    `value` as a tensor of Keras' backend; NumPy arrays may have any byte order.

    Raises `DTypeError`, with `argument` and `caller`, for all but real numbers and booleans: for what the
    backend makes no tensor of, for text, of which TensorFlow makes tensors, and for complex numbers, of which
    a cast drops the imaginary part; `DomainError` for a NumPy array with a masked entry.
    """
    value = of_numpy(value, argument, caller=caller) if isinstance(value, np.ndarray) else value
    name = f"xent.keras.{caller}"
    try:
        tensor = keras.ops.convert_to_tensor(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise DTypeError(name, argument, "be real numbers", got=type(value).__name__) from error
    kind = str(tensor.dtype)
    if "string" in kind or "complex" in kind:
        raise DTypeError(name, argument, "be real numbers", got="text" if "string" in kind else kind)
    return tensor


def as_truth(value: Any, *, caller: str) -> Any:
    """
    `value` as an array of NumPy if it is one, or numbers in lists or alone; otherwise as a tensor.

    A backend would drop the upper bits of NumPy's labels. Raises `DTypeError` for arrays of other than real
    numbers, and `ShapeError` for lists of different lengths.
    """
    if isinstance(value, np.ndarray) or _is_of_numbers(value):
        try:
            array = np.asanyarray(value)
        except ValueError as error:
            rule, got = "have rows of one length", "lists of different lengths"
            raise ShapeError(f"xent.keras.{caller}", "y_true", rule, got=got) from error
        return of_numpy(array, "y_true", caller=caller)
    return as_tensor(value, "y_true", caller=caller)


def of_numpy(array: Any, argument: str, *, caller: str) -> Any:
    """
    `array` in native byte order; raises `DTypeError`, with `argument`, unless it holds real numbers or
    booleans, and `DomainError` for a masked entry.
    """
    # ml_dtypes declares its floats to be of kind V.
    if array.dtype.kind not in "biufV":
        raise DTypeError(f"xent.keras.{caller}", argument, "be real numbers", got=str(array.dtype))
    return plain(array, caller=f"xent.keras.{caller}", argument=argument)


def truth_beside(
    y_true: Any, pred: Predictions, *, axis: int = -1, at_most: float = math.inf, caller: str
) -> Any:
    """
    Targets in dtype and shape of the predictions, with the class axis last; `axis` is that of `y_true`.

    Raises `ShapeError` for another shape, and `DomainError` for targets that are negative, nan or above
    `at_most`; where targets cannot be read, such ones become nan. Nothing is broadcast, and sums are not
    checked. Errors of `as_tensor` pass.
    """
    y_true = keras.ops.cast(as_tensor(y_true, "y_true", caller=caller), pred.values.dtype)
    y_true = keras.ops.moveaxis(y_true, axis, -1) if axis != -1 else y_true
    if tuple(y_true.shape) != tuple(pred.values.shape):
        raise ShapeError(
            f"xent.keras.{caller}",
            "y_true",
            "have the shape of `y_pred`",
            got=f"{tuple(y_true.shape)} beside {tuple(pred.values.shape)}",
        )
    return valid_values(
        y_true,
        lambda y_true: ~((y_true >= 0) & (y_true <= at_most)),
        _rule(at_most),
        caller=f"xent.keras.{caller}",
        argument="y_true",
        xp=namespace_of(y_true),
        within=(0, at_most),
    )


def probabilities(
    pred: Predictions, *, at_most: float = math.inf, caller: str, takes_logits: bool = True
) -> Any:
    """
    Predicted probabilities of `pred`, >= 0 and at most `at_most`, as they are: not divided by their sum.

    Raises `DomainError` for others and nan; where values cannot be read, such ones become nan. `takes_logits`
    is True if the caller has a parameter `from_logits`, which the message then names.
    """
    return valid_values(
        pred.values,
        lambda values: ~((values >= 0) & (values <= at_most)),
        _rule(at_most),
        caller=f"xent.keras.{caller}",
        argument="y_pred",
        xp=namespace_of(pred.values),
        hint="If they are logits, pass `from_logits=True`." if takes_logits else "",
        within=(0, at_most),
    )


def check_classes(pred: Predictions, *, caller: str) -> None:
    """Raise `ShapeError` for predictions of no class."""
    shape = tuple(pred.values.shape)
    if shape[-1] == 0:
        raise ShapeError(f"xent.keras.{caller}", "y_pred", "have at least one class", got=f"shape {shape}")


@contextlib.contextmanager
def errors_of(caller: str) -> Iterator[None]:
    """Errors of losses of `xent.losses`, in the name of `caller` and of its arguments."""
    try:
        yield
    except XentError as error:
        error.caller = f"xent.keras.{caller}"
        error.rename({"logits": "y_pred", "labels": "y_true", "targets": "y_true"})
        # Functions of Keras take no weights.
        error.hint = "" if "`sample_weight`" in error.hint else error.hint
        raise


def check_options(
    caller: str,
    *,
    label_smoothing: float = 0.0,
    clip: float = 0.0,
    gamma: float = 0.0,
    q: float = 1.0,
    alpha: float | None = None,
) -> None:
    """
    Raise `DomainError` for an option out of range, and `DTypeError` for one that is no number, of `caller`.

    The ranges are [0, 1] for `label_smoothing` and for an `alpha` other than None, [0, 0.5) for `clip`, (0,
    1] for `q`, and finite numbers >= 0 for `gamma`.
    """
    rules: dict[str, tuple[Any, str, Callable[[Any], bool]]] = {
        "label_smoothing": (label_smoothing, "lie in [0, 1]", lambda share: 0 <= share <= 1),
        "clip": (clip, "lie in [0, 0.5)", lambda clip: 0 <= clip < 0.5),
        "gamma": (gamma, "be finite and >= 0", lambda gamma: 0 <= gamma < math.inf),
        "q": (q, "lie in (0, 1]", lambda q: 0 < q <= 1),
        "alpha": (alpha, "lie in [0, 1]", lambda alpha: alpha is None or 0 <= alpha <= 1),
    }
    for argument, (value, rule, holds) in rules.items():
        try:
            is_in_range = bool(holds(value))
        except (TypeError, ValueError) as error:
            # Text, complex numbers and arrays with axes have no order.
            got = repr(value) if isinstance(value, str) else type(value).__name__
            raise DTypeError(f"xent.keras.{caller}", argument, "be a number", got=got) from error
        if not is_in_range:
            raise DomainError(f"xent.keras.{caller}", argument, rule, got=repr(value))


def _is_of_numbers(value: Any) -> bool:
    """True for a number of Python or NumPy, and for nested lists and tuples of such numbers."""
    if isinstance(value, list | tuple):
        return all(_is_of_numbers(entry) for entry in value)
    return isinstance(value, int | float | np.generic)


def _rule(at_most: float) -> str:
    """Text of the rule for numbers between 0 and `at_most`, for messages: "be >= 0" if that is infinite."""
    return "be >= 0" if at_most == math.inf else f"lie in [0, {at_most:g}]"
