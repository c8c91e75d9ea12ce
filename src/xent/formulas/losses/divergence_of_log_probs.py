r"""
Kullback-Leibler divergence and I-divergence of log-probabilities from targets, which need not be normalised.

With logarithms :math:`z_k = \log q_k` and targets :math:`t`,

.. math::

    D = \sum_k t_k (\log t_k - z_k), \quad \frac{\partial D}{\partial z_k} = -t_k, \qquad
    I = D + \sum_k (e^{z_k} - t_k), \quad \frac{\partial I}{\partial z_k} = e^{z_k} - t_k.

The logarithms are subtracted before they are multiplied, and :math:`e^z - t` is computed as
:math:`t\,\mathrm{expm1}(z - \log t)`, so both are 0 where model and target agree. In a target the derivative
of :math:`D` is :math:`\log t_k + 1 - z_k`, with its limit :math:`-\infty` at 0; in the logarithm of a target
:math:`t_k (\log t_k + 1 - z_k)`.

Source: Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., equation 2.26; Csiszar,
I. (1975). I-divergence geometry of probability distributions and minimization problems. Ann. Probab. 3(1).
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.hessian_by_columns import hessian_by_columns

__all__ = ["IDivergenceOfLogProbs", "KLDivergenceOfLogProbs"]


@dataclass(frozen=True)
class KLDivergenceOfLogProbs:
    """
    Kullback-Leibler divergence in nats, with derivatives in the model's log-probabilities.

    The data of every method are the targets, of shape (..., K).

    Parameters
    ----------
    log_targets : bool
        True if the data are logarithms of the targets.
    """

    log_targets: bool = False

    def value(self, log_q: Array, targets: Array, *, xp: Namespace) -> Array:
        """
        Divergence in nats, of shape (...).

        A target of 0 adds nothing, also where the model has ``-inf``; there a positive target gives ``inf``.
        """
        return xp.sum(_terms(log_q, targets, log_targets=self.log_targets, xp=xp), axis=-1)

    def gradient(self, log_q: Array, targets: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the log-probabilities, of shape (..., K): minus the targets; nan at nan."""
        return -_targets(targets, log_targets=self.log_targets, xp=xp) + 0 * xp.where(
            xp.isinf(log_q), 0.0, log_q
        )

    def value_and_gradient(self, log_q: Array, targets: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`."""
        return self.value(log_q, targets, xp=xp), self.gradient(log_q, targets, xp=xp)

    def hessian_vector_product(self, log_q: Array, targets: Array, vectors: Array, *, xp: Namespace) -> Array:
        """Zeros of the shape of `vectors`: the divergence is linear in the log-probabilities."""
        del log_q, targets
        return xp.zeros_like(vectors)

    def hessian(self, log_q: Array, targets: Array, *, xp: Namespace) -> Array:
        """Hessian, of shape (..., K, K): zeros."""
        return hessian_by_columns(self, log_q, targets, xp=xp)


@dataclass(frozen=True)
class IDivergenceOfLogProbs:
    """
    I-divergence in nats, the generalised Kullback-Leibler divergence, with derivatives in the
    log-probabilities.

    The data of every method are the targets, >= 0 and of shape (..., K).
    """

    def value(self, log_q: Array, targets: Array, *, xp: Namespace) -> Array:
        """
        Divergence in nats, of shape (...): the sum of ``t log(t / q) + q - t``.

        It is ``inf`` if only q is 0 somewhere.
        """
        kl = _terms(log_q, targets, log_targets=False, xp=xp)
        return xp.sum(kl + self.gradient(log_q, targets, xp=xp), axis=-1)

    def gradient(self, log_q: Array, targets: Array, *, xp: Namespace) -> Array:
        """
        Gradient of `value` in the log-probabilities `log_q`, (..., K): the model ``exp(log_q)`` less
        `targets`.

        It is minus the target where the model has ``-inf``. Where both are near it does not cancel.
        """
        is_none = targets == 0
        ratio = log_q - xp.log(xp.where(is_none, 1.0, targets))
        is_near = ~is_none & (xp.abs(ratio) < 1)
        near = targets * xp.expm1(xp.where(is_near, ratio, 0.0))
        return xp.where(is_near, near, xp.exp(log_q) - targets)

    def value_and_gradient(self, log_q: Array, targets: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`."""
        return self.value(log_q, targets, xp=xp), self.gradient(log_q, targets, xp=xp)

    def hessian_vector_product(self, log_q: Array, targets: Array, vectors: Array, *, xp: Namespace) -> Array:
        """The model's probabilities times `vectors`: the Hessian is diagonal."""
        del targets
        return xp.exp(log_q) * vectors

    def hessian(self, log_q: Array, targets: Array, *, xp: Namespace) -> Array:
        """Hessian, of shape (..., K, K)."""
        return hessian_by_columns(self, log_q, targets, xp=xp)


def _targets(targets: Array, *, log_targets: bool, xp: Namespace) -> Array:
    """Targets as numbers: `targets` themselves, or their exponentials if `log_targets` is True."""
    return xp.exp(targets) if log_targets else targets


def _terms(log_q: Array, targets: Array, *, log_targets: bool, xp: Namespace) -> Array:
    """
    Terms ``t (log t - log q)``, elementwise; 0 where t is 0, also if q is 0 there.

    `targets` are the numbers t, or their logarithms if `log_targets` is True. ``inf`` where only q is 0.
    """
    if log_targets:
        is_none = targets == -xp.inf
        log_t = xp.where(is_none, 0.0, targets)
        return xp.where(is_none, 0.0, xp.exp(log_t) * (log_t - xp.where(is_none, 0.0, log_q)))
    is_none = targets == 0
    t = xp.where(is_none, 1.0, targets)
    # At 0 the term is 0, its derivative in the target -inf; minus the square root has both in each library.
    at_zero = -xp.sqrt(xp.where(is_none, targets, 1.0))
    return xp.where(is_none, at_zero, t * (xp.log(t) - xp.where(is_none, 0.0, log_q)))
