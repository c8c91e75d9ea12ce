r"""
Contrastive cross-entropies: softmax cross-entropies of similarities between anchors and candidates.

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

A candidate that is masked for an anchor has the logit ``-inf``, assigned after the division: the derivative
of :math:`-\infty / \tau` in the temperature would be nan.

Source: van den Oord, A., Li, Y., Vinyals, O. (2018). Representation learning with contrastive predictive
coding. arXiv:1807.03748, equation 4; derivatives by the chain rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Formula, Namespace, differentiable

__all__ = ["Contrast", "Pair"]

# Anchors and candidates, or their gradients, or directions in them.
Pair = tuple[Array, Array]


@dataclass(frozen=True)
class Contrast:
    """
    Cross-entropies of all anchors among all candidates.

    Parameters
    ----------
    formula : Formula
        Cross-entropy of a row of logits; its data is `truth`.
    truth : array
        Label of each anchor, a candidate's number, or its distribution over the candidates.
    takes_part : array of bool of shape (n, m), or None
        True where a candidate is among those of an anchor; other candidates are masked. None
        means that no candidate is masked.
    temperature : array of shape ()
        Divisor of the similarities, positive.
    """

    formula: Formula
    truth: Array
    takes_part: Array | None
    temperature: Array

    def values(self, pair: Pair, *, xp: Namespace) -> Array:
        """Cross-entropy of each anchor in nats, of shape (..., n); differentiable by the array library."""
        return differentiable("value", self.formula, self._logits(pair, xp=xp), self.truth, xp=xp)

    def gradients(self, pair: Pair, weight: Array | None, *, xp: Namespace) -> Pair:
        """
        Gradients of the weighted sum of the values in anchors and candidates; can be differentiated again.

        `weight` has one number per anchor, of shape (..., n); None means weights of 1.
        """
        derivatives = differentiable("gradient", self.formula, self._logits(pair, xp=xp), self.truth, xp=xp)
        return self._pulled_back(_weighted(derivatives, weight), pair, xp=xp)

    def values_and_gradients(self, pair: Pair, weight: Array | None, *, xp: Namespace) -> tuple[Array, Pair]:
        """`values` and `gradients`, computed together from their common parts; a `weight` of None means 1."""
        values, derivatives = self.formula.value_and_gradient(self._logits(pair, xp=xp), self.truth, xp=xp)
        return values, self._pulled_back(_weighted(derivatives, weight), pair, xp=xp)

    def hessian_vector_products(
        self, pair: Pair, moves: Pair, weight: Array | None, *, xp: Namespace
    ) -> tuple[Pair, Pair]:
        """
        Gradients of the weighted sum of the values in anchors and candidates, and derivatives along `moves`.

        `pair` are anchors (..., n, D) and candidates (..., m, D). `moves` are directions of these shapes, and
        may have further axes in front; so has the second result, the derivatives of both gradients along
        them. `weight` has one number per anchor, (..., n); None means 1.
        """
        (anchors, candidates), (of_anchors, of_candidates) = pair, moves
        logits = self._logits(pair, xp=xp)
        along = _products(of_anchors, candidates, xp=xp) + _products(anchors, of_candidates, xp=xp)
        derivatives = _weighted(self.formula.gradient(logits, self.truth, xp=xp), weight)
        second_derivatives = self.formula.hessian_vector_product(
            logits, self.truth, along / self.temperature, xp=xp
        )
        turned = self._pulled_back(_weighted(second_derivatives, weight), pair, xp=xp)
        moved = self._pulled_back(derivatives, moves, xp=xp)
        return self._pulled_back(derivatives, pair, xp=xp), (turned[0] + moved[0], turned[1] + moved[1])

    def _logits(self, pair: Pair, *, xp: Namespace) -> Array:
        """Similarities over the temperature, of shape (..., n, m); ``-inf`` for masked candidates."""
        logits = _products(*pair, xp=xp) / self.temperature
        return logits if self.takes_part is None else xp.where(self.takes_part, logits, -xp.inf)

    def _pulled_back(self, derivatives: Array, pair: Pair, *, xp: Namespace) -> Pair:
        """Gradients in anchors and candidates, of their shapes, from gradients in the logits, (..., n, m)."""
        anchors, candidates = pair
        derivatives = derivatives / self.temperature
        return xp.matmul(derivatives, candidates), xp.matmul(xp.matrix_transpose(derivatives), anchors)


def _products(anchors: Array, candidates: Array, *, xp: Namespace) -> Array:
    """Inner products of all anchors with all candidates, of shape (..., n, m)."""
    return xp.matmul(anchors, xp.matrix_transpose(candidates))


def _weighted(rows: Array, weight: Array | None) -> Array:
    """`rows` times one weight per row; unchanged if `weight` is None."""
    return rows if weight is None else weight[..., None] * rows
