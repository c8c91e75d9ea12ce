r"""
Surprisal of the label under a Dirichlet distribution: of the expected probability, or expected.

For concentrations :math:`\alpha`, their sum :math:`S` and the label :math:`y`,

.. math::

    -\log \operatorname{E} p_y = \log S - \log \alpha_y, \qquad
    \operatorname{E}(-\log p_y) = \psi(S) - \psi(\alpha_y)

with the digamma function :math:`\psi`. With :math:`\Psi` for :math:`\log` or :math:`\psi`, and
:math:`\alpha_k(z_k)`,

.. math::

    \frac{\partial \ell}{\partial z_k} = \Psi'(S)\,\alpha_k' - [k = y]\,\Psi'(\alpha_y)\,\alpha_y', \quad
    \frac{\partial^2 \ell}{\partial z_k \partial z_j} = \Psi''(S)\,\alpha_k' \alpha_j' + [k = j] \bigl(
    \Psi'(S)\,\alpha_k'' - [k = y] (\Psi'(\alpha_y)\,\alpha_y'' + \Psi''(\alpha_y)\,\alpha_y'^2)\bigr) .

With much evidence for the label, :math:`S` and :math:`\alpha_y` are large and almost equal, and differences
of functions of them cancel. Differences are therefore computed term by term. With :math:`B = S - \alpha_y`,
the sum of all other concentrations, and a shift :math:`n` that makes the argument of the asymptotic series
large,

.. math:: \psi(S) - \psi(\alpha_y) = \sum_{i < n} \frac{1}{\alpha_y + i} \cdot \frac{B}{S + i}
    + \log\Bigl(1 + \frac{B}{\alpha_y + n}\Bigr) + \Bigl(\frac{1}{\alpha_y + n} - \frac{1}{S + n}\Bigr)
    g[\alpha_y + n, S + n],

where :math:`g[\cdot, \cdot]` is the divided difference of a polynomial in one over its argument, and likewise
for the derivatives. For the logarithm, :math:`n = 0` and the polynomial is 0.

Source: Sensoy, M., Kaplan, L., Kandemir, M. (2018). Evidential deep learning to quantify classification
uncertainty. NeurIPS 31, equations 3 and 4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from xent.arrays import Array, Namespace, entry_of_class, one_hot
from xent.formulas.evidence import Evidence, change_of_shares, evidence_of
from xent.formulas.growing_function import GrowingFunction, divided_difference, polynomial
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.stirling_series import numbers

__all__ = ["DirichletSurprisal"]

# Above this ratio of all other concentrations to the label's, the quotient may overflow, and logarithms are
# subtracted instead.
_FAR = 1e30


class _Arguments(NamedTuple):
    """
    Label's concentration a and sum S of all concentrations, raised to ``a + i`` and ``S + i`` by step i.

    Parameters
    ----------
    inverse, inverse_of_sum : array of shape (...)
        ``1 / (a + i)`` and ``1 / (S + i)``.
    of_others : array of shape (...)
        ``(S - a) / (S + i)``.
    of_label : array of shape (...)
        ``(a + i) / (S + i)``.
    kept, kept_of_sum : array of shape (...)
        ``a / (a + i)`` and ``S / (S + i)``.
    """

    inverse: Array
    inverse_of_sum: Array
    of_others: Array
    of_label: Array
    kept: Array
    kept_of_sum: Array


class _Steps(NamedTuple):
    """
    Arguments before each step of the recurrence, and after the last.

    Parameters
    ----------
    all : _Arguments
        Arguments before each step, along a last axis.
    last : _Arguments
        Arguments after all steps, at which the asymptotic series is evaluated.
    """

    all: _Arguments
    last: _Arguments


@dataclass(frozen=True)
class DirichletSurprisal:
    """
    Surprisal of labels in nats, with derivatives in the logits; nan where the label is out of range.

    A row with a logit of ``inf`` or nan gives nan.

    Parameters
    ----------
    function : GrowingFunction
        `LOGARITHM` for the surprisal of the expected probability, `DIGAMMA` for the expected surprisal.
    evidence : str
        Kind of evidence, ``"softplus"`` or ``"exponential"``.
    """

    function: GrowingFunction
    evidence: str

    def value(self, logits: Array, labels: Array, *, xp: Namespace) -> Array:
        """Surprisal of the labels in nats, of shape (...)."""
        return self._value(evidence_of(logits, self.evidence, xp=xp), labels, xp=xp)

    def gradient(self, logits: Array, labels: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return self._gradient(evidence_of(logits, self.evidence, xp=xp), labels, xp=xp)

    def value_and_gradient(self, logits: Array, labels: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        evidence = evidence_of(logits, self.evidence, xp=xp)
        return self._value(evidence, labels, xp=xp), self._gradient(evidence, labels, xp=xp)

    def hessian_vector_product(self, logits: Array, labels: Array, vectors: Array, *, xp: Namespace) -> Array:
        """
        Product of the Hessian of `value` in the logits with `vectors`, both of shape (..., K).

        `labels` have shape (...). The product is nan where the label is out of range.
        """
        evidence = evidence_of(logits, self.evidence, xp=xp)
        steps = self._steps(evidence, labels, xp=xp)
        is_label = one_hot(labels, logits, xp=xp) == 1
        shares = evidence.growth / evidence.total[..., None]
        moves = shares * vectors
        turned = change_of_shares(evidence, vectors, xp=xp)
        first_derivative, excess = (
            self._derivative_of_sum(steps, xp=xp)[..., None],
            self._excess_of_sum(steps, xp=xp)[..., None],
        )
        others = first_derivative * turned + excess * shares * xp.sum(moves, axis=-1)[..., None]
        gap, excess_gap = (
            self._derivative_gap(steps, xp=xp)[..., None],
            self._excess_gap(steps, xp=xp)[..., None],
        )
        # Diagonal entry at the label, (f''(S) - f''(a)) a'**2 + (f'(S) - f'(a)) a'' with the derivatives a',
        # a'' of the concentration in its logit, rearranged to differences of f that are computed term by
        # term.
        label = (excess_gap * evidence.relative_growth**2 - gap * evidence.second_derivative_of_log) * vectors
        other_moves = xp.sum(xp.where(is_label, 0.0, moves), axis=-1)[..., None]
        # first_derivative - excess = -S**2 f''(S): the label's row off the diagonal.
        return xp.where(is_label, label - (first_derivative - excess) * shares * other_moves, others)

    def hessian(self, logits: Array, labels: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, labels, xp=xp)

    def _value(self, evidence: Evidence, labels: Array, *, xp: Namespace) -> Array:
        """
        Surprisal of the labels in nats, of shape (...), given the evidence of the logits.

        It is ``f(S) - f(a)`` for `function` f (logarithm or digamma), the label's concentration a and the sum
        S of all. nan where a label is out of range.
        """
        steps = self._steps(evidence, labels, xp=xp)
        last = steps.last
        recurrence = _sum(lambda at: at.inverse * at.of_others, steps, xp=xp)
        correction = last.inverse * last.of_others * _divided(self.function.function, last, 1)
        return self._log_ratio(evidence, labels, xp=xp) + (recurrence + correction)

    def _gradient(self, evidence: Evidence, labels: Array, *, xp: Namespace) -> Array:
        """Gradient in the logits, of shape (..., K), given the evidence."""
        steps = self._steps(evidence, labels, xp=xp)
        of_sum = self._derivative_of_sum(steps, xp=xp)[..., None] * (
            evidence.growth / evidence.total[..., None]
        )
        of_label = -self._derivative_gap(steps, xp=xp)[..., None] * evidence.relative_growth
        return xp.where(one_hot(labels, evidence.growth, xp=xp) == 1, of_label, of_sum)

    def _steps(self, evidence: Evidence, labels: Array, *, xp: Namespace) -> _Steps:
        """
        Ratios of the label's concentration a and the sum S of all, for each step of the recurrence and after
        all.

        Step i = 0 .. n - 1 raises both to a + i and S + i; n is the shift of `function`, 0 for a logarithm.
        `_Arguments` lists the ratios. Those of the steps, `all`, have a last axis of length n; those at a + n
        and S + n, `last`, have shape (...). All are nan where the label is out of range.
        """
        own = entry_of_class(evidence.concentrations, labels, xp=xp)
        inverse = entry_of_class(evidence.inverse, labels, xp=xp)
        at_label = one_hot(labels, evidence.concentrations, xp=xp)
        others = xp.sum(evidence.concentrations * (1 - at_label), axis=-1)
        start = xp.stack((own, others, inverse, evidence.unit), axis=0)
        steps = numbers(0, self.function.shift, own, xp=xp)
        return _Steps(_raised(start[..., None], steps), _raised(start, self.function.shift))

    def _log_ratio(self, evidence: Evidence, labels: Array, *, xp: Namespace) -> Array:
        """
        ``log((S + n) / (a + n))``, (...), for the label's concentration a, the sum S and the shift n.

        It is nan where the label is out of range.
        """
        n = self.function.shift
        own = entry_of_class(evidence.concentrations, labels, xp=xp) + n * evidence.unit
        at_label = one_hot(labels, evidence.concentrations, xp=xp)
        others = xp.sum(evidence.concentrations * (1 - at_label), axis=-1)
        is_far = others > _FAR * own
        log_own = entry_of_class(evidence.log, labels, xp=xp)
        log_own = log_own + xp.log1p(n * entry_of_class(evidence.inverse, labels, xp=xp))
        far = evidence.log_unit + xp.log(others + own) - log_own
        return xp.where(is_far, far, xp.log1p(others / xp.where(is_far, 1.0, own)))

    def _derivative_of_sum(self, steps: _Steps, *, xp: Namespace) -> Array:
        """``S * f'(S)``, of shape (...), for `function` f and the sum S of the concentrations."""
        last = steps.last
        recurrence = _sum(lambda at: at.kept_of_sum * at.inverse_of_sum, steps, xp=xp)
        return recurrence + last.kept_of_sum * polynomial(
            self.function.first_derivative, last.inverse_of_sum, 1
        )

    def _derivative_gap(self, steps: _Steps, *, xp: Namespace) -> Array:
        """
        ``a * (f'(a) - f'(S))``, of shape (...), for the label's concentration a and the sum S of all.

        The function f is `function`.
        """
        last = steps.last
        recurrence = _sum(lambda at: at.kept * at.of_others * (at.inverse + at.inverse_of_sum), steps, xp=xp)
        return recurrence + last.kept * last.of_others * _divided(self.function.first_derivative, last, 1)

    def _excess_of_sum(self, steps: _Steps, *, xp: Namespace) -> Array:
        """
        ``S f'(S) + S**2 f''(S)``, of shape (...), for `function` f and the sum S of the concentrations.

        It is nan where the label is out of range, else 0 for a logarithm. `steps` hold ratios of S and its
        raised values.
        """
        n, last = self.function.shift, steps.last
        found = _sum(lambda at: at.kept_of_sum * at.inverse_of_sum * (1 - 2 * at.kept_of_sum), steps, xp=xp)
        # n / (S + n) = 1 - kept_of_sum, without the subtraction.
        found = found + last.kept_of_sum * (n * last.inverse_of_sum)
        first_derivative = polynomial(self.function.first_derivative[1:], last.inverse_of_sum, 1)
        second_derivative = polynomial(self.function.second_derivative[1:], last.inverse_of_sum, 2)
        return found + last.kept_of_sum * (first_derivative - last.kept_of_sum * second_derivative)

    def _excess_gap(self, steps: _Steps, *, xp: Namespace) -> Array:
        """
        ``a f'(S) + a**2 f''(S) - (a f'(a) + a**2 f''(a))`` for `function` f, of shape (...).

        The label's concentration is a, the sum of all is S.
        """
        n, last = self.function.shift, steps.last
        found = _sum(
            lambda at: (
                (at.kept * at.of_others * at.inverse)
                * (2 * at.kept * (1 + at.of_label + at.of_label**2) - (1 + at.of_label))
            ),
            steps,
            xp=xp,
        )
        found = found + last.kept * last.of_others * (last.kept * last.of_label - n * last.inverse)
        first_derivative = _divided(self.function.first_derivative[1:], last, 1)
        second_derivative = _divided(self.function.second_derivative[1:], last, 2)
        return found + last.kept * last.of_others * (last.kept * second_derivative - first_derivative)


def _raised(start: Array, step: Array | int) -> _Arguments:
    """
    The six ratios of `_Arguments` for the label's concentration and the sum of all, each plus `step`.

    `start` holds on its first axis the label's concentration times ``unit``, the sum of all others times
    ``unit``, one over the label's concentration, not scaled, and ``unit``. The ratios are those of the true
    concentrations, without ``unit``; `step`, which is not scaled either, broadcasts.
    """
    own, others, inverse, unit = (start[k, ...] for k in range(4))
    total = own + others
    raised = total + step * unit
    kept = 1 / (1 + step * inverse)
    return _Arguments(
        inverse * kept, unit / raised, others / raised, (own + step * unit) / raised, kept, total / raised
    )


def _sum(term: Callable[[_Arguments], Array], steps: _Steps, *, xp: Namespace) -> Array:
    """Sum of `term` over the steps of the recurrence, of shape (...); 0 if there are none."""
    return xp.sum(term(steps.all), axis=-1)


def _divided(terms: tuple[tuple[int, float], ...], at: _Arguments, divided_by: int) -> Array:
    """
    Divided difference of the polynomial `terms` between one over the label's concentration and one over the
    sum.

    Both are those of `at`. The difference is divided by the former to the power ``divided_by - 1``; see
    `divided_difference`.
    """
    return divided_difference(terms, at.inverse, at.of_label, divided_by)
