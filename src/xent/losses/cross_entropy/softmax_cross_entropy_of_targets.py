"""Cross-entropy of target distributions under a softmax."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar, final

from xent.formulas.losses.softmax_cross_entropy_of_targets import softmax_cross_entropy_of_targets as formula
from xent.losses.abstract_loss import Problem, check_parameter
from xent.losses.arguments.examples import Asked
from xent.losses.arguments.targeted_examples import targeted_examples
from xent.losses.character import Character
from xent.losses.cross_entropy.softmax_cross_entropy import with_z_loss
from xent.losses.families.abstract_softmax_loss import AbstractSoftmaxLoss
from xent.losses.label_smoothing import smoothed_targets

__all__ = ["SoftmaxCrossEntropyOfTargets", "softmax_cross_entropy_of_targets"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class SoftmaxCrossEntropyOfTargets(AbstractSoftmaxLoss):
    r"""
    Cross-entropy of target distributions under a softmax, one value per row, in nats.

    Call the object `softmax_cross_entropy_of_targets`, with parameters as keywords, or an instance with
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
    class_weights, class_mask, softcap, temperature, offset, label_smoothing, z_loss
        As for `SoftmaxCrossEntropy`; a class weight is the factor of its target.
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
        If `logits` is not real floating or `targets` not numbers, or the arrays are of
        different libraries.
    ShapeError
        If ``K = 0``, or `targets` is not of the shape of `logits`, or `sample_weight` not of shape (...).
    DomainError
        If a weight is negative or not finite, or, in a row of positive weight, a target is negative or the
        targets' sum differs from 1 by more than the square root of their dtype's epsilon; if a row has a
        logit ``+inf`` or no class that takes part. Traced or off-host values are not inspected.

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
    character: ClassVar[Character] = Character(
        use="the truth is a distribution",
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

    def problem(self, asked: Asked) -> Problem:
        """Checked arguments and formula of this loss."""
        examples = targeted_examples(asked, normalized=self.normalized_targets)
        takes_part = self._takes_part(examples)
        targets = smoothed_targets(examples.truth, self.label_smoothing, takes_part, examples)
        masses, class_weights = examples.truth, self._class_weights(examples)
        if class_weights is not None:
            targets, masses = class_weights * targets, class_weights * masses
        if class_weights is not None or not self.normalized_targets:
            examples = replace(examples, mass=examples.xp.sum(masses, axis=-1))
        return Problem(examples, with_z_loss(formula, self.z_loss), (targets,), self._adjusted(examples))


softmax_cross_entropy_of_targets = SoftmaxCrossEntropyOfTargets()
