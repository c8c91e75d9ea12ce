r"""
Probability of the true class under a softmax, its complement and its surprisal; losses of it alone.

With :math:`z_j` one largest logit, :math:`r = \sum_{k \ne j} e^{z_k - z_j}` and the label :math:`y`,

.. math::

    p_y = \frac{e^{z_y - z_j}}{1 + r}, \quad
    -\log p_y = (z_j - z_y) + \mathrm{log1p}\, r, \quad
    1 - p_y = \frac{r}{1 + r} \text{ if } y = j \text{, else } 1 - p_y.

All three numbers are accurate near probability 0 and 1. The gap :math:`z_j - z_y` is an exact difference, and
the surprisal has a low-order part, so powers of the probability are as accurate where it is tiny as
elsewhere.

For a loss :math:`\varphi(s)` of the surprisal :math:`s = -\log p_y`, :math:`a = p - e_y` and
:math:`J = \mathrm{diag}(p) - p p^\top`,

.. math::

    \ell = \varphi(s), \quad \nabla \ell = \varphi'(s)\,a, \quad
    \nabla^2 \ell = \varphi''(s)\,a a^\top + \varphi'(s)\,J.

Cross-entropy is :math:`\varphi(s) = s`. The entry of :math:`a` at the label is minus the probability of all
other classes, and :math:`\langle a, v \rangle` is computed from ``v - v_y``, so neither cancels when
:math:`p_y` is near 1.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equations 4.104 and 4.106.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from xent.arrays import Array, Namespace, entry_of_class, one_hot
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.softmax import Softmax, softmax
from xent.precision.exact_difference import Logits, exact_difference, high_and_low

__all__ = [
    "ClassProbability",
    "FunctionOfTrueClass",
    "Phi",
    "TrueClass",
    "gap_below_peak",
    "normalised_sum",
    "true_class",
]


class ClassProbability(Protocol):
    """Probability, complement and surprisal of one class per row, or of every class: arrays of one shape."""

    @property
    def prob(self) -> Array:
        """Probability of the class."""

    @property
    def complement(self) -> Array:
        """Probability of all other classes together."""

    @property
    def surprisal(self) -> Array:
        """``-log(prob)`` in nats."""

    @property
    def surprisal_rest(self) -> Array:
        """Low-order part of the surprisal: its rounding error."""


class TrueClass(NamedTuple):
    """
    Probability, complement and surprisal of the label of each row; nan where the label is out of range.

    Parameters
    ----------
    prob, complement : array of shape (...)
        Probability of the label, and of all other classes together.
    surprisal, surprisal_rest : array of shape (...)
        ``-log(prob)`` in nats, and its low-order part.
    one_hot : array of shape (..., K)
        One-hot coding of the label; all 0 where the label is out of range.
    model : Softmax
        Softmax of the logits; it does not depend on the label.
    """

    prob: Array
    complement: Array
    surprisal: Array
    surprisal_rest: Array
    one_hot: Array
    model: Softmax

    @property
    def derivatives(self) -> Array:
        r"""Gradient of the surprisal in the logits, :math:`p_k - [k = y]`, of shape (..., K)."""
        # At the label minus the complement, which is a sum of the other probabilities; `p - 1` would cancel.
        probs = self.model.exponentials / (1 + self._rest)[..., None]
        return probs * (1 - self.one_hot) - self.complement[..., None] * self.one_hot

    @property
    def _rest(self) -> Array:
        """
        `model.rest`, made nan where the label is out of range.

        XLA turns a product with a one-hot coding into a selection, so nan in the complement alone would reach
        only some of the classes.
        """
        return self.model.rest + 0 * self.complement


def true_class(logits: Logits, labels: Array, *, xp: Namespace) -> TrueClass:
    """
    Probability, complement and surprisal of `labels` under the softmax of `logits`.

    Parameters
    ----------
    logits : array of shape (..., K), or `ExactLogits`
        Unnormalised log-probabilities.
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``; any other number gives nan, and a one-hot coding
        of 0. A row without a softmax gives nan.
    xp : module
        Array-API namespace of the arrays.

    Returns
    -------
    TrueClass
        Probability, complement and surprisal in nats of the labels, the low-order part of the surprisal, all
        of shape (...); the one-hot coding of the labels, (..., K), and the softmax.

    Examples
    --------
    >>> import numpy as np
    >>> of_label = true_class(np.asarray([50.0, 0.0]), np.asarray(0), xp=np)
    >>> float(of_label.prob), float(of_label.complement), float(of_label.surprisal)
    (1.0, 1.9287498479639178e-22, 1.9287498479639178e-22)
    """
    model = softmax(logits, xp=xp)
    high, low = high_and_low(logits)
    low_gap = 0.0 if isinstance(low, float) else model.peak_rest - entry_of_class(low, labels, xp=xp)
    gap, gap_rest = gap_below_peak(model.peak, entry_of_class(high, labels, xp=xp), low_gap, xp=xp)
    total = model.total
    prob = xp.exp(-gap) * (1 - gap_rest) / total
    complement = xp.where(labels == model.top, model.rest / total, 1 - prob)
    surprisal, surprisal_rest = normalised_sum(gap, gap_rest + xp.log1p(model.rest), xp=xp)
    return TrueClass(prob, complement, surprisal, surprisal_rest, one_hot(labels, high, xp=xp), model)


def gap_below_peak(
    peak: Array, logits: Array, low_gap: Array | float, *, xp: Namespace
) -> tuple[Array, Array]:
    """
    Distance of `logits` below the peak, rounded, and its low-order part, which is 0 at an infinite distance.

    `peak` and `logits` are of shapes that broadcast, with the peak at least the logits. Of `ExactLogits` both
    are the rounded parts, and `low_gap` is the difference of their low-order parts, peak less logits; it is
    0.0 for plain arrays.
    """
    gap = peak - logits
    # An exact difference with -inf would have a nan low-order part.
    _, rest = exact_difference(peak, xp.where(gap < xp.inf, logits, peak))
    if isinstance(low_gap, float) and low_gap == 0:
        return gap, rest
    # Low-order parts of large logits are not small, and exp(rest) = 1 + rest holds only for a small one:
    # the sum is normalised into a new pair.
    return normalised_sum(gap, rest + low_gap, xp=xp)


def normalised_sum(large: Array, small: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """``large + small``, rounded, and its low-order part, which is 0 where `large` is infinite."""
    _, rest = exact_difference(xp.where(large < xp.inf, large, 0.0), -small)
    return large + small, rest


class Phi(Protocol):
    """Function of a class's surprisal, with derivatives; results have the shape of the surprisal."""

    def value(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Loss, elementwise."""

    def first_derivative(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Derivative of `value` in the surprisal."""

    def second_derivative(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Second derivative of `value` in the surprisal."""


@dataclass(frozen=True)
class FunctionOfTrueClass:
    """
    Loss of labels, with derivatives in the logits; nan where the label is out of range.

    A row without a softmax, which is all ``-inf`` or holds nan or ``inf``, gives nan.

    Parameters
    ----------
    phi : Phi
        Loss as a function of the surprisal of the true class.
    """

    phi: Phi

    def value(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Loss of each row, of shape (...)."""
        return self.phi.value(true_class(logits, labels, xp=xp), xp=xp)

    def gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return self._gradient(true_class(logits, labels, xp=xp), xp=xp)

    def value_and_gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        of_label = true_class(logits, labels, xp=xp)
        return self.phi.value(of_label, xp=xp), self._gradient(of_label, xp=xp)

    def hessian_vector_product(
        self, logits: Logits, labels: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """
        Product of the Hessian of ``phi(surprisal of the label)`` in the logits with `vectors`, both (..., K).

        `labels` have shape (...). The product is nan where the label is out of range, and in a row without a
        softmax.
        """
        of_label = true_class(logits, labels, xp=xp)
        derivatives = of_label.derivatives
        at_label = xp.sum(vectors * of_label.one_hot, axis=-1)[..., None]
        along = xp.sum(derivatives * (vectors - at_label) * (1 - of_label.one_hot), axis=-1)
        second_derivative = (self.phi.second_derivative(of_label, xp=xp) * along)[..., None]
        first_derivative = self.phi.first_derivative(of_label, xp=xp)[..., None]
        return second_derivative * derivatives + first_derivative * of_label.model.jacobian_product(
            vectors, xp=xp
        )

    def hessian(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, labels, xp=xp)

    def _gradient(self, of_label: TrueClass, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K), given the label's probability."""
        return self.phi.first_derivative(of_label, xp=xp)[..., None] * of_label.derivatives
