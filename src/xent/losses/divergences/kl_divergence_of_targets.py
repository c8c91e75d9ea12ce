"""Kullback-Leibler divergence of a softmax from target distributions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.kl_divergence_of_targets import kl_divergence_of_targets as formula
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.abstract_softmax_loss import AbstractLossOfTargets, problem_of_targets
from xent.losses.problem import Problem

__all__ = ["KLDivergenceOfTargets", "kl_divergence_of_targets"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class KLDivergenceOfTargets(AbstractLossOfTargets):
    r"""
    Kullback-Leibler divergence of a softmax from target distributions, one value per row, in nats.

    What the model costs beyond the entropy of the targets, also called the forward divergence. Call the
    object `kl_divergence_of_targets`, naming any of the parameters, or one made with them.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities, real floating. ``-inf`` means probability 0; a row with ``nan`` gives
        ``nan``.
    targets : array of shape (..., K)
        Distribution over the classes in each row: entries >= 0 that sum to 1.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 costs 0 and is ignored.
    class_weights : array of shape (K,), optional
        Weight of each class, finite and >= 0; a row is multiplied by their mean over its targets. None means
        1. Here, weights inside the sum would move the minimum.
    class_mask : array of bool of shape (K,) or (..., K), optional
        False for a class that takes no part, as if its logit were ``-inf``. None masks no class.
    softcap : float, optional
        Positive bound of the logits: :math:`z` becomes ``softcap * tanh(z / softcap)``, before all other
        adjustments. None leaves the logits unbounded.
    temperature : float or array of shape (), default 1
        Positive divisor of the logits, after `softcap`.
    offset : array of shape (K,) or (..., K), optional
        Numbers added to the logits, after `softcap` and `temperature`. ``-inf`` masks a class. None adds
        nothing.

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
        a logit ``+inf`` or no class that takes part; if `temperature` or `softcap` is not positive and
        finite. Values of traced arrays, and of arrays that are not on the host, are not inspected.

    See Also
    --------
    softmax_cross_entropy_of_targets : The same plus the entropy of the targets, so with the same derivatives.
    reverse_kl_divergence_of_targets : With the arguments exchanged: it prefers one class to a compromise.
    js_divergence_of_targets : Between the two, and bounded.
    knowledge_distillation : Targets that are another model's logits.
    xent.measures.kl_divergence : The same of two distributions.

    Notes
    -----
    **Definition.** For logits :math:`z`, :math:`p = \mathrm{softmax}(z)`, targets :math:`t` and
    weight :math:`w`,

    .. math:: \ell = w \left( \sum_k t_k \log \frac{t_k}{p_k} + 1 - \sum_k t_k \right),

    in which the last two cancel but for the rounding of the targets.

    **Gradient.** :math:`\partial \ell / \partial z_k = w (s p_k - t_k)` with :math:`s = \sum_k t_k`, and the
    Hessian :math:`w s (\mathrm{diag}(p) - p p^\top)`: those of the cross-entropy. In the targets the
    derivative is :math:`w \log (t_k / p_k)`.

    **Character.** At least 0, and 0 only where the model states the targets; unbounded, convex in the logits,
    and not robust to label noise.

    **Edge cases.** A one-hot row costs its label's cross-entropy; ``K = 1`` gives 0; a class with ``t_k = 0``
    adds nothing, also where ``z_k = -inf``; ``z_k = -inf`` with ``t_k > 0`` gives ``inf``, with the gradient
    of its limit; ``nan`` gives ``nan``; an empty batch gives an empty array.

    **Numerics.** A sum of non-negative terms :math:`t_k \log (t_k / p_k) + p_k - t_k`, each from the
    difference and the ratio of the two; cross-entropy less entropy would lose all digits where the model is
    almost right. The error is within 8 units in the last place of the value plus :math:`\sum_k |p_k - t_k|`,
    which is as far as the rounding of one logit moves it; 16 on JAX. The gradient is that of
    `softmax_cross_entropy_of_targets`.

    References
    ----------
    .. [1] Kullback, S., Leibler, R. A. (1951). On information and sufficiency. Ann. Math. Statist. 22(1).
       Equation 2.4.
    .. [2] Csiszar, I. (1975). I-divergence geometry of probability distributions and minimization problems.
       Ann. Probab. 3(1).

    Examples
    --------
    A model that is right to six digits is still told from a right one. The cross-entropy is
    1.0397 for both, and their difference noise.

    >>> import numpy as np
    >>> targets = np.asarray([[0.5, 0.25, 0.25]])
    >>> kl_divergence_of_targets(np.log(targets) + [0, 0, 1e-6], targets)
    array([9.37500156e-14])
    """

    name: ClassVar[str] = "kl_divergence_of_targets"
    facts: ClassVar[LossFacts] = LossFacts(
        use="the truth is a distribution, and its entropy is no part of the loss",
        domain="logits",
        truth="targets",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=True,
        noise_robust=False,
        source="Kullback, Leibler 1951, equation 2.4",
    )

    def problem(self, request: Request) -> Problem:
        """As in `AbstractLoss`."""
        return problem_of_targets(request, formula, self.options)


kl_divergence_of_targets = KLDivergenceOfTargets()
