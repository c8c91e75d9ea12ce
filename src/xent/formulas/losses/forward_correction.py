r"""
Cross-entropy of an observation, given the likelihood of it under each class.

For logits :math:`z`, :math:`p = \mathrm{softmax}(z)`, likelihoods :math:`\tau_k \in [0, 1]` of the
observation and :math:`u = \sum_k \tau_k p_k`, the posterior is :math:`r_k = \tau_k p_k / u`, and

.. math::

    \ell = -\log u, \quad \nabla \ell = p - r, \quad
    \nabla^2 \ell = (\mathrm{diag}(p) - p p^\top) - (\mathrm{diag}(r) - r r^\top).

A label seen through a noise matrix is such an observation: its likelihoods are a column of the matrix.
Three evaluations avoid cancellation. A `u` near 1 is computed from its complement
:math:`\sum_k (1 - \tau_k) p_k`. A `u` below the normal floats is computed from
:math:`\mathrm{softmax}(z + \log \tau)`. If prior and posterior may be near, then with one most probable class
:math:`j`,

.. math::

    p_k - r_k = \frac{p_k}{u} (u - \tau_k), \quad
    u - \tau_k = \sum_{i \ne j} p_i (\tau_i - \tau_j) + (\tau_j - \tau_k), \quad
    (\nabla^2 \ell\, v)_k = g_k (v_k - \langle p, v \rangle) - r_k \langle g, v \rangle

with the gradient :math:`g`, so that ``p`` and ``r`` are not subtracted a second time.

Source: Patrini, G. et al. (2017). Making deep neural networks robust to label noise: a loss correction
approach. CVPR. Theorem 2; derivatives by the chain rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from xent.arrays import Array, Namespace
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.softmax import Softmax, softmax
from xent.precision.exact_difference import ExactLogits, Logits, high_and_low
from xent.precision.exact_logits import exact_sum

__all__ = ["ForwardCorrection"]

# Above this probability of the observation, the posterior is at most 1,024 times the prior.
_LIKELY = 2.0**-10


class _Observed(NamedTuple):
    """
    Softmax of the logits and of the posterior, surprisal of the observation, posterior, and gradient.

    `model` and `of_joint` are the softmaxes of the logits and of the logits plus log-likelihoods. The
    surprisal, in nats, has shape (...), posterior and gradient (..., K).
    """

    model: Softmax
    of_joint: Softmax
    surprisal: Array
    posterior: Array
    gradient: Array


@dataclass(frozen=True)
class ForwardCorrection:
    """
    Cross-entropy of an observation in nats, with derivatives in the logits.

    The data of every method are the likelihoods of the observation under each class, in [0, 1] and of shape
    (..., K). The loss is ``inf``, and derivatives are nan, where no class of a logit above ``-inf`` has a
    positive likelihood. A row without a softmax, which is all ``-inf`` or holds nan or ``inf``, gives nan.
    """

    def value(self, logits: Logits, likelihoods: Array, *, xp: Namespace) -> Array:
        """Cross-entropy in nats, of shape (...)."""
        return _observed(logits, likelihoods, xp=xp).surprisal

    def gradient(self, logits: Logits, likelihoods: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return _observed(logits, likelihoods, xp=xp).gradient

    def value_and_gradient(self, logits: Logits, likelihoods: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        observed = _observed(logits, likelihoods, xp=xp)
        return observed.surprisal, observed.gradient

    def hessian_vector_product(
        self, logits: Logits, likelihoods: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """
        Product of the Hessian of ``-log(sum(likelihoods * probs))`` in the logits with `vectors`, all (...,
        K).

        It is nan in a row whose loss is ``inf`` or nan.
        """
        model, of_joint, _, posterior, gradient = _observed(logits, likelihoods, xp=xp)
        # The Hessian maps constants to 0, so the entry at the top may be subtracted; see
        # Softmax.jacobian_product.
        at_top = xp.sum(vectors * model.is_top, axis=-1)[..., None]
        shifted = (vectors - at_top) * (1 - model.is_top)
        mean = xp.sum(model.probs * shifted, axis=-1)[..., None]
        along = xp.sum(gradient * shifted, axis=-1)[..., None]
        near = gradient * (shifted - mean) - posterior * along
        # Prior and posterior concentrated on different classes have a large gradient but a small Hessian,
        # which cancels in `near`.
        far = model.jacobian_product(vectors, xp=xp) - of_joint.jacobian_product(vectors, xp=xp)
        is_near = xp.max(xp.abs(gradient), axis=-1)[..., None] < 0.5
        return xp.where(is_near, near, far)

    def hessian(self, logits: Logits, likelihoods: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, likelihoods, xp=xp)


def _observed(logits: Logits, likelihoods: Array, *, xp: Namespace) -> _Observed:
    """
    Surprisal of an observation, (...), gradient in the logits and posterior, (..., K), and two softmaxes.

    `likelihoods`, (..., K), are those of the observation under each class. The softmaxes are that of the
    logits and that of the logits plus log-likelihoods. Each part is by the evaluation that is accurate for
    the row. In a row with a softmax, but without an unmasked class of positive likelihood, the surprisal, in
    nats, is ``inf``, and gradient and posterior are nan; in a row without a softmax all are nan.
    """
    model = softmax(logits, xp=xp)
    # A likelihood of nan counts as possible, so that it is not hidden.
    is_possible = (high_and_low(logits).rounded > -xp.inf) & ~(likelihoods <= 0)
    of_joint = softmax(_joint(logits, likelihoods, is_possible, xp=xp), xp=xp)
    probs = model.probs
    prob = xp.sum(likelihoods * probs, axis=-1)
    is_float = prob > float(xp.finfo(prob.dtype).smallest_normal)
    # p_k next to underflow has lost digits, and so would r_k = tau_k p_k / u if the division by u lifts it
    # far.
    is_near = is_float & ((model.top == of_joint.top) | (prob > _LIKELY))
    divisor = xp.where(is_near, prob, 1.0)
    surprisal = xp.where(
        is_near,
        _near_surprisal(likelihoods, probs, divisor, xp=xp),
        _far_surprisal(model, of_joint, xp=xp),
    )
    # An observation that is impossible under every class costs inf. `0 * prob` keeps nan of a row without a
    # softmax, or of a label out of range.
    surprisal = xp.where(xp.any(is_possible, axis=-1), surprisal, xp.inf + 0 * prob)
    is_near, divisor = is_near[..., None], divisor[..., None]
    posterior = xp.where(is_near, likelihoods * probs / divisor, of_joint.probs)
    near = probs * (_mean_less_each(likelihoods, model, probs, xp=xp) / divisor)
    return _Observed(model, of_joint, surprisal, posterior, xp.where(is_near, near, probs - posterior))


def _joint(logits: Logits, likelihoods: Array, is_possible: Array, *, xp: Namespace) -> ExactLogits:
    """Logits of the posterior, ``z + log(tau)``, with rounding errors; ``-inf`` for impossible classes."""
    joint = exact_sum(logits, xp.log(xp.where(is_possible, likelihoods, 1.0)), xp=xp)
    return ExactLogits(xp.where(is_possible, joint.rounded, -xp.inf), xp.where(is_possible, joint.rest, 0.0))


def _near_surprisal(likelihoods: Array, probs: Array, prob: Array, *, xp: Namespace) -> Array:
    """
    Surprisal ``-log(prob)`` in nats, of shape (...), for a probability of the observation that is normal.

    `prob` is the sum of ``likelihoods * probs`` over the classes.
    """
    complement = xp.sum((1 - likelihoods) * probs, axis=-1)
    # The limit is below 0.4 because JAX's log1p has errors of about a hundred units in the last place near
    # -0.4.
    is_likely = complement < 0.3
    return xp.where(is_likely, -xp.log1p(-xp.where(is_likely, complement, 0.0)), -xp.log(prob))


def _far_surprisal(model: Softmax, of_joint: Softmax, *, xp: Namespace) -> Array:
    """
    Surprisal of the observation, of shape (...), as a difference of the log-normalisers of two softmaxes.

    They are that of the logits and that of the logits plus log-likelihoods. This form is used where the
    probability of the observation is below the normal floats, or at most 2**-10 with different classes at the
    top of the two.
    """
    gap = (model.peak - of_joint.peak) + (model.peak_rest - of_joint.peak_rest)
    return gap + (xp.log1p(model.rest) - xp.log1p(of_joint.rest))


def _mean_less_each(likelihoods: Array, model: Softmax, probs: Array, *, xp: Namespace) -> Array:
    """
    Mean of the likelihoods under the softmax, less each, of shape (..., K).

    It is computed from differences to the likelihood of the top class.
    """
    at_top = xp.sum(likelihoods * model.is_top, axis=-1)[..., None]
    mean_less_top = xp.sum(probs * (likelihoods - at_top), axis=-1)[..., None]
    return mean_less_top + (at_top - likelihoods)
