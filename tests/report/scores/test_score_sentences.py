"""Sentences about predictions where a sentence for the common case would be false."""

import numpy as np
import pytest
from tests.scoring.test_calibration_scores import scored
from tests.scoring.test_comparison import compared

from xent.drawing.number_format import plain
from xent.report.scores import sentences
from xent.scoring import calibration_scores
from xent.scoring.account import Account
from xent.scoring.estimate import Estimate


def test_models_that_are_infinite_on_every_row_are_said_to_be_so():
    lost = np.asarray([[-np.inf, 0.0]] * 4)
    found = compared(lost, lost, np.zeros(4, dtype=int))
    said = "No decision: no row of positive weight has a finite loss in both a and b."
    assert sentences.decision(found, plain) == said


def account_of(value, low, high):
    term, terms = Estimate(1.0, 0.9, 1.1), Estimate(value, low, high)
    return Account(
        "log",
        500,
        500,
        0,
        term,
        term,
        term,
        terms,
        "temperature",
        cross_fitted=0,
        in_sample=0,
        coefficients=1,
    )


def test_recalibration_is_not_said_to_remove_what_it_adds():
    said = (
        "No miscalibration is seen by temperature: its estimate is -0.0120 nats (-0.0200 to 0.0030), and "
        "recalibration would not lower the loss."
    )
    assert sentences.accounted(account_of(-0.012, -0.02, 0.003), plain) == said
    assert "recalibration would not lower the loss" in sentences.accounted(account_of(0.0, 0.0, 0.01), plain)
    found = sentences.accounted(account_of(0.012, 0.003, 0.02), plain)
    assert found.startswith("At least 0.0120 nats")
    assert found.endswith("recalibration would remove them.")


@pytest.mark.parametrize("options", [{}, {"groups": np.arange(30)}])
def test_a_single_row_with_all_the_weight_is_not_called_a_group(options):
    log_probs = np.log(np.tile([0.3, 0.7], (30, 1)))
    weights = np.eye(30)[0]
    found = calibration_scores(*scored(log_probs, np.arange(30) % 2, sample_weight=weights, **options))
    said = "Calibration is not tested: a single row or group has all the weight, and so no spread."
    assert sentences.tested(found, plain) == said
