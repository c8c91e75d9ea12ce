"""Squared error of the probability that one logit gives under a sigmoid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from xent.arrays import Array
from xent.formulas import sigmoid_squared_error as formula
from xent.losses.examples import binary_examples

__all__ = ["SigmoidSquaredError", "sigmoid_squared_error"]


@final
@dataclass(frozen=True)
class SigmoidSquaredError:
    r"""
    Squared error of a sigmoid's probability, one value per entry, a pure number in [0, 1].

    Use the object `sigmoid_squared_error`: ``sigmoid_squared_error(logits, targets, sample_weight=None)``.

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
        New array of losses, of the shape and dtype of `logits`.

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
    sigmoid_cross_entropy : The loss that does not slow down where the model is sure and wrong.
    softmax_squared_error : Any number of classes; with two it is this loss.

    Notes
    -----
    **Definition.** For a logit :math:`z`, target :math:`t` and weight :math:`w`,
    with :math:`\sigma(z) = 1 / (1 + e^{-z})`,

    .. math:: \ell = w\, (\sigma(z) - t)^2.

    **Gradient.** :math:`d\ell / dz = 2 w (\sigma(z) - t)\, \sigma(z)\, \sigma(-z)`. The last two factors
    vanish where the model is sure, whether it is right or wrong, and the second
    derivative is negative where it is sure and wrong: the loss is not convex.

    **Edge cases.** ``z = 0`` with a hard target gives :math:`w / 4`; ``z = +inf`` with ``t = 1``, and
    ``z = -inf`` with ``t = 0``, give 0; on the other side they give :math:`w`, all with gradient 0;
    ``nan`` gives ``nan``; an empty batch gives an empty array.

    **Numerics.** The residual is computed as :math:`(1 - t) \sigma(z) - t \sigma(-z)`. For targets 0 and 1,
    value and gradient are within 8 units in the last place on NumPy, PyTorch and JAX, short of
    underflow.

    References
    ----------
    .. [1] Brier, G. W. (1950). Verification of forecasts expressed in terms of
       probability. Monthly Weather Review 78(1). Equation 2, halved.

    Examples
    --------
    Sure and wrong, and yet hardly a slope: the second gradient is cross-entropy's.

    >>> import numpy as np
    >>> from xent.losses import sigmoid_cross_entropy
    >>> logits, targets = np.asarray([10.0]), np.asarray([0])
    >>> sigmoid_squared_error.gradient(logits, targets), sigmoid_cross_entropy.gradient(logits, targets)
    (array([9.07874937e-05]), array([0.9999546]))
    """

    def __call__(self, logits: Array, targets: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Value of the loss in each row; the class describes it."""
        rows = binary_examples(logits, targets, sample_weight, where="sigmoid_squared_error")
        return rows.result(formula.value(rows.logits, rows.truth, xp=rows.xp))

    def gradient(self, logits: Array, targets: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Derivative of each value in its logit."""
        rows = binary_examples(logits, targets, sample_weight, where="sigmoid_squared_error.gradient")
        return rows.result(formula.gradient(rows.logits, rows.truth, xp=rows.xp))

    def value_and_gradient(
        self, logits: Array, targets: Array, /, *, sample_weight: Array | None = None
    ) -> tuple[Array, Array]:
        """Value and `gradient` for little more than the price of one."""
        where = "sigmoid_squared_error.value_and_gradient"
        rows = binary_examples(logits, targets, sample_weight, where=where)
        value, gradient = formula.value_and_gradient(rows.logits, rows.truth, xp=rows.xp)
        return rows.result(value), rows.result(gradient)

    def hessian_vector_product(
        self, logits: Array, targets: Array, vectors: Array, /, *, sample_weight: Array | None = None
    ) -> Array:
        """`hessian` times `vectors`, entry by entry."""
        where = "sigmoid_squared_error.hessian_vector_product"
        rows = binary_examples(logits, targets, sample_weight, where=where)
        vectors = rows.vectors(vectors)
        return rows.result(formula.hessian_vector_product(rows.logits, rows.truth, vectors, xp=rows.xp))

    def hessian(self, logits: Array, targets: Array, /, *, sample_weight: Array | None = None) -> Array:
        """Second derivative of each value in its logit; of either sign."""
        rows = binary_examples(logits, targets, sample_weight, where="sigmoid_squared_error.hessian")
        return rows.result(formula.hessian(rows.logits, rows.truth, xp=rows.xp))


sigmoid_squared_error = SigmoidSquaredError()
