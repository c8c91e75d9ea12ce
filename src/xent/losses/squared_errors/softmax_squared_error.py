"""Half the squared distance of softmax probabilities from integer labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.softmax_squared_error import softmax_squared_error as formula
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfLogits, problem_of_labels
from xent.losses.problem import Problem

__all__ = ["SoftmaxSquaredError", "softmax_squared_error"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class SoftmaxSquaredError(AbstractLossOfLogits):
    r"""
    Half the squared distance of softmax probabilities from integer labels, a pure number in [0, 1].

    Call the object `softmax_squared_error`, with parameters as keywords, or an instance with parameters of
    its own.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities, real floating. ``-inf`` means probability 0; a row with ``nan`` gives
        ``nan``.
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored, whatever its label: loss and gradient are 0.
    ignored_label : int, optional
        Rows with this label are ignored: loss and gradient are 0. The label may be out of range. None ignores
        no row.
    class_weights : array of shape (K,), optional
        Factor of each class, finite and >= 0, for the rows with its label. None means 1.
    class_mask : array of bool of shape (K,) or (..., K), optional
        True for the classes that participate; False masks a class. None masks no class.
    softcap : float, optional
        Positive bound of the logits: :math:`z` becomes ``softcap * tanh(z / softcap)``, before temperature
        and offset. None sets no bound.
    temperature : float or array of shape (), default 1
        Positive divisor of the logits, after `softcap`.
    offset : array of shape (K,) or (..., K), optional
        Numbers added to the logits, after `softcap` and `temperature`. ``-inf`` masks a class. None adds
        nothing.

    Returns
    -------
    array of shape (...)
        New array of losses, in the dtype of `logits`; never negative.

    Raises
    ------
    DTypeError
        If `logits` is not real floating, `labels` is not integral, or the arrays are of different libraries.
    ShapeError
        If ``K = 0``, `labels` or `sample_weight` is not of shape (...), or a parameter does not fit.
    DomainError
        If a weight is negative or not finite; if the label of a row of positive weight lies outside
        ``0 .. K-1``; if a row has a logit ``+inf`` or no class that participates; if `temperature` or
        `softcap` is not positive and finite. Values of traced arrays, and of arrays that are not on the host,
        are not inspected; such a row gives ``nan``, in the value and the gradient.

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
    facts: ClassVar[LossFacts] = LossFacts(
        use="teaching: squared error on probabilities, whose gradient vanishes on confident mistakes",
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

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_labels(request, formula, self.options)


softmax_squared_error = SoftmaxSquaredError()
