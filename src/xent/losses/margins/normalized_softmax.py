"""Cross-entropy of scaled cosines."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar, final

from xent.formulas.angular_margin import AngularMargin
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.abstract_weighted_loss import AbstractWeightedLoss
from xent.losses.families.losses_of_cosines import check_scale_and_centres, problem_of_cosines
from xent.losses.problem import Problem

__all__ = ["NormalizedSoftmax", "normalized_softmax"]


@final
@dataclass(frozen=True, repr=False)
class NormalizedSoftmax(AbstractWeightedLoss):
    r"""
    Cross-entropy of labels under a softmax of scaled cosines, one value per row, in nats.

    Call the object `normalized_softmax`, with parameters as keywords, or an instance with parameters of its
    own: ``NormalizedSoftmax(scale=10)(cosines, labels)``.

    Parameters
    ----------
    cosines : array of shape (..., K)
        Cosine of the angle between each row's features and the vector of each class, in [-1, 1].
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored, whatever its label: loss and gradient are 0.
    scale : float > 0, default 20
        Factor of the cosines, an inverse temperature.
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
        As for `ArcFace`.

    See Also
    --------
    cosface, arcface, sphereface : Losses with a margin at the label.

    Notes
    -----
    **Definition.** For cosines :math:`c`, label :math:`y`, scale :math:`s` and weight :math:`w`,

    .. math:: \ell = w \left( \log \sum_k e^{s c_k} - s c_y \right).

    **Gradient.** :math:`w s (p - e_y)` with :math:`p = \mathrm{softmax}(s c)`; the Hessian is
    :math:`w s^2 (\mathrm{diag}(p) - p p^\top)`.

    **Character.** Positive if there are several classes: cosines differ by at most 2, so the loss of a row is
    at least :math:`\log(1 + (K - 1) e^{-2 s})`. Convex; not robust to symmetric label noise.

    **Edge cases.** ``K = 1`` gives 0. A cosine outside [-1, 1] by at most the square root of ``eps`` counts
    as -1 or 1; one farther outside raises, or gives ``nan`` for traced or off-host values. ``nan`` gives
    ``nan``; an empty batch gives an empty array.

    **Numerics.** The products :math:`s c_k` are kept with their rounding errors, which for a scale of 64
    would amount to 32 units of the loss. The value is within 4 units in the last place, and the gradient
    within 8 where the probability in it does not underflow.

    References
    ----------
    .. [1] Wang, F., Xiang, X., Cheng, J., Yuille, A. L. (2017). NormFace: L2 hypersphere embedding for face
       verification. ACM Multimedia. Section 3.

    Examples
    --------
    Even the largest lead has a positive loss, and without a scale a large one.

    >>> import numpy as np
    >>> cosines = np.asarray([[1.0, -1.0, -1.0]])
    >>> normalized_softmax(cosines, np.asarray([0])), normalized_softmax(cosines, np.asarray([0]), scale=1)
    (array([8.49670851e-18]), array([0.23954477]))
    """

    name: ClassVar[str] = "normalized_softmax"
    facts: ClassVar[LossFacts] = LossFacts(
        use="features that are to be compared by their angle",
        domain="cosines",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=True,
        noise_robust=False,
        source="Wang, Xiang, Cheng, Yuille 2017, section 3",
        also=("NormFace",),
    )
    scale: float = 20.0
    sub_centres: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        check_scale_and_centres(self)

    def problem(self, request: Request) -> Problem:
        """
        Checked cosines, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_cosines(request, self, AngularMargin())


normalized_softmax = NormalizedSoftmax()
