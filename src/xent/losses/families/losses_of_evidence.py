"""Problems of losses whose logits are evidence, the parameters of a Dirichlet distribution."""

from __future__ import annotations

from typing import Any, Protocol

from xent.arrays import Formula, is_number, plain_number
from xent.formulas.evidence import KINDS
from xent.formulas.losses.evidential.dirichlet_divergence import DirichletDivergence
from xent.formulas.weighted_sum import WeightedSum
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.arguments.labelled_examples import weighted_examples
from xent.losses.problem import Problem

__all__ = ["LossOfEvidence", "check_evidence", "problem_of_evidence"]


class LossOfEvidence(Protocol):
    """Loss of labels under a Dirichlet distribution, with a regulariser of the evidence against the label."""

    @property
    def ignored_label(self) -> int | None:
        """Label of rows that are ignored; None ignores no row."""

    @property
    def class_weights(self) -> Any:
        """Factor of each class, of shape (K,); None means 1."""

    @property
    def evidence(self) -> str:
        """Function that maps a logit to evidence: ``"softplus"`` or ``"exponential"``."""

    @property
    def annealing(self) -> float:
        """Factor of the regulariser, the divergence from the uniform distribution; 0 adds none."""


def check_evidence(loss: LossOfEvidence) -> None:
    """Raise `DomainError` for an unknown function of evidence, or a factor that is negative or not finite."""
    check_parameter(loss, "evidence", f"be one of {', '.join(KINDS)}", holds=loss.evidence in KINDS)
    check_parameter(loss, "annealing", "be finite and >= 0", holds=0 <= loss.annealing < float("inf"))


def problem_of_evidence(request: Request, loss: LossOfEvidence, formula: Formula) -> Problem:
    """
    Checked logits, labels and weights of `request`, with a `formula` of evidence, ready to evaluate.

    The divergence of the Dirichlet distribution without the label's evidence from the uniform one, times the
    `annealing` of `loss`, is added to the formula unless that is 0; the parameters of `loss` are not checked.
    A row is weighted by its label's class weight too. Raises `DTypeError` for logits that are not real
    floating or labels that are no integers, `ShapeError` for labels, weights or class weights of another
    shape, and `DomainError` for a label out of range in a row of positive weight, or a weight that is
    negative or not finite. Values are not checked if ``request.validate`` is False.
    """
    examples = weighted_examples(request, ignored_label=loss.ignored_label, class_weights=loss.class_weights)
    if not is_number(loss.annealing, 0):
        regulariser = DirichletDivergence(loss.evidence)
        formula = WeightedSum(((1.0, formula), (plain_number(loss.annealing), regulariser)))
    return Problem(examples, formula, (examples.truth,))
