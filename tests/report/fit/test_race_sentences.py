from __future__ import annotations

import math
from dataclasses import replace

import pytest

from xent.drawing.number_format import plain
from xent.report.fit import race_sentences


@pytest.fixture
def wrong(findings):
    return findings.races[1]


def test_the_race_that_begins_wrong_is_the_telling_one(findings):
    assert race_sentences.telling_race(findings.races).start == "wrong"
    assert race_sentences.telling_race(findings.races[:1]).start == "zero"
    assert race_sentences.telling_race(()) is None


def test_the_outcome_gives_both_errors(wrong):
    assert race_sentences.outcome(wrong, plain) == (
        "After 200 steps of length 0.25 on 112 rows, descending cross-entropy leaves 1.4 % misclassified, "
        "descending squared error 96.2 %."
    )


def test_the_pace_counts_steps_until_half_the_errors_are_gone(wrong):
    assert race_sentences.pace(wrong) == (
        "The errors of the start are halved by cross-entropy within 8 steps, by squared error not at all."
    )


def test_the_slope_compares_the_first_gradients(wrong):
    assert race_sentences.slope(wrong, plain) == (
        "Squared error's first gradient is 100 times smaller (0.0170 in norm against 1.70)."
    )


@pytest.mark.parametrize("norm", [0.0, math.nan, math.inf, 2.0])
def test_the_slope_claims_nothing_that_the_norms_do_not_show(wrong, norm):
    theirs = replace(wrong.squared_error, gradient_norm=(norm, *wrong.squared_error.gradient_norm[1:]))
    race = replace(wrong, squared_error=theirs)
    assert race_sentences.slope(race, plain).startswith("First gradients: 1.70 in norm for cross-entropy")
    assert "smaller" not in race_sentences.race_in_one_sentence(race, plain)


def test_one_sentence_holds_the_numbers_and_the_reason(wrong):
    assert race_sentences.race_in_one_sentence(wrong, plain) == (
        "From a start that is sure and wrong, gradient descent on cross-entropy halves the errors "
        "within 8 steps and ends with 1.4 % misclassified; squared error, whose first gradient is "
        "100 times smaller, halves them not at all and ends with 96.2 %: its gradient carries the "
        "factor p(1 - p), which vanishes where the model is sure and wrong, while cross-entropy's is "
        "p - y, which is largest there."
    )


def test_a_start_of_another_name_is_named(wrong):
    assert race_sentences.title(replace(wrong, start="the last fit")) == "From the last fit"
