"""Any loss of the true class's probability, normalised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, final

from xent.errors import DomainError
from xent.formulas.losses.normalized import Normalized as NormalizedFormula
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.loss_as_part import check_has_no_options, is_of_true_class
from xent.losses.families.losses_of_logits import (
    AbstractLossOfLogits,
    LossOfTrueClass,
    problem_of_normalized,
)
from xent.losses.focusing.poly import poly
from xent.losses.problem import Problem

__all__ = ["Normalized"]


@final
@dataclass(frozen=True, repr=False)
class Normalized(AbstractLossOfLogits):
    r"""
    Loss of integer labels over its sum over all labels, one value per row, a pure number in [0, 1].

    Construct it with the loss to normalise: ``Normalized(Focal(gamma=2))(logits, labels)``.

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
    loss : loss of the true class's probability
        Loss to normalise: `Focal`, `Poly`, `GeneralizedCrossEntropy`, `TruncatedCrossEntropy`,
        `SymmetricCrossEntropy`, `MeanAbsoluteError` or `TaylorCrossEntropy`, without options of its own.
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
        If ``K = 0``, `labels` or `sample_weight` is not of shape (...), or a parameter does not fit. Also if
        ``K = 1``.
    DomainError
        If a weight is negative or not finite; if the label of a row of positive weight lies outside
        ``0 .. K-1``; if a row has a logit ``+inf`` or no class that participates; if `temperature` or
        `softcap` is not positive and finite. Values of traced arrays, and of arrays that are not on the host,
        are not inspected; such a row gives ``nan``, in the value and the gradient. Also if `loss` is not one
        of those named, or has options; if fewer than two classes of a row participate.

    See Also
    --------
    normalized_cross_entropy, normalized_focal : Normalised losses that the paper defines explicitly.
    active_passive : Sum with a second loss, which compensates for slow learning.

    Notes
    -----
    **Definition.** For a loss :math:`L(z, y)`, label :math:`y` and weight :math:`w`,

    .. math:: \ell = w \frac{L(z, y)}{\sum_k L(z, k)} .

    **Gradient.** :math:`w \sum_k c_k (p - e_k)` with :math:`c_k = \varphi'(p_k) ([k = y] - \ell / w) / S`,
    where :math:`S` is the denominator and :math:`\varphi'` the derivative of :math:`L` in the surprisal; the
    entries sum to 0.

    **Character.** In [0, 1] and robust to symmetric label noise, whatever the loss: the values over all
    labels sum to 1. For `mean_absolute_error`, and so for reverse cross-entropy, the normalised loss is
    :math:`(1 - p_y) / (K - 1)`.

    **Edge cases.** Equal logits give :math:`w / K`; ``z_y = -inf`` gives the limit; a class other than the
    label that is masked or of logit ``-inf`` takes no part in the sum; a single class would give 0 over 0,
    which raises, or gives ``nan`` where values are not inspected; ``nan`` gives ``nan``; an empty batch gives
    an empty array.

    **Numerics.** 1 minus the loss is computed as the share of the other classes. With `poly` the value is
    within 6 units in the last place on NumPy and PyTorch and within 12 on JAX, and the gradient within 8 (16
    on JAX) of the largest entry of its row, also where other classes are tied; so are products with the
    Hessian, of theirs or the gradient's. If the label is far below other classes that are nearly tied, the
    bound of the gradient is so many units of the largest slope of the loss over :math:`S`.

    References
    ----------
    .. [1] Ma, X. et al. (2020). Normalized loss functions for deep learning with noisy labels. ICML. The
       section on normalised losses.

    Examples
    --------
    >>> import numpy as np
    >>> from xent.losses import mean_absolute_error
    >>> Normalized(mean_absolute_error)(np.zeros((1, 5)), np.asarray([3]))
    array([0.2])
    """

    name: ClassVar[str] = "normalized"
    facts: ClassVar[LossFacts] = LossFacts(
        use="noisy labels: any of several losses, divided by its sum over all labels",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=1.0,
        convex=False,
        shift_invariant=True,
        noise_robust=True,
        source="Ma et al. 2020, the normalised losses",
    )
    example: ClassVar[Mapping[str, Any]] = {"loss": poly}
    loss: LossOfTrueClass

    def __post_init__(self) -> None:
        check_has_no_options(self, "loss")
        if not is_of_true_class(self.loss):
            hint = "For cross-entropy itself take `normalized_cross_entropy`."
            rule = "be a loss of the true class's probability alone"
            raise DomainError("Normalized", "loss", rule, got=repr(self.loss), hint=hint)

    @property
    def formula(self) -> NormalizedFormula:
        """Formula of logits and labels: that of `loss`, divided by its sum over all classes as labels."""
        return NormalizedFormula(self.loss.formula.phi)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_normalized(request, self.formula, self.options)
