r"""
Evidence of logits: the concentrations of a Dirichlet distribution, less 1.

For a logit :math:`z` the evidence is

.. math:: e = \log(1 + e^z) \text{ (softplus)} \quad\text{or}\quad e = e^z \text{ (exponential)}, \qquad
    \alpha = 1 + e.

Both functions are positive and strictly increasing; the ReLU of the source is flat for negative logits.
Exponentials overflow where their ratios do not. So quantities that grow with the evidence are stored times a
common factor `unit` <= 1, and ratios are stored as ratios.

Source: Sensoy, M., Kaplan, L., Kandemir, M. (2018). Evidential deep learning to quantify classification
uncertainty. NeurIPS 31, section 3.
"""

from __future__ import annotations

from typing import NamedTuple

from xent.arrays import Array, Namespace, one_hot
from xent.formulas.sigmoid import sigmoid, small_exponential
from xent.precision.exact_difference import exact_difference

__all__ = ["KINDS", "Evidence", "change_of_shares", "evidence_of"]

KINDS = ("softplus", "exponential")


class Evidence(NamedTuple):
    """
    Evidence and concentrations of logits of shape (..., K), with derivatives in the logits.

    Parameters
    ----------
    kind : str
        ``"softplus"`` or ``"exponential"``.
    unit, log_unit : array of shape (...)
        Common factor of the scaled quantities, at most 1, and minus its logarithm. 1 and 0 for softplus.
    scaled, concentrations : array of shape (..., K)
        Evidence, and evidence plus 1, times `unit`.
    growth, second_derivative : array of shape (..., K)
        First and second derivative of the evidence in its logit, times `unit`.
    inverse, log : array of shape (..., K)
        Reciprocal of the concentrations, and their logarithm; neither is scaled.
    share : array of shape (..., K)
        Evidence over concentration.
    relative_growth, relative_second_derivative : array of shape (..., K)
        First and second derivative of the evidence over the concentration.
    second_derivative_of_log : array of shape (..., K)
        Second derivative of the logarithm of the concentration.
    total : array of shape (...)
        Sum of the concentrations over the classes, times `unit`.
    """

    kind: str
    unit: Array
    log_unit: Array
    scaled: Array
    concentrations: Array
    growth: Array
    second_derivative: Array
    inverse: Array
    log: Array
    share: Array
    relative_growth: Array
    relative_second_derivative: Array
    second_derivative_of_log: Array
    total: Array


def evidence_of(logits: Array, kind: str, *, xp: Namespace) -> Evidence:
    """
    Evidence of `logits`; a logit of ``-inf`` has evidence 0.

    Parameters
    ----------
    logits : array of shape (..., K)
        Logits; where one is ``+inf`` or nan, its own results and the sum of its row are nan, and for
        exponential evidence all scaled results of the row.
    kind : {"softplus", "exponential"}
        Function that maps a logit to its evidence; any other string counts as ``"exponential"``.
    xp : module
        Array-API namespace of `logits`.
    """
    # The subtraction of infinities would give nan too, but with NumPy's warning.
    logits = xp.where(logits < xp.inf, logits, xp.nan)
    return _softplus(logits, xp=xp) if kind == "softplus" else _exponential(logits, xp=xp)


def change_of_shares(evidence: Evidence, vectors: Array, *, xp: Namespace) -> Array:
    r"""
    Change of :math:`a_k = \alpha_k' / S`, of shape (..., K), as the logits move along `vectors`, (..., K).

    :math:`\alpha_k'` is the derivative of the concentration of class k in its logit, `growth` of `evidence`,
    and :math:`S` the sum of the concentrations, its `total`. Entry k is :math:`\alpha_k'' v_k / S - a_k
    \langle a, v \rangle`. For exponential evidence :math:`\alpha'' = \alpha'`, so the two terms cancel at a
    class that dominates; there only differences from the entry of `vectors` at the largest class are summed.
    """
    # For exponential evidence a_k v_k - a_k <a, v> = a_k (w_k - <a, w> + v_top (1 - sum(a))) with
    # w = v - v_top. The concentrations exceed the evidence by 1 each, so 1 - sum(a) = K / S, which is not
    # computed as a difference either.
    total = evidence.total[..., None]
    shares = evidence.growth / total
    if evidence.kind == "softplus":
        return (
            evidence.second_derivative / total * vectors
            - shares * xp.sum(shares * vectors, axis=-1)[..., None]
        )
    is_top = one_hot(xp.argmax(shares, axis=-1), shares, xp=xp)
    at_top = xp.sum(vectors * is_top, axis=-1)[..., None]
    shifted = (vectors - at_top) * (1 - is_top)
    missing = vectors.shape[-1] * evidence.unit[..., None] / total
    return shares * (shifted - xp.sum(shares * shifted, axis=-1)[..., None] + at_top * missing)


def _softplus(logits: Array, *, xp: Namespace) -> Evidence:
    """
    Evidence ``log(1 + exp(z))`` of `logits` z, (..., K), its concentrations, 1 more, and their derivatives.

    `Evidence` lists the fields; `unit` is 1 and `log_unit` 0, so nothing is scaled. No logit may be ``inf``;
    nan gives nan.
    """
    above, below = sigmoid(logits, xp=xp)
    amount = _log_1_plus_exp(logits, xp=xp)
    inverse = 1 / (1 + amount)
    unit = xp.ones_like(logits[..., 0])
    second_derivative = above * below
    return Evidence(
        kind="softplus",
        unit=unit,
        log_unit=xp.zeros_like(unit),
        scaled=amount,
        concentrations=1 + amount,
        growth=above,
        second_derivative=second_derivative,
        inverse=inverse,
        log=xp.log1p(amount),
        share=amount * inverse,
        relative_growth=above * inverse,
        relative_second_derivative=second_derivative * inverse,
        second_derivative_of_log=inverse * (second_derivative - above * above * inverse),
        total=xp.sum(1 + amount, axis=-1),
    )


def _exponential(logits: Array, *, xp: Namespace) -> Evidence:
    """
    Evidence ``exp(z)`` of `logits` z, (..., K), its concentrations, 1 more, and their derivatives.

    `Evidence` lists the fields. Evidence, concentrations, their derivatives and their sum are times `unit`,
    which is ``exp(-z)`` for the largest logit z of the row if that is positive, else 1; logarithms and ratios
    are not. No logit may be ``inf``; nan gives nan.
    """
    above, below = sigmoid(logits, xp=xp)
    log_unit = xp.clip(xp.max(logits, axis=-1), min=0.0)
    unit = xp.exp(-log_unit)
    # Logits are raised to a level whose exponential is 0 in these units: differences with -inf are nan.
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
        second_derivative=amount,
        inverse=below,
        log=_log_1_plus_exp(logits, xp=xp),
        share=above,
        relative_growth=above,
        relative_second_derivative=above,
        second_derivative_of_log=above * below,
        total=xp.sum(unit[..., None] + amount, axis=-1),
    )


def _log_1_plus_exp(logits: Array, *, xp: Namespace) -> Array:
    """``log(1 + exp(logits))``, elementwise, without overflow."""
    return xp.clip(logits, min=0.0) + xp.log1p(small_exponential(logits, xp=xp))
