"""Symmetric cross-entropy under a softmax."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.poly import Poly
from xent.formulas.true_class import FunctionOfTrueClass
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfLogits, problem_of_labels
from xent.losses.problem import Problem

__all__ = ["SymmetricCrossEntropy", "symmetric_cross_entropy"]


@final
@dataclass(frozen=True, repr=False)
class SymmetricCrossEntropy(AbstractLossOfLogits):
    r"""
    Symmetric cross-entropy of integer labels under a softmax, one value per row, in nats.

    Call the object `symmetric_cross_entropy`, with parameters as keywords, or an instance with parameters of
    its own: ``SymmetricCrossEntropy(alpha=6, beta=0.1)(logits, labels)``.

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
    alpha, beta : float >= 0, default 0.1 and 1
        Factors of the cross-entropy and of the reverse cross-entropy.
    log_zero : float < 0, default -4
        Value in place of the logarithm of 0 in the reverse cross-entropy, the `A` of the paper.
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
        are not inspected; such a row gives ``nan``, in the value and the gradient. Also if `alpha` or `beta`
        is negative or not finite, or `log_zero` not negative and finite.

    See Also
    --------
    poly : Loss of the same two terms, as cross-entropy and a correction.
    mean_absolute_error : The reverse cross-entropy alone, for ``log_zero = -2``.
    active_passive : Weighted sum of any two losses of labels.

    Notes
    -----
    **Definition.** For the probability :math:`u` of the label and weight :math:`w`,

    .. math:: \ell = w \left( -\alpha \log u - \beta \sum_k p_k \log [k = y] \right)
        = w \left( -\alpha \log u - \beta A (1 - u) \right) ,

    where :math:`\log 0` is the number :math:`A`: the reverse cross-entropy of a label has this closed form,
    and no probability is clipped for it.

    **Gradient.** :math:`w (\alpha - \beta A u) (p - e_y)`; the entries sum to 0.

    **Character.** At least 0, unbounded for a positive `alpha`. The reverse term alone is robust to symmetric
    label noise, the sum is not. The loss is convex in the logits for :math:`\alpha \ge -\beta A`, and so not
    with the defaults.

    **Edge cases.** ``K = 1`` gives 0; ``z_y = -inf`` gives ``inf``, and for ``alpha = 0`` the finite limit
    ``-beta * log_zero``; ``nan`` gives ``nan``; an empty batch gives an empty array.

    **Numerics.** The loss is a sum of multiples of the surprisal and the complement, both free of
    cancellation: value and gradient are within 6 units in the last place on NumPy and PyTorch, and within 12
    on JAX. Products with the Hessian are within 8 units (16 on JAX) of the largest entry of their row or of
    its gradient's.

    References
    ----------
    .. [1] Wang, Y. et al. (2019). Symmetric cross entropy for robust learning with noisy labels. ICCV. The
       definitions of reverse and symmetric cross-entropy.

    Examples
    --------
    The reverse term hardly grows with the confidence of a wrong prediction.

    >>> import numpy as np
    >>> logits, labels = np.asarray([[0.0, 5.0], [0.0, 500.0]]), np.asarray([0, 0])
    >>> symmetric_cross_entropy(logits, labels, alpha=0.0)
    array([3.9732286, 4.       ])
    """

    name: ClassVar[str] = "symmetric_cross_entropy"
    facts: ClassVar[LossFacts] = LossFacts(
        use="noisy labels: cross-entropy and a bounded reverse term, added",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=True,
        noise_robust=False,
        source="Wang et al. 2019, the symmetric cross-entropy",
    )
    alpha: float = 0.1
    beta: float = 1.0
    log_zero: float = -4.0

    def __post_init__(self) -> None:
        check_parameter(self, "alpha", "be >= 0 and finite", holds=0 <= self.alpha < math.inf)
        check_parameter(self, "beta", "be >= 0 and finite", holds=0 <= self.beta < math.inf)
        check_parameter(self, "log_zero", "be < 0 and finite", holds=-math.inf < self.log_zero < 0)

    @property
    def formula(self) -> FunctionOfTrueClass:
        """Formula of the loss, of logits and labels, with the parameters of this object."""
        return FunctionOfTrueClass(Poly(self.alpha, -self.beta * self.log_zero))

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_labels(request, self.formula, self.options)


symmetric_cross_entropy = SymmetricCrossEntropy()
