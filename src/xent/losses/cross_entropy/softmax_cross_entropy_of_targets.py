"""Cross-entropy of target distributions under a softmax."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar, final

from xent.formulas.losses.softmax_cross_entropy_of_targets import softmax_cross_entropy_of_targets as formula
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.arguments.targeted_examples import targeted_examples
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfTargets
from xent.losses.label_smoothing import smoothed_targets
from xent.losses.problem import Problem
from xent.losses.z_loss import with_z_loss

__all__ = ["SoftmaxCrossEntropyOfTargets", "softmax_cross_entropy_of_targets"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class SoftmaxCrossEntropyOfTargets(AbstractLossOfTargets):
    r"""
    Cross-entropy of target distributions under a softmax, one value per row, in nats.

    Call the object `softmax_cross_entropy_of_targets`, with parameters as keywords, or an instance with
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
        Factor of the target of each class, finite and >= 0. None means 1.
    class_mask : array of bool of shape (K,) or (..., K), optional
        True for the classes that participate; False masks a class. None masks no class. Here a class with a
        logit ``-inf`` has probability 0, but participates in `label_smoothing`, which then raises unless the
        class is masked.
    softcap : float, optional
        Positive bound of the logits: :math:`z` becomes ``softcap * tanh(z / softcap)``, before temperature
        and offset. None sets no bound.
    temperature : float or array of shape (), default 1
        Positive divisor of the logits, after `softcap`.
    offset : array of shape (K,) or (..., K), optional
        Numbers added to the logits, after `softcap` and `temperature`. ``-inf`` masks a class. None adds
        nothing.
    label_smoothing : float in [0, 1], default 0
        Share of each row's target that is spread evenly over the participating classes.
    z_loss : float >= 0, default 0
        Factor of the squared log-normaliser of each row, which is added to the loss; 0 adds nothing.
    normalized_targets : bool, default True
        True requires targets that sum to 1. False accepts masses >= 0 of any sum, and the sum is the row's
        contribution to the denominator of a mean.

    Returns
    -------
    array of shape (...)
        New array of losses in nats, in the dtype of `logits`; never negative.

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
    softmax_cross_entropy : Loss for integer labels.

    Notes
    -----
    **Definition.** For logits :math:`z`, targets :math:`t` and weight :math:`w`,

    .. math:: \ell = w \sum_k t_k \left( \log \sum_j e^{z_j} - z_k \right).

    The loss is the Kullback-Leibler divergence of the model from `t` plus the entropy of `t`, so the minimum
    over `z` is not 0 unless `t` is one-hot.

    **Gradient.** :math:`\partial \ell / \partial z_k = w (s p_k - t_k)` with :math:`p = \mathrm{softmax}(z)`
    and :math:`s = \sum_k t_k`, which is 1 up to rounding. The Hessian is :math:`w s (\mathrm{diag}(p) - p
    p^\top)`.

    **Edge cases.** A one-hot row gives the loss of its label; ``K = 1`` gives 0; a class with ``z_k = -inf``
    and ``t_k = 0`` contributes 0 to value and gradient; ``z_k = -inf`` with ``t_k > 0`` gives ``inf``;
    ``nan`` gives ``nan``; an empty batch gives an empty array.

    **Numerics.** The value is computed as :math:`\sum_k t_k ((z_j - z_k) + \mathrm{log1p}\, r)` with the
    largest logit :math:`z_j` and the sum :math:`r` of the other exponentials: no term is negative, and the
    value is within 4 units in the last place for K <= 10 on NumPy and PyTorch, 6 on JAX. The gradient is
    :math:`(s - t_k) p_k - t_k (1 - p_k)` with every factor free of cancellation. An entry of the gradient is
    within 4 units in the last place of the larger of its two terms; where the terms are almost equal they
    cancel in any form.

    References
    ----------
    .. [1] Bishop, C. M. (2006). Pattern Recognition and Machine Learning, Springer.
       Equations 4.108 to 4.110.

    Examples
    --------
    A masked class contributes 0 if its target is 0.

    >>> import numpy as np
    >>> logits = np.asarray([[0.0, 0.0, -np.inf]])
    >>> softmax_cross_entropy_of_targets(logits, np.asarray([[0.5, 0.5, 0.0]]))
    array([0.69314718])
    """

    name: ClassVar[str] = "softmax_cross_entropy_of_targets"
    facts: ClassVar[LossFacts] = LossFacts(
        use="one of several classes, where the truth is a distribution",
        domain="logits",
        truth="targets",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=True,
        noise_robust=False,
        source="Bishop 2006, equations 4.108 to 4.110",
    )
    label_smoothing: float = 0.0
    z_loss: float = 0.0
    normalized_targets: bool = True

    def __post_init__(self) -> None:
        check_parameter(self, "label_smoothing", "lie in [0, 1]", holds=0 <= self.label_smoothing <= 1)
        check_parameter(self, "z_loss", "be >= 0", holds=self.z_loss >= 0)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits and targets, (..., K) each, and weights of `request`, with the formula and its data.

        The data are the targets, smoothed, times class weights. With class weights, or for targets of any
        sum, the sum of class weight times target, before the smoothing, is the contribution of a row to the
        denominator of a mean. `DTypeError`, `ShapeError` and `DomainError` are raised for what the class
        docstring lists.
        """
        examples = targeted_examples(request, normalized=self.normalized_targets)
        takes_part = self.options.takes_part(examples)
        targets = smoothed_targets(examples.truth, self.label_smoothing, takes_part, examples)
        masses, class_weights = examples.truth, self.options.weights_of_classes(examples)
        if class_weights is not None:
            targets, masses = class_weights * targets, class_weights * masses
        if class_weights is not None or not self.normalized_targets:
            examples = replace(examples, denominator_weight=examples.xp.sum(masses, axis=-1))
        return Problem(
            examples, with_z_loss(formula, self.z_loss), (targets,), self.options.adjusted_softmax(examples)
        )


softmax_cross_entropy_of_targets = SoftmaxCrossEntropyOfTargets()
