r"""
Expected squared error of probabilities with a Dirichlet distribution.

For concentrations :math:`\alpha`, their sum :math:`S`, :math:`p = \alpha / S`, the label :math:`y`,
:math:`r = p - e_y` and :math:`V = \sum_k p_k (1 - p_k)`,

.. math::

    \ell = \operatorname{E} \sum_k (q_k - [k = y])^2 = \sum_k r_k^2 + \frac{V}{S + 1}, \qquad
    S \frac{\partial \ell}{\partial \alpha_k} = 2 (w_k - \langle p, w \rangle) - \frac{V S}{(S + 1)^2}, \quad
    w = r - \frac{p}{S + 1}.

The residual at the label is minus the sum of all other probabilities, and :math:`w_k - \langle p, w \rangle`
is computed from differences to the entry of :math:`w` at the most probable class, as in
`Softmax.jacobian_product`: otherwise both cancel when that class has a probability near 1.

Source: Sensoy, M., Kaplan, L., Kandemir, M. (2018). Evidential deep learning to quantify classification
uncertainty. NeurIPS 31, equation 5; derivatives by the chain rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from xent.arrays import Array, Namespace, entry_of_class, one_hot
from xent.formulas.evidence import Evidence, change_of_shares, evidence_of
from xent.formulas.hessian_by_columns import hessian_by_columns

__all__ = ["DirichletSquaredError"]


class _Mean(NamedTuple):
    """
    Expected probabilities under the Dirichlet distribution, with functions of them.

    Parameters
    ----------
    probs, complements, is_top : array of shape (..., K)
        Expected probabilities, 1 less them, and the one-hot coding of the largest.
    residuals : array of shape (..., K)
        Probabilities less the one-hot coding of the label.
    spread : array of shape (..., 1)
        Sum of the probabilities times their complements, :math:`V`.
    inverse, kept : array of shape (..., 1)
        ``1 / (S + 1)`` and ``S / (S + 1)`` for the sum :math:`S` of the concentrations.
    """

    probs: Array
    complements: Array
    is_top: Array
    residuals: Array
    spread: Array
    inverse: Array
    kept: Array


@dataclass(frozen=True)
class DirichletSquaredError:
    """
    Expected squared distance from labels, with derivatives; nan where the label is out of range.

    A row with a logit of ``inf`` or nan gives nan.

    Parameters
    ----------
    evidence : str
        Kind of evidence, ``"softplus"`` or ``"exponential"``.
    """

    evidence: str

    def value(self, logits: Array, labels: Array, *, xp: Namespace) -> Array:
        """Expected squared distance from the labels' one-hot coding, of shape (...)."""
        return _value(_mean(evidence_of(logits, self.evidence, xp=xp), labels, xp=xp), xp=xp)

    def gradient(self, logits: Array, labels: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return self.value_and_gradient(logits, labels, xp=xp)[1]

    def value_and_gradient(self, logits: Array, labels: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        evidence = evidence_of(logits, self.evidence, xp=xp)
        mean = _mean(evidence, labels, xp=xp)
        return _value(mean, xp=xp), _derivatives(mean, xp=xp) * (evidence.growth / evidence.total[..., None])

    def hessian_vector_product(self, logits: Array, labels: Array, vectors: Array, *, xp: Namespace) -> Array:
        """
        Product of the Hessian of the expected squared error in the logits with `vectors`, both (..., K).

        `labels` have shape (...). The product is nan where the label is out of range.
        """
        evidence = evidence_of(logits, self.evidence, xp=xp)
        mean = _mean(evidence, labels, xp=xp)
        shares = evidence.growth / evidence.total[..., None]
        change = _change_of_derivatives(mean, shares * vectors, xp=xp)
        turned = change_of_shares(evidence, vectors, xp=xp)
        return change * shares + _derivatives(mean, xp=xp) * turned

    def hessian(self, logits: Array, labels: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, labels, xp=xp)


def _mean(evidence: Evidence, labels: Array, *, xp: Namespace) -> _Mean:
    """
    Expected probabilities p, concentration over their sum S, and functions of them, for labels of shape
    (...).

    They are ``1 - p``, the one-hot coding of the largest, the residuals (p less the one-hot label, nan where
    that is out of range), the sum of ``p (1 - p)``, ``1 / (S + 1)`` and ``S / (S + 1)``. Classes stand on the
    last axis, which the last three keep with length 1.
    """
    total = evidence.total[..., None]
    probs = evidence.concentrations / total
    is_top = one_hot(xp.argmax(probs, axis=-1), probs, xp=xp)
    rest = xp.sum(evidence.concentrations * (1 - is_top), axis=-1)[..., None] / total
    complements = xp.where(is_top == 1, rest, 1 - probs)
    at_label = one_hot(labels, probs, xp=xp)
    # nan where the label is out of range
    undefined = 0 * entry_of_class(probs, labels, xp=xp)[..., None]
    residuals = probs * (1 - at_label) - complements * at_label + undefined
    spread = xp.sum(probs * complements, axis=-1)[..., None]
    unit = evidence.unit[..., None]
    return _Mean(probs, complements, is_top, residuals, spread, unit / (total + unit), total / (total + unit))


def _value(mean: _Mean, *, xp: Namespace) -> Array:
    """Expected squared distance from the label's one-hot coding, of shape (...)."""
    return xp.sum(mean.residuals**2, axis=-1) + (mean.spread * mean.inverse)[..., 0]


def _derivatives(mean: _Mean, *, xp: Namespace) -> Array:
    """Derivatives of the expected squared distance in the concentrations, times their sum: (..., K)."""
    tilted = mean.residuals - mean.inverse * mean.probs
    return 2 * _centred(tilted, mean, xp=xp) - mean.spread * mean.inverse * mean.kept


def _centred(entries: Array, mean: _Mean, *, xp: Namespace) -> Array:
    """
    `entries` of shape (..., K) less their mean under the expected probabilities.

    It is computed from differences to the entry at the largest probability, where nothing then cancels.
    """
    at_top = xp.sum(entries * mean.is_top, axis=-1)[..., None]
    shifted = (entries - at_top) * (1 - mean.is_top)
    return shifted - xp.sum(mean.probs * shifted, axis=-1)[..., None]


def _change_of_derivatives(mean: _Mean, moves: Array, *, xp: Namespace) -> Array:
    """
    Change of ``S * d(loss) / d(concentration)`` as the concentrations move by `moves` times their sum S.

    S in the product changes with them. `moves` and the result have shape (..., K); the loss is the expected
    squared error. `mean` holds the expected probabilities, the residuals and what follows from them, as
    `_mean` gives it for evidence and labels.
    """
    growth = xp.sum(moves, axis=-1)[..., None]
    others = xp.sum(moves * (1 - mean.is_top), axis=-1)[..., None]
    # Derivative of p along the moves m: m - p sum(m). At the top class it is m (1 - p) - p (sum of the other
    # moves), which does not cancel for p near 1.
    steps = xp.where(
        mean.is_top == 1, moves * mean.complements - mean.probs * others, moves - mean.probs * growth
    )
    along = xp.sum(mean.probs * steps, axis=-1)[..., None]
    residual_turn = xp.sum(mean.residuals * steps, axis=-1)[..., None]
    centred = _centred(steps, mean, xp=xp)
    of_residuals = centred - residual_turn
    of_probs = centred - along - growth * mean.kept * _centred(mean.probs, mean, xp=xp)
    of_spread = 2 * along + mean.spread * (2 * mean.kept - 1) * growth
    return 2 * (of_residuals - mean.inverse * of_probs) + of_spread * mean.inverse * mean.kept
