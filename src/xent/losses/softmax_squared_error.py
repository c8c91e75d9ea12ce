"""Half the squared distance of softmax probabilities from integer labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from xent.arrays import Array
from xent.formulas import softmax_squared_error as formula
from xent.losses.examples import labelled_examples

__all__ = ["SoftmaxSquaredError", "softmax_squared_error"]


@final
@dataclass(frozen=True)
class SoftmaxSquaredError:
    r"""
    Half the squared distance of softmax probabilities from integer labels, a pure number in [0, 1].

    Use the object `softmax_squared_error`: ``softmax_squared_error(logits, labels, sample_weight=None)``.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities, real floating; ``-inf`` means probability 0.
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0; default 1. A row of weight 0 costs 0
        and is not read: its label may be any integer.

    Returns
    -------
    array of shape (...)
        New array of losses, one per row, in the dtype of `logits`.

    Raises
    ------
    DTypeError
        If `logits` is not real floating or `labels` not integral, or the arrays are
        of different libraries.
    ShapeError
        If ``K = 0``, or `labels` or `sample_weight` is not of shape (...).
    DomainError
        If a weight is negative or not finite, or the label of a row of positive
        weight lies outside ``0 .. K-1``. Traced or off-host values are not
        inspected; such a row gives ``nan``, in the value and the gradient.

    See Also
    --------
    softmax_cross_entropy : The loss that does not slow down where the model is sure and wrong.
    softmax_squared_error_of_targets : The same for a distribution in place of a label.

    Notes
    -----
    **Definition.** For logits :math:`z`, label :math:`y` and weight :math:`w`,
    with :math:`p = \mathrm{softmax}(z)`,

    .. math:: \ell = \frac{w}{2} \sum_k (p_k - [k = y])^2,

    half the Brier score, so that two classes give `sigmoid_squared_error`.

    **Gradient.** :math:`\nabla \ell = w J r` with :math:`r_k = p_k - [k = y]` and
    :math:`J = \mathrm{diag}(p) - p p^\top`; its entries sum to 0. `J` vanishes where the
    model is sure, whether it is right or wrong, and the Hessian has negative
    eigenvalues there: the loss is not convex.

    **Edge cases.** ``K = 1`` gives 0; equal logits give :math:`w (1 - 1/K) / 2`;
    ``z_y = -inf`` gives at most :math:`w`; a row that is all ``-inf``, or holds ``nan``
    or ``+inf``, gives ``nan``; an empty batch gives an empty array.

    **Numerics.** The residual at the label is :math:`-\sum_{k \ne y} p_k`, not
    :math:`p_y - 1`, and `J` is applied to residuals less that of the largest class, which it does
    not see. The value is within 8 units in the last place for K <= 1000 on NumPy and
    PyTorch, short of underflow, and the gradient within 8 of its row's largest entry.

    References
    ----------
    .. [1] Brier, G. W. (1950). Verification of forecasts expressed in terms of
       probability. Monthly Weather Review 78(1). Equation 2, halved.

    Examples
    --------
    Sure and wrong, and yet hardly a slope.

    >>> import numpy as np
    >>> logits, labels = np.asarray([[10.0, 0.0]]), np.asarray([1])
    >>> softmax_squared_error(logits, labels)
    array([0.99990921])
    >>> softmax_squared_error.gradient(logits, labels)
    array([[ 9.07874937e-05, -9.07874937e-05]])
    """

    def __call__(self, logits: Array, labels: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Value of the loss in each row; the class describes it."""
        rows = labelled_examples(logits, labels, sample_weight, where="softmax_squared_error")
        return rows.result(formula.value(rows.logits, rows.truth, xp=rows.xp))

    def gradient(self, logits: Array, labels: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Gradient of the value in the logits, of their shape and dtype."""
        rows = labelled_examples(logits, labels, sample_weight, where="softmax_squared_error.gradient")
        return rows.result(formula.gradient(rows.logits, rows.truth, xp=rows.xp))

    def value_and_gradient(
        self, logits: Array, labels: Array, /, *, sample_weight: Array | None = None
    ) -> tuple[Array, Array]:
        """Value and `gradient` for little more than the price of one."""
        where = "softmax_squared_error.value_and_gradient"
        rows = labelled_examples(logits, labels, sample_weight, where=where)
        value, gradient = formula.value_and_gradient(rows.logits, rows.truth, xp=rows.xp)
        return rows.result(value), rows.result(gradient)

    def hessian_vector_product(
        self, logits: Array, labels: Array, vectors: Array, /, *, sample_weight: Array | None = None
    ) -> Array:
        """Product of each row's Hessian in the logits with its row of `vectors`."""
        where = "softmax_squared_error.hessian_vector_product"
        rows = labelled_examples(logits, labels, sample_weight, where=where)
        vectors = rows.vectors(vectors)
        return rows.result(formula.hessian_vector_product(rows.logits, rows.truth, vectors, xp=rows.xp))

    def hessian(self, logits: Array, labels: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Hessian of the value in the logits, of shape (..., K, K)."""
        rows = labelled_examples(logits, labels, sample_weight, where="softmax_squared_error.hessian")
        return rows.result(formula.hessian(rows.logits, rows.truth, xp=rows.xp))


softmax_squared_error = SoftmaxSquaredError()
