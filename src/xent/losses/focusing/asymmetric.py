"""Asymmetric loss of many labels at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.arrays import is_number
from xent.formulas.losses.shifted_focal import ShiftedFocal
from xent.formulas.losses.sigmoid_focal import FocalOfEvent
from xent.formulas.losses.two_sided import CostOfEvent, TwoSided
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_events import problem_of_events
from xent.losses.families.losses_of_logits import AbstractLossOfLogits
from xent.losses.problem import Problem

__all__ = ["Asymmetric", "asymmetric"]


@final
@dataclass(frozen=True, repr=False)
class Asymmetric(AbstractLossOfLogits):
    r"""
    Asymmetric loss of one logit per event under a sigmoid, one value per entry, in nats.

    Call the object `asymmetric`, with parameters as keywords, or an instance with parameters of its own:
    ``Asymmetric(margin=0.1)(logits, targets)``.

    Parameters
    ----------
    logits : array
        Log-odds of the event, real floating, of any shape; ``nan`` gives ``nan``.
    targets : array
        Of the shape of `logits`: 1 where the event happened and 0 where it did not, in any dtype, or its
        probability in [0, 1].
    sample_weight : array, optional
        Of the shape of `logits`: factor of each entry, finite and >= 0, or booleans, True for an entry that
        counts. None means 1. An entry of weight 0 is ignored: loss and gradient are 0.
    gamma_negative : float >= 0, default 4
        Focusing exponent of entries without the event: the larger, the less confident correct predictions
        count.
    gamma_positive : float >= 0, default 1
        Focusing exponent of entries with the event.
    margin : float in [0, 1), default 0.05
        Margin subtracted from the probability of entries without the event; the loss is 0 up to the margin.
    ignored_label : number, optional
        Entries with this target are ignored: loss and gradient are 0. None ignores no entry.
    class_weights : array of shape (K,), optional
        Factor of each entry of the last axis, finite and >= 0. None means 1.
    class_mask : array of bool of shape (K,) or that of `logits`, optional
        False for entries that are ignored: loss and gradient are 0. None ignores no entry.
    softcap : float, optional
        Positive bound of the logits: :math:`z` becomes ``softcap * tanh(z / softcap)``, before temperature
        and offset. None sets no bound.
    temperature : float or array of shape (), default 1
        Positive divisor of the logits, after `softcap`.
    offset : array of shape (K,) or that of `logits`, optional
        Numbers added to the logits, after `softcap` and `temperature`. None adds nothing.

    Returns
    -------
    array
        New array of losses in nats, of the shape and dtype of `logits`; never negative.

    Raises
    ------
    DTypeError
        If `logits` is not real floating, `targets` does not hold numbers, or the arrays are of different
        libraries.
    ShapeError
        If `targets` or `sample_weight` is not of the shape of `logits`, or a parameter does not fit.
    DomainError
        If a weight is negative or not finite; if a target of positive weight lies outside [0, 1]; if
        `temperature` or `softcap` is not positive and finite. Values of traced arrays, and of arrays that are
        not on the host, are not inspected; such an entry gives ``nan``, in the value and the gradient. Also
        if an exponent is negative or not finite, or `margin` lies outside [0, 1).

    See Also
    --------
    sigmoid_focal : Loss with one exponent for both and without a margin.

    Notes
    -----
    **Definition.** With :math:`p = \sigma(z)`, :math:`q = \max(p - m, 0)`, target :math:`t` and weight
    :math:`w`,

    .. math:: \ell = -w \left( t\, (1 - p)^{\gamma_+} \log p + (1 - t)\, q^{\gamma_-} \log(1 - q) \right),

    also for targets between 0 and 1, where :math:`\ell` is the expected loss of an event of that probability.

    **Gradient.** The derivative of the second term for ``t = 0`` is :math:`p (1 - p)\, q^{\gamma_-} (\gamma_-
    s / q + 1 / (1 - q))` with :math:`s = -\log(1 - q)`; the derivative of the first term is that of
    `sigmoid_focal`.

    **Character.** Never negative and not convex. The loss of an event is unbounded, that of its absence at
    most :math:`-(1 - m)^{\gamma_-} \log m`, with a gradient that tends to 0 where the model is confident of
    the event, because the label may be missing by mistake.

    **Edge cases.** ``margin = 0`` and equal exponents give `sigmoid_focal`; with both exponents 0 they give
    `sigmoid_cross_entropy`. Without the event and at or below the margin, value and derivatives are 0; with
    ``gamma_negative = 0`` the gradient jumps there. ``z = +inf`` without the event gives :math:`-(1 -
    m)^{\gamma_-} \log m` and gradient 0, ``z = -inf`` with the event gives ``inf`` and gradient :math:`-w`;
    ``nan`` gives ``nan``; an empty batch gives an empty array.

    **Numerics.** Near the margin ``p - m`` would cancel; the difference is computed as a difference of two
    sigmoids, with the log-odds of the margin known to twice the digits of the dtype. Value and gradient are
    within 16 units in the last place for targets 0 and 1, also near the margin; for targets in between,
    within 16 units of the larger of the two terms.

    References
    ----------
    .. [1] Ridnik, T. et al. (2021). Asymmetric loss for multi-label classification. ICCV. Section 2.

    Examples
    --------
    For an absent event the loss is 0 at a probability of 4 %, and at 99.99 % hardly larger than at 99 %.

    >>> import numpy as np
    >>> probs = np.asarray([0.04, 0.99, 0.9999])
    >>> asymmetric(np.log(probs / (1 - probs)), np.asarray([0, 0, 0]))
    array([0.        , 2.19656749, 2.43738874])
    """

    name: ClassVar[str] = "asymmetric"
    facts: ClassVar[LossFacts] = LossFacts(
        use="many labels at once, most of them absent, some missing by mistake",
        domain="logit",
        truth="events",
        link="sigmoid",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=False,
        noise_robust=False,
        source="Ridnik et al. 2021, section 2",
    )
    gamma_negative: float = 4.0
    gamma_positive: float = 1.0
    margin: float = 0.05

    def __post_init__(self) -> None:
        for argument in ("gamma_negative", "gamma_positive"):
            value = getattr(self, argument)
            check_parameter(self, argument, "be finite and >= 0", holds=0 <= value < math.inf)
        check_parameter(self, "margin", "lie in [0, 1)", holds=0 <= self.margin < 1)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, targets and weights, with the formula of this loss and its data, as
        `problem_of_events` says.

        A margin of 0 gives the focal loss without a shift. Errors are those of the class docstring; no values
        are checked if ``request.validate`` is False.
        """
        of_opposite: CostOfEvent = FocalOfEvent(self.gamma_negative)
        if not is_number(self.margin, 0):
            of_opposite = ShiftedFocal(self.gamma_negative, self.margin)
        return problem_of_events(
            request, TwoSided(FocalOfEvent(self.gamma_positive), of_opposite), self.options
        )


asymmetric = Asymmetric()
