"""
Softcap of logits, elementwise, with its derivatives: the first step of `adjusted_logits.py` alone.

Source: Gemma Team (2024). Gemma 2: improving open language models at a practical size. arXiv:2408.00118,
section 2.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.adjusted_logits import AdjustedLogits, adjusted_logits
from xent.precision.exact_difference import high_and_low

__all__ = ["SoftCap"]


@dataclass(frozen=True)
class SoftCap:
    """
    ``cap * tanh(logits / cap)``, elementwise, with its derivatives.

    Parameters
    ----------
    cap : float
        Bound of the capped logits, positive.
    """

    cap: float

    def value(self, logits: Array, *, xp: Namespace) -> Array:
        """Capped logits, of the shape of `logits`; ``-inf`` stays ``-inf``."""
        return self.value_and_gradient(logits, xp=xp)[0]

    def gradient(self, logits: Array, *, xp: Namespace) -> Array:
        """Derivative of each capped logit in its own logit, of the shape of `logits`; 1 at ``-inf``."""
        return self.value_and_gradient(logits, xp=xp)[1]

    def value_and_gradient(self, logits: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`."""
        found = self._adjusted(logits, xp)
        return high_and_low(found.logits).rounded, found.first_derivative

    def hessian_vector_product(self, logits: Array, vectors: Array, *, xp: Namespace) -> Array:
        """Second derivatives times `vectors`, elementwise."""
        return self.hessian(logits, xp=xp) * vectors

    def hessian(self, logits: Array, *, xp: Namespace) -> Array:
        """Second derivative of each capped logit in its own, of the shape of `logits`; 0 at ``-inf``."""
        second_derivative: Array = self._adjusted(logits, xp).second_derivative
        return second_derivative

    def _adjusted(self, logits: Array, xp: Namespace) -> AdjustedLogits:
        """Capped logits with their first and second derivatives, of the shape of `logits`."""
        cap = xp.full_like(logits, self.cap)
        return adjusted_logits(logits, softcap=cap, temperature=None, offset=None, mask=None, xp=xp)
