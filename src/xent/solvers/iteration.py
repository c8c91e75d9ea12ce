"""Report of a solver after each step."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Iteration"]


@dataclass(frozen=True, slots=True)
class Iteration:
    """
    State of a fit after one step, losses in nats per unit of weight.

    Parameters
    ----------
    step : int
        Number of the point: 0 is the start. A change of solver records its start as one more point.
    solver : str
        Method that made the step: ``"newton"``, ``"newton-cg"``, ``"lbfgs"``, ``"proximal newton"``,
        ``"newton by products"``, ``"fisher scoring"``, or ``"newton on a sample"``, whose loss, objective and
        gap are those of a sample of the rows.
    loss : float
        Mean cross-entropy of the training rows, without the penalty.
    objective : float
        Minimised quantity, `loss` plus the penalty, or less the logarithm of a prior per unit of weight.
    gap : float
        Upper bound on `objective` minus its minimum, certified; `objective` itself where no better bound is
        known, and nan under Fisher scoring, which has none.
    gradient_norm : float
        Largest absolute entry of the gradient of `objective`; of the least subgradient, if its penalty has
        absolute values.
    """

    step: int
    solver: str
    loss: float
    objective: float
    gap: float
    gradient_norm: float
