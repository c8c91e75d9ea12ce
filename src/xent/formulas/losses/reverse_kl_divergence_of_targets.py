r"""
Kullback-Leibler divergence of targets from a softmax: the divergence with its arguments exchanged.

For targets :math:`t`, :math:`p = \mathrm{softmax}(z)`, :math:`d = \log (p / t)`, :math:`J = \mathrm{diag}(p)
- p p^\top` and :math:`u = J v`,

.. math::

    \ell = \sum_k \left( p_k \log \frac{p_k}{t_k} + t_k - p_k \right), \quad \nabla \ell = J d, \quad
    \nabla^2 \ell\; v = u + u \circ (d - \langle p, d \rangle) - p\, \langle u, d \rangle .

If classes with target 0 have a positive total probability :math:`P`, the value is infinite. Derivatives are
then limits for targets that tend to 0: infinity times the derivatives of :math:`P`, and where these are 0,
the finite part.

Source: Csiszar, I. (1975). I-divergence geometry of probability distributions and minimization problems. Ann.
Probab. 3(1), the I-projection; derivatives by the chain rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from xent.arrays import Array, Namespace
from xent.formulas import i_divergence
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.model_and_targets import log_ratio, turn_product
from xent.formulas.softmax import Softmax, softmax
from xent.precision.exact_difference import Logits

__all__ = ["ReverseKLDivergenceOfTargets", "reverse_kl_divergence_of_targets"]


class _Parts(NamedTuple):
    """
    Softmax, its finite log-ratio to the targets, and 1.0 where that log-ratio is infinite.

    `logs` is ``log(p / t)`` and 0 where `is_infinite` is 1, both of shape (..., K); `model` is the softmax.
    """

    model: Softmax
    logs: Array
    is_infinite: Array


@dataclass(frozen=True)
class ReverseKLDivergenceOfTargets:
    """
    Kullback-Leibler divergence of targets from the model in nats, with derivatives in the logits.

    The data of every method are the targets, >= 0 and of shape (..., K). Divergence and gradient are infinite
    where a target is 0 and the probability is not.
    """

    def value(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Divergence of `targets` from the model in nats, of shape (...)."""
        return _value(_parts(logits, targets, xp=xp), targets, xp=xp)

    def gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return _gradient(_parts(logits, targets, xp=xp), xp=xp)

    def value_and_gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        parts = _parts(logits, targets, xp=xp)
        return _value(parts, targets, xp=xp), _gradient(parts, xp=xp)

    def hessian_vector_product(
        self, logits: Logits, targets: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """
        Product of the Hessian in the logits with `vectors`, of shape (..., K).

        Where `value` is ``inf`` it is the limit for targets that tend to 0, whose entries may be infinite.
        """
        model, logs, is_infinite = _parts(logits, targets, xp=xp)
        finite = model.jacobian_product(vectors, xp=xp) + turn_product(model, logs, vectors, xp=xp)
        return _with_infinity(finite, turn_product(model, is_infinite, vectors, xp=xp), xp=xp)

    def hessian(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, targets, xp=xp)


reverse_kl_divergence_of_targets = ReverseKLDivergenceOfTargets()


def _parts(logits: Logits, targets: Array, *, xp: Namespace) -> _Parts:
    """
    Softmax p of the logits, finite part of ``log(p / targets)``, and 1.0 where that is infinite, (..., K).

    The two are kept apart, because ``inf * 0`` is nan. The finite part is 0 where the ratio is infinite (only
    the target is 0), and where p is 0.
    """
    model = softmax(logits, xp=xp)
    probs = model.probs
    logs = log_ratio(model, logits, targets, xp=xp)
    # p log(p) tends to 0 with p, but 0 * -inf is nan.
    logs = xp.where(probs == 0, 0.0, logs)
    finite = xp.where(logs == xp.inf, 0.0, logs)
    # In a row without a softmax nothing is known, and all is nan.
    is_infinite = (logs == xp.inf) & (probs > 0)
    return _Parts(model, finite, xp.astype(is_infinite, probs.dtype))


def _value(parts: _Parts, targets: Array, *, xp: Namespace) -> Array:
    """
    Divergence in nats, of shape (...), given the log-ratios.

    It is ``inf`` if a class of target 0 has a positive probability.
    """
    probs = parts.model.probs
    finite = xp.sum(i_divergence.terms(probs, targets - probs, -parts.logs, xp=xp), axis=-1)
    return xp.where(xp.max(parts.is_infinite, axis=-1) > 0, xp.inf, finite)


def _gradient(parts: _Parts, *, xp: Namespace) -> Array:
    """
    Gradient in the logits, of shape (..., K), given the log-ratios.

    It is infinite where the divergence is: ``inf`` at classes of target 0, else ``-inf``, unless their
    probability is 0.
    """
    model, logs, is_infinite = parts
    finite = model.jacobian_product(logs, xp=xp)
    return _with_infinity(finite, model.jacobian_product(is_infinite, xp=xp), xp=xp)


def _with_infinity(finite: Array, factor: Array, *, xp: Namespace) -> Array:
    """``finite + inf * factor``, where ``inf * 0`` is 0."""
    return xp.where(factor > 0, xp.inf, xp.where(factor < 0, -xp.inf, finite))
