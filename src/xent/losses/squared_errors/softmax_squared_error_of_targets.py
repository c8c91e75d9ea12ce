"""Half the squared distance of softmax probabilities from target distributions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.softmax_squared_error_of_targets import softmax_squared_error_of_targets as formula
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfTargets, problem_of_targets
from xent.losses.problem import Problem

__all__ = ["SoftmaxSquaredErrorOfTargets", "softmax_squared_error_of_targets"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class SoftmaxSquaredErrorOfTargets(AbstractLossOfTargets):
    r"""
    Half the squared distance of softmax probabilities from targets, a pure number in [0, 1].

    Call the object `softmax_squared_error_of_targets`, with parameters as keywords, or an instance with
    parameters of its own.

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
    facts: ClassVar[LossFacts] = LossFacts(
        use="squared error on probabilities for target distributions",
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

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, targets, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_targets(request, formula, self.options)


softmax_squared_error_of_targets = SoftmaxSquaredErrorOfTargets()
