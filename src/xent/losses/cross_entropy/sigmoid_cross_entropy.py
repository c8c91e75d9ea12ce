"""Cross-entropy of one logit per example under a sigmoid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, final

from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy as formula
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_events import problem_of_events
from xent.losses.families.losses_of_logits import AbstractLossOfLogits
from xent.losses.problem import Problem

__all__ = ["SigmoidCrossEntropy", "sigmoid_cross_entropy"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class SigmoidCrossEntropy(AbstractLossOfLogits):
    r"""
    Cross-entropy of one logit per example under a sigmoid, one value per entry, in nats.

    Call the object `sigmoid_cross_entropy`, with parameters as keywords, or an instance with parameters of
    its own.

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
    positive_weight : float or array of shape (K,), default 1
        Factor of the loss of events, not of their absence, > 0; called `pos_weight` in PyTorch.
    class_weights : array of shape (K,), optional
        Factor of each entry of the last axis, finite and >= 0. None means 1.
    class_mask : array of bool of shape (K,) or that of `logits`, optional
        False for entries that are ignored: loss and gradient are 0. None ignores no entry.
    ignored_label : number, optional
        Entries with this target are ignored: loss and gradient are 0. None ignores no entry.
    label_smoothing : float in [0, 1], default 0
        A target :math:`t` becomes :math:`(1 - \varepsilon) t + \varepsilon / 2`.
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
        not on the host, are not inspected; such an entry gives ``nan``, in the value and the gradient.

    See Also
    --------
    softmax_cross_entropy : Loss for any number of classes, with a logit for each.

    Notes
    -----
    **Definition.** For a logit :math:`z`, target :math:`t` and weight :math:`w`,

    .. math:: \ell = w \left( t \log(1 + e^{-z}) + (1 - t) \log(1 + e^z) \right).

    **Gradient.** :math:`d\ell / dz = w (\sigma(z) - t)` with
    :math:`\sigma(z) = 1 / (1 + e^{-z})`; the second derivative is :math:`w\,\sigma(z)\,\sigma(-z)`.
    Automatic differentiation of the value in PyTorch and JAX gives the same numbers.

    **Edge cases.** ``z = 0`` gives :math:`w \log 2`; ``z = +inf`` with ``t = 1``, and ``z = -inf`` with ``t =
    0``, give 0 and gradient 0; with the opposite target they give ``inf`` and gradient :math:`\pm w`; ``nan``
    gives ``nan``; an empty batch gives an empty array.

    **Numerics.** The value is :math:`\mathrm{log1p}(e^{-|z|})` plus :math:`|z|` times the part of the target
    opposite to the sign of :math:`z`, two terms that are never negative; the gradient is :math:`(1 - t)
    \sigma(z) - t \sigma(-z)`. For targets 0 and 1, value and gradient are within 4 units in the last place on
    NumPy, PyTorch and JAX, which on the CPU replaces every number below the smallest normal one by 0. For
    targets in between the value has the same bound, and the gradient is within 4 units of the larger of its
    two terms.

    References
    ----------
    .. [1] Bishop, C. M. (2006). Pattern Recognition and Machine Learning, Springer.
       Equations 4.90 and 4.91.

    Examples
    --------
    >>> import numpy as np
    >>> sigmoid_cross_entropy(np.asarray([50.0, 50.0, np.inf]), np.asarray([1, 0, 1]))
    array([1.92874985e-22, 5.00000000e+01, 0.00000000e+00])
    """

    name: ClassVar[str] = "sigmoid_cross_entropy"
    facts: ClassVar[LossFacts] = LossFacts(
        use="events that happen or not: two classes, or many labels at once",
        domain="logit",
        truth="events",
        link="sigmoid",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=False,
        noise_robust=False,
        source="Bishop 2006, equations 4.90 and 4.91",
        also=("binary cross-entropy", "BCE"),
    )
    label_smoothing: float = 0.0
    positive_weight: Any = None

    def __post_init__(self) -> None:
        check_parameter(self, "label_smoothing", "lie in [0, 1]", holds=0 <= self.label_smoothing <= 1)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, targets and weights of `request`, with the formula of this loss and its data.

        They are those that `problem_of_events` makes of this loss's smoothing and positive weight. Errors are
        those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_events(
            request,
            formula,
            self.options,
            label_smoothing=self.label_smoothing,
            positive_weight=self.positive_weight,
        )


sigmoid_cross_entropy = SigmoidCrossEntropy()
