"""
Scores of predictions: losses with intervals, their shares by class, and calibration.

Results are frozen dataclasses without methods that compute (`judgement`, `estimate`); the functions that
compute them sit beside them, a file for each idea. May import `formulas`: a score needs predictions, never
the table or the report around them.
"""

from xent.scoring.estimate import Estimate
from xent.scoring.judge import judge
from xent.scoring.judgement import ClassShare, Judgement, ReliabilityBin, SurprisingRow

__all__ = ["ClassShare", "Estimate", "Judgement", "ReliabilityBin", "SurprisingRow", "judge"]
