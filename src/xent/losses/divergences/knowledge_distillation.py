"""Knowledge distillation: the divergence of a student's softmax from a teacher's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.arrays import plain_number
from xent.formulas.losses import knowledge_distillation as formula
from xent.losses.abstract_loss import AbstractLoss, check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.arguments.logit_options import check_softmax_logits
from xent.losses.arguments.targeted_examples import taught_examples
from xent.losses.facts import LossFacts
from xent.losses.problem import Problem

__all__ = ["KnowledgeDistillation", "knowledge_distillation"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class KnowledgeDistillation(AbstractLoss):
    r"""
    Squared temperature times the divergence of a student's softmax from a teacher's, per row, in nats.

    Call the object `knowledge_distillation`, with parameters as keywords, or an instance with parameters of
    its own: ``KnowledgeDistillation(temperature=2)(logits, teacher_logits)``.

    Parameters
    ----------
    logits : array of shape (..., K)
        The student's unnormalised log-probabilities, real floating; ``-inf`` means probability 0.
    teacher_logits : array of shape (..., K)
        The teacher's logits, of the shape of `logits`. Derivatives in them are computed on request only.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored: loss and gradient are 0.
    temperature : float > 0, default 4
        Divisor of the logits of student and teacher.

    Returns
    -------
    array of shape (...)
        New array of losses in nats, in the dtype of `logits`; never negative.

    Raises
    ------
    DTypeError
        If `logits` or `teacher_logits` is not real floating, or the arrays are of different libraries.
    ShapeError
        If ``K = 0``, `teacher_logits` is not of the shape of `logits`, or `sample_weight` not of shape (...).
    DomainError
        If `temperature` is not positive and finite, a weight is negative or not finite, or a row of either
        has a logit ``+inf`` or no other than ``-inf``. Traced or off-host values are not inspected; such a
        row gives ``nan``.

    See Also
    --------
    kl_divergence_of_targets : Loss for a teacher of known probabilities instead of logits.

    Notes
    -----
    **Definition.** For the student's logits :math:`z`, the teacher's :math:`u`, :math:`p =
    \mathrm{softmax}(z / T)`, :math:`q = \mathrm{softmax}(u / T)` and weight :math:`w`,

    .. math:: \ell = w\, T^2 \sum_k q_k \log \frac{q_k}{p_k} .

    **Gradient.** :math:`\partial \ell / \partial z_k = w\, T (p_k - q_k)`, and the Hessian :math:`w
    (\mathrm{diag}(p) - p p^\top)`. The factor :math:`T^2` makes gradient and Hessian comparable at all
    temperatures: for a high temperature the gradient tends to :math:`w (z_k - u_k) / K` of centred logits.
    Without the factor, soft targets would count :math:`T^2` times less relative to labels. Derivatives in the
    teacher's logits come from automatic differentiation of the value.

    **Character.** At least 0, and 0 only where the student's logits are the teacher's up to a shift;
    unbounded, convex in the student's logits; not robust to a wrong teacher.

    **Labels** are included by adding two losses::

        share * softmax_cross_entropy(logits, labels) + (1 - share) * knowledge_distillation(
            logits, teacher_logits
        )

    **Edge cases.** A constant added to the student's or the teacher's logits does not change the loss; ``K =
    1`` gives 0; a class of logit ``-inf`` in both contributes 0; a class of logit ``-inf`` in the student
    alone gives ``inf``, with the gradient of its limit; a class of logit ``-inf`` in the teacher alone
    contributes the student's probability; ``nan`` gives ``nan``; an empty batch gives an empty array.

    **Numerics.** The difference of two log-probabilities would cancel where student and teacher are close.
    Instead the log-ratio :math:`d_k` is computed from exact differences of the logits, the divergence as a
    sum of non-negative terms of it, and :math:`p_k - q_k` as :math:`q_k (e^{d_k} - 1)`: value and gradient
    lose no digits. The value is within 32 units in the last place, an entry of the gradient within 32 units
    of the row's largest, twice as many on JAX.

    References
    ----------
    .. [1] Hinton, G., Vinyals, O., Dean, J. (2015). Distilling the knowledge in a neural network.
       arXiv:1503.02531. Section 2, equations 2 to 4.

    Examples
    --------
    The loss of a student close to its teacher is accurate to the last digits.

    >>> import numpy as np
    >>> teacher = np.asarray([[3.0, 1.0, -2.0]])
    >>> knowledge_distillation(teacher + [2.0**-30, 0, 0], teacher, temperature=1)
    array([4.72383387e-20])
    """

    name: ClassVar[str] = "knowledge_distillation"
    facts: ClassVar[LossFacts] = LossFacts(
        use="distillation: a small model learns the probabilities of a large one",
        domain="logits",
        truth="teacher logits",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=True,
        noise_robust=False,
        source="Hinton et al. 2015, section 2",
    )
    temperature: float = 4.0

    def __post_init__(self) -> None:
        holds = 0 < self.temperature < math.inf
        check_parameter(self, "temperature", "be positive and finite", holds=holds)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits of student and teacher, (..., K) each, and weights, with the formula at the
        temperature.

        `request` has the teacher's logits as truth; they are the data of the formula. A row of either with
        ``+inf`` or only ``-inf``, or an invalid weight, raises `DomainError`; arrays that do not fit raise
        `DTypeError` or `ShapeError`. Values are not checked if ``request.validate`` is False.
        """
        examples = taught_examples(request)
        check_softmax_logits(examples.logits, examples)
        check_softmax_logits(examples.truth, examples, argument="teacher_logits")
        temperature = plain_number(self.temperature)
        return Problem(examples, formula.KnowledgeDistillation(temperature), (examples.truth,))


knowledge_distillation = KnowledgeDistillation()
