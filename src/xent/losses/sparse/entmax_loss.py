"""Fenchel-Young loss of entmax for integer labels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses import entmax_loss as formula
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfLogits, problem_of_labels
from xent.losses.problem import Problem

__all__ = ["EntmaxLoss", "entmax_loss"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class EntmaxLoss(AbstractLossOfLogits):
    r"""
    Entmax loss of integer labels, one value per row; as alpha tends to 1, cross-entropy in nats.

    The model of the loss, entmax, gives probability 0 to classes of low logits, and the loss is 0 if the
    label leads by a margin. Call the object `entmax_loss`, with parameters as keywords, or an instance with
    parameters of its own: ``EntmaxLoss(alpha=1.2)(logits, labels)``.

    Parameters
    ----------
    logits : array of shape (..., K)
        Scores of the classes, real floating. ``-inf`` means probability 0; a row with ``nan`` gives ``nan``.
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored, whatever its label: loss and gradient are 0.
    alpha : float above 1 and at most 2, default 1.5
        Parameter of entmax; distributions are sparser for larger `alpha`, and 2 gives `sparsemax_loss`.
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
        are not inspected; such a row gives ``nan``, in the value and the gradient. Also if `alpha` is not
        above 1 and at most 2.

    See Also
    --------
    sparsemax_loss : The case ``alpha = 2``.
    entmax_loss_of_targets : Loss for a target distribution in place of a label.
    softmax_cross_entropy : Limit for alpha near 1, whose model has only positive probabilities.

    Notes
    -----
    **Definition.** For logits :math:`z`, the label's indicator :math:`e_y`, weight :math:`w` and
    :math:`p = \mathrm{entmax}_\alpha(z)`, the distribution that maximises :math:`\langle p, z \rangle +
    \mathrm{H}(p)` with the Tsallis entropy :math:`\mathrm{H}(p) = \sum_k (p_k - p_k^\alpha) / (\alpha (\alpha
    - 1))`,

    .. math:: \ell = w \left( \langle p - e_y, z \rangle + \mathrm{H}(p) \right) .

    **Gradient.** :math:`w (p - e_y)`. The Hessian is :math:`w (\mathrm{diag}(s) - s s^\top / \sum_k s_k)`
    with :math:`s_k = p_k^{2 - \alpha}` on the support and 0 elsewhere; at the boundary of the support the
    gradient for ``alpha = 2`` has a kink, and the Hessian is that of the side on which the class is outside.

    **Character.** At least 0, unbounded, convex; linear in the gap of the logits for large gaps; not robust
    to symmetric label noise.

    **Edge cases.** If the label's logit leads by :math:`1 / (\alpha - 1)` or more, loss, gradient and Hessian
    are exactly 0; ``K = 1`` gives 0; ``z_y = -inf`` gives ``inf``, with gradient :math:`w (p - e_y)`; ``nan``
    gives ``nan``; an empty batch gives an empty array.

    **Numerics.** The definition is a difference of near numbers where the model is almost right. The value is
    therefore computed as the Bregman divergence of :math:`p` from :math:`e_y` plus the distance of
    :math:`z_y` below the support. For `alpha` of 1.25 or more the value is within 16 units in the last place,
    and an entry of the gradient within 16 units of the row's largest, twice as many on JAX; for a smaller
    `alpha` errors grow like :math:`1 / (\alpha - 1)`. The support is that of exact arithmetic, except for
    classes whose probability is of the order of rounding errors. Sparsemax and ``alpha = 1.5`` are solved by
    sorting, other values by Newton's method with enough steps for all rows.

    References
    ----------
    .. [1] Peters, B., Niculae, V., Martins, A. F. T. (2019). Sparse sequence-to-sequence models. ACL.
       Equations 7 and 14.
    .. [2] Blondel, M., Martins, A. F. T., Niculae, V. (2020). Learning with Fenchel-Young losses. JMLR 21.

    Examples
    --------
    A lead of 2 gives loss 0. A lead of 1 gives a positive loss, which does not depend on the third class.

    >>> import numpy as np
    >>> logits = np.asarray([[2.0, 0.0, -1.0], [1.0, 0.0, -1.0]])
    >>> value, gradient = entmax_loss.value_and_gradient(logits, np.asarray([0, 0]))
    >>> value.round(4)
    array([0.    , 0.0617])
    >>> gradient[0]
    array([0., 0., 0.])
    """

    name: ClassVar[str] = "entmax_loss"
    facts: ClassVar[LossFacts] = LossFacts(
        use="sparse probabilities: exactly 0 for logits far below the largest",
        domain="logits",
        truth="labels",
        link="entmax",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=True,
        noise_robust=False,
        source="Peters, Niculae, Martins 2019, equation 14",
    )
    alpha: float = 1.5

    def __post_init__(self) -> None:
        check_parameter(self, "alpha", "be above 1 and at most 2", holds=1 < float(self.alpha) <= 2)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_labels(request, formula.EntmaxLoss(float(self.alpha)), self.options)


entmax_loss = EntmaxLoss()
