r"""
Label smoothing: targets that give a share of every row to all its classes alike.

With the share :math:`\varepsilon` and :math:`K` classes that take part, a target :math:`t_k` becomes
:math:`(1 - \varepsilon) t_k + \varepsilon / K`; a class that is masked out stays at 0.

Source: Szegedy, C. et al. (2016). Rethinking the Inception architecture for computer vision. CVPR. Section 7.
"""

from __future__ import annotations

from xent.arrays import Array, check_values
from xent.losses.arguments.examples import Examples

__all__ = ["smoothed_targets"]


def smoothed_targets(targets: Array, share: float, takes_part: Array, examples: Examples) -> Array:
    """
    `targets` of shape (..., K) with a `share` of each row spread over the classes that take part.

    Raises
    ------
    DomainError
        If that gives a target to a class of logit ``-inf``, which would cost infinity.
    """
    if share == 0:
        return targets
    xp = examples.xp
    if examples.validate:
        check_values(
            examples.logits,
            lambda logits: (logits == -xp.inf) & takes_part,
            f"be above -inf where `label_smoothing={share:g}` puts a target",
            where=examples.where,
            argument="logits",
            xp=xp,
            hint="Name the classes that take part in `class_mask`.",
        )
    takes_part = xp.astype(takes_part, targets.dtype)
    return (1 - share) * targets + takes_part * (share / xp.sum(takes_part, axis=-1)[..., None])
