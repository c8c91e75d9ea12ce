"""Squared error of the probability that one logit gives under a sigmoid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.sigmoid_squared_error import sigmoid_squared_error as formula
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_events import problem_of_events
from xent.losses.families.losses_of_logits import AbstractLossOfLogits
from xent.losses.problem import Problem

__all__ = ["SigmoidSquaredError", "sigmoid_squared_error"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class SigmoidSquaredError(AbstractLossOfLogits):
    r"""
    Squared error of a sigmoid's probability, one value per entry, a pure number in [0, 1].

    Call the object `sigmoid_squared_error`, with parameters as keywords, or an instance with parameters of
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
        New array of losses, of the shape and dtype of `logits`; never negative.

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
    sigmoid_cross_entropy : Loss whose gradient does not vanish where the model is confident and wrong.
    softmax_squared_error : Loss for any number of classes; for two classes equal to this loss.

    Notes
    -----
    **Definition.** For a logit :math:`z`, target :math:`t` and weight :math:`w`,
    with :math:`\sigma(z) = 1 / (1 + e^{-z})`,

    .. math:: \ell = w\, (\sigma(z) - t)^2.

    **Gradient.** :math:`d\ell / dz = 2 w (\sigma(z) - t)\, \sigma(z)\, \sigma(-z)`. The last two factors
    vanish where the model is confident, right or wrong, and the second derivative is negative where the model
    is confident and wrong: the loss is not convex.

    **Edge cases.** ``z = 0`` with a hard target gives :math:`w / 4`; ``z = +inf`` with ``t = 1``, and ``z =
    -inf`` with ``t = 0``, give 0; with the opposite target they give :math:`w`, all with gradient 0; ``nan``
    gives ``nan``; an empty batch gives an empty array.

    **Numerics.** The residual is computed as :math:`(1 - t) \sigma(z) - t \sigma(-z)`. For targets 0 and 1,
    value and gradient are within 8 units in the last place on NumPy, PyTorch and JAX, short of
    underflow.

    References
    ----------
    .. [1] Brier, G. W. (1950). Verification of forecasts expressed in terms of
       probability. Monthly Weather Review 78(1). Equation 2, halved.

    Examples
    --------
    The gradient of a confident wrong prediction is small; the second gradient is that of cross-entropy.

    >>> import numpy as np
    >>> from xent.losses import sigmoid_cross_entropy
    >>> logits, targets = np.asarray([10.0]), np.asarray([0])
    >>> sigmoid_squared_error.gradient(logits, targets), sigmoid_cross_entropy.gradient(logits, targets)
    (array([9.07874937e-05]), array([0.9999546]))
    """

    name: ClassVar[str] = "sigmoid_squared_error"
    facts: ClassVar[LossFacts] = LossFacts(
        use="comparison with squared error on the probability of one event",
        domain="logit",
        truth="events",
        link="sigmoid",
        minimum=0.0,
        maximum=1.0,
        convex=False,
        shift_invariant=False,
        noise_robust=False,
        source="Brier 1950, equation 2, halved",
        also=("Brier score",),
    )
    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        check_parameter(self, "label_smoothing", "lie in [0, 1]", holds=0 <= self.label_smoothing <= 1)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, targets and weights, with the formula of this loss and its data, as
        `problem_of_events` says.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_events(request, formula, self.options, label_smoothing=self.label_smoothing)


sigmoid_squared_error = SigmoidSquaredError()
