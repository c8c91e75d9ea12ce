"""Soft-margin softmax: a margin on the logit of the label."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.arrays import plain_number
from xent.formulas.adjusted_by_label import AdjustedByLabel
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy as formula
from xent.formulas.margins_at_label import LogitsLessMargin
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfLogits, problem_of_labels
from xent.losses.problem import Problem

__all__ = ["SoftMarginSoftmax", "soft_margin_softmax"]


@final
@dataclass(frozen=True, repr=False)
class SoftMarginSoftmax(AbstractLossOfLogits):
    r"""
    Cross-entropy of labels under a softmax with a margin at the label's logit, one value per row, in nats.

    Call the object `soft_margin_softmax`, with parameters as keywords, or an instance with parameters of its
    own: ``SoftMarginSoftmax(margin=2)(logits, labels)``.

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
    margin : float >= 0, default 1
        Margin subtracted from the logit of the label, after all adjustments; 0 gives `softmax_cross_entropy`.
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
        are not inspected; such a row gives ``nan``, in the value and the gradient. Also if `margin` is
        negative or not finite.

    See Also
    --------
    cosface : Loss with the margin on cosines, which are bounded.
    poly : Loss that also increases the loss of correct rows.

    Notes
    -----
    **Definition.** For logits :math:`z`, label :math:`y`, margin :math:`m` and weight :math:`w`,

    .. math:: \ell = w \left( \log \Big(e^{z_y - m} + \sum_{k \ne y} e^{z_k}\Big) - (z_y - m) \right)
        = w \log \Big(1 + e^m \sum_{k \ne y} e^{z_k - z_y}\Big).

    **Gradient.** :math:`w (p - e_y)` with :math:`p` the softmax with the margin; the Hessian is
    :math:`w (\mathrm{diag}(p) - p p^\top)`.

    **Character.** At least 0, unbounded, convex. Not proper: the minimum over a distribution of labels
    differs from that distribution because of the margin. Not robust to symmetric label noise.

    **Edge cases.** ``K = 1`` gives 0; ``z_y = -inf`` gives ``inf`` with the gradient of its limit; ``nan``
    gives ``nan``; an empty batch gives an empty array.

    **Numerics.** The difference of logit and margin is kept with its rounding error, so the value is within 4
    units in the last place, and the gradient within 8.

    References
    ----------
    .. [1] Liang, X., Wang, X., Lei, Z., Liao, S., Li, S. Z. (2017). Soft-margin softmax for deep
       classification. ICONIP. doi:10.1007/978-3-319-70096-0_43.

    Examples
    --------
    For equal logits the loss without a margin is ``log 2``.

    >>> import numpy as np
    >>> soft_margin_softmax(np.zeros((1, 2)), np.asarray([0]), margin=3)
    array([3.04858735])
    """

    name: ClassVar[str] = "soft_margin_softmax"
    facts: ClassVar[LossFacts] = LossFacts(
        use="classes that are to lie further apart, without cosines",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=True,
        noise_robust=False,
        source="Liang et al. 2017",
        also=("SM-Softmax",),
    )
    margin: float = 1.0

    def __post_init__(self) -> None:
        check_parameter(self, "margin", "be finite and >= 0", holds=0 <= self.margin < math.inf)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_labels(
            request, AdjustedByLabel(LogitsLessMargin(plain_number(self.margin)), formula), self.options
        )


soft_margin_softmax = SoftMarginSoftmax()
