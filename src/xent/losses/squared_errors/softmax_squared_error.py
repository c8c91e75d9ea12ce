"""Half the squared distance of softmax probabilities from integer labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.softmax_squared_error import softmax_squared_error as formula
from xent.losses.abstract_loss import Problem
from xent.losses.arguments.examples import Asked
from xent.losses.character import Character
from xent.losses.families.abstract_softmax_loss import AbstractLossOfLabels

__all__ = ["SoftmaxSquaredError", "softmax_squared_error"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class SoftmaxSquaredError(AbstractLossOfLabels):
    r"""
    Half the squared distance of softmax probabilities from integer labels, a pure number in [0, 1].

    Call the object `softmax_squared_error`, with parameters as keywords, or an instance with parameters of
    its own.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities, real floating; ``-inf`` means probability 0.
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or whether it counts; default 1. A row of weight 0 costs 0
        and is not read: its label may be any integer.
    class_weights, class_mask, softcap, temperature, offset, ignored_label
        As for `SoftmaxCrossEntropy`.

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
    softmax_cross_entropy : Loss whose gradient does not vanish where the model is confident and wrong.
    softmax_squared_error_of_targets : Loss for a target distribution in place of a label.

    Notes
    -----
    **Definition.** For logits :math:`z`, label :math:`y` and weight :math:`w`,
    with :math:`p = \mathrm{softmax}(z)`,

    .. math:: \ell = \frac{w}{2} \sum_k (p_k - [k = y])^2,

    half the Brier score, so that two classes give `sigmoid_squared_error`.

    **Gradient.** :math:`\nabla \ell = w J r` with :math:`r_k = p_k - [k = y]` and :math:`J = \mathrm{diag}(p)
    - p p^\top`; the entries sum to 0. `J` vanishes where the model is confident, right or wrong, and the
    Hessian has negative eigenvalues there: the loss is not convex.

    **Edge cases.** ``K = 1`` gives 0; equal logits give :math:`w (1 - 1/K) / 2`;
    ``z_y = -inf`` gives at most :math:`w`; a row that is all ``-inf``, or holds ``nan``
    or ``+inf``, gives ``nan``; an empty batch gives an empty array.

    **Numerics.** The residual at the label is :math:`-\sum_{k \ne y} p_k`, not :math:`p_y - 1`, and the
    residual of the largest class is subtracted from all residuals before `J` is applied, which does not
    change the product. The value is within 8 units in the last place for K <= 1000 on NumPy and PyTorch,
    short of underflow, and the gradient within 8 of its row's largest entry.

    References
    ----------
    .. [1] Brier, G. W. (1950). Verification of forecasts expressed in terms of
       probability. Monthly Weather Review 78(1). Equation 2, halved.

    Examples
    --------
    The gradient of a confident wrong prediction is small.

    >>> import numpy as np
    >>> logits, labels = np.asarray([[10.0, 0.0]]), np.asarray([1])
    >>> softmax_squared_error(logits, labels)
    array([0.99990921])
    >>> softmax_squared_error.gradient(logits, labels)
    array([[ 9.07874937e-05, -9.07874937e-05]])
    """

    name: ClassVar[str] = "softmax_squared_error"
    character: ClassVar[Character] = Character(
        use="to see why not: it learns slowly where it is most wrong",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=1.0,
        convex=False,
        shift_invariant=True,
        noise_robust=False,
        source="Brier 1950, equation 2, halved",
    )

    def problem(self, asked: Asked) -> Problem:
        """Checked arguments and formula of this loss."""
        return self._of_labels(asked, formula)


softmax_squared_error = SoftmaxSquaredError()
