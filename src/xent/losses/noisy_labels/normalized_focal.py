"""Normalised focal loss under a softmax."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.focal import Focal
from xent.formulas.losses.normalized import Normalized as NormalizedFormula
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfLogits, problem_of_normalized
from xent.losses.problem import Problem

__all__ = ["NormalizedFocal", "normalized_focal"]


@final
@dataclass(frozen=True, repr=False)
class NormalizedFocal(AbstractLossOfLogits):
    r"""
    Focal loss of integer labels over its sum over all classes, one value per row, a pure number in [0, 1].

    Call the object `normalized_focal`, with parameters as keywords, or an instance with parameters of its
    own: ``NormalizedFocal(gamma=2)(logits, labels)``.

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
    gamma : float >= 0, default 0.5
        Exponent, as in `focal`; 0 gives `normalized_cross_entropy`.
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
        are not inspected; such a row gives ``nan``, in the value and the gradient. Also if `gamma` is
        negative or not finite; if fewer than two classes of a row participate.

    See Also
    --------
    focal : Loss that is normalised.
    normalized_cross_entropy : Loss for ``gamma = 0``.
    Normalized : Normalisation of any loss of the true class's probability.

    Notes
    -----
    **Definition.** For :math:`p = \mathrm{softmax}(z)`, label :math:`y` and weight :math:`w`,

    .. math:: \ell = w \frac{(1 - p_y)^\gamma \log p_y}{\sum_k (1 - p_k)^\gamma \log p_k} .

    **Gradient.** :math:`w \sum_k c_k (p - e_k)` with :math:`c_k = \varphi'(p_k) ([k = y] - \ell / w) / S`,
    where :math:`S` is minus the denominator and :math:`\varphi'` the derivative of the focal loss in the
    surprisal; the entries sum to 0.

    **Character.** In [0, 1], not convex in the logits, and robust to symmetric label noise: the values over
    all labels sum to 1.

    **Edge cases.** Equal logits give :math:`w / K`; ``z_y = -inf`` gives :math:`w`, the limit, with gradient
    0; a class other than the label that is masked or of logit ``-inf`` takes no part in the sum; a single
    class would give 0 over 0, which raises, or gives ``nan`` where values are not inspected; ``nan`` gives
    ``nan``; an empty batch gives an empty array.

    **Numerics.** Each surprisal is a sum of non-negative terms, and 1 minus the loss is the share of the
    other classes. The value is within 6 units in the last place on NumPy and PyTorch, and within 12 on JAX.
    An entry of the gradient is a sum of terms of both signs for three classes or more; it is within 8 units
    (16 on JAX) of the largest entry of its row, also where other classes are tied, and so are products with
    the Hessian, of theirs or the gradient's. If the label is far below other classes that are nearly tied,
    the bound of the gradient is so many units of the largest slope of the focal loss over their sum.

    References
    ----------
    .. [1] Ma, X. et al. (2020). Normalized loss functions for deep learning with noisy labels. ICML. The
       section on normalised losses.

    Examples
    --------
    >>> import numpy as np
    >>> logits = np.asarray([[2.0, 0.0, 0.0]] * 3)
    >>> values = normalized_focal(logits, np.asarray([0, 1, 2]))
    >>> values, values.sum()
    (array([0.02544839, 0.48727581, 0.48727581]), np.float64(1.0))
    """

    name: ClassVar[str] = "normalized_focal"
    facts: ClassVar[LossFacts] = LossFacts(
        use="noisy labels and many easy rows: the active part of `active_passive`",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=1.0,
        convex=False,
        shift_invariant=True,
        noise_robust=True,
        source="Ma et al. 2020, the normalised focal loss",
    )
    gamma: float = 0.5

    def __post_init__(self) -> None:
        check_parameter(self, "gamma", "be >= 0", holds=self.gamma >= 0)
        check_parameter(self, "gamma", "be finite", holds=self.gamma < math.inf)

    @property
    def formula(self) -> NormalizedFormula:
        """
        Formula of the loss, of logits and labels: a loss of the true class over its sum over all classes as
        labels.
        """
        return NormalizedFormula(Focal(self.gamma))

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_normalized(request, self.formula, self.options)


normalized_focal = NormalizedFocal()
