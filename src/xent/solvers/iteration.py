"""Report of a solver after each step."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Iteration"]


@dataclass(frozen=True, slots=True)
class Iteration:
    """
    State of a fit after one step, losses in nats per row.

    Parameters
    ----------
    step : int
        Number of the point: 0 is the start. A change of solver records its start as one more point.
    solver : str
        Method that made the step: ``"newton"``, ``"lbfgs"``, or ``"newton on a sample"``, whose loss,
        objective and gap are those of a sample of the rows.
    loss : float
        Mean cross-entropy of the training rows, without the penalty.
    objective : float
        Minimised quantity, `loss` plus the penalty.
    gap : float
        Certified upper bound on `objective` minus its minimum; `objective` itself where no better bound is
        known.
    gradient_norm : float
        Largest absolute entry of the gradient of `objective`.
    """

    step: int
    solver: str
    loss: float
    objective: float
    gap: float
    gradient_norm: float
