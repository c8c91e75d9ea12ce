"""
Scores of predictions: losses with confidence intervals, their breakdown by class, and calibration.

Results are frozen dataclasses (`judgement`, `estimate`), whose properties are functions of the stored
numbers; the functions that compute results sit beside them, a file for each idea. May import `formulas` and
`arrays`: a score needs predictions, never the table or the report around them.
"""

from xent.scoring.estimate import Estimate
from xent.scoring.judge import judge
from xent.scoring.judgement import ClassShare, Judgement, ReliabilityBin, SurprisingRow

__all__ = ["ClassShare", "Estimate", "Judgement", "ReliabilityBin", "SurprisingRow", "judge"]
