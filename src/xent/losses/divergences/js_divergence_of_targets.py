"""Jensen-Shannon divergence of a softmax and target distributions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses import js_divergence_of_targets as formula
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfTargets, problem_of_targets
from xent.losses.problem import Problem

__all__ = ["JSDivergenceOfTargets", "js_divergence_of_targets"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class JSDivergenceOfTargets(AbstractLossOfTargets):
    r"""
    Jensen-Shannon divergence of a softmax and target distributions, one value per row, in nats.

    The divergence is the mutual information of a draw from the mixture of the two and its origin. Call the
    object `js_divergence_of_targets`, with parameters as keywords, or an instance with parameters of its own.

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
    share : float between 0 and 1, default 0.5
        Share of the targets in the mixture. As the share tends to 0, the loss divided by the share tends to
        `kl_divergence_of_targets`.
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
        gives ``nan``, in the value and the gradient. Also if `share` does not lie between 0 and 1.

    See Also
    --------
    kl_divergence_of_targets, reverse_kl_divergence_of_targets : Limits of the family for shares near 0 and 1.
    xent.measures.js_divergence : Measure for any number of distributions.

    Notes
    -----
    **Definition.** For logits :math:`z`, :math:`p = \mathrm{softmax}(z)`, targets :math:`t`, the
    share :math:`\pi`, the mixture :math:`m = \pi t + (1 - \pi) p` and weight :math:`w`,

    .. math:: \ell = w \left( \pi\, \mathrm{KL}(t \,\|\, m) + (1 - \pi)\, \mathrm{KL}(p \,\|\, m) \right) .

    **Gradient.** :math:`w (1 - \pi)\, p \circ (a - \langle p, a \rangle)` with :math:`a = \log (p / m)`; the
    entries sum to 0, and the gradient vanishes where the model is confident and wrong.

    **Character.** At least 0, and 0 only where the model's probabilities are the targets; at most the entropy
    of the share, which is ``log(2)`` for a share of 1/2; not convex in the logits. The loss is bounded, so
    that a wrong label has a limited influence, but not robust to symmetric label noise in the strict sense.

    **Edge cases.** A probability or a target of 0 adds a finite multiple of the other: one-hot targets of a
    class with ``z_k = -inf`` give the upper bound, with gradient 0; ``K = 1`` gives 0; ``nan`` gives ``nan``;
    an empty batch gives an empty array.

    **Numerics.** The value is a sum of non-negative terms of the I-divergence, whose differences to the
    mixture are multiples of :math:`p - t`. The error of the value is within 8 units in the last place of the
    value plus :math:`\sum_k |p_k - t_k|`. Far from the targets the entries of the gradient are within 16
    units of the largest; near the targets they are differences of near numbers. On JAX the bounds are twice
    as large.

    References
    ----------
    .. [1] Lin, J. (1991). Divergence measures based on the Shannon entropy. IEEE Trans. Inf. Theory 37(1).
       Equation 4.1.
    .. [2] Englesson, E., Azizpour, H. (2021). Generalized Jensen-Shannon divergence loss for learning with
       noisy labels. NeurIPS. Section 3.

    Examples
    --------
    For a confident model and a wrong label the loss is at most ``log(2)``, where cross-entropy is 50.

    >>> import numpy as np
    >>> js_divergence_of_targets(np.asarray([[50.0, 0.0]]), np.asarray([[0.0, 1.0]]))
    array([0.69314718])
    """

    name: ClassVar[str] = "js_divergence_of_targets"
    facts: ClassVar[LossFacts] = LossFacts(
        use="target distributions, some of them wrong: bounded",
        domain="logits",
        truth="targets",
        link="softmax",
        minimum=0.0,
        maximum=math.log(2),
        convex=False,
        shift_invariant=True,
        noise_robust=False,
        source="Lin 1991, equation 4.1",
    )
    share: float = 0.5

    def __post_init__(self) -> None:
        check_parameter(self, "share", "lie between 0 and 1", holds=0 < self.share < 1)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, targets, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_targets(request, formula.JSDivergenceOfTargets(self.share), self.options)


js_divergence_of_targets = JSDivergenceOfTargets()
