"""Half the squared distance of softmax probabilities from target distributions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from xent.arrays import Array
from xent.formulas import softmax_squared_error as formula
from xent.losses.examples import targeted_examples

__all__ = ["SoftmaxSquaredErrorOfTargets", "softmax_squared_error_of_targets"]


@final
@dataclass(frozen=True)
class SoftmaxSquaredErrorOfTargets:
    r"""
    Half the squared distance of softmax probabilities from targets, a pure number in [0, 1].

    Use the object `softmax_squared_error_of_targets`:
    ``softmax_squared_error_of_targets(logits, targets, sample_weight=None)``.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities, real floating; ``-inf`` means probability 0.
    targets : array of shape (..., K)
        Distribution over the classes in each row: entries >= 0 that sum to 1.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0; default 1. A row of weight 0 costs 0
        and is not read.

    Returns
    -------
    array of shape (...)
        New array of losses, one per row, in the dtype of `logits`.

    Raises
    ------
    DTypeError
        If `logits` is not real floating or `targets` not numbers, or the arrays are of
        different libraries.
    ShapeError
        If ``K = 0``, or `targets` is not of the shape of `logits`, or `sample_weight`
        not of shape (...).
    DomainError
        If a weight is negative or not finite, or, in a row of positive weight, a
        target is negative or the targets' sum differs from 1 by more than the square
        root of their dtype's epsilon. Traced or off-host values are not inspected.

    See Also
    --------
    softmax_squared_error : The same for integer labels.
    softmax_cross_entropy_of_targets : The loss that does not slow down where the model is sure and wrong.

    Notes
    -----
    **Definition.** For logits :math:`z`, targets :math:`t` and weight :math:`w`,
    with :math:`p = \mathrm{softmax}(z)`,

    .. math:: \ell = \frac{w}{2} \sum_k (p_k - t_k)^2.

    **Gradient.** :math:`\nabla \ell = w J r` with :math:`r = p - t` and
    :math:`J = \mathrm{diag}(p) - p p^\top`; its entries sum to 0.

    **Edge cases.** A one-hot row costs what its label costs; ``K = 1`` gives 0; targets equal to the
    model's probabilities give 0 but for rounding; ``z_k = -inf`` gives ``p_k = 0``; a row of logits that
    is all ``-inf``, or holds ``nan`` or ``+inf``, gives ``nan``; an empty batch gives an empty array.

    **Numerics.** The residual is :math:`(1 - t_k) p_k - t_k (1 - p_k)` with complements free of
    cancellation: a model that is sure and right keeps its digits. For one-hot targets the bounds are
    those of `softmax_squared_error`; otherwise a residual is within 4 units in the last place of the
    larger of its two terms.

    References
    ----------
    .. [1] Brier, G. W. (1950). Verification of forecasts expressed in terms of
       probability. Monthly Weather Review 78(1). Equation 2, halved.

    Examples
    --------
    >>> import numpy as np
    >>> softmax_squared_error_of_targets(np.asarray([[0.0, 0.0]]), np.asarray([[0.75, 0.25]]))
    array([0.0625])
    """

    def __call__(self, logits: Array, targets: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Value of the loss in each row; the class describes it."""
        where = "softmax_squared_error_of_targets"
        rows = targeted_examples(logits, targets, sample_weight, where=where)
        return rows.result(formula.value_of_targets(rows.logits, rows.truth, xp=rows.xp))

    def gradient(self, logits: Array, targets: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Gradient of the value in the logits, of their shape and dtype."""
        where = "softmax_squared_error_of_targets.gradient"
        rows = targeted_examples(logits, targets, sample_weight, where=where)
        return rows.result(formula.gradient_of_targets(rows.logits, rows.truth, xp=rows.xp))

    def value_and_gradient(
        self, logits: Array, targets: Array, /, *, sample_weight: Array | None = None
    ) -> tuple[Array, Array]:
        """Value and `gradient` for little more than the price of one."""
        where = "softmax_squared_error_of_targets.value_and_gradient"
        rows = targeted_examples(logits, targets, sample_weight, where=where)
        value, gradient = formula.value_and_gradient_of_targets(rows.logits, rows.truth, xp=rows.xp)
        return rows.result(value), rows.result(gradient)

    def hessian_vector_product(
        self, logits: Array, targets: Array, vectors: Array, /, *, sample_weight: Array | None = None
    ) -> Array:
        """Product of each row's Hessian in the logits with its row of `vectors`."""
        where = "softmax_squared_error_of_targets.hessian_vector_product"
        rows = targeted_examples(logits, targets, sample_weight, where=where)
        vectors = rows.vectors(vectors)
        return rows.result(
            formula.hessian_vector_product_of_targets(rows.logits, rows.truth, vectors, xp=rows.xp)
        )

    def hessian(self, logits: Array, targets: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Hessian of the value in the logits, of shape (..., K, K)."""
        where = "softmax_squared_error_of_targets.hessian"
        rows = targeted_examples(logits, targets, sample_weight, where=where)
        return rows.result(formula.hessian_of_targets(rows.logits, rows.truth, xp=rows.xp))


softmax_squared_error_of_targets = SoftmaxSquaredErrorOfTargets()
