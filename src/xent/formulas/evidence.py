r"""
From logits to the concentrations of a Dirichlet distribution, each one more than the evidence for its class.

For a logit :math:`z` the evidence is

.. math:: e = \log(1 + e^z) \text{ (softplus)} \quad\text{or}\quad e = e^z \text{ (exponential)}, \qquad
    \alpha = 1 + e.

Both are positive and nowhere flat, as the positive part of a logit is. Exponentials overflow where their
ratios do not. So what has a size is kept times a common factor `unit`, and what has none as a ratio.

Source: Sensoy, M., Kaplan, L., Kandemir, M. (2018). Evidential deep learning to quantify classification
uncertainty. NeurIPS 31, section 3.
"""

from __future__ import annotations

from typing import NamedTuple

from xent.arrays import Array, Namespace, one_hot
from xent.formulas.sigmoid import sigmoid, small_exponential
from xent.precision.exact_difference import exact_difference

__all__ = ["KINDS", "Evidence", "bend_less_spread", "evidence_of"]

KINDS = ("softplus", "exponential")


class Evidence(NamedTuple):
    """
    Evidence and concentrations of logits of shape (..., K).

    Parameters
    ----------
    kind : str
        Its kind.
    unit, log_unit : array of shape (...)
        Common factor of what is scaled, at most 1, and minus its logarithm.
    scaled, concentrations : array of shape (..., K)
        Evidence, and evidence plus 1, times `unit`.
    growth, bend : array of shape (..., K)
        First and second derivative of the evidence in its logit, times `unit`.
    inverse, log : array of shape (..., K)
        One over the concentrations, and their logarithms.
    share : array of shape (..., K)
        Evidence over the concentrations.
    relative_growth, relative_bend : array of shape (..., K)
        First and second derivative over the concentrations.
    bend_of_log : array of shape (..., K)
        Second derivative of the concentrations' logarithms.
    total : array of shape (...)
        Sum of the concentrations times `unit`.
    """

    kind: str
    unit: Array
    log_unit: Array
    scaled: Array
    concentrations: Array
    growth: Array
    bend: Array
    inverse: Array
    log: Array
    share: Array
    relative_growth: Array
    relative_bend: Array
    bend_of_log: Array
    total: Array


def evidence_of(logits: Array, kind: str, *, xp: Namespace) -> Evidence:
    """Evidence of a `kind`, ``"softplus"`` or ``"exponential"``; a logit ``-inf`` has none."""
    return _softplus(logits, xp=xp) if kind == "softplus" else _exponential(logits, xp=xp)


def bend_less_spread(evidence: Evidence, vectors: Array, *, xp: Namespace) -> Array:
    """
    Second derivatives along `vectors`, less each first derivative times the change of the sum's logarithm.

    All over the sum of the concentrations. Exponential evidence has two equal derivatives, of which for a
    class that dominates next to nothing is left: only differences from the vectors' entry there are summed.
    """
    total = evidence.total[..., None]
    shares = evidence.growth / total
    if evidence.kind == "softplus":
        return evidence.bend / total * vectors - shares * xp.sum(shares * vectors, axis=-1)[..., None]
    is_top = one_hot(xp.argmax(shares, axis=-1), shares, xp=xp)
    at_top = xp.sum(vectors * is_top, axis=-1)[..., None]
    shifted = (vectors - at_top) * (1 - is_top)
    missing = vectors.shape[-1] * evidence.unit[..., None] / total
    return shares * (shifted - xp.sum(shares * shifted, axis=-1)[..., None] + at_top * missing)


def _softplus(logits: Array, *, xp: Namespace) -> Evidence:
    above, below = sigmoid(logits, xp=xp)
    amount = _log_1_plus_exp(logits, xp=xp)
    inverse = 1 / (1 + amount)
    unit = xp.ones_like(logits[..., 0])
    bend = above * below
    return Evidence(
        kind="softplus",
        unit=unit,
        log_unit=xp.zeros_like(unit),
        scaled=amount,
        concentrations=1 + amount,
        growth=above,
        bend=bend,
        inverse=inverse,
        log=xp.log1p(amount),
        share=amount * inverse,
        relative_growth=above * inverse,
        relative_bend=bend * inverse,
        bend_of_log=inverse * (bend - above * above * inverse),
        total=xp.sum(1 + amount, axis=-1),
    )


def _exponential(logits: Array, *, xp: Namespace) -> Evidence:
    above, below = sigmoid(logits, xp=xp)
    log_unit = xp.clip(xp.max(logits, axis=-1), min=0.0)
    unit = xp.exp(-log_unit)
    # Of numbers far below the largest nothing is left, but of differences with -inf nan would be.
    lowest = log_unit - (1024 + 4 * xp.finfo(logits.dtype).eps * log_unit)
    high, low = exact_difference(xp.maximum(logits, lowest[..., None]), log_unit[..., None])
    amount = xp.exp(high) * (1 + low)
    return Evidence(
        kind="exponential",
        unit=unit,
        log_unit=log_unit,
        scaled=amount,
        concentrations=unit[..., None] + amount,
        growth=amount,
        bend=amount,
        inverse=below,
        log=_log_1_plus_exp(logits, xp=xp),
        share=above,
        relative_growth=above,
        relative_bend=above,
        bend_of_log=above * below,
        total=xp.sum(unit[..., None] + amount, axis=-1),
    )


def _log_1_plus_exp(logits: Array, *, xp: Namespace) -> Array:
    return xp.clip(logits, min=0.0) + xp.log1p(small_exponential(logits, xp=xp))
