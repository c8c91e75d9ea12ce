from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet
import pytest

from xent.data.predictions.reading import read_predictions
from xent.data.predictions.slices import slice_column
from xent.data.predictions.tokens import read_tokens
from xent.errors import DataError, DomainError

N = 60
RNG = np.random.default_rng(0)
Q = RNG.dirichlet(np.ones(3), N)
Y = np.asarray(list("abc"))[RNG.integers(3, size=N)]


def columns(prefix="p_", values=Q, names="abc"):
    return {f"{prefix}{name}": values[:, k] for k, name in enumerate(names)}


def read(data, target="y", **options):
    return read_predictions(data, target, caller="xent score", **options)


def refused(data, target="y", **options):
    with pytest.raises((DataError, DomainError)) as caught:
        read(data, target, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    "spaces", [{}, {"probs": ["p_"]}, {"probs": ["p_a,p_b,p_c"]}, {"probs": ["p_c, p_a, p_b"]}]
)
def test_columns_are_found_by_prefix_by_list_and_by_themselves(spaces):
    (model,) = read({"y": Y, **columns(), "age": np.ones(N)}, spaces=spaces).models
    order = ["abc".index(name) for name in model.predictions.classes]
    np.testing.assert_allclose(np.exp(model.predictions.log_probs), Q[:, order], rtol=1e-12)
    assert [model.predictions.classes[k] for k in model.predictions.codes] == Y.tolist()


@pytest.mark.parametrize("spec", ["p_a,p_b,p_a", "p_a, p_a"])
def test_a_column_that_is_listed_twice_is_refused(spec):
    message = "xent score: `probs` must list each column once; got 'p_a' twice."
    assert refused({"y": Y, **columns()}, spaces={"probs": [spec]}) == message


def test_a_class_in_another_case_is_its_own_beside_one_in_the_same_case():
    data = {"y": ["a", "b", "a"], "p_A": [0.1, 0.1, 0.1], "p_a": [0.5, 0.2, 0.4], "p_b": [0.4, 0.7, 0.5]}
    (model,) = read(data, spaces={"probs": ["p_"]}).models
    assert model.predictions.classes == ("A", "a", "b")
    assert model.predictions.codes.tolist() == [1, 2, 1]
    data = {"y": ["True", "False"], "p_true": [0.9, 0.2], "p_false": [0.1, 0.8]}
    (model,) = read(data, spaces={"probs": ["p_"]}).models
    assert model.predictions.classes == ("True", "False")


@pytest.mark.parametrize(("low", "high"), [(1e30, 2e30), (Decimal(2**53), Decimal(2**53 + 1))])
def test_whole_numbers_keep_each_digit_as_classes(low, high):
    data = {"y": pa.array([low, high]), "p_1": np.asarray([0.1, 0.2]), "p_2": np.asarray([0.9, 0.8])}
    (model,) = read(pa.table(data)).models
    assert model.predictions.classes == (str(int(low)), str(int(high)))
    assert model.predictions.codes.tolist() == [0, 1]


def test_nan_is_no_class_beside_fractions():
    data = {"y": pa.array([0.5, np.nan, 1.5]), "p_1": np.full(3, 0.1), "p_2": np.full(3, 0.9)}
    assert read(pa.table(data)).models[0].predictions.classes == ("0.5", "1.5")


@pytest.mark.parametrize(
    ("values", "space"),
    [(Q, "probs"), (np.log(Q), "log-probs"), (np.log(Q) + 3 + np.arange(N)[:, None], "logits")],
)
def test_spaces_are_told_apart_by_their_values_and_said(values, space):
    (model,) = read({"y": Y, **columns(values=values)}).models
    assert (model.space, model.recognised) == (space, True)
    np.testing.assert_allclose(np.exp(model.predictions.log_probs), Q, rtol=1e-9)


def test_a_fault_among_log_probabilities_makes_no_logits_of_them():
    values = np.log(Q)
    values[3, 1] = 0.5
    with pytest.raises(DomainError, match=r"`log_probs` must be <= 0, .* index \(3, 1\)"):
        read({"y": Y, **columns(values=values)})


def test_logits_that_sum_to_1_are_read_as_named_and_doubted():
    (note,) = read({"y": Y, **columns()}, spaces={"logits": ["p_"]}).notes
    assert "sums to 1, as probabilities do" in note
    assert read({"y": Y, **columns(values=np.log(Q))}, spaces={"logits": ["p_"]}).notes == ()


@pytest.mark.parametrize("ending", ["csv", "parquet", "feather", "jsonl"])
def test_every_format_of_file_is_read(ending, tmp_path):
    table, file = pa.table({"y": Y, **columns()}), tmp_path / f"p.{ending}"
    if ending == "csv":
        pyarrow.csv.write_csv(table, file)
    elif ending == "parquet":
        pyarrow.parquet.write_table(table, file)
    elif ending == "feather":
        pyarrow.feather.write_feather(table, file)
    else:
        import json

        file.write_text("\n".join(json.dumps(row) for row in table.to_pylist()), encoding="utf-8")
    found = read(file)
    assert (found.name, found.classes) == ("p", ("a", "b", "c"))
    np.testing.assert_allclose(np.exp(found.models[0].predictions.log_probs), Q, rtol=1e-9)


def test_frames_of_pandas_and_polars_are_read():
    import pandas as pd
    import polars as pl

    data = {"y": Y, **columns()}
    for frame in (pd.DataFrame(data), pl.DataFrame(data)):
        assert read(frame).models[0].predictions.codes.shape == (N,)


def test_several_models_are_told_apart_by_their_prefixes():
    found = read({"y": Y, **columns("old_"), **columns("new_", np.log(Q))})
    assert [(one.name, one.space) for one in found.models] == [("old", "probs"), ("new", "log-probs")]
    found = read({"y": Y, **columns("p_"), **columns("p_x_", Q[:, ::-1])}, spaces={"probs": ["p_", "p_x_"]})
    assert [one.columns[0] for one in found.models] == ["p_a", "p_x_a"]


@pytest.mark.parametrize(
    ("column", "spaces", "space"),
    [
        (Q[:, 0], {}, "probs"),
        (np.log(Q[:, 0] / (1 - Q[:, 0])), {}, "logits"),
        (np.log(Q[:, 0]), {"log-probs": ["s"]}, "log-probs"),
    ],
)
def test_two_classes_need_one_column(column, spaces, space):
    found = read({"y": (Y == "a").astype(int), "s": column}, spaces=spaces)
    assert found.classes == ("0", "1")
    assert found.models[0].space == space
    np.testing.assert_allclose(np.exp(found.models[0].predictions.log_probs[:, 1]), Q[:, 0], rtol=1e-9)
    assert found.notes == ("Column 's' is taken as the prediction of class '1'.",)


def test_numbered_columns_are_classes_in_order_and_that_is_said():
    found = read({"y": np.arange(N) % 2, "z0": Q[:, 0], "z1": Q[:, 1], "z2": Q[:, 2]})
    assert found.classes == ("0", "1", "2")
    assert found.notes == ("No row is of class '2'.",)
    found = read({"y": Y, "z0": Q[:, 0], "z1": Q[:, 1], "z2": Q[:, 2]})
    assert found.classes == ("a", "b", "c")
    assert "are taken as classes 'a', 'b' and 'c', in this order" in found.notes[0]


def test_rows_without_a_target_are_counted_and_numbers_stay_those_of_the_file():
    found = read({"y": [None, None, *Y[2:]], **columns()})
    assert found.missing == 2
    assert found.models[0].predictions.rows[:2].tolist() == [2, 3]


def test_predictions_of_a_fit_are_read_as_they_are(tmp_path):
    table = pa.table({"row": np.arange(N) + 7, "target": Y, "predicted": Y, **columns()})
    pyarrow.parquet.write_table(table, tmp_path / "predictions.parquet")
    found = read_predictions(tmp_path, caller="xent score")
    assert found.models[0].predictions.rows[0] == 7
    assert found.classes == ("a", "b", "c")


def test_weights_groups_and_slices_are_columns():
    data = {"y": Y, **columns(), "w": np.arange(N), "g": np.arange(N) // 6, "city": ["x", None] * 30}
    found = read(data, weight="w", group="g", slices=["city"])
    predictions = found.models[0].predictions
    assert predictions.clusters.count == 10
    assert predictions.weights[5] == 5
    assert found.slices[0].labels == ("x", "missing")


def spoilt(row, values):
    """Columns with other values in one row."""
    return {"y": Y, **columns(values=np.where(np.arange(N)[:, None] == row, values, Q))}


GOOD = {"y": Y, **columns()}
LOGS = {"log-probs": ["p_"]}
PROBS = {"probs": ["p_"]}
PROBS_BY_NAME = {"probs": ["p_a,p_b,p_c"]}
BAD = {
    "sum": (
        spoilt(4, Q / 2),
        {},
        "`probs` must have probabilities that sum to 1 in each row; got a sum of 0.5",
    ),
    "negative": (spoilt(3, -Q), {}, "`probs` must lie in [0, 1], being probabilities; got -0."),
    "nan": (spoilt(3, np.nan), {}, "`probs` must not hold nan; got nan and 2 more, first at index (3, 0)."),
    "log-probabilities above 0": (
        {"y": Y, **columns(values=np.log(Q) + 2)},
        {"spaces": LOGS},
        "`log_probs` must be <= 0, being log-probabilities; got ",
    ),
    "logits named probabilities": (
        {"y": Y, **columns(values=3 * np.log(Q) + 4)},
        {"spaces": PROBS},
        "`probs` must lie in [0, 1], being probabilities; got ",
    ),
    "columns of other classes": (
        {"y": Y, **columns(names="ab")},
        {},
        "`predictions` must have a column for each class of the target; got",
    ),
    "one column of another class": (
        {"y": Y, **columns(names="abd")},
        {"spaces": PROBS},
        "`predictions` must have a column for each class of the target; got columns 'p_a', 'p_b' and",
    ),
    "no such target": (GOOD, {"target": "why"}, "`target` must name a column of the table; got"),
    "no such prefix": (
        GOOD,
        {"spaces": {"probs": ["q_"]}},
        "`probs` must begin or list names of numeric columns; got 'q_'.",
    ),
    "one group": (
        GOOD | {"g": ["x"] * N},
        {"group": "g"},
        "`groups` must differ between rows; got one group.",
    ),
    "group with a gap": (
        GOOD | {"g": ["x", None] * 30},
        {"group": "g"},
        "`group` must have a value in every row; got a missing cell, first at index (1,).",
    ),
    "negative weight": (
        GOOD | {"w": -np.ones(N)},
        {"weight": "w"},
        "`weight` must be finite and >= 0; got -1, first at index (0,).",
    ),
    "empty target": (
        GOOD | {"y": [None] * N},
        {},
        "`target` must have values; got column 'y' without any.",
    ),
}


@pytest.mark.parametrize("fault", BAD)
def test_bad_input_is_one_clear_line(fault):
    data, options, words = BAD[fault]
    line = refused(data, **options)
    assert line.startswith(f"xent score: {words}"), line
    assert "\n" not in line


def test_the_index_of_a_fault_is_that_of_the_file():
    values = Q.copy()
    values[9] *= 2
    line = refused({"y": [None] * 4 + Y[4:].tolist(), **columns(values=values)})
    assert "first at index (9," in line


def test_the_index_of_a_text_is_that_of_the_file():
    words = [str(p) for p in Q[:, 0]]
    words[9] = "much"
    data = {"y": [None] * 4 + Y[4:].tolist(), **columns(), "p_a": words}
    assert "got 'much' in column 'p_a', first at index (9,)" in refused(data, spaces=PROBS_BY_NAME)


def test_a_missing_cell_is_no_text_among_numbers():
    words = [None, *(str(p) for p in Q[1:, 0])]
    line = refused({"y": Y, **columns(), "p_a": words}, spaces=PROBS_BY_NAME)
    assert f"got '{Q[1, 0]}' in column 'p_a', first at index (1,)" in line
    empty = pa.array([None] * N, pa.string())
    data = pa.table({"y": Y, **columns()}).set_column(1, "p_a", empty)
    assert "must name columns of numbers; got column 'p_a' of text" in refused(data, spaces=PROBS_BY_NAME)


def test_normalising_accepts_other_sums():
    (model,) = read({"y": Y, **columns(values=3 * Q)}, spaces={"probs": ["p_"]}, normalize=True).models
    np.testing.assert_allclose(np.exp(model.predictions.log_probs), Q, rtol=1e-12)


def test_one_class_is_noted():
    assert "Every row is of class 'a'" in read({"y": ["a"] * N, **columns()}).notes[0]


@pytest.mark.parametrize("name", ["p_a", "a", "x"])
def test_the_one_column_of_one_class_is_that_of_the_second_of_two(name):
    (model,) = read({"y": ["a"] * 5, name: [0.75] * 5}).models
    assert model.predictions.classes == ("not a", "a")
    np.testing.assert_allclose(np.exp(model.predictions.log_probs), [[0.25, 0.75]] * 5, rtol=1e-15)


@pytest.mark.parametrize("values", [[[1]] * N, [{"a": 1}] * N, [b"a"] * N], ids=["list", "record", "bytes"])
def test_lists_records_and_bytes_are_no_groups_slices_and_documents(values):
    table = {"y": Y, "g": pa.array(values), **columns()}
    message = "must name a column of text, numbers, truth values or dates; got column 'g' of type"
    assert f"`group` {message}" in refused(table, group="g")
    assert f"`slice` {message}" in refused(table, slices=["g"])
    with pytest.raises(DataError, match=f"`document` {message}"):
        read_tokens(
            {"ll": -np.ones(N), "g": pa.array(values)}, "ll", "g", bytes=None, characters=None, caller="f"
        )


def test_numbers_are_cut_at_their_quartiles_and_small_whole_numbers_are_not():
    numbers = pa.chunked_array([pa.array([float(k) + 0.5 for k in range(100)] + [None])])
    cut = slice_column("x", numbers)
    assert cut.labels == ("up to 25.2", "25.2 to 50", "50 to 74.8", "above 74.8", "missing")
    assert np.bincount(cut.codes).tolist() == [25, 25, 25, 25, 1]
    grades = slice_column("grade", pa.chunked_array([pa.array([1, 2, 2, 3])]))
    assert sorted(grades.labels[:-1]) == ["1", "2", "3"]


def test_tokens_are_gathered_by_document():
    data = {"ll": [-1.0, -2.0, -3.0, -4.0], "doc": ["x", "y", "x", "y"], "n": [1, 2, 3, 4]}
    found = read_tokens(data, "ll", "doc", bytes="n", characters=None, caller="xent score")
    assert [part.tolist() for part in found.log_likelihoods] == [[-1.0, -3.0], [-2.0, -4.0]]
    assert found.bytes.tolist() == [4, 6]


def test_a_table_without_tokens_is_refused():
    data = {"ll": np.empty(0), "doc": np.empty(0, int), "n": np.empty(0)}
    with pytest.raises(DataError, match="`data` must have rows; got none"):
        read_tokens(data, "ll", "doc", bytes="n", characters=None, caller="xent score")


def test_a_token_of_infinitely_many_bytes_is_refused():
    data = {"ll": [-1.0, -2.0], "doc": ["x", "y"], "n": [1.0, np.inf]}
    with pytest.raises(DomainError, match=r"`bytes` must hold whole numbers >= 0; got inf, first at index"):
        read_tokens(data, "ll", "doc", bytes="n", characters=None, caller="xent score")


@pytest.mark.parametrize("names", [("TRUE", "True"), ("True", "TRUE")])
def test_two_columns_of_one_class_are_named(names):
    data = {"y": ["true", "false"], **{f"p_{name}": [0.9, 0.2] for name in names}, "p_false": [0.1, 0.8]}
    said = refused(data, spaces={"probs": ["p_"]})
    assert said.endswith(
        f"`probs` must name one column for each class; got 'p_{names[0]}' and 'p_{names[1]}' for class "
        "'true'. Rename or drop one of them."
    )
    listed = ", ".join([*(f"p_{name}" for name in names), "p_false"])
    assert refused(data, spaces={"probs": [listed]}) == said
