r"""
Cross-entropy of an observation that each class causes with a given likelihood.

For logits :math:`z`, :math:`p = \mathrm{softmax}(z)`, likelihoods :math:`\tau_k \in [0, 1]` of what was
observed and :math:`u = \sum_k \tau_k p_k`, the posterior is :math:`r_k = \tau_k p_k / u`, and

.. math::

    \ell = -\log u, \quad \nabla \ell = p - r, \quad
    \nabla^2 \ell = (\mathrm{diag}(p) - p p^\top) - (\mathrm{diag}(r) - r r^\top).

A label seen through a noise matrix is such an observation: its likelihoods are a column of the matrix. Near
1, :math:`u` is taken from its complement :math:`\sum_k (1 - \tau_k) p_k`, and a `u` too small for a float
from :math:`\mathrm{softmax}(z + \log \tau)`. Prior and posterior may be near; with one likeliest class
:math:`j`,

.. math::

    p_k - r_k = \frac{p_k}{u} (u - \tau_k), \quad
    u - \tau_k = \sum_{i \ne j} p_i (\tau_i - \tau_j) + (\tau_j - \tau_k), \quad
    (\nabla^2 \ell\, v)_k = g_k (v_k - \langle p, v \rangle) - r_k \langle g, v \rangle

with the gradient :math:`g`, in which ``p`` and ``r`` are not subtracted again.

Source: Patrini, G. et al. (2017). Making deep neural networks robust to label noise: a loss correction
approach. CVPR. Theorem 2; derivatives by the chain rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from xent.arrays import Array, Namespace
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.softmax import Softmax, softmax
from xent.precision.exact_logits import ExactLogits, Logits, exact_sum, rounded_and_rest

__all__ = ["ForwardCorrection"]

_LIKELY = 2.0**-10


class _Observed(NamedTuple):
    """The softmax, that of the posterior, the observation's surprisal, the posterior and the gradient."""

    model: Softmax
    of_joint: Softmax
    surprisal: Array
    posterior: Array
    gradient: Array


@dataclass(frozen=True)
class ForwardCorrection:
    """Cross-entropy in nats of what was observed, with its derivatives; the data are its likelihoods."""

    def value(self, logits: Logits, likelihoods: Array, *, xp: Namespace) -> Array:
        """Cross-entropy in nats, of shape (...)."""
        return _observed(logits, likelihoods, xp=xp).surprisal

    def gradient(self, logits: Logits, likelihoods: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return _observed(logits, likelihoods, xp=xp).gradient

    def value_and_gradient(self, logits: Logits, likelihoods: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient` for little more than the price of one."""
        observed = _observed(logits, likelihoods, xp=xp)
        return observed.surprisal, observed.gradient

    def hessian_vector_product(
        self, logits: Logits, likelihoods: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the Hessian in the logits with `vectors`, of shape (..., K)."""
        model, of_joint, _, posterior, gradient = _observed(logits, likelihoods, xp=xp)
        # A constant added to a vector changes nothing, so its entry at the top is taken away first.
        at_top = xp.sum(vectors * model.is_top, axis=-1)[..., None]
        shifted = (vectors - at_top) * (1 - model.is_top)
        mean = xp.sum(model.probs * shifted, axis=-1)[..., None]
        along = xp.sum(gradient * shifted, axis=-1)[..., None]
        near = gradient * (shifted - mean) - posterior * along
        # Two sure and different distributions have small Hessians, of which `near` would lose the digits.
        far = model.jacobian_product(vectors, xp=xp) - of_joint.jacobian_product(vectors, xp=xp)
        is_near = xp.max(xp.abs(gradient), axis=-1)[..., None] < 0.5
        return xp.where(is_near, near, far)

    def hessian(self, logits: Logits, likelihoods: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); in general not positive semidefinite."""
        return hessian_by_columns(self, logits, likelihoods, xp=xp)


def _observed(logits: Logits, likelihoods: Array, *, xp: Namespace) -> _Observed:
    model = softmax(logits, xp=xp)
    is_possible = (rounded_and_rest(logits).rounded > -xp.inf) & (likelihoods > 0)
    of_joint = softmax(_joint(logits, likelihoods, is_possible, xp=xp), xp=xp)
    probs = model.probs
    prob = xp.sum(likelihoods * probs, axis=-1)
    is_float = prob > float(xp.finfo(prob.dtype).smallest_normal)
    # A posterior that is much larger than the prior has lost digits with it, if it is close to underflow.
    is_near = is_float & ((model.top == of_joint.top) | (prob > _LIKELY))
    divisor = xp.where(is_near, prob, 1.0)
    surprisal = xp.where(
        is_near,
        _near_surprisal(likelihoods, probs, divisor, xp=xp),
        _far_surprisal(model, of_joint, xp=xp),
    )
    # What no class can have caused costs infinity; a row without a softmax, or a label that is no class, nan.
    surprisal = xp.where(xp.any(is_possible, axis=-1), surprisal, xp.inf + 0 * prob)
    is_near, divisor = is_near[..., None], divisor[..., None]
    posterior = xp.where(is_near, likelihoods * probs / divisor, of_joint.probs)
    near = probs * (_mean_less_each(likelihoods, model, probs, xp=xp) / divisor)
    return _Observed(model, of_joint, surprisal, posterior, xp.where(is_near, near, probs - posterior))


def _joint(logits: Logits, likelihoods: Array, is_possible: Array, *, xp: Namespace) -> ExactLogits:
    """Logits of the posterior."""
    joint = exact_sum(logits, xp.log(xp.where(is_possible, likelihoods, 1.0)), xp=xp)
    return ExactLogits(xp.where(is_possible, joint.rounded, -xp.inf), xp.where(is_possible, joint.rest, 0.0))


def _near_surprisal(likelihoods: Array, probs: Array, prob: Array, *, xp: Namespace) -> Array:
    complement = xp.sum((1 - likelihoods) * probs, axis=-1)
    # Near -0.4 the log1p of JAX is a hundred units off.
    is_likely = complement < 0.3
    return xp.where(is_likely, -xp.log1p(-xp.where(is_likely, complement, 0.0)), -xp.log(prob))


def _far_surprisal(model: Softmax, of_joint: Softmax, *, xp: Namespace) -> Array:
    """A difference of two log-normalisers."""
    gap = (model.peak - of_joint.peak) + (model.peak_rest - of_joint.peak_rest)
    return gap + (xp.log1p(model.rest) - xp.log1p(of_joint.rest))


def _mean_less_each(likelihoods: Array, model: Softmax, probs: Array, *, xp: Namespace) -> Array:
    """The mean of the likelihoods less each, by way of the likeliest class, whose own difference is 0."""
    at_top = xp.sum(likelihoods * model.is_top, axis=-1)[..., None]
    mean_less_top = xp.sum(probs * (likelihoods - at_top), axis=-1)[..., None]
    return mean_less_top + (at_top - likelihoods)
