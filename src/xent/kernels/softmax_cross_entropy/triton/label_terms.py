r"""
Value and gradient of the cross-entropy of a label, a row at a time, inside a Triton kernel.

The formulas, and the reasons for their form, are those of the processor's kernel, in `cpu/label_terms.py`:

.. math::

    \ell = w (L - z_y) + \lambda L^2, \qquad
    \frac{\partial \ell}{\partial z_k} = (w + 2 \lambda L) p_k - w [k = y].
"""

from __future__ import annotations

import triton
import triton.language as tl

from xent.kernels.triton.exponential import exponential

__all__ = ["label_gradient", "label_value"]


@triton.jit
def label_value(
    distance: tl.tensor, log_total: tl.tensor, normaliser: tl.tensor, weight: tl.tensor, z_weight: tl.tensor
) -> tl.tensor:
    """
    Cross-entropy of each row's label times its class weight, plus `z_weight` times the squared `normaliser`.

    `distance` is that of the label's logit below the peak, and `log_total` is log1p of the sum of all other
    exponentials relative to the peak. A class of `weight` 0 costs 0 even at an infinite distance.
    """
    surprisal = distance + log_total
    # A class of weight 0 costs 0 even if its probability is 0; `0 * inf` would be nan.
    is_free = (weight == 0.0) & (surprisal == float("inf"))
    cost = tl.where(is_free, 0.0, weight * surprisal)
    return cost + z_weight * normaliser * normaliser


@triton.jit
def label_gradient(
    label_logit: tl.tensor,
    peak: tl.tensor,
    rest: tl.tensor,
    is_top: tl.tensor,
    weight: tl.tensor,
    pull: tl.tensor,
) -> tuple[tl.tensor, tl.tensor]:
    """
    Pair of numbers of each row: the factor of ``exp(z - peak)`` at the other classes, and the entry at the
    label.

    The entry is computed apart: `p - 1` would cancel near 1. `rest` is the sum of the exponentials of all
    classes but the argmax, relative to `peak`; `is_top` is True where the label is the argmax; `weight` is
    the label's class weight, and `pull` the derivative of the z-loss in the normaliser.
    """
    total = rest + 1.0
    prob = tl.div_rn(exponential(label_logit, peak), total)
    others = tl.where(is_top, tl.div_rn(rest, total), 1.0 - prob)
    return tl.div_rn(weight + pull, total), pull * prob - weight * others
