"""Half the squared error of a number."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.squared_error import squared_error as formula
from xent.losses.abstract_loss import AbstractLoss
from xent.losses.arguments.examples import Request
from xent.losses.arguments.valued_examples import valued_examples
from xent.losses.facts import LossFacts
from xent.losses.problem import Problem

__all__ = ["SquaredError", "squared_error"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class SquaredError(AbstractLoss):
    r"""
    Half the squared error of numbers, one value per entry: in nats, for a Gaussian of variance 1.

    Call the object `squared_error`.

    Parameters
    ----------
    logits : array
        Predicted means, real floating, of any shape.
    values : array
        Of the shape of `logits`: the numbers that were observed, finite.
    sample_weight : array, optional
        Of the shape of `logits`: factor of each entry, finite and >= 0, or whether it counts; default 1. An
        entry of weight 0 costs 0 and is not read.

    Returns
    -------
    array
        New array of losses, of the shape and dtype of `logits`; never negative.

    Raises
    ------
    DTypeError
        If `logits` is not real floating or `values` not numbers, or the arrays are of different libraries.
    ShapeError
        If `values` or `sample_weight` is not of the shape of `logits`.
    DomainError
        If a weight is negative or not finite, or a value of positive weight is not finite. Traced or
        off-host values are not inspected.

    See Also
    --------
    gaussian_nll : Loss with an individual variance for each value.
    softmax_squared_error, sigmoid_squared_error : Squared errors of probabilities.

    Notes
    -----
    **Definition.** For a mean :math:`m`, a value :math:`y` and weight :math:`w`,

    .. math:: \ell = \frac{w}{2} (m - y)^2 = w \left(-\log N(y; m, 1) - \tfrac12 \log 2 \pi\right),

    so that the minimum of the loss is the maximum-likelihood estimate under Gaussian noise, as that of
    cross-entropy is for a categorical distribution.

    **Gradient.** :math:`w (m - y)`; the second derivative is :math:`w`.

    **Edge cases.** An infinite mean gives ``inf``; ``nan`` gives ``nan``; an empty batch gives an empty
    array.

    **Numerics.** The difference is rounded once and squared: value within 3 units in the last place, gradient
    within 1.

    References
    ----------
    .. [1] Bishop, C. M. (2006). Pattern Recognition and Machine Learning, Springer. Equation 1.62.

    Examples
    --------
    >>> import numpy as np
    >>> squared_error(np.asarray([1.0, 3.0]), np.asarray([1, 1]))
    array([0., 2.])
    """

    name: ClassVar[str] = "squared_error"
    facts: ClassVar[LossFacts] = LossFacts(
        use="numbers with Gaussian errors of constant variance",
        domain="mean",
        truth="values",
        link="identity",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=False,
        noise_robust=False,
        source="Bishop 2006, equation 1.62",
    )

    def problem(self, request: Request) -> Problem:
        """
        Checked parameters, numbers, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        examples = valued_examples(request, "values")
        return Problem(examples, formula, (examples.truth,))


squared_error = SquaredError()
