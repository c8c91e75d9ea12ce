"""CosFace, also called AM-Softmax: a margin on the cosine of the label."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar, final

from xent.formulas.angular_margin import AngularMargin
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.abstract_weighted_loss import AbstractWeightedLoss
from xent.losses.families.losses_of_cosines import check_scale_and_centres, problem_of_cosines
from xent.losses.problem import Problem

__all__ = ["CosFace", "cosface"]


@final
@dataclass(frozen=True, repr=False)
class CosFace(AbstractWeightedLoss):
    r"""
    Cross-entropy of scaled cosines with a margin on the label's cosine, one value per row, in nats.

    Also known as AM-Softmax. Call the object `cosface`, with parameters as keywords, or an instance with
    parameters of its own: ``CosFace(margin=0.2)(cosines, labels)``.

    Parameters
    ----------
    cosines : array of shape (..., K)
        Cosine of the angle between each row's features and the vector of each class, in [-1, 1].
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored, whatever its label: loss and gradient are 0.
    margin : float >= 0, default 0.35
        Margin subtracted from the cosine of the label; 0 gives `normalized_softmax`.
    scale : float > 0, default 64
        Factor of the cosines.
    sub_centres : int, default 1
        Number of centres of each class, side by side on the last axis; the centre of the largest cosine
        counts.
    ignored_label : int, optional
        Rows with this label are ignored: loss and gradient are 0. The label may be out of range. None ignores
        no row.
    class_weights : array of shape (K,), optional
        Factor of each class, finite and >= 0, for the rows with its label. None means 1.

    Returns
    -------
    array of shape (...)
        New array of losses in nats, in the dtype of `cosines`; never negative.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As for `ArcFace`; if `margin` is negative.

    See Also
    --------
    arcface : Loss with a margin on the angle.
    soft_margin_softmax : Loss with the same margin on logits of any size.

    Notes
    -----
    **Definition.** For cosines :math:`c`, label :math:`y`, margin :math:`m`, scale :math:`s` and weight
    :math:`w`,

    .. math:: \ell = w \left( \log \Big(e^{s (c_y - m)} + \sum_{k \ne y} e^{s c_k}\Big) - s (c_y - m) \right).

    **Gradient.** :math:`w s (p - e_y)` with :math:`p` the softmax with the margin; the Hessian is
    :math:`w s^2 (\mathrm{diag}(p) - p p^\top)`.

    **Character.** At least 0, unbounded in the number of classes, convex in the cosines; not proper, because
    the margin makes predictions too confident; not robust to symmetric label noise.

    **Edge cases.** ``K = 1`` gives 0; cosines beyond -1 and 1 by rounding count as -1 and 1, as for
    `ArcFace`; ``nan`` gives ``nan``; an empty batch gives an empty array.

    **Numerics.** Margin, scale and their products with the cosines are kept with their rounding errors; 0.35,
    for example, has no exact representation in floating point. The value is within 4 units in the last place,
    and the gradient within 8 where the probability in it does not underflow.

    References
    ----------
    .. [1] Wang, H. et al. (2018). CosFace: large margin cosine loss for deep face recognition. CVPR.
       Equation 4.
    .. [2] Wang, F., Cheng, J., Liu, W., Liu, H. (2018). Additive margin softmax for face verification. IEEE
       Signal Processing Letters 25(7). Equation 6.

    Examples
    --------
    A correct row whose lead is below the margin has the loss of a wrong one.

    >>> import numpy as np
    >>> cosines = np.asarray([[0.9, 0.6], [0.9, 0.2]])
    >>> cosface(cosines, np.asarray([0, 0]))
    array([3.23995333e+00, 1.86983638e-10])
    """

    name: ClassVar[str] = "cosface"
    facts: ClassVar[LossFacts] = LossFacts(
        use="open-set recognition by angle, with a constant margin on the cosine",
        domain="cosines",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=True,
        noise_robust=False,
        source="Wang et al. 2018, equation 4",
        also=("AM-Softmax",),
    )
    margin: float = 0.35
    scale: float = 64.0
    sub_centres: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        check_scale_and_centres(self)
        check_parameter(self, "margin", "be finite and >= 0", holds=0 <= self.margin < math.inf)

    def problem(self, request: Request) -> Problem:
        """
        Checked cosines, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_cosines(request, self, AngularMargin(shift=self.margin))


cosface = CosFace()
