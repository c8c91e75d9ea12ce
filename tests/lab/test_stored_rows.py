"""Rows that the page stores are those of the data sets, and of the main command's fit."""

import json

import numpy as np
import pytest
from docs.digit_features import MARGINS, SCALES, features_after_training, rows_of_digits

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
    assert float(softmax_cross_entropy.mean(log_probs, codes)) == pytest.approx(0.0900, abs=5e-4)


def test_the_features_are_those_of_held_out_digits_under_thirteen_losses():
    features, directions, codes = stored_rows.features()
    _, digits = rows_of_digits()
    assert np.array_equal(codes, digits[::3])
    assert set(features) == {"plain", *(f"{scale} {margin}" for scale in SCALES for margin in MARGINS)}
    for name, rows in features.items():
        assert rows.shape == (len(codes), 2)
        assert abs(rows).max() == 32767
        assert directions[name].shape == (5, 2)


@pytest.mark.slow
def test_the_features_are_those_that_training_gives_now():
    pytest.importorskip("torch")
    features, _, codes = stored_rows.features()
    held_out = np.arange(901) % 3 == 0
    trained, _ = features_after_training(softmax_cross_entropy, cosine=False, training=~held_out)
    made = trained[held_out] / abs(trained[held_out]).max() * 32767
    centres = [[rows[codes == k].mean(axis=0) for k in range(5)] for rows in (features["plain"], made)]
    # Other processors round otherwise, and 600 steps carry that on.
    assert np.abs(np.subtract(*centres)).max() < 0.06 * 32767
