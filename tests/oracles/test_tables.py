import numpy as np
import pytest
from tests.oracles import divergences, sigmoid_losses, softmax_losses, tables

STEMS = {"softmax_losses": softmax_losses, "sigmoid_losses": sigmoid_losses, "divergences": divergences}


@pytest.mark.slow
@pytest.mark.parametrize("stem", STEMS)
def test_twice_the_digits_change_nothing(stem):
    module = STEMS[stem]
    stored = [row for row in tables.read(stem) if len(row.get("logits", ())) <= 5]
    assert len(stored) > 25
    for row in stored[:: 4 if stem == "softmax_losses" else 1]:
        again = tables.to_precision(2 * module.digits(row), module.truths, row)
        assert {name: row[name] for name in again} == again


@pytest.mark.parametrize("stem", STEMS)
def test_the_stored_inputs_are_those_of_the_script(stem):
    for row, stored in zip(STEMS[stem].rows(), tables.read(stem), strict=True):
        assert {name: stored[name] for name in row} == row


def test_the_table_holds_the_hard_places():
    rows = tables.read("softmax_losses")
    logits = [tables.floats(row["logits"]) for row in rows]
    assert {len(z) for z in logits} == {1, 2, 5, 10, 1000}
    finite = [z[np.isfinite(z)] for z in logits]
    assert max(np.ptp(z) for z in finite if len(z) and z.max() < 1e5) >= 1e4
    assert any(np.isneginf(z).any() for z in logits)
    values = [float(row["of_label"]["cross_entropy"]["value"]) for row in rows]
    assert min(value for value in values if value) < 1e-300
    assert np.isinf(max(values))
