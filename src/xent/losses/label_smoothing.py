"""Label smoothing over the classes of a loss that are not masked."""

from __future__ import annotations

from xent.arrays import Array, check_values, is_number, is_traced
from xent.losses.arguments.examples import Examples
from xent.options.label_smoothing import smoothed

__all__ = ["smoothed_targets"]


def smoothed_targets(targets: Array, share: float, takes_part: Array, examples: Examples) -> Array:
    """
    `targets` of shape (..., K) with a `share` of each row spread evenly over the participating classes.

    Raises
    ------
    DomainError
        If a participating class has a logit ``-inf``: its smoothed target is positive, and the loss infinite.
        Not checked if `share` is 0 or traced.
    """
    if is_number(share, 0):
        return targets
    xp = examples.xp
    if examples.validate and not is_traced(share):
        check_values(
            examples.logits,
            lambda logits: (logits == -xp.inf) & takes_part,
            f"be above -inf where `label_smoothing={share:g}` puts a target",
            caller=examples.caller,
            argument="logits",
            xp=xp,
            hint="Name the classes that take part in `class_mask`.",
        )
    takes_part = xp.astype(takes_part, targets.dtype)
    return smoothed(targets, share, xp.sum(takes_part, axis=-1)[..., None], takes_part)
