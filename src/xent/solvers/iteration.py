"""What a solver reports after each step."""

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
        Steps made so far; 0 is the starting point.
    solver : str
        Which method made the step: ``"newton"``, ``"lbfgs"``, or ``"newton on a sample"``, whose loss,
        objective and gap are those of a sample of the rows.
    loss : float
        Mean cross-entropy of the training rows, without the penalty.
    objective : float
        What is minimised: `loss` plus the penalty.
    gap : float
        Certified upper bound on `objective` minus its minimum; at first `objective` itself.
    gradient_norm : float
        Largest absolute entry of the gradient of `objective`.
    """

    step: int
    solver: str
    loss: float
    objective: float
    gap: float
    gradient_norm: float
