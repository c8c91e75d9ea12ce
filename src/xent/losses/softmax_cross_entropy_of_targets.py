"""Cross-entropy of target distributions under a softmax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from xent.arrays import Array
from xent.formulas import softmax_cross_entropy as formula
from xent.losses.examples import targeted_examples

__all__ = ["SoftmaxCrossEntropyOfTargets", "softmax_cross_entropy_of_targets"]


@final
@dataclass(frozen=True)
class SoftmaxCrossEntropyOfTargets:
    r"""
    Cross-entropy of target distributions under a softmax, one value per row, in nats.

    Use the object `softmax_cross_entropy_of_targets`:
    ``softmax_cross_entropy_of_targets(logits, targets, sample_weight=None)``.

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
        New array of losses in nats, in the dtype of `logits`; never negative.

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
    softmax_cross_entropy : The same for integer labels.

    Notes
    -----
    **Definition.** For logits :math:`z`, targets :math:`t` and weight :math:`w`,

    .. math:: \ell = w \sum_k t_k \left( \log \sum_j e^{z_j} - z_k \right).

    It is the entropy of `t` more than the Kullback-Leibler divergence of the model from
    `t`, so its minimum over `z` is not 0 unless `t` is one-hot.

    **Gradient.** :math:`\partial \ell / \partial z_k = w (s p_k - t_k)` with
    :math:`p = \mathrm{softmax}(z)` and :math:`s = \sum_k t_k`, which is 1 but for rounding.
    The Hessian is :math:`w s (\mathrm{diag}(p) - p p^\top)`.

    **Edge cases.** A one-hot row costs what its label costs; ``K = 1`` gives 0; a class with
    ``z_k = -inf`` and ``t_k = 0`` contributes 0 to value and gradient; ``z_k = -inf`` with
    ``t_k > 0`` gives ``inf``; a row of logits that is all ``-inf``, or holds ``nan`` or ``+inf``,
    gives ``nan``; an empty batch gives an empty array.

    **Numerics.** Computed as :math:`\sum_k t_k ((z_j - z_k) + \mathrm{log1p}\, r)` with the largest
    logit :math:`z_j` and the sum :math:`r` of the other exponentials: no term is negative, and the value
    is within 4 units in the last place for K <= 10 on NumPy and PyTorch, 6 on JAX. The
    gradient is :math:`(s - t_k) p_k - t_k (1 - p_k)` with every factor free of cancellation. It is
    within 4 units in the last place of the larger of its two terms; where they are almost equal it is
    a difference of near numbers by nature.

    References
    ----------
    .. [1] Bishop, C. M. (2006). Pattern Recognition and Machine Learning, Springer.
       Equations 4.108 to 4.110.

    Examples
    --------
    A masked class costs nothing as long as nothing is expected of it.

    >>> import numpy as np
    >>> logits = np.asarray([[0.0, 0.0, -np.inf]])
    >>> softmax_cross_entropy_of_targets(logits, np.asarray([[0.5, 0.5, 0.0]]))
    array([0.69314718])
    """

    def __call__(self, logits: Array, targets: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Value of the loss in each row; the class describes it."""
        where = "softmax_cross_entropy_of_targets"
        rows = targeted_examples(logits, targets, sample_weight, where=where)
        return rows.result(formula.value_of_targets(rows.logits, rows.truth, xp=rows.xp))

    def gradient(self, logits: Array, targets: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Gradient of the value in the logits, of their shape and dtype."""
        where = "softmax_cross_entropy_of_targets.gradient"
        rows = targeted_examples(logits, targets, sample_weight, where=where)
        return rows.result(formula.gradient_of_targets(rows.logits, rows.truth, xp=rows.xp))

    def value_and_gradient(
        self, logits: Array, targets: Array, /, *, sample_weight: Array | None = None
    ) -> tuple[Array, Array]:
        """Value and `gradient` for little more than the price of one."""
        where = "softmax_cross_entropy_of_targets.value_and_gradient"
        rows = targeted_examples(logits, targets, sample_weight, where=where)
        value, gradient = formula.value_and_gradient_of_targets(rows.logits, rows.truth, xp=rows.xp)
        return rows.result(value), rows.result(gradient)

    def hessian_vector_product(
        self, logits: Array, targets: Array, vectors: Array, /, *, sample_weight: Array | None = None
    ) -> Array:
        """Product of each row's Hessian in the logits with its row of `vectors`."""
        where = "softmax_cross_entropy_of_targets.hessian_vector_product"
        rows = targeted_examples(logits, targets, sample_weight, where=where)
        vectors = rows.vectors(vectors)
        return rows.result(
            formula.hessian_vector_product_of_targets(rows.logits, rows.truth, vectors, xp=rows.xp)
        )

    def hessian(self, logits: Array, targets: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Hessian of the value in the logits, of shape (..., K, K); positive semidefinite."""
        where = "softmax_cross_entropy_of_targets.hessian"
        rows = targeted_examples(logits, targets, sample_weight, where=where)
        return rows.result(formula.hessian_of_targets(rows.logits, rows.truth, xp=rows.xp))


softmax_cross_entropy_of_targets = SoftmaxCrossEntropyOfTargets()
