"""Negative log-likelihood of numbers under Gaussians with individual variances."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.gaussian_nll import GaussianNLL as Formula
from xent.losses.abstract_loss import AbstractLoss
from xent.losses.arguments.examples import Request
from xent.losses.arguments.valued_examples import valued_examples
from xent.losses.facts import LossFacts
from xent.losses.problem import Problem

__all__ = ["GaussianNLL", "gaussian_nll"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class GaussianNLL(AbstractLoss):
    r"""
    Negative log-likelihood of numbers under Gaussians, one value per number, in nats.

    Call the object `gaussian_nll`, with the parameter as keyword, or an instance with a parameter of its own.

    Parameters
    ----------
    logits : array of shape (..., 2)
        Mean and logarithm of the variance of each number, real floating.
    values : array of shape (...)
        The numbers that were observed, finite.
    sample_weight : array of shape (...), optional
        Factor of each number, finite and >= 0, or whether it counts; default 1. A number of weight 0 costs 0
        and is not read.
    full : bool, default False
        True adds the constant :math:`\tfrac12 \log 2 \pi`, so that the value is the whole negative
        log-likelihood.

    Returns
    -------
    array of shape (...)
        New array of losses in nats, in the dtype of `logits`. A density can be above 1, its loss negative.

    Raises
    ------
    DTypeError
        If `logits` is not real floating or `values` not numbers, or the arrays are of different libraries.
    ShapeError
        If the last axis of `logits` has not 2 entries, or `values` or `sample_weight` is not of shape (...).
    DomainError
        If a weight is negative or not finite, or a value of positive weight is not finite. Traced or
        off-host values are not inspected.

    See Also
    --------
    squared_error : Loss for a variance of 1.

    Notes
    -----
    **Definition.** For mean :math:`m`, log-variance :math:`s`, value :math:`y` and weight :math:`w`,

    .. math:: \ell = \frac w2 \left(s + (m - y)^2 e^{-s} + [\text{full}] \log 2 \pi\right).

    The variance is parametrised by its logarithm, so that every number is valid and none has to be clipped.

    **Gradient.** :math:`w (m - y) e^{-s}` and :math:`\frac w2 (1 - (m - y)^2 e^{-s})`.

    **Character.** Unbounded below and above, convex in the mean alone. If the mean is exact, the loss tends
    to ``-inf`` with the log-variance.

    **Edge cases.** ``m = y`` gives :math:`s / 2`, however small the variance; ``s = 0`` gives
    `squared_error`; ``s = -inf`` gives ``inf``, and ``-inf`` where ``m = y``; ``s = inf`` gives ``inf``;
    an infinite ``m`` with ``s = inf``, and ``nan``, give ``nan``; an empty batch gives an empty array.

    **Numerics.** The residual is standardised before it is squared, so that neither the variance nor the
    squared residual is formed, which could overflow or underflow. Value and gradient are within 8 units in
    the last place of the larger of their two terms, in 32 and 64 bits.

    References
    ----------
    .. [1] Bishop, C. M. (2006). Pattern Recognition and Machine Learning, Springer. Equation 1.46.
    .. [2] Nix, D. A., Weigend, A. S. (1994). Estimating the mean and variance of the target probability
       distribution. Proc. IEEE Int. Conf. on Neural Networks. Equation 2.

    Examples
    --------
    The same residual with decreasing variance: the loss is least where the variance is the squared residual.

    >>> import numpy as np
    >>> logits = np.asarray([[1.0, 2.0], [1.0, 0.0], [1.0, -2.0]])
    >>> gaussian_nll(logits, np.zeros(3)).round(4)
    array([1.0677, 0.5   , 2.6945])
    """

    name: ClassVar[str] = "gaussian_nll"
    facts: ClassVar[LossFacts] = LossFacts(
        use="numbers with Gaussian errors whose variance is learned as well",
        domain="mean and log-variance",
        truth="values",
        link="exponential of the log-variance",
        minimum=-math.inf,
        maximum=math.inf,
        convex=False,
        shift_invariant=False,
        noise_robust=False,
        source="Bishop 2006, equation 1.46",
    )
    full: bool = False

    def problem(self, request: Request) -> Problem:
        """
        Checked parameters, numbers, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        examples = valued_examples(request, "values", parameters=("mean", "log-variance"))
        return Problem(examples, Formula(self.full), (examples.truth,))


gaussian_nll = GaussianNLL()
