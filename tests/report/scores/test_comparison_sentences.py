"""Sentences of a comparison stay true where both models gave some true classes probability 0."""

import numpy as np
import pytest

from xent.drawing.number_format import plain
from xent.report.scores import sentences
from xent.scoring.comparison import comparison
from xent.scoring.predictions import checked_predictions
from xent.scoring.row_scores import row_scores


def compared(first, second, codes, weights=None):
    pair = tuple(
        checked_predictions(np.log(probs), codes, classes=("n", "y"), sample_weight=weights, caller="f")
        for probs in (first, second)
    )
    scores = tuple(row_scores(each.log_probs, each.codes) for each in pair)
    return comparison(("one", "two"), pair, scores)


@pytest.fixture
def sharp():
    codes = np.arange(40) % 2
    probs = np.where(codes[:, None] == [0, 1], 0.75, 0.25) + 0.001 * np.arange(40)[:, None] * [1, -1]
    return probs, codes


def with_zeros(probs, codes, rows):
    found = probs.copy()
    found[rows] = np.eye(2)[1 - codes[rows]]
    return found


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_losses_that_are_infinite_in_both_are_no_row_of_the_difference(sharp):
    probs, codes = sharp
    worse, shared = 0.5 + 0.4 * (probs - 0.5), [3, 8]
    one = compared(with_zeros(worse, codes, shared), with_zeros(probs, codes, shared), codes)
    assert "nats less a row of finite loss, and chance" in sentences.decision(one, plain)
    assert (
        "0 in one alone, 0 in two alone, 2 in both; the difference is of the other rows."
        in sentences.remarks(one)
    )
    same = compared(with_zeros(probs, codes, shared), with_zeros(probs, codes, shared), codes)
    assert (
        sentences.decision(same, plain)
        == "No decision: one and two cost the same on every row of finite loss."
    )
    plainly = compared(worse, probs, codes)
    assert "nats less a row, and chance" in sentences.decision(plainly, plain)


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_losses_that_are_infinite_in_both_on_every_row_have_no_difference(sharp):
    probs, codes = sharp
    lost = with_zeros(probs, codes, np.arange(40))
    one = compared(lost, lost, codes)
    assert sentences.decision(one, plain) == (
        "No decision: no row of positive weight has a finite loss in both one and two."
    )
    assert sentences.remarks(one).endswith("40 in both; no other row has a difference.")


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_zeros_of_one_model_alone_decide_beside_shared_ones(sharp):
    probs, codes = sharp
    one = compared(with_zeros(probs, codes, [3, 8, 9]), with_zeros(probs, codes, [3, 8]), codes)
    said = sentences.decision(one, plain)
    assert said.startswith("two: one gave probability 0 to 1 true classes where two did not")
    assert said.endswith("and two to none where one did not.")
