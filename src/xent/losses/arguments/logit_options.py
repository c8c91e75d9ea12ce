"""
Options of losses on logits: adjustments of the logits, class weights, and checks of a softmax's logits.

Rows without a softmax are always checked for unless ``validate=False``. Likely mistakes are checked for with
``validate="strict"`` only, because they may be intended: probabilities are valid logits, and a softmax over
one class is constant.
"""

from __future__ import annotations

import inspect
import warnings
from dataclasses import replace
from typing import Any, NamedTuple

from xent.arrays import (
    Array,
    Namespace,
    are_known_to_be_finite,
    check_shape,
    check_values,
    constant,
    is_known_to_hold,
    nan_where,
    valid_values,
)
from xent.errors import ShapeError
from xent.formulas.adjusted_logits import AdjustedLogits, adjusted_logits
from xent.losses.arguments.class_mask import check_fits, class_mask_of
from xent.losses.arguments.examples import Examples, Request, numbers_like, row_factors
from xent.precision.exact_difference import ExactLogits, Logits, high_and_low
from xent.precision.exact_numbers import exact_numbers

__all__ = ["LogitOptions", "check_softmax_logits"]

_NEAR_1 = 1e-3


class LogitOptions(NamedTuple):
    """
    Options of a loss of logits that are capped, divided by a temperature, shifted and masked, in this order.

    Parameters
    ----------
    class_weights : array of shape (K,), optional
        Factor of each class, finite and >= 0; default 1.
    class_mask : array of bool of shape (K,) or (..., K), optional
        True for the classes that participate; False masks a class. By default all participate.
    offset : array of shape (K,) or (..., K), optional
        Summand of the logits, after softcap and temperature; ``-inf`` masks a class.
    temperature : float or array of shape (), default 1
        Divisor of the logits.
    softcap : float, optional
        Logits `z` become ``softcap * tanh(z / softcap)``, before the other adjustments.
    ignored_label : int, optional
        Rows with this label are ignored: loss and gradient are 0. The label may be out of range.
    """

    class_weights: Any = None
    class_mask: Any = None
    offset: Any = None
    temperature: Any = 1.0
    softcap: float | None = None
    ignored_label: Any = None

    def adjusted_softmax(self, examples: Examples) -> AdjustedLogits | None:
        """
        Adjusted logits of `examples`, checked as those of a softmax; None without an adjustment.

        They are capped, divided by the temperature, moved by the offset and masked, in this order, with their
        derivatives; a masked class has ``-inf``. Without an adjustment the logits themselves are checked.
        Raises `DTypeError`, `ShapeError` or `DomainError` for an invalid option and, unless `validate` is
        False, `DomainError` for a row with ``+inf`` or with ``-inf`` only; ``"strict"`` adds `ShapeError` for
        a single class, and warnings.
        """
        mask = None if self.class_mask is None else self._mask(examples)
        adjusted = self.adjusted(_with_classes(examples, mask), mask)
        logits = examples.logits if adjusted is None else high_and_low(adjusted.logits).rounded
        check_softmax_logits(logits, examples)
        return adjusted

    def adjusted(self, examples: Examples, mask: Array | None) -> AdjustedLogits | None:
        """
        Adjusted logits of `examples`, masked by `mask`; None if there is no adjustment.

        A `mask` of None masks none; `class_mask` is not read. Raises `DTypeError` for an offset, temperature
        or softcap that is not of real numbers, `ShapeError` for another shape, and `DomainError` for a
        temperature or softcap that is not positive and finite, and an offset that is nan or ``+inf``; without
        `validate` the values are not checked.
        """
        has_temperature = not (isinstance(self.temperature, (int, float)) and self.temperature == 1)
        if not has_temperature and mask is None and self.offset is None and self.softcap is None:
            return None
        return adjusted_logits(
            examples.logits,
            softcap=_positive(self.softcap, "softcap", examples) if self.softcap is not None else None,
            temperature=self._exact_temperature(examples) if has_temperature else None,
            offset=self._offset(examples),
            mask=mask,
            xp=examples.xp,
        )

    def takes_part(self, examples: Examples) -> Array:
        """
        Mask of the shape of the logits: True for classes that neither `class_mask` nor `offset` masks.

        A logit of ``-inf`` itself masks none here. It is True throughout in rows of weight 0. Raises
        `DTypeError` or `ShapeError` for a mask or an offset that does not fit, and, unless `validate` of the
        examples is False, `DomainError` for an offset that is nan or ``+inf``.
        """
        xp, logits = examples.xp, examples.logits
        mask, offset = self._mask(examples), self._offset(examples)
        takes_part = xp.ones_like(logits, dtype=xp.bool)
        if mask is not None:
            takes_part = takes_part & mask
        return takes_part if offset is None else takes_part & (offset > -xp.inf)

    def weights_of_classes(self, examples: Examples) -> Array | None:
        """
        Checked class weights of shape (K,), in the precision of the computation; None without class weights.

        Raises `DTypeError` for anything but real numbers, `ShapeError` for another shape, and `DomainError`
        for a weight that is negative or not finite; an invalid one that cannot be read becomes nan. Values
        are not checked if `validate` of the examples is False.
        """
        if self.class_weights is None:
            return None
        xp, caller = examples.xp, examples.caller
        weights = numbers_like(examples.logits, self.class_weights, "class_weights", caller=caller, xp=xp)
        shape = (examples.logits.shape[-1],)
        request = Request(caller, examples.logits, examples.truth, None, examples.validate)
        return row_factors(weights, "class_weights", shape, examples.logits, request, xp=xp)

    def _exact_temperature(self, examples: Examples) -> Logits:
        """
        Temperature of shape (); a Python float as `ExactLogits`: float32 alone would drop half its digits.

        Raises `DTypeError` or `ShapeError` unless one number, `DomainError` unless positive and finite; where
        values cannot be read, an invalid one becomes nan. Values are not checked if `validate` of the
        examples is False.
        """
        rounded = _positive(self.temperature, "temperature", examples)
        if not isinstance(self.temperature, float):
            return rounded
        parts = exact_numbers((self.temperature,), examples.logits, xp=examples.xp)
        return ExactLogits(rounded, parts.rest[0])

    def _offset(self, examples: Examples) -> Array | None:
        """
        Checked offset of shape (K,) or that of the logits, 0 in rows of weight 0; None without an offset.

        Raises `DTypeError` for anything but real numbers, `ShapeError` for another shape, and `DomainError`
        for an entry that is nan or ``+inf``; an invalid one that cannot be read becomes nan. Values are not
        checked if `validate` of the examples is False.
        """
        if self.offset is None:
            return None
        xp, caller = examples.xp, examples.caller
        offset = numbers_like(examples.logits, self.offset, "offset", caller=caller, xp=xp)
        check_fits(offset, examples.logits, caller=caller, argument="offset")
        if examples.validate:
            offset = valid_values(
                offset,
                lambda offset: ~(offset < xp.inf),
                "be numbers below +inf",
                caller=caller,
                argument="offset",
                xp=xp,
            )
        return examples.where_read(offset, xp.zeros_like(offset))

    def _mask(self, examples: Examples) -> Array | None:
        """
        Checked class mask, of shape (K,) or that of the logits; None without a mask.

        It is True in rows of weight 0. Raises `DTypeError` or `ShapeError` for a mask that does not fit.
        """
        xp = examples.xp
        mask = class_mask_of(self.class_mask, examples.logits, caller=examples.caller, xp=xp)
        return None if mask is None else examples.where_read(mask, xp.ones_like(mask))


def _positive(value: Any, argument: str, examples: Examples) -> Array:
    """
    Number `value` of the parameter `argument` as an array of shape (), in the precision of the computation.

    Raises `DTypeError` or `ShapeError` unless it is one number, `DomainError` unless positive and finite;
    where values cannot be read, an invalid one becomes nan. Values are not checked if `validate` of the
    examples is False.
    """
    xp, caller = examples.xp, examples.caller
    number = numbers_like(examples.logits, value, argument, caller=caller, xp=xp)
    check_shape(number, (), caller=caller, argument=argument, because="one for all classes")
    if examples.validate:
        number = valid_values(
            number,
            lambda number: ~(xp.isfinite(number) & (number > 0)),
            "be positive and finite",
            caller=caller,
            argument=argument,
            xp=xp,
        )
    return number


def _with_classes(examples: Examples, mask: Array | None) -> Examples:
    """
    Examples whose logits are nan in rows without a class in `mask`, for gradients of nan in these rows.

    `mask` broadcasts against the logits; None, or a mask that is known to leave each row a class, changes
    nothing.
    """
    if mask is None:
        return examples
    xp, logits = examples.xp, examples.logits
    has_class = xp.any(mask & xp.ones_like(logits, dtype=xp.bool), axis=-1)
    if is_known_to_hold(xp.all(has_class)):
        return examples
    return replace(examples, logits=nan_where(~has_class, logits, xp=xp))


def check_softmax_logits(logits: Array, examples: Examples, *, argument: str = "logits") -> None:
    """
    Raise `DomainError` for a row of adjusted `logits` that holds ``+inf`` or only ``-inf``.

    Nothing is checked if `examples.validate` is False; ``"strict"`` adds the checks for likely mistakes.
    `argument` is the name of the logits in error messages. Traced or off-host values are not inspected, and
    nan passes.
    """
    xp, caller = examples.xp, examples.caller
    if not examples.validate or 0 in logits.shape:
        return
    # Fast path: the maximum of many short rows takes longer than their loss.
    if not are_known_to_be_finite(logits, xp=xp):
        _check_rows(logits, argument, caller=caller, xp=xp)
    if examples.validate == "strict":
        _check_for_likely_mistakes(logits, argument, caller=caller, xp=xp)


def _check_rows(logits: Array, argument: str, *, caller: str, xp: Namespace) -> None:
    """Raise `DomainError` for a row of `logits`, of shape (..., K), with ``+inf`` or with ``-inf`` only."""
    check_values(
        logits,
        lambda logits: xp.max(logits, axis=-1) == xp.inf,
        "be below +inf",
        caller=caller,
        argument=argument,
        xp=xp,
        show=lambda logits: xp.max(logits, axis=-1),
    )
    check_values(
        logits,
        lambda logits: xp.max(logits, axis=-1) == -xp.inf,
        "leave at least one class of each row unmasked",
        caller=caller,
        argument=argument,
        xp=xp,
        hint="Every class of this row is masked (-inf). To leave a row out, give it weight 0.",
        show=lambda logits: xp.max(logits, axis=-1),
    )


def _check_for_likely_mistakes(logits: Array, argument: str, *, caller: str, xp: Namespace) -> None:
    """
    Raise `ShapeError` for a single class; warn of probabilities, and of classes that may lie on axis 1.

    Rows look like probabilities if none has a negative entry and all sum to 1 within 0.001; values that
    cannot be read give no warning of that. Classes may lie on axis 1 if the logits have three axes or more,
    and that one is as long as the last. Warnings are `UserWarning`.
    """
    if logits.shape[-1] == 1:
        raise ShapeError(
            caller,
            argument,
            "have more than one class on its last axis",
            got=f"shape {tuple(logits.shape)}",
            hint="A softmax over 1 class is constant; use `sigmoid_cross_entropy` for one logit per row.",
        )
    sums = xp.sum(constant(logits), axis=-1)
    look_like_probs = xp.all((xp.abs(sums - 1) <= _NEAR_1) & xp.all(logits >= 0, axis=-1))
    if is_known_to_hold(look_like_probs):
        _warn(f"{caller}: `{argument}` look like probabilities (each row sums to 1): softmax applied twice?")
    shape = tuple(logits.shape)
    if len(shape) > 2 and shape[1] == shape[-1]:
        message = f"`{argument}` of shape {shape} have as many entries on axis 1; classes lie on the last."
        _warn(f"{caller}: {message}")


def _warn(message: str) -> None:
    """Issue a `UserWarning` that points to the line that called this library."""
    level, frame = 1, inspect.currentframe()
    while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] == "xent":
        level, frame = level + 1, frame.f_back
    warnings.warn(message, UserWarning, stacklevel=level)
