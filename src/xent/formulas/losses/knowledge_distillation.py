r"""
Kullback-Leibler divergence of a student's softmax from a teacher's at a temperature, times its square.

For the student's logits :math:`z`, the teacher's :math:`u`, a temperature :math:`T`,
:math:`p = \mathrm{softmax}(z / T)` and :math:`q = \mathrm{softmax}(u / T)`,

.. math::

    \ell = T^2 \sum_k q_k \log \frac{q_k}{p_k}, \quad \nabla \ell = T (p - q), \quad
    \nabla^2 \ell = \mathrm{diag}(p) - p p^\top .

The logarithms of :math:`p` and `q` would cancel where the two are close. With the exact
differences :math:`\delta_k = (z_k - u_k - z_j + u_j) / T` for the teacher's argmax `j`,

.. math::

    d_k = \log \frac{p_k}{q_k} = \delta_k - \mathrm{log1p} \sum_i q_i (e^{\delta_i} - 1), \quad
    p_k - q_k = q_k (e^{d_k} - 1), \quad
    \ell = T^2 \sum_k \left( (p_k - q_k) - q_k d_k \right),

where no term is negative, and all are as accurate as the logits are. If the two probabilities of `j` differ
by more than a factor of 4, the logarithms are plain differences.

Source: Hinton, G., Vinyals, O., Dean, J. (2015). Distilling the knowledge in a neural network.
arXiv:1503.02531, section 2 and equation 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from xent.arrays import Array, Namespace
from xent.formulas import i_divergence
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.softmax import Softmax, softmax
from xent.precision.exact_difference import ExactLogits, exact_difference
from xent.precision.exact_logits import exact_quotient

__all__ = ["KnowledgeDistillation"]


class _Pair(NamedTuple):
    """
    Softmaxes of student and teacher at the temperature, and their log-ratio and difference.

    `logs` is ``log(p / q)`` and `apart` is ``p - q`` for the student's probabilities p and the teacher's q,
    both of shape (..., K).
    """

    student: Softmax
    teacher: Softmax
    logs: Array
    apart: Array


@dataclass(frozen=True)
class KnowledgeDistillation:
    """
    Squared temperature times the divergence of the student from the teacher, with derivatives.

    The data of every method are the teacher's logits, of shape (..., K).

    Parameters
    ----------
    temperature : float
        Divisor of both logits, > 0.
    """

    temperature: float

    def value(self, logits: Array, teacher: Array, *, xp: Namespace) -> Array:
        """Loss in nats, of shape (...); ``inf`` if the student alone gives a class a logit of ``-inf``."""
        return self._value(self._pair(logits, teacher, xp=xp), xp=xp)

    def gradient(self, logits: Array, teacher: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the student's logits, of shape (..., K)."""
        return self.temperature * self._pair(logits, teacher, xp=xp).apart

    def value_and_gradient(self, logits: Array, teacher: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        pair = self._pair(logits, teacher, xp=xp)
        return self._value(pair, xp=xp), self.temperature * pair.apart

    def hessian_vector_product(
        self, logits: Array, teacher: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the Hessian in the student's logits with `vectors`; independent of the teacher."""
        del teacher
        return softmax(self._tempered(logits, xp=xp), xp=xp).jacobian_product(vectors, xp=xp)

    def hessian(self, logits: Array, teacher: Array, *, xp: Namespace) -> Array:
        """Hessian in the student's logits, of shape (..., K, K); independent of the teacher."""
        return hessian_by_columns(self, logits, teacher, xp=xp)

    def _value(self, pair: _Pair, *, xp: Namespace) -> Array:
        """
        Loss in nats, of shape (...), given the two softmaxes.

        A class of teacher's probability 0 costs 0.
        """
        probs = pair.teacher.probs
        logs = xp.where(probs == 0, 0.0, pair.logs)
        return self.temperature**2 * xp.sum(i_divergence.terms(probs, pair.apart, logs, xp=xp), axis=-1)

    def _tempered(self, logits: Array, *, xp: Namespace) -> ExactLogits:
        """Logits over the temperature, with rounding errors; nan stays nan."""
        # The divisor is made an array that looks variable. A compiler would turn a division by a constant
        # into a product with its reciprocal and fuse that with the next operation, so the quotient would not
        # be rounded as `exact_quotient` assumes.
        divisor = xp.where(xp.isnan(logits), logits, self.temperature)
        return exact_quotient(logits, divisor, xp=xp)

    def _pair(self, logits: Array, teacher: Array, *, xp: Namespace) -> _Pair:
        """
        Softmaxes p of the student's `logits` and q of the `teacher`'s, both (..., K), ``log(p / q)`` and ``p
        - q``.

        Both logits are divided by the temperature here; nothing cancels where p and q are close. The
        logarithm is ``-inf`` where the student's logit is, else ``inf`` where the teacher's is ``-inf``.
        """
        tempered = self._tempered(logits, xp=xp), self._tempered(teacher, xp=xp)
        of_student, of_teacher = (softmax(exact, xp=xp) for exact in tempered)
        gaps = _gaps(logits, teacher, of_teacher, xp=xp) / self.temperature
        logs = _log_ratio(gaps, tempered, of_student, of_teacher, xp=xp)
        probs, is_near = of_teacher.probs, xp.abs(logs) < 1
        near = probs * xp.expm1(xp.where(is_near, logs, 0.0))
        apart = xp.where(is_near, near, of_student.probs - probs)
        return _Pair(of_student, of_teacher, logs, apart)


def _gaps(logits: Array, teacher: Array, of_teacher: Softmax, *, xp: Namespace) -> Array:
    """
    Differences of the logits, student less teacher, less that at the teacher's argmax, of shape (..., K).

    The logits are not divided by the temperature; `of_teacher` is the softmax whose argmax counts. ``inf``
    where one of the two logits is not finite, else 0 at the argmax. If one is not finite at the argmax,
    nothing is subtracted from the other differences.
    """
    is_finite = xp.isfinite(logits) & xp.isfinite(teacher)
    hi, lo = exact_difference(xp.where(is_finite, logits, 0.0), xp.where(is_finite, teacher, 0.0))
    at_top = [xp.sum(part * of_teacher.is_top, axis=-1)[..., None] for part in (hi, lo)]
    shifted, rest = exact_difference(hi, at_top[0] + xp.zeros_like(hi))
    return xp.where(is_finite, shifted + (rest + (lo - at_top[1])), xp.inf)


def _log_ratio(
    gaps: Array,
    tempered: tuple[ExactLogits, ExactLogits],
    student: Softmax,
    teacher: Softmax,
    *,
    xp: Namespace,
) -> Array:
    """
    ``log(p / q)`` of the softmaxes p of the student and q of the teacher, of shape (..., K).

    `gaps` are the differences of the logits over the temperature, student less teacher, less that at the
    teacher's argmax, and infinite where a logit is; `tempered` are the logits of student and teacher over the
    temperature. The result is ``-inf`` where the student's logit is ``-inf``, else ``inf`` where the
    teacher's is.
    """
    of_student, of_teacher = (
        model.distances(exact) + xp.log1p(model.rest)[..., None]
        for model, exact in zip((student, teacher), tempered, strict=True)
    )
    out_of_student, out_of_teacher = xp.isinf(of_student), xp.isinf(of_teacher)
    far = xp.where(out_of_teacher, 0.0, of_teacher) - xp.where(out_of_student, 0.0, of_student)
    at_top, of_top = (
        xp.sum(model.probs * teacher.is_top, axis=-1)[..., None] for model in (student, teacher)
    )
    # Elsewhere student and teacher are so far apart that plain differences of logarithms do not cancel.
    is_close = (4 * at_top >= of_top) & (at_top <= 4 * of_top)
    masses = student.probs * (of_top / xp.where(is_close, at_top, 1.0))
    close = xp.where(xp.isfinite(gaps), gaps, 0.0) - _log_mean(gaps, masses, teacher, xp=xp)
    logs = xp.where(is_close, close, far)
    return xp.where(out_of_student, -xp.inf, xp.where(out_of_teacher, xp.inf, logs))


def _log_mean(gaps: Array, masses: Array, teacher: Softmax, *, xp: Namespace) -> Array:
    """
    ``log(sum(q * exp(gaps)))`` over the classes with the teacher's probabilities q, of shape (..., 1).

    `gaps`, (..., K), are differences of logits, which may be infinite; `masses` are the products ``q *
    exp(gaps)``, used where a gap is 1 or more in size. A sum below 0.1 counts as 0.1: the caller does not use
    it.
    """
    is_near = xp.abs(gaps) < 1
    grown = teacher.probs * xp.expm1(xp.where(is_near, gaps, 0.0))
    growth = xp.sum(xp.where(is_near, grown, masses - teacher.probs), axis=-1)[..., None]
    # Where student and teacher are far apart, the caller discards this result, and `growth` may be below -1.
    # log1p is used only up to 0.25 because JAX's has errors of about a hundred units near -0.4.
    is_little = xp.abs(growth) < 0.25
    much = xp.log(xp.where(is_little, 1.0, xp.clip(1 + growth, min=0.1)))
    return xp.where(is_little, xp.log1p(xp.where(is_little, growth, 0.0)), much)
