"""SphereFace, also called A-Softmax: a multiple of the label's angle."""

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

__all__ = ["SphereFace", "sphereface"]


@final
@dataclass(frozen=True, repr=False)
class SphereFace(AbstractWeightedLoss):
    r"""
    Cross-entropy of scaled cosines with a multiple of the label's angle, one value per row, in nats.

    Call the object `sphereface`, with parameters as keywords, or an instance with parameters of its own:
    ``SphereFace(margin=2)(cosines, labels)``. All cosines have one scale. To scale each row by the norm of
    its features, as the paper does, use `l_softmax` with class vectors of norm 1.

    Parameters
    ----------
    cosines : array of shape (..., K)
        Cosine of the angle between each row's features and the vector of each class, in [-1, 1].
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored, whatever its label: loss and gradient are 0.
    margin : int >= 1, default 4
        Factor of the angle of the label; 1 gives `normalized_softmax`.
    scale : float > 0, default 30
        Factor of the cosines.
    annealing : float >= 0, default 0
        Weight of the plain cosine in the mean with the cosine with a margin, whose weight is 1. In training
        `annealing` starts large and is lowered.
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
        As for `ArcFace`; if `margin` is no whole number >= 1, or `annealing` is negative.

    See Also
    --------
    arcface : Loss with a summand of the angle.
    l_softmax : Loss on logits, with the norms of features and class vectors.

    Notes
    -----
    **Definition.** For cosines :math:`c_k = \cos\theta_k`, label :math:`y`, margin :math:`m`, annealing
    :math:`\lambda`, scale :math:`s` and weight :math:`w`,

    .. math:: \ell = w \left( \log \Big(e^{s F} + \sum_{k \ne y} e^{s c_k}\Big) - s F \right),
        \quad F = \frac{\lambda c_y + \psi(\theta_y)}{\lambda + 1},

    with :math:`\psi(\theta) = (-1)^j \cos m \theta - 2 j` for :math:`j \pi \le m \theta \le (j + 1) \pi`,
    which decreases from 1 at 0 to :math:`1 - 2m` at :math:`\pi`.

    **Gradient.** :math:`w s (p_k - [k = y])`, and at the label times :math:`\partial F / \partial c_y`, where
    :math:`\partial \psi / \partial c = m\,|\sin m\theta| / \sin\theta`; the gradient is continuous, and 0 at
    each :math:`j \pi / m` with :math:`0 < j < m`.

    **Character.** At least 0, unbounded in the number of classes, not convex, not proper, not robust to
    symmetric label noise.

    **Edge cases.** At ``c_y = 1`` and ``-1`` the factor is its limit :math:`m^2`. ``K = 1`` gives 0; cosines
    beyond -1 and 1 by rounding count as -1 and 1, as for `ArcFace`; ``nan`` gives ``nan``; an empty batch
    gives an empty array.

    **Numerics.** :math:`\cos m\theta` and :math:`\sin m\theta / \sin\theta` are Chebyshev polynomials of the
    cosine, evaluated in two floats. The value is within 4 units in the last place, and the gradient within 8
    where the probability in it does not underflow.

    References
    ----------
    .. [1] Liu, W. et al. (2017). SphereFace: deep hypersphere embedding for face recognition. CVPR. Equation
       7.
    .. [2] Liu, W. et al. (2022). SphereFace revived: unifying hyperspherical face recognition. IEEE
       Transactions on Pattern Analysis and Machine Intelligence. The variant with one scale for all rows.

    Examples
    --------
    Four times the angle: the margin hardly changes the loss of a row near its class vector, and much that of
    a distant row.

    >>> import numpy as np
    >>> cosines = np.asarray([[0.99, 0.5], [0.8, 0.5]])
    >>> sphereface(cosines, np.asarray([0, 0])).round(6)
    array([3.3000e-05, 4.0296e+01])
    """

    name: ClassVar[str] = "sphereface"
    facts: ClassVar[LossFacts] = LossFacts(
        use="open-set recognition by angle, with a margin that multiplies the angle",
        domain="cosines",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=False,
        noise_robust=False,
        source="Liu et al. 2017, equation 7",
        also=("A-Softmax",),
    )
    margin: int = 4
    scale: float = 30.0
    annealing: float = 0.0
    sub_centres: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        check_scale_and_centres(self)
        check_parameter(self, "margin", "be a whole number >= 1", holds=self.margin in range(1, 1000))
        check_parameter(self, "annealing", "be finite and >= 0", holds=0 <= self.annealing < math.inf)

    def problem(self, request: Request) -> Problem:
        """
        Checked cosines, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        margin = AngularMargin(multiplier=float(self.margin), annealing=self.annealing)
        return problem_of_cosines(request, self, margin)


sphereface = SphereFace()
