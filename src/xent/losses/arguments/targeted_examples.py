"""Checked rows of logits, each with a distribution over the classes or with the logits of a teacher."""

from __future__ import annotations

import math

from xent.arrays import Array, Namespace, accumulation_dtype, check_dtype, check_shape, valid_values
from xent.losses.arguments.examples import (
    OF_LOGITS,
    WHERE_POSITIVE,
    Examples,
    Request,
    arrays_of,
    check_class_axis,
    is_read,
    ready,
    row_factors,
)

__all__ = ["targeted_examples", "taught_examples"]


def targeted_examples(request: Request, *, normalized: bool = True) -> Examples:
    """
    Checked rows of logits, each with a distribution over the classes, both (..., K), and weights, (...).

    All become floats of one precision, 32 bits or more; rows of weight 0 get zeros for logits and targets.
    With `normalized` False targets of any sum are accepted; otherwise it may differ from 1 by the square root
    of the epsilon of the targets' dtype, or of the logits' for integers. Raises `DTypeError` for logits that
    are not real floating or targets that are no numbers, `ShapeError` for targets that are not of the logits'
    shape or weights that are not one for each row, and `DomainError` for a negative target, another sum, or
    an invalid weight. Targets in rows of weight 0 are not checked, those that cannot be read and break a rule
    become nan, and no values are checked if ``request.validate`` is False.
    """
    caller = request.caller
    xp, (logits, targets, weight) = arrays_of(request, "targets")
    rows = check_class_axis(logits, caller=caller, xp=xp)
    check_dtype(targets, ("real floating", "integral"), caller=caller, argument="targets", xp=xp)
    shape = tuple(logits.shape)
    check_shape(targets, shape, caller=caller, argument="targets", because=OF_LOGITS)
    weight = row_factors(weight, "sample_weight", rows, logits, request, xp=xp)
    dtype = targets.dtype if xp.isdtype(targets.dtype, "real floating") else logits.dtype
    targets = xp.astype(targets, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    if request.validate:
        tolerance = xp.finfo(dtype).eps ** 0.5 if normalized else None
        targets = _distributions(targets, tolerance, weight, caller=caller, xp=xp)
    return ready(logits, targets, weight, request, xp=xp)


def taught_examples(request: Request) -> Examples:
    """
    Checked rows of a student's logits with the logits of a teacher each; logits are not checked for values.

    Both have shape (..., K), the teacher's stand as the truth of the request; rows of weight 0 get zeros for
    both. Raises `DTypeError` if one is not real floating, `ShapeError` for different shapes or weights that
    are not one for each row, `DomainError` for a weight that is negative or not finite, unless
    ``request.validate`` is False.
    """
    caller = request.caller
    xp, (logits, teacher, weight) = arrays_of(request, "teacher_logits")
    rows = check_class_axis(logits, caller=caller, xp=xp)
    check_dtype(teacher, "real floating", caller=caller, argument="teacher_logits", xp=xp)
    shape = tuple(logits.shape)
    check_shape(teacher, shape, caller=caller, argument="teacher_logits", because=OF_LOGITS)
    weight = row_factors(weight, "sample_weight", rows, logits, request, xp=xp)
    teacher = xp.astype(teacher, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    return ready(logits, teacher, weight, request, xp=xp)


def _distributions(
    targets: Array, tolerance: float | None, weight: Array | None, *, caller: str, xp: Namespace
) -> Array:
    """
    `targets`, (..., K); raises `DomainError` unless all are >= 0, in rows that sum to 1 within `tolerance`.

    Where values cannot be read, a target that is negative becomes nan, and all of a row whose sum is wrong or
    nan. A `tolerance` of None skips the sums, so that ``inf`` passes; nan still raises. Rows whose `weight`,
    (...), is 0 are not checked; None stands for weights of 1.
    """
    suffix = "" if weight is None else WHERE_POSITIVE
    targets = valid_values(
        targets,
        lambda targets: ~(targets >= 0) & is_read(weight, targets),
        "be >= 0" + suffix,
        caller=caller,
        argument="targets",
        xp=xp,
        within=(0, math.inf),
    )
    if tolerance is None:
        return targets
    return valid_values(
        targets,
        lambda targets: ~(xp.abs(xp.sum(targets, axis=-1) - 1) <= tolerance) & is_read(weight, weight),
        "sum to 1 over the last axis" + suffix,
        caller=caller,
        argument="targets",
        xp=xp,
        hint="If they are counts, divide each row by its sum and multiply its weight by it.",
        show=lambda targets: xp.sum(targets, axis=-1),
    )
