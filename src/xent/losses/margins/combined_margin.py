"""Combined margin: the margins of SphereFace, ArcFace and CosFace in one loss."""

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

__all__ = ["CombinedMargin", "combined_margin"]


@final
@dataclass(frozen=True, repr=False)
class CombinedMargin(AbstractWeightedLoss):
    r"""
    Cross-entropy of scaled cosines with three margins at the label, one value per row, in nats.

    Call the object `combined_margin`, with parameters as keywords, or an instance with parameters of its own:
    ``CombinedMargin(multiplier=0.9, angle=0.4, shift=0.15)(cosines, labels)``.

    Parameters
    ----------
    cosines : array of shape (..., K)
        Cosine of the angle between each row's features and the vector of each class, in [-1, 1].
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored, whatever its label: loss and gradient are 0.
    multiplier : float > 0, default 1
        Factor of the angle of the label, the :math:`m_1` of the paper.
    angle : float in [0, pi), default 0.3
        Summand of the multiplied angle, in radians, :math:`m_2`.
    shift : float >= 0, default 0.2
        Margin subtracted from the cosine, :math:`m_3`.
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
        As for `ArcFace`; if a margin is outside its range.

    See Also
    --------
    arcface, cosface, sphereface : Losses with one of the margins each.

    Notes
    -----
    **Definition.** The loss of `ArcFace` with :math:`F(\cos\theta) = \cos(m_1 \theta + m_2) - m_3`. Where
    :math:`m_1 \theta + m_2 > \pi`, the definition of :math:`F` is another: for :math:`m_1 = 1` that of
    `ArcFace` minus :math:`m_3`, otherwise that of `SphereFace`, :math:`(-1)^j \cos(m_1 \theta + m_2) - 2j -
    m_3`. So ``(1, m, 0)`` is `arcface`, ``(1, 0, m)`` `cosface` and ``(m, 0, 0)`` `sphereface`.

    **Gradient.** :math:`w s (p_k - [k = y])`, and at the label times
    :math:`m_1 |\sin(m_1 \theta + m_2)| / \sin\theta`, or 1 past :math:`\pi` if :math:`m_1 = 1`.

    **Character.** At least 0, unbounded in the number of classes, not convex, not proper, not robust to
    symmetric label noise.

    **Edge cases.** Where the factor is infinite, at ``c_y = 1`` or ``-1``, the derivatives are those at the
    number nearest to that cosine. ``K = 1`` gives 0; cosines beyond -1 and 1 by rounding count as -1 and 1,
    as for `ArcFace`; ``nan`` gives ``nan``; an empty batch gives an empty array.

    **Numerics.** For a whole `multiplier` the bounds are those of `ArcFace`. For any other, an arc cosine is
    computed in one float, and the scale multiplies its rounding error: the value is within ``4 * scale``
    units in the last place.

    References
    ----------
    .. [1] Deng, J., Guo, J., Xue, N., Zafeiriou, S. (2019). ArcFace: additive angular margin loss for deep
       face recognition. CVPR. Equation 4.

    Examples
    --------
    >>> import numpy as np
    >>> from xent.losses import arcface
    >>> cosines, labels = np.asarray([[0.7, 0.1], [-0.99, 0.3]]), np.asarray([0, 0])
    >>> bool((combined_margin(cosines, labels, angle=0.5, shift=0) == arcface(cosines, labels)).all())
    True
    """

    name: ClassVar[str] = "combined_margin"
    facts: ClassVar[LossFacts] = LossFacts(
        use="open-set recognition by angle, with all three margins",
        domain="cosines",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=False,
        noise_robust=False,
        source="Deng et al. 2019, equation 4",
    )
    multiplier: float = 1.0
    angle: float = 0.3
    shift: float = 0.2
    scale: float = 64.0
    sub_centres: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        check_scale_and_centres(self)
        check_parameter(self, "multiplier", "lie in (0, 1000)", holds=0 < float(self.multiplier) < 1000)
        check_parameter(self, "angle", "lie in [0, pi), in radians", holds=0 <= self.angle < math.pi)
        check_parameter(self, "shift", "be finite and >= 0", holds=0 <= self.shift < math.inf)

    def problem(self, request: Request) -> Problem:
        """
        Checked cosines, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_cosines(request, self, AngularMargin(self.multiplier, self.angle, self.shift))


combined_margin = CombinedMargin()
