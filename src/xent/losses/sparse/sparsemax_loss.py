"""Sparsemax loss: the Fenchel-Young loss of the nearest distribution, for integer labels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.entmax_loss import EntmaxLoss
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfLogits, problem_of_labels
from xent.losses.problem import Problem

__all__ = ["SparsemaxLoss", "sparsemax_loss"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class SparsemaxLoss(AbstractLossOfLogits):
    r"""
    Sparsemax loss of integer labels, one value per row, a pure number.

    The model of the loss, sparsemax, is the distribution nearest to the logits, in which most classes have
    probability 0. Call the object `sparsemax_loss`, with parameters as keywords, or an instance with
    parameters of its own.

    Parameters
    ----------
    logits : array of shape (..., K)
        Scores of the classes, real floating. ``-inf`` means probability 0; a row with ``nan`` gives ``nan``.
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored, whatever its label: loss and gradient are 0.
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
        If ``K = 0``, `labels` or `sample_weight` is not of shape (...), or a parameter does not fit.
    DomainError
        If a weight is negative or not finite; if the label of a row of positive weight lies outside
        ``0 .. K-1``; if a row has a logit ``+inf`` or no class that participates; if `temperature` or
        `softcap` is not positive and finite. Values of traced arrays, and of arrays that are not on the host,
        are not inspected; such a row gives ``nan``, in the value and the gradient.

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
    facts: ClassVar[LossFacts] = LossFacts(
        use="sparse probabilities: exactly 0 for most classes",
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

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_labels(request, EntmaxLoss(2.0), self.options)


sparsemax_loss = SparsemaxLoss()
