"""Report of the work behind a fit: the method, the reason for it, its passes and its seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["SolverReport"]


@dataclass(frozen=True, slots=True)
class SolverReport:
    """
    Method of a fit, the reason for it, and the work it took.

    Parameters
    ----------
    solver : str
        Method: ``"newton"``, ``"newton-cg"``, ``"lbfgs"`` or ``"newton on a sample, then lbfgs"``.
    reason : str
        Reason for which the method was chosen, in words.
    passes : int
        Evaluations of the objective and its gradient, those of a sample and of rejected steps included.
    products : int
        Products with the Hessian by which ``"newton-cg"`` found its directions.
    certificates : int
        Proofs of a gap that were made, each of which takes a pass or two.
    seconds : dict of str to float
        Seconds of each phase: ``"passes"``, ``"certificates"``, and ``"directions"`` for all else; empty in a
        model that was read from a file.
    """

    solver: str
    reason: str
    passes: int
    products: int
    certificates: int
    seconds: Mapping[str, float]
