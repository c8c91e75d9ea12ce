"""Kullback-Leibler divergence of target distributions from a softmax."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.reverse_kl_divergence_of_targets import reverse_kl_divergence_of_targets as formula
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfTargets, problem_of_targets
from xent.losses.problem import Problem

__all__ = ["ReverseKLDivergenceOfTargets", "reverse_kl_divergence_of_targets"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class ReverseKLDivergenceOfTargets(AbstractLossOfTargets):
    r"""
    Kullback-Leibler divergence of target distributions from a softmax, one value per row, in nats.

    The loss is large where the model has probability and the targets have little, and not where the model has
    none; so a constrained model is fitted to one mode of the targets rather than to an average. Call the
    object `reverse_kl_divergence_of_targets`, with parameters as keywords, or an instance with parameters of
    its own.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities, real floating. ``-inf`` means probability 0; a row with ``nan`` gives
        ``nan``.
    targets : array of shape (..., K)
        Distribution over the classes in each row: entries >= 0 that sum to 1. Here a target of 0 forbids its
        class.
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
    kl_divergence_of_targets : Divergence with the arguments exchanged: truth first, model second.
    js_divergence_of_targets : Loss that is finite for all targets.

    Notes
    -----
    **Definition.** For logits :math:`z`, :math:`p = \mathrm{softmax}(z)`, targets :math:`t` and
    weight :math:`w`,

    .. math:: \ell = w \left( \sum_k p_k \log \frac{p_k}{t_k} + \sum_k t_k - 1 \right),

    where the last two terms cancel up to the rounding of the targets.

    **Gradient.** :math:`w\, p \circ (d - \langle p, d \rangle)` with :math:`d = \log (p / t)`; the entries
    sum to 0.

    **Character.** At least 0, and 0 only where the model's probabilities are the targets; unbounded, and
    infinite where a target is 0 and the probability is not, so not usable with labels; not convex in the
    logits.

    **Edge cases.** ``t_k = 0`` gives ``inf`` unless ``z_k = -inf``, so one-hot targets leave nothing to
    minimise: use `kl_divergence_of_targets` for labels. With such a target the gradient, the limit for
    targets that tend to 0, is ``inf`` at its class and ``-inf`` at the others; a class with ``z_k = -inf``
    contributes 0; a probability that underflows is 0; ``K = 1`` gives 0; ``nan`` gives ``nan``; an empty
    batch gives an empty array.

    **Numerics.** The form is that of `kl_divergence_of_targets`: the error of the value is within 8 units in
    the last place of the value plus :math:`\sum_k |p_k - t_k|`. Far from the targets the entries of the
    gradient are within 16 units of the largest; near the targets they are differences of near numbers. On JAX
    the bounds are twice as large.

    References
    ----------
    .. [1] Csiszar, I. (1975). I-divergence geometry of probability distributions and minimization problems.
       Ann. Probab. 3(1).
    .. [2] Gu, Y. et al. (2024). MiniLLM: knowledge distillation of large language models. ICLR. Equation 1.

    Examples
    --------
    Probability at a class of small target has a large loss; a class without probability has a small one.

    >>> import numpy as np
    >>> targets = np.asarray([[0.5, 0.49, 0.01]] * 2)
    >>> logits = np.log(np.asarray([[0.4, 0.4, 0.2], [0.98, 0.01, 0.01]]))
    >>> reverse_kl_divergence_of_targets(logits, targets).round(3)
    array([0.429, 0.621])
    >>> reverse_kl_divergence_of_targets(logits[0], np.asarray([0.5, 0.5, 0.0]))
    array(inf)
    """

    name: ClassVar[str] = "reverse_kl_divergence_of_targets"
    facts: ClassVar[LossFacts] = LossFacts(
        use="target distributions of several modes, one of which the model is to fit",
        domain="logits",
        truth="positive targets",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=True,
        noise_robust=False,
        source="Csiszar 1975, the I-projection",
    )

    def problem(self, request: Request) -> Problem:
        """
        Checked logits and targets, (..., K) each, and weights of `request`, with the formula of this loss.

        A row is weighted by its mean class weight too. Targets, the data of the formula, are uniform in rows
        of weight 0, where the divergence would be infinite. Raises `DTypeError` or `ShapeError` for arrays
        that do not fit, and `DomainError` for a negative target or another sum than 1 in a row of positive
        weight, an invalid weight or option, or a row without a softmax. Values are not checked if
        ``request.validate`` is False.
        """
        problem = problem_of_targets(request, formula, self.options)
        weight, targets = problem.examples.weight, problem.examples.truth
        if weight is None:
            return problem
        # Targets in rows of weight 0 are 0, which would make the loss infinite; uniform ones do not.
        xp = problem.examples.xp
        targets = xp.where((weight == 0)[..., None], 1 / targets.shape[-1], targets)
        return problem._replace(data=(targets,))


reverse_kl_divergence_of_targets = ReverseKLDivergenceOfTargets()
