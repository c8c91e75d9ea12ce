"""
Scores of predictions: losses with confidence intervals, the account of their parts, calibration, comparison.

Results are frozen dataclasses, whose properties are functions of the stored numbers; the functions that
compute results sit beside them, a file for each idea. `predictions` checks arguments once, `clusters` are
the independent units that every interval draws. May import `formulas` and `arrays`: a score needs
predictions, never the table or the report around them, and a recalibration map enters as the losses that it
leaves.
"""

from xent.scoring.account import Account, account
from xent.scoring.calibration_scores import CalibrationScores, CalibrationTest, calibration_scores
from xent.scoring.comparison import Comparison, comparison
from xent.scoring.estimate import Estimate
from xent.scoring.judge import judge
from xent.scoring.judgement import ClassShare, Judgement, ReliabilityBin, SurprisingRow
from xent.scoring.label_errors import LabelErrors, label_errors
from xent.scoring.loss_summary import LossSummary, loss_summary
from xent.scoring.predictions import Predictions, checked_predictions
from xent.scoring.row_scores import RowScores, row_scores
from xent.scoring.slices import Slice, SliceColumn, slice_losses

__all__ = [
    "Account",
    "CalibrationScores",
    "CalibrationTest",
    "ClassShare",
    "Comparison",
    "Estimate",
    "Judgement",
    "LabelErrors",
    "LossSummary",
    "Predictions",
    "ReliabilityBin",
    "RowScores",
    "Slice",
    "SliceColumn",
    "SurprisingRow",
    "account",
    "calibration_scores",
    "checked_predictions",
    "comparison",
    "judge",
    "label_errors",
    "loss_summary",
    "row_scores",
    "slice_losses",
]
