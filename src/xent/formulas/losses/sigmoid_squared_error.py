r"""
Squared error of the probability of one logit under a sigmoid.

For a logit :math:`z`, a target :math:`t` in [0, 1], :math:`\sigma(z) = 1 / (1 + e^{-z})` and
:math:`r = \sigma(z) - t`,

.. math::

    \ell = r^2, \quad \frac{d\ell}{dz} = 2 r\, \sigma(z)\, \sigma(-z), \quad
    \frac{d^2\ell}{dz^2} = 2\, \sigma(z)\, \sigma(-z)
        \bigl(\sigma(z)\, \sigma(-z) + r\, (\sigma(-z) - \sigma(z))\bigr).

The loss is half the squared distance of the distributions ``(1 - sigmoid, sigmoid)`` and ``(1 - t, t)``, so
that the loss equals `softmax_squared_error` of two classes. The factor ``sigmoid(z) sigmoid(-z)`` makes the
derivative vanish for a confident wrong prediction, where that of cross-entropy is largest. The residual is
the derivative of cross-entropy, which is computed without cancellation.

Source: Brier, G. W. (1950). Verification of forecasts expressed in terms of probability. Monthly Weather
Review 78(1), equation 2, halved; derivatives by the chain rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.formulas.sigmoid import sigmoid
from xent.precision.exact_difference import Logits

__all__ = ["SigmoidSquaredError", "sigmoid_squared_error"]


@dataclass(frozen=True)
class SigmoidSquaredError:
    """
    Squared error, elementwise, with derivatives in the logits.

    The data of every method are the target and 1 minus the target.
    """

    def value(self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace) -> Array:
        """Squared error of the probabilities, elementwise."""
        return self.value_and_gradient(logits, mass_for, mass_against, xp=xp)[0]

    def gradient(self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace) -> Array:
        """Derivative of `value` in the logits, elementwise."""
        return self.value_and_gradient(logits, mass_for, mass_against, xp=xp)[1]

    def value_and_gradient(
        self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace
    ) -> tuple[Array, Array]:
        """`value` and `gradient`, elementwise."""
        residual = sigmoid_cross_entropy.gradient(logits, mass_for, mass_against, xp=xp)
        above, below = sigmoid(logits, xp=xp)
        return residual * residual, 2 * residual * (above * below)

    def hessian(self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace) -> Array:
        """Second derivative in the logits, elementwise; negative for confident wrong predictions."""
        above, below = sigmoid(logits, xp=xp)
        first_derivative = above * below
        residual = sigmoid_cross_entropy.gradient(logits, mass_for, mass_against, xp=xp)
        return 2 * first_derivative * (first_derivative + residual * (below - above))

    def hessian_vector_product(
        self, logits: Logits, mass_for: Array, mass_against: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the diagonal Hessian with `vectors`, elementwise."""
        return self.hessian(logits, mass_for, mass_against, xp=xp) * vectors


sigmoid_squared_error = SigmoidSquaredError()
