r"""
Cross-entropy under a sigmoid in Triton: value, or its sum by block, and gradient in one launch.

With the target :math:`t`, the weight :math:`q` of its positive part and :math:`u = 1 - t`,

.. math::

    \ell = (q t + u) \log(1 + e^{-|z|}) + |z| \cdot (u \text{ if } z > 0 \text{ else } q t), \qquad
    \frac{d\ell}{dz} = u\, \sigma(z) - q t\, \sigma(-z).

Both are arranged as in `xent.formulas.losses.sigmoid_cross_entropy`: no nearly equal numbers are subtracted.
The gradient may overwrite the logits.

Cost of n numbers of b bytes with targets of as many: 2 n b bytes for the sum, 3 n b with the gradient, and
4 n more for one value each; about 70 FLOP for each number; 16 numbers of each array in a thread's registers.
"""

from __future__ import annotations

import triton
import triton.language as tl

from xent.kernels.triton.exponential import exponential
from xent.kernels.triton.logarithm import log1p
from xent.kernels.triton.rounding import rounded_to_bfloat16

__all__ = ["sigmoid_events"]


@triton.jit
def sigmoid_events(
    logits: tl.tensor,
    gradient: tl.tensor,
    targets: tl.tensor,
    positive: tl.tensor,
    weights: tl.tensor,
    factor: tl.tensor,
    upstream: tl.tensor,
    upstreams: tl.tensor,
    values: tl.tensor,
    sums: tl.tensor,
    count: tl.tensor,
    positive_period: tl.tensor,
    weight_period: tl.tensor,
    BLOCK: tl.constexpr,
    ROUNDED: tl.constexpr,
) -> None:
    """
    Write what is requested of a block of numbers; an output of None is not computed.

    Parameters
    ----------
    logits, gradient, targets : pointer
        `count` numbers each, contiguous; the gradient may be the logits, or None.
    positive, weights : pointer or None
        Weights of the positive part, and of all, in float32, which repeat with their period; None for 1.
    factor, upstream, upstreams : pointer or None
        Factors of the gradient alone: a number; a further one, which if it is 1 makes the program write
        nothing at all; one for each entry. None stands for 1.
    values, sums : pointer or None
        Outputs: weighted losses in nats in float32; their sums by block, one for each program, in float64.
    count : int
        Number of entries.
    positive_period, weight_period : int
        Number of entries after which `positive`, or `weights`, repeat.
    BLOCK : int
        Number of entries of a program, a power of 2.
    ROUNDED : bool
        True if the gradient is rounded to bfloat16 before it is converted, as the interpreter needs.
    """
    if upstream is not None:
        if tl.load(upstream) == 1.0:
            return
    places = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = places < count
    z = tl.load(logits + places, mask=inside, other=0.0).to(tl.float32)
    t = tl.load(targets + places, mask=inside, other=0.0).to(tl.float32)
    mass_for, mass_against = t, 1.0 - t
    if positive is not None:
        mass_for = t * tl.load(positive + places % positive_period, mask=inside, other=0.0)
    weight = tl.where(inside, 1.0, 0.0)
    if weights is not None:
        weight = tl.load(weights + places % weight_period, mask=inside, other=0.0)
    is_above = z > 0.0
    below = tl.where(is_above, 0.0 - z, z)
    small = exponential(below, 0.0)
    if values is not None or sums is not None:
        share = tl.where(is_above, mass_against, mass_for)
        # An infinite logit on the side of its target costs 0; `0 * inf` would be nan.
        distance = tl.where(share == 0.0, 0.0, 0.0 - share * below)
        value = weight * (distance + (mass_for + mass_against) * log1p(small))
        if values is not None:
            tl.store(values + places, value, mask=inside)
        if sums is not None:
            # Beyond the end the weight is 0 and the loss finite.
            tl.store(sums + tl.program_id(0), tl.sum(value.to(tl.float64), 0))
    if gradient is not None:
        likely = tl.div_rn(small * 0.0 + 1.0, small + 1.0)
        unlikely = small * likely
        entry = mass_against * tl.where(is_above, likely, unlikely)
        entry = weight * (entry - mass_for * tl.where(is_above, unlikely, likely))
        if factor is not None:
            entry = entry * tl.load(factor)
        if upstream is not None:
            entry = entry * tl.load(upstream)
        if upstreams is not None:
            entry = entry * tl.load(upstreams + places, mask=inside, other=0.0)
        if ROUNDED:
            entry = rounded_to_bfloat16(entry)
        tl.store(gradient + places, entry, mask=inside)
