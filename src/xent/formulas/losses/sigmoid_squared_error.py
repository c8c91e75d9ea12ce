r"""
Squared error of the probability that one logit gives under a sigmoid.

For a logit :math:`z`, a target :math:`t` in [0, 1], :math:`\sigma(z) = 1 / (1 + e^{-z})` and
:math:`r = \sigma(z) - t`,

.. math::

    \ell = r^2, \quad \frac{d\ell}{dz} = 2 r\, \sigma(z)\, \sigma(-z), \quad
    \frac{d^2\ell}{dz^2} = 2\, \sigma(z)\, \sigma(-z)
        \bigl(\sigma(z)\, \sigma(-z) + r\, (\sigma(-z) - \sigma(z))\bigr).

It is half the squared distance of the distributions ``(1 - sigmoid, sigmoid)`` and ``(1 - t, t)``, so that
it equals `softmax_squared_error` of two classes. The factor ``sigmoid(z) sigmoid(-z)`` is what makes it
slow where the model is sure and wrong. The residual is the derivative of cross-entropy, which
subtracts no near numbers where the model is sure and right.

Source: Brier, G. W. (1950). Verification of forecasts expressed in terms of probability. Monthly Weather
Review 78(1), equation 2, halved; derivatives by the chain rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.formulas.sigmoid import sigmoid
from xent.precision.exact_logits import Logits

__all__ = ["SigmoidSquaredError", "sigmoid_squared_error"]


@dataclass(frozen=True)
class SigmoidSquaredError:
    """
    Squared error, elementwise, with its derivatives.

    Every function takes the logits, the target and 1 minus the target.
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
        """Second derivative in the logits, elementwise; negative where the model is sure and wrong."""
        above, below = sigmoid(logits, xp=xp)
        slope = above * below
        residual = sigmoid_cross_entropy.gradient(logits, mass_for, mass_against, xp=xp)
        return 2 * slope * (slope + residual * (below - above))

    def hessian_vector_product(
        self, logits: Logits, mass_for: Array, mass_against: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the diagonal Hessian with `vectors`, elementwise."""
        return self.hessian(logits, mass_for, mass_against, xp=xp) * vectors


sigmoid_squared_error = SigmoidSquaredError()
