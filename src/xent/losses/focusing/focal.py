"""Focal loss under a softmax."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses import focal as formula
from xent.formulas.true_class import FunctionOfTrueClass
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfLogits, problem_of_labels
from xent.losses.problem import Problem

__all__ = ["Focal", "focal"]


@final
@dataclass(frozen=True, repr=False)
class Focal(AbstractLossOfLogits):
    r"""
    Focal loss of integer labels under a softmax, one value per row, in nats.

    Call the object `focal`, with parameters as keywords, or an instance with parameters of its own:
    ``Focal(gamma=3)(logits, labels)``.

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
    gamma : float >= 0, default 2
        Focusing exponent: the larger, the less confident correct rows count; 0 gives `softmax_cross_entropy`.
    class_weights : array of shape (K,), optional
        Factor of each class, finite and >= 0, for the rows with its label. None means 1. Here they are the
        `alpha` of the paper.
    ignored_label : int, optional
        Rows with this label are ignored: loss and gradient are 0. The label may be out of range. None ignores
        no row.
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
        New array of losses in nats, in the dtype of `logits`; never negative.

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
        are not inspected; such a row gives ``nan``, in the value and the gradient. Also if `gamma` is
        negative or not finite.

    See Also
    --------
    softmax_cross_entropy : Loss for ``gamma = 0``, whose minimum is at the true probabilities.
    sigmoid_focal : Loss for one logit per event.

    Notes
    -----
    **Definition.** For the probability :math:`u` of the label and weight :math:`w`,

    .. math:: \ell = -w (1 - u)^\gamma \log u .

    **Gradient.** :math:`w (1 - u)^\gamma (1 - \gamma u \log u / (1 - u)) (p - e_y)`; the entries sum to 0.
    The Hessian is indefinite where the model is wrong: the loss is not convex in the logits.

    **Character.** At least 0, unbounded, not robust to symmetric label noise. The loss is not proper: the
    minimum over a distribution of labels is less confident than that distribution.

    **Edge cases.** ``u = 1`` gives 0 and gradient 0; ``z_y = -inf`` gives ``inf`` with the gradient of its
    limit; ``nan`` gives ``nan``; an empty batch gives an empty array. No `gamma`, including those below 1,
    makes a gradient ``nan``: where ``1 - u`` is 0, so are the gradient and the Hessian.

    **Numerics.** The loss is computed from the complement ``1 - u`` and the surprisal ``-log u``, both free
    of cancellation. With `gamma` between 0.5 and 5, value and gradient are within 16 units in the last place.

    References
    ----------
    .. [1] Lin, T.-Y. et al. (2017). Focal loss for dense object detection. ICCV. Equation 4.

    Examples
    --------
    For a label of probability 90 % the loss is a hundredth of the cross-entropy.

    >>> import numpy as np
    >>> logits = np.log(np.asarray([[0.9, 0.1], [0.1, 0.9]]))
    >>> focal(logits, np.asarray([0, 0]))
    array([1.05360516e-03, 1.86509393e+00])
    """

    name: ClassVar[str] = "focal"
    facts: ClassVar[LossFacts] = LossFacts(
        use="many easy rows, few hard ones",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=True,
        noise_robust=False,
        source="Lin et al. 2017, equation 4",
    )
    gamma: float = 2.0

    def __post_init__(self) -> None:
        check_parameter(self, "gamma", "be >= 0", holds=self.gamma >= 0)
        check_parameter(self, "gamma", "be finite", holds=self.gamma < math.inf)

    @property
    def formula(self) -> FunctionOfTrueClass:
        """Formula of the loss, of logits and labels, with the parameters of this object."""
        return FunctionOfTrueClass(formula.Focal(self.gamma))

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_labels(request, self.formula, self.options)


focal = Focal()
