"""Cross-entropy of integer labels under a softmax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from xent.arrays import Array
from xent.formulas import softmax_cross_entropy as formula
from xent.losses.examples import labelled_examples

__all__ = ["SoftmaxCrossEntropy", "softmax_cross_entropy"]


@final
@dataclass(frozen=True)
class SoftmaxCrossEntropy:
    r"""
    Cross-entropy of integer labels under a softmax, one value per row, in nats.

    Use the object `softmax_cross_entropy`: ``softmax_cross_entropy(logits, labels, sample_weight=None)``.

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
        New array of losses in nats, in the dtype of `logits`; never negative.

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
    softmax_cross_entropy_of_targets : The same for a distribution in place of a label.
    sigmoid_cross_entropy : Two classes with one logit.

    Notes
    -----
    **Definition.** For logits :math:`z`, label :math:`y` and weight :math:`w`,

    .. math:: \ell = w \left( \log \sum_k e^{z_k} - z_y \right).

    **Gradient.** :math:`\partial \ell / \partial z_k = w (p_k - [k = y])` with
    :math:`p = \mathrm{softmax}(z)`; its entries sum to 0. The Hessian is
    :math:`w (\mathrm{diag}(p) - p p^\top)`. Automatic differentiation of the value in
    PyTorch and JAX gives the gradient as exactly; a second differentiation does not, so
    where digits count use `hessian` and `hessian_vector_product`.

    **Edge cases.** ``K = 1`` gives 0; equal logits give :math:`w \log K`;
    ``z_y = -inf`` gives ``inf``, with the gradient of its limit; a row that is all
    ``-inf``, or holds ``nan`` or ``+inf``, gives ``nan``; an empty batch gives an empty array.

    **Numerics.** Let :math:`z_j` be one largest logit. The loss is computed as
    :math:`(z_j - z_y) + \mathrm{log1p} \sum_{k \ne j} e^{z_k - z_j}`: neither term
    is negative, so nothing cancels and a loss near 0 keeps its digits. Likewise
    the gradient at the label is :math:`-\sum_{k \ne y} p_k`, not :math:`p_y - 1`.
    Differences of logits carry their rounding error along, so the error does not
    grow with the spread. For K <= 1000, value and gradient are within 4 units in the last place
    on NumPy and PyTorch, in 32 and 64 bits, and within 6 on JAX, which on the CPU replaces every number
    below the smallest normal one by 0. Where the class axis is not the fast one in memory, NumPy adds
    its terms one after another: 4 units for K <= 10, K units beyond. Half precision is computed in
    32 bits and rounded once.

    References
    ----------
    .. [1] Bishop, C. M. (2006). Pattern Recognition and Machine Learning, Springer.
       Equations 4.108 to 4.110.
    .. [2] Blanchard, P., Higham, D. J., Higham, N. J. (2021). Accurately computing the
       log-sum-exp and softmax functions. IMA J. Numer. Anal. 41(4).
       doi:10.1093/imanum/draa038.

    Examples
    --------
    ``logsumexp(z) - z[y]`` would return 0 for the first row.

    >>> import numpy as np
    >>> logits = np.asarray([[50.0, 0.0], [0.0, 50.0]])
    >>> softmax_cross_entropy(logits, np.asarray([0, 0]))
    array([1.92874985e-22, 5.00000000e+01])
    >>> softmax_cross_entropy.gradient(logits, np.asarray([0, 0]))
    array([[-1.92874985e-22,  1.92874985e-22],
           [-1.00000000e+00,  1.00000000e+00]])
    """

    def __call__(self, logits: Array, labels: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Value of the loss in each row; the class describes it."""
        rows = labelled_examples(logits, labels, sample_weight, where="softmax_cross_entropy")
        return rows.result(formula.value(rows.logits, rows.truth, xp=rows.xp))

    def gradient(self, logits: Array, labels: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Gradient of the value in the logits, of their shape and dtype."""
        rows = labelled_examples(logits, labels, sample_weight, where="softmax_cross_entropy.gradient")
        return rows.result(formula.gradient(rows.logits, rows.truth, xp=rows.xp))

    def value_and_gradient(
        self, logits: Array, labels: Array, /, *, sample_weight: Array | None = None
    ) -> tuple[Array, Array]:
        """Value and `gradient` for little more than the price of one."""
        where = "softmax_cross_entropy.value_and_gradient"
        rows = labelled_examples(logits, labels, sample_weight, where=where)
        value, gradient = formula.value_and_gradient(rows.logits, rows.truth, xp=rows.xp)
        return rows.result(value), rows.result(gradient)

    def hessian_vector_product(
        self, logits: Array, labels: Array, vectors: Array, /, *, sample_weight: Array | None = None
    ) -> Array:
        """Product of each row's Hessian in the logits with its row of `vectors`."""
        where = "softmax_cross_entropy.hessian_vector_product"
        rows = labelled_examples(logits, labels, sample_weight, where=where)
        return rows.result(formula.hessian_vector_product(rows.logits, rows.vectors(vectors), xp=rows.xp))

    def hessian(self, logits: Array, labels: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Hessian of the value in the logits, of shape (..., K, K); positive semidefinite."""
        rows = labelled_examples(logits, labels, sample_weight, where="softmax_cross_entropy.hessian")
        return rows.result(formula.hessian(rows.logits, xp=rows.xp))


softmax_cross_entropy = SoftmaxCrossEntropy()
