"""Temperature of a network: fitted where it helps, and only there."""

import numpy as np
import pytest

from xent.calibration.maps import Identity, Temperature
from xent.networks.temperature_choice import temperature_choice


def drawn(n, sharpness, seed=0):
    """Log-probabilities that are `sharpness` times too sure, and classes drawn from the right ones."""
    rng = np.random.default_rng(seed)
    logits = rng.standard_normal((n, 3)) * 2
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    codes = (rng.random((n, 1)) > probs.cumsum(axis=1)).sum(axis=1)
    sharp = logits * sharpness
    return sharp - np.log(np.exp(sharp).sum(axis=1, keepdims=True)), codes


def test_too_sure_a_network_is_cooled():
    log_probs, codes = drawn(2000, 2.0)
    choice = temperature_choice(log_probs, codes, np.ones(2000))
    assert isinstance(choice.map, Temperature)
    assert 1 / choice.map.inverse == pytest.approx(2.0, rel=0.1)
    assert choice.reason.startswith("Temperature ")
    assert "fitted to 2,000 held-out rows: cross-fitted it gains 0." in choice.reason


def test_a_calibrated_network_is_left_alone():
    choice = temperature_choice(*drawn(2000, 1.0), np.ones(2000))
    assert isinstance(choice.map, Identity)
    assert choice.reason == (
        "No temperature: on 2,000 held-out rows, cross-fitted, it gains no more than its standard error."
    )


def test_few_rows_or_one_group_fit_no_temperature():
    few = temperature_choice(*drawn(499, 2.0), np.ones(499))
    assert few.reason == "No temperature: 499 held-out rows are too few to fit one (at least 500)."
    lone = temperature_choice(*drawn(600, 2.0), np.ones(600), np.zeros(600, dtype=int))
    assert lone.reason == "No temperature: the held-out rows are one group, which has no folds."
    assert isinstance(few.map, Identity)
    assert isinstance(lone.map, Identity)


def test_weights_count_as_repetitions_do():
    log_probs, codes = drawn(600, 2.0)
    weights = np.where(np.arange(600) < 300, 2.0, 1.0)
    twice = np.concatenate([np.arange(300), np.arange(600)])
    weighted = temperature_choice(log_probs, codes, weights)
    repeated = temperature_choice(log_probs[twice], codes[twice], np.ones(900))
    assert weighted.map.inverse == pytest.approx(repeated.map.inverse, rel=1e-6)
