"""Predictions as arrays and frames with the true classes beside them."""

import numpy as np
import pytest
from tests.scoring.closed_truths import drawn_classes

import xent
from xent.errors import DataError, DomainError

RNG = np.random.default_rng(7)
PROBS = RNG.dirichlet(np.ones(3), 200)
CODES = drawn_classes(PROBS, RNG)
NAMES = np.asarray(["cat", "dog", "eel"])[CODES]
FRAME = {"cat": PROBS[:, 0], "dog": PROBS[:, 1], "eel": PROBS[:, 2]}
LOSS = float(-np.log(PROBS[np.arange(200), CODES]).mean())


def loss(*arguments, **options):
    return xent.score(*arguments, **options).models[0].held_out.cross_entropy.value


@pytest.mark.parametrize("shift", [0, 1, 7])
def test_columns_of_an_array_are_the_sorted_classes_whatever_these_are_called(shift):
    assert loss(PROBS, CODES + shift) == pytest.approx(LOSS, rel=1e-12)


def test_arrays_lists_and_frames_come_with_the_true_classes_beside_them():
    assert loss(PROBS, NAMES) == pytest.approx(LOSS, rel=1e-12)
    assert loss(PROBS.tolist(), NAMES.tolist()) == pytest.approx(LOSS, rel=1e-12)
    assert loss(FRAME, NAMES) == pytest.approx(LOSS, rel=1e-12)
    assert loss(np.log(PROBS) + 3, CODES) == pytest.approx(LOSS, rel=1e-9)
    found = xent.score(PROBS, NAMES)
    assert found.notes == (
        "Columns 'x[0]', 'x[1]' and 'x[2]' are taken as classes 'cat', 'dog' and 'eel', in this order.",
    )
    pair = xent.compare([PROBS, PROBS[:, ::-1]], NAMES)
    assert pair.comparisons[0].difference.value > 0
    assert xent.calibrate(PROBS, NAMES, force=True).predictions.classes == ("cat", "dog", "eel")


def test_an_array_of_one_axis_predicts_the_second_class():
    second = PROBS[:, 0]
    truth = CODES == 0
    expected = -np.log(np.where(truth, second, 1 - second)).mean()
    assert loss(second, truth) == pytest.approx(expected, rel=1e-12)


def test_tensors_are_arrays():
    torch = pytest.importorskip("torch")
    assert loss(torch.tensor(PROBS), NAMES) == pytest.approx(LOSS, rel=1e-12)


def test_an_array_without_true_classes_and_a_file_with_them_are_refused():
    with pytest.raises(DataError, match="`target` must come with an array of predictions; got nothing"):
        xent.score(PROBS)
    with pytest.raises(DataError, match="`target` must name a column of the file, or come with predictions"):
        xent.score("p.csv", NAMES)


def test_a_list_of_rows_of_several_lengths_is_refused():
    with pytest.raises(DataError, match="`data` must have rows of one length; got several lengths"):
        xent.score([[0.5, 0.5], [1.0]], ["cat", "dog"])


def test_one_name_needs_no_list_around_it():
    table = {"y": NAMES, "site": NAMES, **{f"p_{name}": column for name, column in FRAME.items()}}
    found = xent.score(table, "y", probs="p_", slices="site", least_rows=1)
    assert found.models[0].slices[0].name.startswith("site = ")
    with_two = table | {f"q_{name}": column for name, column in FRAME.items()}
    assert [one.name for one in xent.compare(with_two, "y").models] == ["p", "q"]


def test_a_number_beside_columns_that_are_named_like_the_classes_is_no_class():
    table = {"target": NAMES, **FRAME, "age": np.full(200, 40.0)}
    assert xent.score(table).classes == ("cat", "dog", "eel")
    logits = {name: np.log(column) + 1 for name, column in FRAME.items()}
    assert xent.score(table | logits).classes == ("cat", "dog", "eel")
    unseen = CODES != 2
    some = {name: np.asarray(column)[unseen] for name, column in {"target": NAMES, **FRAME}.items()}
    assert xent.score(some).classes == ("cat", "dog", "eel")
    alone = {name: column[CODES == 2] for name, column in {"target": NAMES, **FRAME}.items()}
    assert xent.score(alone).notes == ("Every row is of class 'eel': there is nothing to tell apart.",)


def test_percentages_and_votes_are_not_taken_for_logits():
    shares = {name: 100 * column for name, column in FRAME.items()}
    line = "must be probabilities, log-probabilities or logits; got rows that all sum to 100, first at index"
    with pytest.raises(DomainError, match=line):
        xent.score({"target": NAMES, **shares})
    assert loss({"target": NAMES, **shares}, normalize=True) == pytest.approx(LOSS, rel=1e-9)
    assert loss({"target": NAMES, **shares}, logits="cat,dog,eel") > LOSS


def test_an_odd_cell_in_a_column_of_predictions_is_named():
    odd = {**FRAME, "eel": [str(value) for value in PROBS[:, 2]], "target": NAMES}
    odd["eel"][3] = "abc"
    line = r"must hold numbers; got 'abc' in column 'eel', first at index \(3,\)"
    with pytest.raises(DataError, match="`predictions` " + line):
        xent.score(odd)
    with pytest.raises(DataError, match="`probs` " + line):
        xent.score(odd, probs="cat,dog,eel")


def test_measurements_are_no_classes():
    with pytest.raises(DataError, match="the true classes; got column 'cat' with 200 different numbers"):
        xent.score(FRAME | {"y": NAMES}, "cat")


def test_weights_of_text_are_called_text():
    with pytest.raises(DataError, match="`weight` must name a column of numbers; got column 'w' of text"):
        xent.score({**FRAME, "y": NAMES, "w": NAMES}, "y", weight="w")


def test_findings_are_one_line_and_a_page_in_a_notebook():
    found = xent.score(PROBS, NAMES)
    assert repr(found).startswith("ScoreFindings('predictions', target 'target', 200 rows: model 0.")
    assert found._repr_html_().startswith('<iframe title="Report of predictions"')
