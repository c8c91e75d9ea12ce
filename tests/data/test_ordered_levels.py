import numpy as np
import pyarrow as pa
import pytest

from xent.data import TableEncoder, plan_columns
from xent.data.ordered_levels import level_order

LIKERT = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]


@pytest.mark.parametrize(
    "order",
    [
        ["low", "medium", "high"],
        ["Very Low", "LOW", "high", "very-high"],
        ["S", "M", "L", "XL"],
        LIKERT,
        ["never", "rarely", "sometimes", "often", "always"],
        ["none", "mild", "moderate", "severe"],
        ["poor", "fair", "good", "very_good", "excellent"],
        ["First", "Second", "Third"],
        ["Bachelors", "Masters", "PhD"],
    ],
)
def test_words_of_one_scale_are_put_in_order_however_they_come(order):
    rng = np.random.default_rng(0)
    assert level_order(list(rng.permutation(order))) == order


@pytest.mark.parametrize(
    "levels",
    [["low", "high"], ["low", "medium", "red"], ["low", "mild", "often"], ["low", "Low", "high"], []],
)
def test_other_levels_have_no_order(levels):
    assert level_order(levels) == []


def test_an_ordered_column_gets_its_rank_besides_its_indicators():
    table = pa.table({"size": ["low", "high", "medium", None, "low", "high"] * 10})
    encoder = TableEncoder().fit(table)
    (plan,) = encoder.columns
    assert (plan.kind, plan.note) == (
        "ordered",
        "low < medium < high: 3 levels; 10 missing: a level of their own",
    )
    names = ["size rank", "size=high", "size=low", "size=medium", "size=(missing)"]
    assert list(encoder.get_feature_names_out()) == names
    X = encoder.transform(pa.table({"size": ["low", "medium", "high", None, "huge"]}))
    steps = np.diff(X[:3, 0])
    assert steps[0] == pytest.approx(steps[1])
    assert steps[0] > 0
    # A gap and an unknown level have the mean rank of training, which is 0 once standardised.
    np.testing.assert_allclose(X[3:, 0], 0, atol=1e-12)
    np.testing.assert_array_equal(X[:, 1:].argmax(axis=1)[:4], [1, 2, 0, 3])


def test_an_ordered_dictionary_keeps_its_own_order():
    codes = pa.array([0, 1, 2, 1, 0, 2] * 5, pa.int8())
    column = pa.DictionaryArray.from_arrays(codes, ["z", "b", "q"], ordered=True)
    encoder = TableEncoder().fit(pa.table({"grade": column}))
    assert encoder.columns[0].note == "z < b < q: 3 levels"
    X = encoder.transform(pa.table({"grade": ["z", "b", "q"]}))
    assert np.all(np.diff(X[:, 0]) > 0)


def test_the_order_can_be_refused():
    table = pa.table({"size": ["low", "high", "medium"] * 10})
    (plan,) = plan_columns(table, types={"size": "categorical"})
    assert plan.kind == "categorical"


@pytest.mark.parametrize("levels", [["mild", "moderate", "severe"], ["mild", "severe"]])
def test_a_scale_whose_gaps_may_be_the_word_none_is_pointed_out(levels):
    (plan,) = plan_columns(pa.table({"pain": [*levels, None] * 10}))
    assert 'should the word "none" be a level and not a gap' in plan.note
    (plan,) = plan_columns(pa.table({"pain": levels * 10}))
    assert "none" not in plan.note


def test_a_gap_among_levels_that_none_would_begin_ranks_below_them():
    table = pa.table({"pain": ["mild", "severe", "moderate", None, "mild", None] * 10})
    encoder = TableEncoder().fit(table)
    X = encoder.transform(pa.table({"pain": [None, "mild", "moderate", "severe", "huge"]}))
    steps = np.diff(X[:4, 0])
    np.testing.assert_allclose(steps, steps[0], rtol=1e-12)
    assert steps[0] > 0
    # An unknown level is no gap: it has the mean rank of the known levels.
    assert X[1, 0] < X[4, 0] < X[2, 0]
    assert encoder.columns[0].note.endswith("20 missing: a level of their own, the lowest")
    spelled = TableEncoder().fit(pa.table({"pain": table["pain"].combine_chunks().fill_null("none")}))
    np.testing.assert_allclose(
        np.sort(X[:4], axis=1),
        np.sort(spelled.transform(pa.table({"pain": ["none", "mild", "moderate", "severe"]})), axis=1),
        rtol=1e-12,
    )
    in_batches = TableEncoder().fit_batches(lambda: iter([table[:25], table[25:]]))
    np.testing.assert_array_equal(in_batches.transform(table), encoder.transform(table))
