"""Half the squared distance of softmax probabilities from target distributions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.softmax_squared_error_of_targets import softmax_squared_error_of_targets as formula
from xent.losses.abstract_loss import Problem
from xent.losses.arguments.examples import Asked
from xent.losses.character import Character
from xent.losses.families.abstract_softmax_loss import AbstractSoftmaxLoss

__all__ = ["SoftmaxSquaredErrorOfTargets", "softmax_squared_error_of_targets"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class SoftmaxSquaredErrorOfTargets(AbstractSoftmaxLoss):
    r"""
    Half the squared distance of softmax probabilities from targets, a pure number in [0, 1].

    Call the object `softmax_squared_error_of_targets`, with parameters as keywords, or an instance with
    parameters of its own.

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
    DTypeError
        If `logits` is not real floating or `targets` not numbers, or the arrays are of
        different libraries.
    ShapeError
        If ``K = 0``, or `targets` is not of the shape of `logits`, or `sample_weight`
        not of shape (...).
    DomainError
        If a weight is negative or not finite, or, in a row of positive weight, a
        target is negative or the targets' sum differs from 1 by more than the square
        root of their dtype's epsilon. Traced or off-host values are not inspected.

    See Also
    --------
    softmax_squared_error : Loss for integer labels.
    softmax_cross_entropy_of_targets : Loss whose gradient does not vanish where the model is confident and
        wrong.

    Notes
    -----
    **Definition.** For logits :math:`z`, targets :math:`t` and weight :math:`w`,
    with :math:`p = \mathrm{softmax}(z)`,

    .. math:: \ell = \frac{w}{2} \sum_k (p_k - t_k)^2.

    **Gradient.** :math:`\nabla \ell = w J r` with :math:`r = p - t` and :math:`J = \mathrm{diag}(p) - p
    p^\top`; the entries sum to 0.

    **Edge cases.** A one-hot row gives the loss of its label; ``K = 1`` gives 0; targets equal to the model's
    probabilities give 0 up to rounding; ``z_k = -inf`` gives ``p_k = 0``; a row of logits that is all
    ``-inf``, or holds ``nan`` or ``+inf``, gives ``nan``; an empty batch gives an empty array.

    **Numerics.** The residual is :math:`(1 - t_k) p_k - t_k (1 - p_k)` with complements free of cancellation,
    so that no digits are lost for a confident and right model. For one-hot targets the bounds are those of
    `softmax_squared_error`; otherwise a residual is within 4 units in the last place of the larger of its two
    terms.

    References
    ----------
    .. [1] Brier, G. W. (1950). Verification of forecasts expressed in terms of
       probability. Monthly Weather Review 78(1). Equation 2, halved.

    Examples
    --------
    >>> import numpy as np
    >>> softmax_squared_error_of_targets(np.asarray([[0.0, 0.0]]), np.asarray([[0.75, 0.25]]))
    array([0.0625])
    """

    name: ClassVar[str] = "softmax_squared_error_of_targets"
    character: ClassVar[Character] = Character(
        use="the same with distributions",
        domain="logits",
        truth="targets",
        link="softmax",
        minimum=0.0,
        maximum=1.0,
        convex=False,
        shift_invariant=True,
        noise_robust=False,
        source="Brier 1950, equation 2, halved",
    )

    def problem(self, asked: Asked) -> Problem:
        """Checked arguments and formula of this loss."""
        return self._of_targets(asked, formula)


softmax_squared_error_of_targets = SoftmaxSquaredErrorOfTargets()
