"""Label smoothing over the classes of a loss that are not masked."""

from __future__ import annotations

from xent.arrays import Array, is_number, is_traced, valid_values
from xent.losses.arguments.examples import Examples
from xent.options.label_smoothing import smoothed

__all__ = ["smoothed_targets"]


def smoothed_targets(targets: Array, share: float, takes_part: Array, examples: Examples) -> Array:
    """
    `targets` of shape (..., K) with a `share` of each row, in [0, 1], spread over participating classes.

    They are ``(1 - share) * targets``, plus the share over their number at each class that is True in
    `takes_part`, a mask of the shape of the logits. For a share of 0 the result is `targets` itself.

    Raises
    ------
    DomainError
        If a participating class has a logit ``-inf``: its smoothed target is positive, and the loss infinite.
        Where logits cannot be read, such a target is nan. Not checked if `share` is 0 or `examples.validate`
        is False.
    """
    if is_number(share, 0):
        return targets
    xp = examples.xp
    if examples.validate:
        shown = "" if is_traced(share) else f"={share:g}"
        targets = valid_values(
            targets,
            lambda _: (examples.logits == -xp.inf) & takes_part & (share > 0),
            f"be above -inf where `label_smoothing{shown}` puts a target",
            caller=examples.caller,
            argument="logits",
            xp=xp,
            hint="Name the classes that take part in `class_mask`.",
            show=lambda _: examples.logits,
        )
    takes_part = xp.astype(takes_part, targets.dtype)
    return smoothed(targets, share, xp.sum(takes_part, axis=-1)[..., None], takes_part)
