"""Squared earth mover's distance of softmax probabilities from distributions over ordered classes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.squared_emd_of_targets import squared_emd_of_targets as formula
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfTargets, problem_of_targets
from xent.losses.problem import Problem

__all__ = ["SquaredEMDOfTargets", "squared_emd_of_targets"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class SquaredEMDOfTargets(AbstractLossOfTargets):
    r"""
    Squared earth mover's distance of softmax probabilities from targets, a pure number in [0, K - 1].

    The classes are ordered, one step apart. Call the object `squared_emd_of_targets`, with parameters as
    keywords, or an instance with parameters of its own.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities, real floating. ``-inf`` means probability 0; a row with ``nan`` gives
        ``nan``.
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
    squared_emd : Loss for integer labels.

    Notes
    -----
    **Definition.** For logits :math:`z`, :math:`p = \mathrm{softmax}(z)`, targets :math:`t` and weight
    :math:`w`,

    .. math:: \ell = w \sum_k D_k^2, \qquad D_k = \sum_{j \le k} (p_j - t_j).

    **Gradient.** :math:`\nabla \ell = w (\mathrm{diag}(p) - p p^\top)\, s` with :math:`s_j = 2 \sum_{k \ge j}
    D_k`; the entries sum to 0.

    **Edge cases.** A one-hot row gives the loss of its label; ``K = 1`` gives 0; targets equal to the model's
    probabilities give 0 up to rounding; ``nan`` gives ``nan``; an empty batch gives an empty array.

    **Numerics.** For one-hot targets the bounds are those of `squared_emd`; otherwise each :math:`D_k` is
    within a few units in the last place of the sum of all :math:`|p_j - t_j|` from the end where that sum is
    smaller.

    References
    ----------
    .. [1] Hou, L., Yu, C.-P., Samaras, D. (2016). Squared earth mover's distance-based loss for training
       deep neural networks. arXiv:1611.05916. Section 3.

    Examples
    --------
    Both targets are equally far away: their cumulative distributions differ by -0.25 and 0.25 at one class.

    >>> import numpy as np
    >>> targets = np.asarray([[0.5, 0.5, 0.0], [0.5, 0.0, 0.5]])
    >>> squared_emd_of_targets(np.log(np.asarray([[0.5, 0.25, 0.25]] * 2)), targets)
    array([0.0625, 0.0625])
    """

    name: ClassVar[str] = "squared_emd_of_targets"
    facts: ClassVar[LossFacts] = LossFacts(
        use="ordered classes, where the truth is a distribution, such as votes",
        domain="ordinal logits",
        truth="ordered targets",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=True,
        noise_robust=False,
        source="Hou, Yu, Samaras 2016, section 3",
    )

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, targets, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_targets(request, formula, self.options)


squared_emd_of_targets = SquaredEMDOfTargets()
