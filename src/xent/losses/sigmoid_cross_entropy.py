"""Cross-entropy of one logit per example under a sigmoid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from xent.arrays import Array
from xent.formulas import sigmoid_cross_entropy as formula
from xent.losses.examples import binary_examples

__all__ = ["SigmoidCrossEntropy", "sigmoid_cross_entropy"]


@final
@dataclass(frozen=True)
class SigmoidCrossEntropy:
    r"""
    Cross-entropy of one logit per example under a sigmoid, one value per entry, in nats.

    Use the object `sigmoid_cross_entropy`: ``sigmoid_cross_entropy(logits, targets, sample_weight=None)``.

    Parameters
    ----------
    logits : array
        Log-odds of the event, real floating, of any shape.
    targets : array
        Of the shape of `logits`: whether the event happened, 0 or 1 in any dtype, or its
        probability in [0, 1].
    sample_weight : array, optional
        Of the shape of `logits`: factor of each entry, finite and >= 0; default 1. An entry of
        weight 0 costs 0 and is not read.

    Returns
    -------
    array
        New array of losses in nats, of the shape and dtype of `logits`; never negative.

    Raises
    ------
    DTypeError
        If `logits` is not real floating or `targets` not numbers or truth values, or the arrays are
        of different libraries.
    ShapeError
        If `targets` or `sample_weight` is not of the shape of `logits`.
    DomainError
        If a weight is negative or not finite, or a target of positive weight lies outside
        [0, 1]. Traced or off-host values are not inspected.

    See Also
    --------
    softmax_cross_entropy : Any number of classes, with a logit for each.

    Notes
    -----
    **Definition.** For a logit :math:`z`, target :math:`t` and weight :math:`w`,

    .. math:: \ell = w \left( t \log(1 + e^{-z}) + (1 - t) \log(1 + e^z) \right).

    **Gradient.** :math:`d\ell / dz = w (\sigma(z) - t)` with
    :math:`\sigma(z) = 1 / (1 + e^{-z})`; the second derivative is :math:`w\,\sigma(z)\,\sigma(-z)`.
    Automatic differentiation of the value in PyTorch and JAX gives the same numbers.

    **Edge cases.** ``z = 0`` gives :math:`w \log 2`; ``z = +inf`` with ``t = 1``, and ``z = -inf`` with
    ``t = 0``, give 0 and gradient 0; on the other side they give ``inf`` and gradient :math:`\pm w`;
    ``nan`` gives ``nan``; an empty batch gives an empty array.

    **Numerics.** Computed as :math:`\mathrm{log1p}(e^{-|z|})` plus :math:`|z|` times the share of the target
    on the other side, two terms that are never negative, and the gradient as
    :math:`(1 - t) \sigma(z) - t \sigma(-z)`. For targets 0 and 1, value and gradient are within 4 units in
    the last place on NumPy, PyTorch and JAX, which on the CPU replaces every number below the
    smallest normal one by 0. In between, so is the value, and the gradient to the larger of its two terms.

    References
    ----------
    .. [1] Bishop, C. M. (2006). Pattern Recognition and Machine Learning, Springer.
       Equations 4.90 and 4.91.

    Examples
    --------
    >>> import numpy as np
    >>> sigmoid_cross_entropy(np.asarray([50.0, 50.0, np.inf]), np.asarray([1, 0, 1]))
    array([1.92874985e-22, 5.00000000e+01, 0.00000000e+00])
    """

    def __call__(self, logits: Array, targets: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Value of the loss in each row; the class describes it."""
        rows = binary_examples(logits, targets, sample_weight, where="sigmoid_cross_entropy")
        return rows.result(formula.value(rows.logits, rows.truth, xp=rows.xp))

    def gradient(self, logits: Array, targets: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Derivative of each value in its logit."""
        rows = binary_examples(logits, targets, sample_weight, where="sigmoid_cross_entropy.gradient")
        return rows.result(formula.gradient(rows.logits, rows.truth, xp=rows.xp))

    def value_and_gradient(
        self, logits: Array, targets: Array, /, *, sample_weight: Array | None = None
    ) -> tuple[Array, Array]:
        """Value and `gradient`."""
        where = "sigmoid_cross_entropy.value_and_gradient"
        rows = binary_examples(logits, targets, sample_weight, where=where)
        value, gradient = formula.value_and_gradient(rows.logits, rows.truth, xp=rows.xp)
        return rows.result(value), rows.result(gradient)

    def hessian_vector_product(
        self, logits: Array, targets: Array, vectors: Array, /, *, sample_weight: Array | None = None
    ) -> Array:
        """`hessian` times `vectors`, entry by entry."""
        where = "sigmoid_cross_entropy.hessian_vector_product"
        rows = binary_examples(logits, targets, sample_weight, where=where)
        return rows.result(formula.hessian_vector_product(rows.logits, rows.vectors(vectors), xp=rows.xp))

    def hessian(self, logits: Array, targets: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Second derivative of each value in its logit; never negative."""
        rows = binary_examples(logits, targets, sample_weight, where="sigmoid_cross_entropy.hessian")
        return rows.result(formula.hessian(rows.logits, xp=rows.xp))


sigmoid_cross_entropy = SigmoidCrossEntropy()
