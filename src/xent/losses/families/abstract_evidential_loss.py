"""What losses share whose logits give evidence for the classes, and it a Dirichlet distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xent.arrays import Formula
from xent.formulas.evidence import KINDS
from xent.formulas.losses.dirichlet_divergence import DirichletDivergence
from xent.formulas.weighted_sum import WeightedSum
from xent.losses.abstract_loss import AbstractLoss, check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.arguments.labelled_examples import weighted_examples
from xent.losses.problem import Problem

__all__ = ["AbstractEvidentialLoss"]


@dataclass(frozen=True, repr=False, kw_only=True)
class AbstractEvidentialLoss(AbstractLoss):
    """
    A loss of labels under a Dirichlet distribution, with a regulariser of the evidence against them.

    Parameters
    ----------
    ignored_label, class_weights
        As in `AbstractWeightedLoss`.
    evidence : "softplus" or "exponential", default "softplus"
        What makes evidence of a logit.
    annealing : float >= 0, default 0
        Factor of the divergence from the uniform distribution, which is added.
    """

    ignored_label: int | None = None
    class_weights: Any = None
    evidence: str = "softplus"
    annealing: float = 0.0

    def __post_init__(self) -> None:
        check_parameter(self, "evidence", f"be one of {', '.join(KINDS)}", holds=self.evidence in KINDS)
        check_parameter(self, "annealing", "be finite and >= 0", holds=0 <= self.annealing < float("inf"))

    def _of_evidence(self, request: Request, formula: Formula) -> Problem:
        """The problem of a `formula` of logits and labels, with the regulariser."""
        examples = weighted_examples(
            request, ignored_label=self.ignored_label, class_weights=self.class_weights
        )
        if self.annealing > 0:
            regulariser = DirichletDivergence(self.evidence)
            formula = WeightedSum(((1.0, formula), (float(self.annealing), regulariser)))
        return Problem(examples, formula, (examples.truth,))
