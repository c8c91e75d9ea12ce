"""Sparsemax loss: the Fenchel-Young loss of the nearest distribution, for integer labels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.entmax_loss import EntmaxLoss
from xent.losses.abstract_loss import Problem
from xent.losses.arguments.examples import Asked
from xent.losses.character import Character
from xent.losses.families.abstract_softmax_loss import AbstractLossOfLabels

__all__ = ["SparsemaxLoss", "sparsemax_loss"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class SparsemaxLoss(AbstractLossOfLabels):
    r"""
    Sparsemax loss of integer labels, one value per row, a pure number.

    The model of the loss, sparsemax, is the distribution nearest to the logits, in which most classes have
    probability 0. Call the object `sparsemax_loss`, with parameters as keywords, or an instance with
    parameters of its own.

    Parameters
    ----------
    logits : array of shape (..., K)
        Scores of the classes, real floating; ``-inf`` means probability 0.
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or whether it counts; default 1.
    ignored_label, class_weights, class_mask, softcap, temperature, offset
        As for `SoftmaxCrossEntropy`.

    Returns
    -------
    array of shape (...)
        New array of losses, in the dtype of `logits`; never negative.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As for `SoftmaxCrossEntropy`.

    See Also
    --------
    entmax_loss : Family of losses between this loss and `softmax_cross_entropy`.
    sparsemax_loss_of_targets : Loss for a target distribution in place of a label.

    Notes
    -----
    **Definition.** For logits :math:`z`, the label's indicator :math:`e_y`, weight :math:`w` and the nearest
    distribution :math:`p = \mathrm{sparsemax}(z)` in the Euclidean distance,

    .. math:: \ell = w \left( \langle p - e_y, z \rangle + \tfrac12 - \tfrac12 \| p \|^2 \right)
        = w \left( \tfrac12 \| p - e_y \|^2 + [\tau - z_y]_+ \right), \qquad p = [z - \tau]_+ .

    **Gradient.** :math:`w (p - e_y)`. The Hessian is :math:`w (\mathrm{diag}(s) - s s^\top / |s|)`, where
    :math:`s` is the indicator of the support and :math:`|s|` the size of the support. At the boundary of the
    support the Hessian is that of the side on which the class is outside.

    **Character.** At least 0, unbounded, convex; two classes give half the modified Huber loss of the gap of
    the logits. Not robust to symmetric label noise.

    **Edge cases.** If the label's logit leads by 1 or more, loss, gradient and Hessian are exactly 0; ``K =
    1`` gives 0; ``z_y = -inf`` gives ``inf``, with gradient :math:`w (p - e_y)`; ``nan`` gives ``nan``; an
    empty batch gives an empty array.

    **Numerics.** The method is that of `entmax_loss`, by sorting: the value is within 16 units in the last
    place, an entry of the gradient within 16 units of the row's largest, twice as many on JAX.

    References
    ----------
    .. [1] Martins, A. F. T., Astudillo, R. F. (2016). From softmax to sparsemax: a sparse model of attention
       and multi-label classification. ICML. Equations 17 to 19 and algorithm 1.

    Examples
    --------
    Near the margin the loss is a quarter of the squared distance to it, which a difference of near numbers
    would lose.

    >>> import numpy as np
    >>> logits = np.asarray([[1.0, 0.0], [1.0 - 2.0**-29, 0.0]])
    >>> sparsemax_loss(logits, np.asarray([0, 0]))
    array([0.00000000e+00, 8.67361738e-19])
    """

    name: ClassVar[str] = "sparsemax_loss"
    character: ClassVar[Character] = Character(
        use="most classes shall get the probability 0, and a margin suffices",
        domain="logits",
        truth="labels",
        link="sparsemax",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=True,
        noise_robust=False,
        source="Martins, Astudillo 2016, equation 18",
    )

    def problem(self, asked: Asked) -> Problem:
        """Checked arguments and formula of this loss."""
        return self._of_labels(asked, EntmaxLoss(2.0))


sparsemax_loss = SparsemaxLoss()
