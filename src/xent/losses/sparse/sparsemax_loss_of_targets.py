"""Sparsemax loss: the Fenchel-Young loss of the nearest distribution, for target distributions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.entmax_loss_of_targets import EntmaxLossOfTargets
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfTargets, problem_of_targets
from xent.losses.problem import Problem

__all__ = ["SparsemaxLossOfTargets", "sparsemax_loss_of_targets"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class SparsemaxLossOfTargets(AbstractLossOfTargets):
    r"""
    Sparsemax loss of target distributions, one value per row, a pure number.

    Call the object `sparsemax_loss_of_targets`, with parameters as keywords, or an instance with parameters
    of its own.

    Parameters
    ----------
    logits : array of shape (..., K)
        Scores of the classes, real floating. ``-inf`` means probability 0; a row with ``nan`` gives ``nan``.
    targets : array of shape (..., K)
        Distribution over the classes in each row: entries >= 0 that sum to 1.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored: loss and gradient are 0.
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
        gives ``nan``, in the value and the gradient.

    See Also
    --------
    sparsemax_loss : Loss for integer labels.
    entmax_loss_of_targets : Family of losses between this loss and `kl_divergence_of_targets`.

    Notes
    -----
    **Definition.** For logits :math:`z`, targets :math:`t`, weight :math:`w` and the nearest distribution
    :math:`p = \mathrm{sparsemax}(z) = [z - \tau]_+`,

    .. math:: \ell = w \left( \langle p - t, z \rangle + \tfrac12 \| t \|^2 - \tfrac12 \| p \|^2 \right)
        = w \left( \tfrac12 \| p - t \|^2 + \langle t, [\tau - z]_+ \rangle \right) .

    **Gradient.** :math:`w (p - t)`. The Hessian is that of `sparsemax_loss`.

    **Character.** At least 0, and 0 if and only if :math:`p = t`; unbounded, convex.

    **Edge cases.** A one-hot row gives the loss of its label; ``K = 1`` gives 0; logits equal to the targets
    give 0; a class with ``z_k = -inf`` and ``t_k = 0`` contributes 0; ``z_k = -inf`` with ``t_k > 0`` gives
    ``inf``; ``nan`` gives ``nan``; an empty batch gives an empty array.

    **Numerics.** Method and bounds are those of `entmax_loss_of_targets`; the support is found by sorting.

    References
    ----------
    .. [1] Martins, A. F. T., Astudillo, R. F. (2016). From softmax to sparsemax: a sparse model of attention
       and multi-label classification. ICML. Equations 22 and 23, with the constant of the targets.

    Examples
    --------
    Targets passed as logits give 0, because a distribution is the nearest one to itself.

    >>> import numpy as np
    >>> targets = np.asarray([[0.5, 0.375, 0.125]])
    >>> sparsemax_loss_of_targets(targets, targets)
    array([0.])
    """

    name: ClassVar[str] = "sparsemax_loss_of_targets"
    facts: ClassVar[LossFacts] = LossFacts(
        use="sparsemax loss for target distributions",
        domain="logits",
        truth="targets",
        link="sparsemax",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=True,
        noise_robust=False,
        source="Martins, Astudillo 2016, equation 22",
    )

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, targets, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_targets(request, EntmaxLossOfTargets(2.0), self.options)


sparsemax_loss_of_targets = SparsemaxLossOfTargets()
