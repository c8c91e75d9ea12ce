"""Common part of losses whose logits are evidence, the parameters of a Dirichlet distribution."""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Formula
from xent.formulas.evidence import KINDS
from xent.formulas.losses.dirichlet_divergence import DirichletDivergence
from xent.formulas.weighted_sum import WeightedSum
from xent.losses.abstract_loss import Problem, check_parameter
from xent.losses.arguments.examples import Asked
from xent.losses.families.abstract_weighted_loss import AbstractWeightedLoss

__all__ = ["AbstractEvidentialLoss"]


@dataclass(frozen=True, repr=False, kw_only=True)
class AbstractEvidentialLoss(AbstractWeightedLoss):
    """
    Loss of labels under a Dirichlet distribution, with a regulariser of the evidence against the label.

    Parameters
    ----------
    evidence : "softplus" or "exponential", default "softplus"
        Function that maps a logit to evidence.
    annealing : float >= 0, default 0
        Factor of the regulariser, the divergence from the uniform distribution, which is added; 0 adds none.
    ignored_label, class_weights
        Label of rows that are ignored, and factor of each class, as in `AbstractWeightedLoss`.
    """

    evidence: str = "softplus"
    annealing: float = 0.0

    def __post_init__(self) -> None:
        check_parameter(self, "evidence", f"be one of {', '.join(KINDS)}", holds=self.evidence in KINDS)
        check_parameter(self, "annealing", "be finite and >= 0", holds=0 <= self.annealing < float("inf"))

    def _of_evidence(self, asked: Asked, formula: Formula) -> Problem:
        """Problem of a `formula` of logits and labels, with the regulariser if `annealing` is positive."""
        examples = self._labelled(asked)
        if self.annealing > 0:
            regulariser = DirichletDivergence(self.evidence)
            formula = WeightedSum(((1.0, formula), (float(self.annealing), regulariser)))
        return Problem(examples, formula, (examples.truth,))
