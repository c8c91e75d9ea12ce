"""Checked logits of events, each with the probability of its event."""

from __future__ import annotations

from typing import Any

from xent.arrays import accumulation_dtype, check_dtype, check_shape, valid_values
from xent.losses.arguments.class_mask import class_mask_of
from xent.losses.arguments.examples import (
    OF_LOGITS,
    WHERE_POSITIVE,
    Examples,
    Request,
    arrays_of,
    is_read,
    ready,
    row_factors,
    without_label,
)

__all__ = ["binary_examples"]


def binary_examples(
    request: Request, *, ignored_label: float | None = None, class_mask: Any = None
) -> Examples:
    """
    Checked logits of events of any shape and their targets, of the same shape, with weights or None.

    They become floats of one precision, 32 bits or more, with zeros for logits and targets of weight 0.
    Entries with the target `ignored_label`, and entries that are False in `class_mask`, of shape (K,) or that
    of the logits, have weight 0; None ignores or masks no entry. Raises `DTypeError` for logits that are not
    real floating, targets or weights that are neither numbers nor booleans, or a mask that is not boolean,
    `ShapeError` for targets, weights or a mask of another shape, and `DomainError` for a target of positive
    weight outside [0, 1] or a weight that is negative or not finite; invalid ones that cannot be read become
    nan. Values are not checked if ``request.validate`` is False.
    """
    caller = request.caller
    xp, (logits, targets, weight) = arrays_of(request, "targets")
    check_dtype(logits, "real floating", caller=caller, argument="logits", xp=xp)
    check_dtype(targets, ("real floating", "integral", "bool"), caller=caller, argument="targets", xp=xp)
    rows = tuple(logits.shape)
    check_shape(targets, rows, caller=caller, argument="targets", because=OF_LOGITS)
    weight = row_factors(weight, "sample_weight", rows, logits, request, xp=xp)
    targets = xp.astype(targets, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    weight = without_label(targets, weight, ignored_label, logits, xp=xp)
    mask = class_mask_of(class_mask, logits, caller=caller, xp=xp)
    if mask is not None:
        weight = xp.where(mask, xp.ones_like(targets) if weight is None else weight, 0.0)
    if request.validate:
        targets = valid_values(
            targets,
            lambda targets: ~((targets >= 0) & (targets <= 1)) & is_read(weight, targets),
            "lie in [0, 1]" + ("" if weight is None else WHERE_POSITIVE),
            caller=caller,
            argument="targets",
            xp=xp,
            hint="To leave a row out, give it weight 0 in `sample_weight`.",
            within=(0, 1),
        )
    return ready(logits, targets, weight, request, xp=xp)
