r"""
Truncated generalised cross-entropy: constant where the probability of the label is at most a threshold.

With :math:`L_q(u) = (1 - u^q) / q`, and :math:`u` the probability of the label,

.. math:: \varphi = L_q(\max(u, k)), \quad \varphi' = [u > k]\, u^q, \quad \varphi'' = -[u > k]\, q\, u^q .

At :math:`u = k` derivatives are those from below, 0.

Source: Zhang, Z., Sabuncu, M. (2018). Generalized cross entropy loss for training deep neural networks with
noisy labels. NeurIPS. Section 3.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from xent.arrays import Array, Namespace, is_jax
from xent.formulas.losses.generalized_cross_entropy import GeneralizedCrossEntropy, generalized
from xent.formulas.true_class import ClassProbability

__all__ = ["TruncatedCrossEntropy"]


@dataclass(frozen=True)
class TruncatedCrossEntropy:
    """
    Truncated generalised cross-entropy as a function of the surprisal.

    Parameters
    ----------
    q : float in [0, 1]
        Exponent of the probability; 0 gives truncated cross-entropy.
    k : float in (0, 1)
        Threshold: the loss is constant for probabilities up to it.
    """

    q: float
    k: float

    def value(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """
        Loss, elementwise; in nats for ``q = 0``.

        For probabilities up to `k` it is the loss of `k`.
        """
        at_k = self._at_threshold(xp=xp)
        # `nan <= k` is False, so an undefined probability gives nan and not the constant.
        return xp.where(of_label.prob <= self.k, at_k, self._whole.value(of_label, xp=xp))

    def first_derivative(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Derivative of `value` in the surprisal, elementwise; 0 for probabilities up to `k`."""
        flat = 0 * self._at_threshold(xp=xp)  # nan for a traced q of nan
        return xp.where(of_label.prob <= self.k, flat, self._whole.first_derivative(of_label, xp=xp))

    def second_derivative(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Second derivative of `value` in the surprisal, elementwise; 0 for probabilities up to `k`."""
        flat = 0 * self._at_threshold(xp=xp)  # nan for a traced q of nan
        return xp.where(of_label.prob <= self.k, flat, self._whole.second_derivative(of_label, xp=xp))

    def _at_threshold(self, *, xp: Namespace) -> Any:
        """Loss of a probability of `k`: a float, or an array of JAX of shape () if `q` or `k` is one."""
        if is_jax(self.q) or is_jax(self.k):
            return generalized(-xp.log(xp.asarray(self.k)), self.q, xp=xp)
        return -math.log(self.k) if self.q == 0 else -math.expm1(self.q * math.log(self.k)) / self.q

    @property
    def _whole(self) -> GeneralizedCrossEntropy:
        """
        Generalised cross-entropy without the truncation, of exponent `q`.

        If `k` is an array of JAX that is nan, so is the exponent.
        """
        # A traced threshold of nan makes the exponent nan; a comparison with it would hide it.
        return GeneralizedCrossEntropy(self.q + 0 * self.k if is_jax(self.k) else self.q)
