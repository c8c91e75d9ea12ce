"""ArcFace: a margin on the angle of the label."""

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

__all__ = ["ArcFace", "arcface"]


@final
@dataclass(frozen=True, repr=False)
class ArcFace(AbstractWeightedLoss):
    r"""
    Cross-entropy of scaled cosines with a margin on the label's angle, one value per row, in nats.

    Call the object `arcface`, with parameters as keywords, or an instance with parameters of its own:
    ``ArcFace(margin=0.3)(cosines, labels)``.

    Parameters
    ----------
    cosines : array of shape (..., K), or (..., K * sub_centres)
        Cosine of the angle between each row's features and the vector of each class, in [-1, 1].
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored, whatever its label: loss and gradient are 0.
    margin : float in [0, pi), default 0.5
        Summand of the angle of the label, in radians; 0 gives `normalized_softmax`.
    scale : float > 0, default 64
        Factor of the cosines.
    sub_centres : int, default 1
        Number of centres of each class; the centre of the largest cosine counts. The centres of a class lie
        side by side: cosines of shape (..., K, C) come as ``cosines.reshape(..., K * C)``.
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
    DTypeError
        If `cosines` is not real floating or `labels` not integral, or the arrays are of different libraries.
    ShapeError
        If there is no column, or not `sub_centres` for each class, or `labels` or `sample_weight` is not of
        shape (...).
    DomainError
        If a cosine is further from [-1, 1] than by half of the digits of its dtype; if a weight is negative
        or not finite, or the label of a row of positive weight lies outside ``0 .. K-1``; if a parameter is
        outside its range. Values that cannot be looked at give ``nan`` instead.

    See Also
    --------
    cosface : Loss with a margin on the cosine, which is convex.
    sphereface : Loss with a multiple of the angle.
    combined_margin : Loss with all three margins.

    Notes
    -----
    **Definition.** For cosines :math:`c_k = \cos\theta_k`, label :math:`y`, margin :math:`m`,
    scale :math:`s` and weight :math:`w`,

    .. math:: \ell = w \left( \log \Big(e^{s F(c_y)} + \sum_{k \ne y} e^{s c_k}\Big) - s F(c_y) \right),
        \quad F(\cos\theta) = \cos(\theta + m),

    and :math:`F(c) = c - m \sin m` where :math:`\theta + m > \pi`, as in the code of the paper. At
    :math:`\theta + m = \pi`, :math:`F` drops by :math:`\cos m + m \sin m - 1`: the loss of a row jumps up, by
    7.5 with the defaults.

    **Gradient.** :math:`w s (p_k - [k = y])`, and at the label times :math:`F'(\cos\theta) = \sin(\theta + m)
    / \sin\theta`, or times 1 past :math:`\pi`, with :math:`p` the softmax with the margin. A gradient without
    this factor is not that of this loss.

    **Character.** At least 0, unbounded in the number of classes, not convex, because :math:`F` is not
    concave; not proper; not robust to symmetric label noise.

    **Edge cases.** Where ``c_y = 1`` the factor is infinite; the derivatives used are those at the number
    nearest to 1, which are finite: about :math:`\sin m` over the square root of ``eps``. In a model these
    derivatives are multiplied by that of the cosine, which is 0. ``K = 1`` gives 0. A cosine outside [-1, 1]
    by at most the square root of ``eps`` counts as -1 or 1. ``nan`` gives ``nan``; an empty batch gives an
    empty array.

    **Numerics.** :math:`\cos(\theta + m)` is :math:`c \cos m - \sin m \sqrt{(1 - c)(1 + c)}`, without an arc
    cosine and without :math:`1 - c^2`. The result and all products with the scale are kept as two floats,
    because half a unit in the last place of a cosine times 64 would be 32 units of the loss. The value is
    within 4 units in the last place, and the gradient within 8 where the probability in it does not
    underflow.

    References
    ----------
    .. [1] Deng, J., Guo, J., Xue, N., Zafeiriou, S. (2019). ArcFace: additive angular margin loss for deep
       face recognition. CVPR. Equation 3.
    .. [2] Deng, J., Guo, J., Liu, T., Gong, M., Zafeiriou, S. (2020). Sub-center ArcFace: boosting face
       recognition by large-scale noisy web faces. ECCV. Section 3.2.

    Examples
    --------
    The features of the first row have the direction of their class vector, where the derivative of an arc
    cosine is infinite.

    >>> import numpy as np
    >>> cosines = np.asarray([[1.0, 0.9], [0.2, 0.1]])
    >>> arcface(cosines, np.asarray([0, 0])).round(6)
    array([ 1.648361, 25.23025 ])
    >>> bool(np.isfinite(arcface.gradient(cosines, np.asarray([0, 0]))).all())
    True
    """

    name: ClassVar[str] = "arcface"
    facts: ClassVar[LossFacts] = LossFacts(
        use="open-set recognition by angle, with a constant margin on the angle",
        domain="cosines",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=False,
        noise_robust=False,
        source="Deng et al. 2019, equation 3",
    )
    margin: float = 0.5
    scale: float = 64.0
    sub_centres: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        check_scale_and_centres(self)
        check_parameter(self, "margin", "lie in [0, pi), in radians", holds=0 <= self.margin < math.pi)

    def problem(self, request: Request) -> Problem:
        """
        Checked cosines, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_cosines(request, self, AngularMargin(angle=self.margin))


arcface = ArcFace()
