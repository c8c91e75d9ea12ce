"""Focal loss of one logit per example under a sigmoid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.sigmoid_focal import FocalOfEvent
from xent.formulas.losses.two_sided import TwoSided
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_events import problem_of_events
from xent.losses.families.losses_of_logits import AbstractLossOfLogits
from xent.losses.problem import Problem

__all__ = ["SigmoidFocal", "sigmoid_focal"]


@final
@dataclass(frozen=True, repr=False)
class SigmoidFocal(AbstractLossOfLogits):
    r"""
    Focal loss of one logit per example under a sigmoid, one value per entry, in nats.

    Call the object `sigmoid_focal`, with parameters as keywords, or an instance with parameters of its own:
    ``SigmoidFocal(gamma=3)(logits, targets)``.

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
    gamma : float >= 0, default 2
        Focusing exponent: the larger, the less confident correct entries count; 0 gives
        `sigmoid_cross_entropy`.
    alpha : float in [0, 1], optional
        Factor of events; the factor of their absence is ``1 - alpha``. None, the default, means 1 for both.
        The factors are not weights: the denominator of a mean does not include them.
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
        if `gamma` is negative or not finite, or `alpha` lies outside [0, 1].

    See Also
    --------
    focal : Loss for one of several classes.
    asymmetric : Loss with another exponent and a margin for the absence of events.

    Notes
    -----
    **Definition.** With :math:`p = \sigma(z)`, target :math:`t` and weight :math:`w`,

    .. math::

        \ell = -w \left( \alpha\, t\, (1 - p)^\gamma \log p
            + (1 - \alpha) (1 - t)\, p^\gamma \log(1 - p) \right),

    without the factors of `alpha` for None. For a target between 0 and 1 this is the expected loss of an
    event of that probability, the mean over many entries of the same logit of which the share `t` are events.
    Other implementations multiply the cross-entropy of `t` by one factor, computed from the mean :math:`t (1
    - p) + (1 - t) p` or from the exponential of the cross-entropy; they agree with this definition for
    targets 0 and 1 only.

    **Gradient.** :math:`-c^\gamma (c + \gamma u s)` in the log-odds of the observed outcome, with its
    probability :math:`u`, the complement :math:`c = 1 - u` and the surprisal :math:`s = -\log u`; the second
    derivative is :math:`u c^\gamma ((2 \gamma + 1) c + \gamma s (\gamma u - c))`, which is negative where the
    model is confident and wrong.

    **Character.** Never negative, unbounded, not convex, not robust to symmetric label noise. The loss is not
    proper: the minimum over a distribution of events is less confident than that distribution.

    **Edge cases.** ``z = +inf`` with ``t = 1``, and ``z = -inf`` with ``t = 0``, give 0 and gradient 0; with
    the opposite target they give ``inf`` and gradient :math:`\pm w`, times the factor of `alpha`; ``nan``
    gives ``nan``; an empty batch gives an empty array. No `gamma` makes a derivative infinite or ``nan``: no
    power in a derivative has an exponent below `gamma`.

    **Numerics.** The loss is computed from the probability, the complement and the surprisal, each free of
    cancellation. With `gamma` between 0.5 and 5, value and gradient are within 16 units in the last place for
    targets 0 and 1; for targets in between, within 16 units of the larger of the two terms.

    References
    ----------
    .. [1] Lin, T.-Y. et al. (2017). Focal loss for dense object detection. ICCV. Equations 4 and 5.

    Examples
    --------
    A factor computed from the exponential of the logit would overflow in the second entry.

    >>> import numpy as np
    >>> sigmoid_focal(np.asarray([2.0, -1000.0]), np.asarray([1, 1]))
    array([1.80356284e-03, 1.00000000e+03])
    """

    name: ClassVar[str] = "sigmoid_focal"
    facts: ClassVar[LossFacts] = LossFacts(
        use="rare events among very many easy ones, as in object detection",
        domain="logit",
        truth="events",
        link="sigmoid",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=False,
        noise_robust=False,
        source="Lin et al. 2017, equations 4 and 5",
    )
    gamma: float = 2.0
    alpha: float | None = None

    def __post_init__(self) -> None:
        check_parameter(self, "gamma", "be finite and >= 0", holds=0 <= self.gamma < math.inf)
        is_share = self.alpha is None or 0 <= self.alpha <= 1
        check_parameter(self, "alpha", "lie in [0, 1]", holds=is_share, hint="For no factor, pass None.")

    def problem(self, request: Request) -> Problem:
        """
        Checked logits and targets of `request`, of one shape, and weights, with the focal formula and its
        data.

        The data are the masses of event and opposite, target and complement times `alpha` and ``1 - alpha``;
        None means 1 for both. So a loss includes `alpha`; a mean's denominator does not. `DTypeError`,
        `ShapeError` and `DomainError` are raised for what the class docstring lists.
        """
        cost = FocalOfEvent(self.gamma)
        problem = problem_of_events(request, TwoSided(cost, cost), self.options)
        if self.alpha is None:
            return problem
        mass_for, mass_against = problem.data
        return problem._replace(data=(self.alpha * mass_for, (1 - self.alpha) * mass_against))


sigmoid_focal = SigmoidFocal()
