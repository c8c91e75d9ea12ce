r"""
Truncated generalised cross-entropy: what the model finds too unlikely no longer counts.

With :math:`L_q(u) = (1 - u^q) / q`, and :math:`u` the probability of the label,

.. math:: \varphi = L_q(\max(u, k)), \quad \varphi' = [u > k]\, u^q, \quad \varphi'' = -[u > k]\, q\, u^q .

At :math:`u = k` the derivatives are those from below.

Source: Zhang, Z., Sabuncu, M. (2018). Generalized cross entropy loss for training deep neural networks with
noisy labels. NeurIPS. Section 3.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.losses.generalized_cross_entropy import GeneralizedCrossEntropy
from xent.formulas.true_class import ClassProbability

__all__ = ["TruncatedCrossEntropy"]


@dataclass(frozen=True)
class TruncatedCrossEntropy:
    """
    Truncated generalised cross-entropy as a function of the surprisal.

    Parameters
    ----------
    q : float in [0, 1]
        Exponent.
    k : float in (0, 1)
        Probability at and below which the loss is constant.
    """

    q: float
    k: float

    def value(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """The loss; in nats for ``q = 0``."""
        at_k = -math.log(self.k) if self.q == 0 else -math.expm1(self.q * math.log(self.k)) / self.q
        # `nan <= k` does not hold: an undefined probability stays undefined.
        return xp.where(of_label.prob <= self.k, at_k, self._whole.value(of_label, xp=xp))

    def slope(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Its derivative in the surprisal."""
        return xp.where(of_label.prob <= self.k, 0.0, self._whole.slope(of_label, xp=xp))

    def bend(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Its second derivative in the surprisal."""
        return xp.where(of_label.prob <= self.k, 0.0, self._whole.bend(of_label, xp=xp))

    @property
    def _whole(self) -> GeneralizedCrossEntropy:
        return GeneralizedCrossEntropy(self.q)
