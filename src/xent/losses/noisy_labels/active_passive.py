"""Active passive loss: sum of a loss that raises the label's probability and one that lowers all others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.arrays import Formula, is_number
from xent.formulas.weighted_sum import WeightedSum
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.loss_as_part import check_part, formula_of_part, is_normalized
from xent.losses.families.losses_of_logits import (
    AbstractLossOfLogits,
    of_two_classes,
    problem_of_labels,
)
from xent.losses.noisy_labels.mean_absolute_error import mean_absolute_error
from xent.losses.noisy_labels.normalized_cross_entropy import normalized_cross_entropy
from xent.losses.problem import Problem

__all__ = ["ActivePassive", "active_passive"]


@final
@dataclass(frozen=True, repr=False)
class ActivePassive(AbstractLossOfLogits):
    r"""
    Weighted sum of two losses of integer labels under a softmax, one value per row, a pure number.

    Call the object `active_passive`, with parameters as keywords, or an instance with parameters of its own:
    ``ActivePassive(NormalizedFocal(), mean_absolute_error, alpha=10)(logits, labels)``.

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
    active, passive : loss, default `normalized_cross_entropy` and `mean_absolute_error`
        Losses of labels: each a normalised loss, a loss of the true class's probability, or plain
        `softmax_cross_entropy`, without options of its own.
    alpha, beta : float >= 0, default 1
        Factors of `active` and `passive`; at least one is positive.
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
        nothing. Here all these parameters apply to both losses.

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
        are not inspected; such a row gives ``nan``, in the value and the gradient. Also if a factor is
        negative or not finite; if `active` or `passive` is not one of the losses named, or has options; if
        one of them is normalised and fewer than two classes of a row participate.

    See Also
    --------
    symmetric_cross_entropy : Sum of cross-entropy and reverse cross-entropy.

    Notes
    -----
    **Definition.** For the losses :math:`L_a` and :math:`L_p` and weight :math:`w`,

    .. math:: \ell = w (\alpha L_a + \beta L_p) .

    A loss is active if it is a function of the label's probability alone, and passive if it also depends on
    the probabilities of other classes, such as :math:`\sum_k |p_k - [k = y]|`.

    **Gradient.** The weighted sum of the two gradients; the entries sum to 0. The Hessian is the weighted sum
    of the two Hessians.

    **Character.** With the defaults the loss lies in [0, 3], is not convex, and is robust to symmetric label
    noise, like every sum of two robust losses.

    **Edge cases.** Those of the two losses. A factor of 0 removes its loss, also where that loss is ``inf``.

    **Numerics.** The entries of both gradients at the label have the same sign, and both values are >= 0, so
    neither sum cancels: with the defaults the value is within 6 units in the last place on NumPy and PyTorch
    and within 12 on JAX, and the gradient within 8 (16 on JAX) of the largest entry of its row; so are
    products with the Hessian, of theirs or the gradient's.

    References
    ----------
    .. [1] Ma, X. et al. (2020). Normalized loss functions for deep learning with noisy labels. ICML. The
       section on active passive losses.

    Examples
    --------
    The sum over all labels is the same for all logits, so that symmetric label noise cancels.

    >>> import numpy as np
    >>> logits = np.asarray([[2.0, 0.0, -1.0]] * 3)
    >>> values = active_passive(logits, np.arange(3))
    >>> values, values.sum()
    (array([0.34323816, 2.16544407, 2.49131776]), np.float64(5.0))
    """

    name: ClassVar[str] = "active_passive"
    facts: ClassVar[LossFacts] = LossFacts(
        use="noisy labels: an active and a passive robust loss, added",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=3.0,
        convex=False,
        shift_invariant=True,
        noise_robust=True,
        source="Ma et al. 2020, the active passive loss",
    )
    active: AbstractLossOfLogits = normalized_cross_entropy
    passive: AbstractLossOfLogits = mean_absolute_error
    alpha: float = 1.0
    beta: float = 1.0

    def __post_init__(self) -> None:
        check_parameter(self, "alpha", "be >= 0 and finite", holds=0 <= self.alpha < math.inf)
        check_parameter(self, "beta", "be >= 0 and finite", holds=0 <= self.beta < math.inf)
        check_parameter(self, "beta", "be > 0 where `alpha` is 0", holds=self.alpha + self.beta > 0)
        check_part(self, "active")
        check_part(self, "passive")

    @property
    def formula(self) -> Formula:
        """
        Formula of logits and labels: the sum of both parts' times their factors; a part whose factor is 0 is
        left out.
        """
        both = ((self.alpha, self.active), (self.beta, self.passive))
        return WeightedSum(
            tuple((factor, formula_of_part(loss)) for factor, loss in both if not is_number(factor, 0))
        )

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, labels, which are the formula's data, and weights, with the formula of this loss.

        With a normalised part, fewer than two participating classes raise as `of_two_classes` says. Errors
        are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        problem = problem_of_labels(request, self.formula, self.options)
        if is_normalized(self.active) or is_normalized(self.passive):
            return of_two_classes(problem)
        return problem


active_passive = ActivePassive()
