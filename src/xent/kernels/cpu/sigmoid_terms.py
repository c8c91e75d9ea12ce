"""
Sigmoid cross-entropy of a vector of logits with its slope and curvature, without loss of digits.

Shared by the kernels of linear models, which differ in how they read the features.
"""

from __future__ import annotations

from xent.kernels.cpu.exponential import exponential
from xent.kernels.cpu.logarithm import log1p
from xent.kernels.vector_code import Value, select

__all__ = ["sigmoid_terms"]


def sigmoid_terms(logit: Value, target: Value) -> tuple[Value, Value, Value]:
    """
    Slope, value in nats, and curvature of the cross-entropy of each lane's `logit` and `target` in [0, 1].

    The slope is the derivative in the logit, the curvature the second one: the product of both probabilities.
    An infinite logit costs 0 if all of the target lies on its side, else ``inf``; a logit of nan gives nan in
    all three.
    """
    is_above = logit > 0.0
    below = select(is_above, -logit, logit)
    small = exponential(below, below.like(0.0))
    likely = 1.0 / (small + 1.0)
    unlikely = small * likely
    above, under = select(is_above, likely, unlikely), select(is_above, unlikely, likely)
    slope = (1.0 - target) * above - target * under
    share = select(is_above, 1.0 - target, target)
    # An infinite logit on the side of its target costs 0; `0 * inf` would be nan.
    value = log1p(small) + select(share == 0.0, 0.0, -(share * below))
    return slope, value, likely * unlikely
