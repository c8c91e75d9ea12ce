"""Rows that the page stores are those of the data sets, and of the main command's fit."""

import json

import numpy as np
import pytest

from docs import lab
from xent.lab import stored_rows
from xent.lab.descent_race import race
from xent.losses import softmax_cross_entropy

STORED = json.loads(stored_rows.stored_text())


def test_the_irises_and_their_fit_are_those_that_would_be_stored_now():
    made = lab.iris()
    assert STORED["iris"]["X"] == made["X"]
    assert STORED["iris"]["y"] == made["y"]
    assert STORED["iris"]["fitted"] == pytest.approx(made["fitted"], abs=2e-4)
    X, codes, fitted = stored_rows.iris()
    assert X.shape == (100, 2)
    assert STORED["iris"]["length"] == pytest.approx(race(X, codes, fitted, "zero").step_length, rel=1e-12)


def test_log_probabilities_of_the_digits_are_normalised_to_the_rounding_of_storage():
    log_probs, codes = stored_rows.digits()
    assert log_probs.shape == (len(codes), 10)
    sums = np.exp(log_probs).sum(axis=1)
    assert abs(sums - 1).max() < 2e-3
    # The cross-entropy that `xent fit` reports for the digits.
    assert float(softmax_cross_entropy.mean(log_probs, codes)) == pytest.approx(0.0877, abs=5e-4)
