"""
What predictions are worth: losses with intervals, where they come from, and calibration.

Results are frozen dataclasses without methods that compute (`judgement`, `estimate`); how they come
about sits beside them, a file for each idea. May import `models`, `losses`, `formulas`, `arrays` and
`errors`: a score needs predictions, never the table or the report around them.
"""

from xent.scoring.estimate import Estimate
from xent.scoring.judge import judge
from xent.scoring.judgement import ClassShare, Judgement, ReliabilityBin, SurprisingRow

__all__ = ["ClassShare", "Estimate", "Judgement", "ReliabilityBin", "SurprisingRow", "judge"]
