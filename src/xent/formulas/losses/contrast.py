r"""
Cross-entropies of anchors among candidates: each anchor has to find its own by their similarity.

For anchors :math:`x_a`, candidates :math:`y_b`, temperature :math:`\tau` and a cross-entropy :math:`f` of
rows of logits,

.. math::

    S = \frac{X Y^\top}{\tau}, \quad \ell_a = f(S_a), \quad G_a = w_a \nabla f(S_a), \quad
    \nabla_X \sum_a w_a \ell_a = \frac{G Y}{\tau}, \quad \nabla_Y = \frac{G^\top X}{\tau},

and along :math:`(\dot X, \dot Y)`

.. math::

    \dot S = \frac{\dot X Y^\top + X \dot Y^\top}{\tau}, \quad \dot G_a = w_a \nabla^2 f(S_a)\,\dot S_a, \quad
    \dot\nabla_X = \frac{\dot G Y + G \dot Y}{\tau}, \quad \dot\nabla_Y = \frac{\dot G^\top X + G^\top \dot
    X}{\tau}.

A candidate that takes no part has the logit ``-inf``, and gets it after the division: the temperature's
derivative would be nan if :math:`-\infty` were divided by it.

Source: van den Oord, A., Li, Y., Vinyals, O. (2018). Representation learning with contrastive predictive
coding. arXiv:1807.03748, equation 4; derivatives by the chain rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Formula, Namespace, differentiable_gradient, differentiable_value

__all__ = ["Contrast", "Pair"]

# Anchors and candidates, or what belongs to each.
Pair = tuple[Array, Array]


@dataclass(frozen=True)
class Contrast:
    """
    The cross-entropies of all anchors.

    Parameters
    ----------
    formula : Formula
        Cross-entropy of a row of logits and its truth.
    truth : array
        Label or targets of each anchor, among the candidates.
    takes_part : array of bool of shape (n, m), or None
        Whether a candidate takes part for an anchor; None where all do.
    temperature : array of shape ()
        Positive.
    """

    formula: Formula
    truth: Array
    takes_part: Array | None
    temperature: Array

    def values(self, pair: Pair, *, xp: Namespace) -> Array:
        """Cross-entropy of each anchor in nats, of shape (..., n)."""
        return differentiable_value(self.formula, self._logits(pair, xp=xp), self.truth, xp=xp)

    def gradients(self, pair: Pair, weight: Array | None, *, xp: Namespace) -> Pair:
        """Gradients of the weighted sum of the values, in anchors and candidates."""
        slopes = differentiable_gradient(self.formula, self._logits(pair, xp=xp), self.truth, xp=xp)
        return self._pulled_back(_weighted(slopes, weight), pair, xp=xp)

    def values_and_gradients(self, pair: Pair, weight: Array | None, *, xp: Namespace) -> tuple[Array, Pair]:
        """Both, for little more than the price of one."""
        values, slopes = self.formula.value_and_gradient(self._logits(pair, xp=xp), self.truth, xp=xp)
        return values, self._pulled_back(_weighted(slopes, weight), pair, xp=xp)

    def hessian_vector_products(
        self, pair: Pair, moves: Pair, weight: Array | None, *, xp: Namespace
    ) -> tuple[Pair, Pair]:
        """Gradients, and their change along `moves`, which may have further axes before those of the pair."""
        (anchors, candidates), (of_anchors, of_candidates) = pair, moves
        logits = self._logits(pair, xp=xp)
        along = _products(of_anchors, candidates, xp=xp) + _products(anchors, of_candidates, xp=xp)
        slopes = _weighted(self.formula.gradient(logits, self.truth, xp=xp), weight)
        bends = self.formula.hessian_vector_product(logits, self.truth, along / self.temperature, xp=xp)
        turned = self._pulled_back(_weighted(bends, weight), pair, xp=xp)
        moved = self._pulled_back(slopes, moves, xp=xp)
        return self._pulled_back(slopes, pair, xp=xp), (turned[0] + moved[0], turned[1] + moved[1])

    def _logits(self, pair: Pair, *, xp: Namespace) -> Array:
        logits = _products(*pair, xp=xp) / self.temperature
        return logits if self.takes_part is None else xp.where(self.takes_part, logits, -xp.inf)

    def _pulled_back(self, slopes: Array, pair: Pair, *, xp: Namespace) -> Pair:
        anchors, candidates = pair
        slopes = slopes / self.temperature
        return xp.matmul(slopes, candidates), xp.matmul(xp.matrix_transpose(slopes), anchors)


def _products(anchors: Array, candidates: Array, *, xp: Namespace) -> Array:
    return xp.matmul(anchors, xp.matrix_transpose(candidates))


def _weighted(rows: Array, weight: Array | None) -> Array:
    return rows if weight is None else weight[..., None] * rows
