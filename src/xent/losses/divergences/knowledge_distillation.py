"""Knowledge distillation: the divergence of a student's softmax from a teacher's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses import knowledge_distillation as formula
from xent.losses.abstract_loss import AbstractLoss, check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.arguments.softmax_logits import check_softmax_logits
from xent.losses.arguments.targeted_examples import taught_examples
from xent.losses.facts import LossFacts
from xent.losses.problem import Problem

__all__ = ["KnowledgeDistillation", "knowledge_distillation"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class KnowledgeDistillation(AbstractLoss):
    r"""
    Squared temperature times the divergence of a student's softmax from a teacher's, per row, in nats.

    Call the object `knowledge_distillation`, naming any of the parameters, or one made with them:
    ``KnowledgeDistillation(temperature=2)(logits, teacher_logits)``.

    Parameters
    ----------
    logits : array of shape (..., K)
        The student's unnormalised log-probabilities, real floating; ``-inf`` means probability 0.
    teacher_logits : array of shape (..., K)
        The teacher's, of which no derivative is taken unless it is asked for.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 costs 0 and is ignored.
    temperature : float > 0, default 4
        What the logits of both are divided by.

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
    kl_divergence_of_targets : The teacher's probabilities are known, not its logits.

    Notes
    -----
    **Definition.** For the student's logits :math:`z`, the teacher's :math:`u`, :math:`p =
    \mathrm{softmax}(z / T)`, :math:`q = \mathrm{softmax}(u / T)` and weight :math:`w`,

    .. math:: \ell = w\, T^2 \sum_k q_k \log \frac{q_k}{p_k} .

    **Gradient.** :math:`\partial \ell / \partial z_k = w\, T (p_k - q_k)`, and the Hessian :math:`w
    (\mathrm{diag}(p) - p p^\top)`. The factor :math:`T^2` keeps them of one size for every temperature: for a
    high one the gradient tends to :math:`w (z_k - u_k) / K` of centred logits. Left out, the soft targets
    count :math:`T^2` times less than labels mixed in. In the teacher's logits derivatives are those of the
    value's steps.

    **Character.** At least 0, and 0 only where the student's logits are the teacher's up to a shift;
    unbounded, convex in the student's logits; not robust to a teacher that is wrong.

    **Labels** are mixed in by adding the two losses::

        share * softmax_cross_entropy(logits, labels) + (1 - share) * knowledge_distillation(
            logits, teacher_logits
        )

    **Edge cases.** A shift of the student's logits or the teacher's changes nothing; ``K = 1`` gives 0; a
    class that has ``-inf`` in both adds nothing; one that the student alone rules out gives ``inf``, with the
    gradient of its limit; one that the teacher alone rules out adds the student's probability to the sum;
    ``nan`` gives ``nan``; an empty batch gives an empty array.

    **Numerics.** Two logarithms of probabilities would cancel where the student is almost the teacher. The
    log-ratio comes from exact differences of the logits instead, the divergence from it as a sum of
    non-negative terms, and :math:`p_k - q_k` as :math:`q_k (e^{d_k} - 1)`: value and gradient keep their
    digits however near the two are. The value is within 32 units in the last place, an entry of the gradient
    within 32 units of the row's largest, twice as many on JAX.

    References
    ----------
    .. [1] Hinton, G., Vinyals, O., Dean, J. (2015). Distilling the knowledge in a neural network.
       arXiv:1503.02531. Section 2, equations 2 to 4.

    Examples
    --------
    What is left to learn from a teacher that is almost reached still has all its digits.

    >>> import numpy as np
    >>> teacher = np.asarray([[3.0, 1.0, -2.0]])
    >>> knowledge_distillation(teacher + [2.0**-30, 0, 0], teacher, temperature=1)
    array([4.72383387e-20])
    """

    name: ClassVar[str] = "knowledge_distillation"
    facts: ClassVar[LossFacts] = LossFacts(
        use="a small model learns from a large one",
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
        """As in `AbstractLoss`."""
        examples = taught_examples(request)
        check_softmax_logits(examples.logits, examples)
        check_softmax_logits(examples.truth, examples, argument="teacher_logits")
        return Problem(examples, formula.KnowledgeDistillation(float(self.temperature)), (examples.truth,))


knowledge_distillation = KnowledgeDistillation()
