"""Fenchel-Young loss of entmax for target distributions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses import entmax_loss_of_targets as formula
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfTargets, problem_of_targets
from xent.losses.problem import Problem

__all__ = ["EntmaxLossOfTargets", "entmax_loss_of_targets"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class EntmaxLossOfTargets(AbstractLossOfTargets):
    r"""
    Entmax loss of target distributions, one value per row; as alpha tends to 1, a divergence in nats.

    Call the object `entmax_loss_of_targets`, with parameters as keywords, or an instance with parameters of
    its own.

    Parameters
    ----------
    logits : array of shape (..., K)
        Scores of the classes, real floating. ``-inf`` means probability 0; a row with ``nan`` gives ``nan``.
    targets : array of shape (..., K)
        Distribution over the classes in each row: entries >= 0 that sum to 1.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored: loss and gradient are 0.
    alpha : float above 1 and at most 2, default 1.5
        Parameter of entmax; distributions are sparser for larger `alpha`, and 2 gives
        `sparsemax_loss_of_targets`.
    class_weights : array of shape (K,), optional
        Weight of each class, finite and >= 0; a row is multiplied by their mean over its targets. None means
        1.
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
        If `logits` is not real floating, `targets` does not hold numbers, or the arrays are of different
        libraries.
    ShapeError
        If ``K = 0``, `targets` is not of the shape of `logits`, `sample_weight` is not of shape (...), or a
        parameter does not fit.
    DomainError
        If a weight is negative or not finite; if a target of a row of positive weight is negative, or the sum
        of its targets differs from 1 by more than the square root of the epsilon of their dtype; if a row has
        a logit ``+inf`` or no class that participates; if `temperature` or `softcap` is not positive and
        finite. Values of traced arrays, and of arrays that are not on the host, are not inspected; such a row
        gives ``nan``, in the value and the gradient. Also if `alpha` is not above 1 and at most 2.

    See Also
    --------
    entmax_loss : Loss for integer labels.
    sparsemax_loss_of_targets : The case ``alpha = 2``.
    kl_divergence_of_targets : The limit ``alpha = 1``.

    Notes
    -----
    **Definition.** For logits :math:`z`, targets :math:`t`, weight :math:`w` and :math:`p =
    \mathrm{entmax}_\alpha(z)`, the distribution that maximises :math:`\langle p, z \rangle + \mathrm{H}(p)`
    with the Tsallis entropy :math:`\mathrm{H}(p) = \sum_k (p_k - p_k^\alpha) / (\alpha (\alpha - 1))`,

    .. math:: \ell = w \left( \langle p - t, z \rangle + \mathrm{H}(p) - \mathrm{H}(t) \right) .

    The entropy of the targets does not depend on the logits; with it the minimum is 0.

    **Gradient.** :math:`w (p - t)`. The Hessian is that of `entmax_loss`. In the targets the derivative is
    :math:`w ((t_k^{\alpha - 1} - p_k^{\alpha - 1}) / (\alpha - 1) + \xi_k)`, up to a constant, where
    :math:`\xi_k` is the distance of the logit below the support.

    **Character.** At least 0, and 0 if and only if :math:`p = t`, which finite logits can attain for sparse
    targets; unbounded, convex.

    **Edge cases.** A one-hot row gives the loss of its label; ``K = 1`` gives 0; a class with ``z_k = -inf``
    and ``t_k = 0`` contributes 0; ``z_k = -inf`` with ``t_k > 0`` gives ``inf``; ``nan`` gives ``nan``; an
    empty batch gives an empty array.

    **Numerics.** The value is computed as the Bregman divergence of :math:`p` from :math:`t`, whose terms are
    never negative, plus :math:`\langle t, \xi \rangle`. For `alpha` of 1.25 or more the error of the value is
    within 16 units in the last place of the value plus :math:`\sum_k |p_k - t_k|`, the change caused by
    rounding near the minimum. Far from the minimum an entry of the gradient is within 16 units of the row's
    largest. On JAX the bounds are twice as large.

    References
    ----------
    .. [1] Blondel, M., Martins, A. F. T., Niculae, V. (2020). Learning with Fenchel-Young losses. JMLR 21.
       Definition 2 and proposition 3.
    .. [2] Peters, B., Niculae, V., Martins, A. F. T. (2019). Sparse sequence-to-sequence models. ACL.

    Examples
    --------
    Finite logits attain a target distribution with a zero, where the loss is 0.

    >>> import numpy as np
    >>> entmax_loss_of_targets(np.asarray([[0.5, 0.5, -1.0]]), np.asarray([[0.5, 0.5, 0.0]])).round(12)
    array([0.])
    """

    name: ClassVar[str] = "entmax_loss_of_targets"
    facts: ClassVar[LossFacts] = LossFacts(
        use="entmax loss for target distributions",
        domain="logits",
        truth="targets",
        link="entmax",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=True,
        noise_robust=False,
        source="Blondel, Martins, Niculae 2020, definition 2",
    )
    alpha: float = 1.5

    def __post_init__(self) -> None:
        check_parameter(self, "alpha", "be above 1 and at most 2", holds=1 < float(self.alpha) <= 2)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, targets, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_targets(request, formula.EntmaxLossOfTargets(float(self.alpha)), self.options)


entmax_loss_of_targets = EntmaxLossOfTargets()
