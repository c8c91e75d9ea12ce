"""Squared earth mover's distance of softmax probabilities from distributions over ordered classes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.squared_emd_of_targets import squared_emd_of_targets as formula
from xent.losses.abstract_loss import Problem
from xent.losses.arguments.examples import Asked
from xent.losses.character import Character
from xent.losses.families.abstract_softmax_loss import AbstractSoftmaxLoss

__all__ = ["SquaredEMDOfTargets", "squared_emd_of_targets"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class SquaredEMDOfTargets(AbstractSoftmaxLoss):
    r"""
    Squared earth mover's distance of softmax probabilities from targets, a pure number in [0, K - 1].

    The classes are ordered, one step apart. Call the object `squared_emd_of_targets`, with parameters as
    keywords, or an instance with parameters of its own.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities, real floating; ``-inf`` means probability 0.
    targets : array of shape (..., K)
        Distribution over the classes in each row: entries >= 0 that sum to 1.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or whether it counts; default 1. A row of weight 0 costs 0
        and is not read.
    class_weights, class_mask, softcap, temperature, offset
        As for `SoftmaxCrossEntropy`.

    Returns
    -------
    array of shape (...)
        New array of losses, one per row, in the dtype of `logits`.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As for `SoftmaxCrossEntropyOfTargets`.

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
    character: ClassVar[Character] = Character(
        use="the same with distributions, such as votes",
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

    def problem(self, asked: Asked) -> Problem:
        """Checked arguments and formula of this loss."""
        return self._of_targets(asked, formula)


squared_emd_of_targets = SquaredEMDOfTargets()
