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


@pytest.mark.parametrize("norm", [0.0, math.nan, math.inf, 2.0])
def test_the_slope_claims_nothing_that_the_norms_do_not_show(wrong, norm):
    theirs = replace(wrong.squared_error, gradient_norm=(norm, *wrong.squared_error.gradient_norm[1:]))
    race = replace(wrong, squared_error=theirs)
    assert "smaller" not in race_sentences.race_in_one_sentence(race, plain)


def test_one_sentence_holds_the_numbers(wrong):
    assert race_sentences.race_in_one_sentence(wrong, plain) == (
        "200 steps of gradient descent from a start that is sure and wrong: cross-entropy halves the errors "
        "within 8 steps and ends with 1.4 % misclassified; squared error, whose first gradient is "
        "100 times smaller, halves them not at all and ends with 96.2 %."
    )


def test_a_start_of_another_name_is_named(wrong):
    sentence = race_sentences.race_in_one_sentence(replace(wrong, start="the last fit"), plain)
    assert sentence.startswith("200 steps of gradient descent from the last fit: ")


def with_errors(race, ours, theirs):
    def curve(one, first, last):
        middle = tuple(max(last, first - k * first / 12) for k in range(1, 12))
        return replace(one, error=(first, *middle, last))

    return replace(
        race,
        cross_entropy=curve(race.cross_entropy, *ours),
        squared_error=curve(race.squared_error, *theirs),
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "tie"),
    [
        ((0.9, 0.1), (0.9, 0.1), True),
        ((0.9, 0.1), (0.9, 0.109), True),
        ((0.9, 0.1), (0.9, 0.12), False),
        ((0.9, 0.8), (0.9, 0.8), True),
        ((0.9, 0.45), (0.9, 0.455), False),
    ],
)
def test_a_race_in_which_both_tie_is_not_told(wrong, ours, theirs, tie):
    race = with_errors(wrong, ours, theirs)
    assert (race_sentences.telling_race((race,)) is None) == tie


def test_a_race_won_by_pace_alone_is_told(wrong):
    steps = (0, 1, 2, *range(100, 110))
    fast, slow = (0.9, 0.4, *(0.1,) * 11), (0.9, 0.9, 0.9, *(0.1,) * 10)
    race = replace(
        wrong,
        cross_entropy=replace(wrong.cross_entropy, steps=steps, error=fast),
        squared_error=replace(wrong.squared_error, steps=steps, error=slow),
    )
    assert race_sentences.telling_race((race,)) is race
