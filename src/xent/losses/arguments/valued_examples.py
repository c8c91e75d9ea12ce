"""Checked parameters of distributions, each with an observed number."""

from __future__ import annotations

from xent.arrays import Array, accumulation_dtype, check_dtype, check_shape, valid_values
from xent.errors import ShapeError
from xent.losses.arguments.examples import (
    OF_LOGITS,
    OF_ROWS,
    Examples,
    Request,
    arrays_of,
    is_read,
    ready,
    row_factors,
)

__all__ = ["valued_examples"]


def valued_examples(
    request: Request, argument: str, *, parameters: tuple[str, ...] = (), at_least: float | None = None
) -> Examples:
    """
    Checked parameters of distributions (`logits`) with an observed number for each, and weights.

    `parameters` names the parameters along the last axis of the logits; without names each logit is a
    distribution of one parameter. `argument` is the name of the numbers, which must be finite and >=
    `at_least`; None sets no bound. Numbers of weight 0 are not checked; they and their parameters become 0.
    Raises `DTypeError` for logits that are not real floating or numbers that are not real, `ShapeError` for
    another number of parameters, of observed numbers or of weights, and `DomainError` for an invalid number
    or weight; one that cannot be read becomes nan. Values are not checked if ``request.validate`` is False.
    """
    caller = request.caller
    xp, (logits, numbers, weight) = arrays_of(request, argument)
    check_dtype(logits, "real floating", caller=caller, argument="logits", xp=xp)
    rows = _check_parameter_axis(logits, parameters, caller=caller)
    check_dtype(numbers, ("real floating", "integral"), caller=caller, argument=argument, xp=xp)
    because = OF_ROWS if parameters else OF_LOGITS
    check_shape(numbers, rows, caller=caller, argument=argument, because=because)
    weight = row_factors(weight, "sample_weight", rows, logits, request, xp=xp)
    numbers = xp.astype(numbers, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    if request.validate:
        lowest = -xp.inf if at_least is None else at_least
        numbers = valid_values(
            numbers,
            lambda numbers: ~(xp.isfinite(numbers) & (numbers >= lowest)) & is_read(weight, numbers),
            "be finite" + ("" if at_least is None else f" and >= {at_least:g}"),
            caller=caller,
            argument=argument,
            xp=xp,
            hint="To leave one out, give it weight 0 in `sample_weight`.",
        )
    return ready(logits, numbers, weight, request, xp=xp)


def _check_parameter_axis(logits: Array, parameters: tuple[str, ...], *, caller: str) -> tuple[int, ...]:
    """
    Shape of the distributions: that of `logits`, without its last axis if `parameters` names any.

    Raises `ShapeError` if that axis does not have one entry for each name.
    """
    shape = tuple(logits.shape)
    if not parameters:
        return shape
    if shape[-1:] != (len(parameters),):
        rule = f"have {len(parameters)} entries on its last axis: {' and '.join(parameters)}"
        raise ShapeError(caller, "logits", rule, got=f"shape {shape}")
    return shape[:-1]
