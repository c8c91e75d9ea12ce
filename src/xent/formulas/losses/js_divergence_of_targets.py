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

Sums of non-negative terms; the mixture differs from either by a multiple of :math:`p - t`, and
:math:`a = \mathrm{log1p}(\pi (p - t) / m)` where the two are near. Where they are far apart the constant
:math:`-\log(1 - \pi)` is left out of `a`, and :math:`-\mathrm{log1p}(\pi t / ((1 - \pi) p))` stays.

Source: Lin, J. (1991). Divergence measures based on the Shannon entropy. IEEE Trans. Inf. Theory 37(1),
equation 4.1; derivatives by the chain rule.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from xent.arrays import Array, Namespace
from xent.formulas import i_divergence
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.model_and_targets import turn_product
from xent.formulas.softmax import Softmax, softmax
from xent.precision.exact_logits import Logits

__all__ = ["JSDivergenceOfTargets"]


class _Parts(NamedTuple):
    """
    The softmax, its difference from the targets, the mixture, and the logarithm of model over mixture.

    The slopes are these logarithms up to a constant in each row, which the Jacobian does not see.
    """

    model: Softmax
    apart: Array
    mixture: Array
    logs: Array
    slopes: Array


@dataclass(frozen=True)
class JSDivergenceOfTargets:
    """
    Jensen-Shannon divergence in nats, with its derivatives.

    Parameters
    ----------
    share : float
        Share of the targets in the mixture, between 0 and 1.
    """

    share: float

    def value(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Divergence of model and `targets` in nats, of shape (...)."""
        return self._value(self._parts(logits, targets, xp=xp), targets, xp=xp)

    def gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return self._gradient(self._parts(logits, targets, xp=xp), xp=xp)

    def value_and_gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient` for little more than the price of one."""
        parts = self._parts(logits, targets, xp=xp)
        return self._value(parts, targets, xp=xp), self._gradient(parts, xp=xp)

    def hessian_vector_product(
        self, logits: Logits, targets: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the Hessian in the logits with `vectors`, of shape (..., K)."""
        model, _, mixture, _, slopes = self._parts(logits, targets, xp=xp)
        # Where the mixture is 0 so is the target.
        weights = self.share * targets / xp.where(mixture == 0, 1.0, mixture)
        moved = weights * model.jacobian_product(vectors, xp=xp)
        bend = moved - model.probs * xp.sum(moved, axis=-1)[..., None]
        return (1 - self.share) * (bend + turn_product(model, slopes, vectors, xp=xp))

    def hessian(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, targets, xp=xp)

    def _parts(self, logits: Logits, targets: Array, *, xp: Namespace) -> _Parts:
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
        # A class without probability adds nothing, for p log(p) tends to 0.
        logs = xp.where(has_prob, xp.where(is_near, near, far), 0.0)
        # All classes without a target have one slope to the last digit, or they would seem to differ by it.
        is_tiny = probs < float(xp.finfo(probs.dtype).smallest_normal) ** 0.5
        odds = self.share * targets / ((1 - self.share) * xp.where(is_tiny, 1.0, probs))
        from_odds = xp.where(is_tiny, logs + math.log1p(-self.share), -xp.log1p(odds))
        is_far = (xp.sum(xp.abs(apart), axis=-1) > 0.5)[..., None]
        return _Parts(model, apart, mixture, logs, xp.where(is_far, from_odds, logs))

    def _gradient(self, parts: _Parts, *, xp: Namespace) -> Array:
        return (1 - self.share) * parts.model.jacobian_product(parts.slopes, xp=xp)

    def _value(self, parts: _Parts, targets: Array, *, xp: Namespace) -> Array:
        model, apart, mixture, logs, _ = parts
        of_targets = i_divergence.log_ratio(targets, mixture, xp=xp)
        below = i_divergence.terms(targets, (1 - self.share) * apart, of_targets, xp=xp)
        above = i_divergence.terms(model.probs, -self.share * apart, -logs, xp=xp)
        return xp.sum(self.share * below + (1 - self.share) * above, axis=-1)
