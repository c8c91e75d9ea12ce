r"""
Jensen-Shannon divergence of a softmax and targets.

For targets :math:`t` of share :math:`\pi`, :math:`p = \mathrm{softmax}(z)`, the mixture :math:`m = \pi t + (1
- \pi) p`, :math:`a = \log (p / m)`, :math:`J = \mathrm{diag}(p) - p p^\top` and :math:`u = J v`,

.. math::

    \ell = \pi\, \mathrm{KL}(t \,\|\, m) + (1 - \pi)\, \mathrm{KL}(p \,\|\, m), \quad
    \nabla \ell = (1 - \pi) J a, \quad

.. math::

    \nabla^2 \ell\; v = (1 - \pi) \left( w \circ u - p\, \langle w, u \rangle
    + u \circ (a - \langle p, a \rangle) - p\, \langle u, a \rangle \right), \quad w_k = \pi t_k / m_k .

The value is a sum of terms >= 0. The mixture differs from `p` and from `t` by multiples of :math:`p - t`, and
:math:`a = \mathrm{log1p}(\pi (p - t) / m)` where `p` and `t` are near. Where they are far apart, the constant
:math:`-\log(1 - \pi)` is left out of `a`, which :math:`J` maps to 0, and
:math:`-\mathrm{log1p}(\pi t / ((1 - \pi) p))` remains.

Source: Lin, J. (1991). Divergence measures based on the Shannon entropy. IEEE Trans. Inf. Theory 37(1),
equation 4.1; derivatives by the chain rule.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from xent.arrays import Array, Namespace, is_jax
from xent.formulas import i_divergence
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.model_and_targets import turn_product
from xent.formulas.softmax import Softmax, softmax
from xent.precision.exact_difference import Logits

__all__ = ["JSDivergenceOfTargets"]


class _Parts(NamedTuple):
    """
    Softmax `model`, its difference from the targets, the mixture, ``log(p / m)``, and the derivatives.

    `apart` is probability less target; `logs` is 0 where the probability is 0. All arrays have shape (...,
    K). The derivatives are those logarithms up to a constant in each row, which the Jacobian maps to 0.
    """

    model: Softmax
    apart: Array
    mixture: Array
    logs: Array
    derivatives: Array


@dataclass(frozen=True)
class JSDivergenceOfTargets:
    """
    Jensen-Shannon divergence in nats, with derivatives in the logits.

    It is ``share KL(t || m) + (1 - share) KL(p || m)``, with targets `t`, probabilities `p` and their mixture
    `m`. The data of every method are the targets, >= 0 and of shape (..., K). A row without a softmax, which
    is all ``-inf`` or holds nan or ``inf``, gives nan.

    Parameters
    ----------
    share : float
        Share of the targets in the mixture, strictly between 0 and 1.
    """

    share: float

    def value(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Divergence of the model and `targets` in nats, of shape (...)."""
        return self._value(self._parts(logits, targets, xp=xp), targets, xp=xp)

    def gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return self._gradient(self._parts(logits, targets, xp=xp), xp=xp)

    def value_and_gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        parts = self._parts(logits, targets, xp=xp)
        return self._value(parts, targets, xp=xp), self._gradient(parts, xp=xp)

    def hessian_vector_product(
        self, logits: Logits, targets: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """
        Product of the Hessian of `value` in the logits of each row with `vectors`, both of shape (..., K).

        `targets` have that shape too. A row without a softmax, which is all ``-inf`` or holds nan or
        ``+inf``, has nan.
        """
        model, _, mixture, _, derivatives = self._parts(logits, targets, xp=xp)
        # A mixture of 0 means a target of 0, so the weight is 0 and not 0 / 0.
        weights = self.share * targets / xp.where(mixture == 0, 1.0, mixture)
        moved = weights * model.jacobian_product(vectors, xp=xp)
        second_derivative = moved - model.probs * xp.sum(moved, axis=-1)[..., None]
        return (1 - self.share) * (second_derivative + turn_product(model, derivatives, vectors, xp=xp))

    def hessian(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, targets, xp=xp)

    def _parts(self, logits: Logits, targets: Array, *, xp: Namespace) -> _Parts:
        """
        Softmax p, ``p - t``, the mixture ``m = share * t + (1 - share) * p``, ``log(p / m)`` and derivatives.

        Logits and targets t have shape (..., K), and so have all arrays of `_Parts`. A class of probability 0
        has the logarithm 0. The derivatives are those of the divergence in p over ``1 - share``: these
        logarithms, or in a row where p and t are far apart the same plus a constant, which a gradient does
        not see.
        """
        model = softmax(logits, xp=xp)
        probs = model.probs
        apart = probs - targets
        mixture = self.share * targets + (1 - self.share) * probs
        has_prob = probs > 0
        safe = xp.where(has_prob, mixture, 1.0)
        excess = self.share * apart / safe
        is_near = xp.abs(excess) <= 0.25
        near = xp.log1p(xp.where(is_near, excess, 0.0))
        far = xp.log(xp.where(has_prob, probs, 1.0) / safe)
        # p log(p) tends to 0 with p, but 0 * -inf is nan.
        logs = xp.where(has_prob, xp.where(is_near, near, far), 0.0)
        # All classes of target 0 have the same derivative, log(1 / (1 - share)). Computed from p / m, those
        # would differ in their last digits, and `J` would make a gradient of the differences; from_odds makes
        # them equal.
        is_tiny = probs < float(xp.finfo(probs.dtype).smallest_normal) ** 0.5
        odds = self.share * targets / ((1 - self.share) * xp.where(is_tiny, 1.0, probs))
        log_of_rest = xp.log1p(-self.share) if is_jax(self.share) else math.log1p(-self.share)
        from_odds = xp.where(is_tiny, logs + log_of_rest, -xp.log1p(odds))
        is_far = (xp.sum(xp.abs(apart), axis=-1) > 0.5)[..., None]
        return _Parts(model, apart, mixture, logs, xp.where(is_far, from_odds, logs))

    def _gradient(self, parts: _Parts, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K), given the parts."""
        return (1 - self.share) * parts.model.jacobian_product(parts.derivatives, xp=xp)

    def _value(self, parts: _Parts, targets: Array, *, xp: Namespace) -> Array:
        """
        Divergence ``share KL(t || m) + (1 - share) KL(p || m)`` in nats, of shape (...).

        `parts` hold the softmax p, ``p - t``, the mixture m and ``log(p / m)``; `targets` are t, (..., K).
        """
        model, apart, mixture, logs, _ = parts
        of_targets = i_divergence.log_ratio(targets, mixture, xp=xp)
        below = i_divergence.terms(targets, (1 - self.share) * apart, of_targets, xp=xp)
        above = i_divergence.terms(model.probs, -self.share * apart, -logs, xp=xp)
        return xp.sum(self.share * below + (1 - self.share) * above, axis=-1)
