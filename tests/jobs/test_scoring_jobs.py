import math

import numpy as np
import pyarrow.parquet
import pytest

import xent
from tests.scoring.closed_truths import drawn_classes, normalised
from xent.errors import DataError, DomainError, DTypeError
from xent.jobs.archives.calibrator_file import load_calibrator
from xent.jobs.scoring import score_tokens


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    q = rng.dirichlet(np.ones(3), 900)
    y = np.asarray(list("abc"))[drawn_classes(q, rng)]
    sharp = np.exp(normalised(2 * np.log(q)))
    data = {"y": y, "city": np.asarray(["x", "y"])[rng.integers(2, size=900)], "g": np.arange(900) // 3}
    for name, values in (("old", sharp), ("new", q)):
        data |= {f"{name}_{k}": values[:, i] for i, k in enumerate("abc")}
    return data


def one(rows, name="old"):
    return {key: value for key, value in rows.items() if key in {"y", "city", "g"} or key.startswith(name)}


@pytest.mark.half_second
def test_a_score_says_what_a_fit_says_about_the_same_rows(tmp_path):
    fitted = xent.fit("iris", C=1.0)
    (tmp_path / "out").mkdir()
    fitted.save(tmp_path / "out")
    found = xent.score(tmp_path / "out")
    ours, theirs = found.models[0].held_out, fitted.findings.held_out
    assert ours.cross_entropy.value == pytest.approx(theirs.cross_entropy.value, rel=1e-12)
    assert ours.cross_entropy.low == pytest.approx(theirs.cross_entropy.low, rel=1e-9)
    assert ours.confusion == theirs.confusion
    assert [row.row for row in ours.surprising] == [row.row for row in theirs.surprising]
    assert ours.reliability[0].observed == theirs.reliability[0].observed


@pytest.mark.half_second
def test_several_models_are_judged_and_compared(rows):
    found = xent.score(rows, "y", group="g", slices=["city"])
    assert [model.name for model in found.models] == ["old", "new"]
    old, new = found.models
    assert old.account.seen_by == "temperature"
    assert new.account.seen_by == "identity"
    assert new.account.miscalibration.value == 0
    assert new.brier_account.miscalibration.value == 0
    assert found.best is new
    (pair,) = found.comparisons
    assert (pair.first, pair.second) == ("old", "new")
    assert pair.difference.value == pytest.approx(
        new.held_out.cross_entropy.value - old.held_out.cross_entropy.value, rel=1e-9
    )
    assert pair.adjusted_p_value == pair.p_value < 0.01


@pytest.mark.half_second
def test_a_prior_is_given_as_text_as_a_mapping_or_as_a_table(rows, tmp_path):
    text = xent.score(one(rows), "y", prior="a=2,b=1,c=1").models[0].summary
    mapping = xent.score(one(rows), "y", prior={"a": 0.5, "b": 0.25, "c": 0.25}).models[0].summary
    file = tmp_path / "train.csv"
    file.write_text("y\n" + "a\n" * 20 + "b\n" * 10 + "c\n" * 10, encoding="utf-8")
    table = xent.score(one(rows), "y", prior=str(file)).models[0].summary
    assert text.prior_loss == mapping.prior_loss == table.prior_loss
    assert text.prior_bias == 0
    with pytest.raises(DataError, match="hold a share for each class and no other; got none for 'c'"):
        xent.score(one(rows), "y", prior="a=1,b=1")
    with pytest.raises(DomainError, match="hold numbers >= 0"):
        xent.score(one(rows), "y", prior="a=1,b=1,c=-1")
    with pytest.raises(DomainError, match="must hold a number for each class; got 'many' for 'c'"):
        xent.score(one(rows), "y", prior={"a": 1, "b": 1, "c": "many"})
    with pytest.raises(DomainError, match="must hold numbers >= 0 with a positive, finite sum"):
        xent.score(one(rows), "y", prior=dict.fromkeys("abc", 1e308))
    with pytest.raises(DomainError, match="with a positive, finite sum; got inf for 'c'"):
        xent.score(one(rows), "y", prior={"a": 1, "b": 1, "c": 10**400})
    # Longer than a name of a file may be.
    shares = ",".join(f"{name}={'0' * 100}1" for name in "abc")
    assert np.isfinite(xent.score(one(rows), "y", prior=shares).models[0].summary.prior_loss)
    with pytest.raises(DataError, match="or a table that exists; got 'xxx"):
        xent.score(one(rows), "y", prior="x" * 300)


def test_rows_of_infinite_loss_leave_an_account_of_the_others(rows):
    data = one(rows)
    data["old_a"] = data["old_a"].copy()
    data["old_b"] = data["old_b"].copy()
    lost = np.flatnonzero(rows["y"] == "a")[:2]
    data["old_b"][lost] += data["old_a"][lost]
    data["old_a"][lost] = 0
    model = xent.score(data, "y").models[0]
    assert model.held_out.cross_entropy.value == math.inf
    assert model.summary.infinite_rows == tuple(lost)
    assert model.account.left_out == 2
    assert model.account.total.value == pytest.approx(model.summary.finite.value, rel=1e-12)


def test_columns_in_another_order_are_suspected_by_name():
    rng = np.random.default_rng(1)
    y = rng.integers(3, size=300)
    logits = 3.0 * np.eye(3)[y] + rng.normal(size=(300, 3))
    order = [1, 2, 0]
    data = {"y": np.asarray(list("abc"))[y]} | {f"z_{k}": logits[:, order[i]] for i, k in enumerate("abc")}
    (note,) = xent.score(data, "y", logits=["z_"]).models[0].notes
    assert note.startswith("The columns seem to be in another order than the classes: 'b' where 'a' stands, ")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"y": ["a", "b"], "p_a": [0.5, 0.4], "p_b": [0.5, 0.6]}, ""),
        ({"y": ["a"], "p_a": [0.5], "p_b": [0.5]}, "Every row is of class 'a'"),
        (
            {"y": ["a", "c"]} | {f"p_{k}": [1 / 26] * 2 for k in "abcdefghijklmnopqrstuvwxyz"},
            "more classes (26)",
        ),
    ],
)
def test_few_rows_one_class_and_more_classes_than_rows_are_judged_as_far_as_they_go(data, words):
    found = xent.score(data, "y")
    assert words in " ".join((*found.notes, *found.models[0].notes))


@pytest.mark.parametrize("least", [1.5, "30"])
def test_the_least_rows_of_a_slice_are_an_integer(rows, least):
    with pytest.raises(DTypeError, match=f"^xent score: `least_rows` must be an integer; got {least!r}"):
        xent.score(one(rows), "y", least_rows=least)


def test_groups_of_one_row_are_noted(rows):
    data = one(rows)
    data["g"] = np.where(np.arange(900) < 3, np.arange(900) + 1000, data["g"])
    assert "3 of 302 groups have a single row." in xent.score(data, "y", group="g").models[0].notes


@pytest.mark.half_second
@pytest.mark.parametrize("none", [[], ()])
def test_no_table_to_compare_is_refused(none):
    with pytest.raises(DataError, match=r"^xent compare: `data` must hold a table; got none"):
        xent.compare(none, "y")


def test_files_with_different_rows_are_not_compared(rows):
    second = {key: np.asarray(value)[::-1] for key, value in one(rows, "new").items()}
    with pytest.raises(DataError, match="have the same rows in each file; got different true classes"):
        xent.compare([one(rows), second], "y")
    with pytest.raises(DataError, match="got 900 in 'predictions' and 899 in 'predictions'"):
        xent.compare([one(rows), {key: value[:-1] for key, value in second.items()}], "y")
    with pytest.raises(DataError, match="hold at least two models"):
        xent.compare([one(rows)], "y")
    found = xent.compare([one(rows), one(rows, "new")], "y")
    assert found.comparisons[0].difference.value < 0
    assert found.comparisons[0].first == "predictions 1"


@pytest.mark.half_second
def test_calibration_gains_and_its_file_gains_again(rows, tmp_path):
    found = xent.calibrate(one(rows), "y")
    assert found.findings.method == "temperature"
    assert found.findings.gain.low > 0
    (tmp_path / "c").mkdir()
    # Text names a directory too.
    found.save(str(tmp_path / "c"))
    assert sorted(each.name for each in (tmp_path / "c").iterdir()) == [
        "calibrator.json",
        "manifest.json",
        "predictions.parquet",
    ]
    table = pyarrow.parquet.read_table(tmp_path / "c" / "predictions.parquet")
    assert table.column_names == ["row", "target", "predicted", "p_a", "p_b", "p_c"]
    corrected = xent.score(tmp_path / "c").models[0]
    assert corrected.held_out.cross_entropy.value == pytest.approx(found.findings.after.value, rel=1e-9)
    again = xent.score(one(rows), "y", calibrator=tmp_path / "c").models[0]
    assert again.held_out.cross_entropy.value < found.findings.after.value
    # The classes may come in another order.
    turned = {"y": rows["y"], **{f"old_{k}": rows[f"old_{k}"] for k in "cab"}}
    other = xent.score(turned, "y", calibrator=tmp_path / "c").models[0]
    assert other.held_out.cross_entropy.value == pytest.approx(again.held_out.cross_entropy.value, rel=1e-12)


def test_calibration_refuses_to_make_things_worse_without_being_told(rows):
    with pytest.raises(
        DataError, match="gain from recalibration; got a cross-fitted gain of 0 nats by identity"
    ):
        xent.calibrate(one(rows, "new"), "y")
    with pytest.raises(DataError, match="are best left as they are"):
        xent.calibrate(one(rows, "new"), "y", method="isotonic")
    assert xent.calibrate(one(rows, "new"), "y", method="isotonic", force=True).findings.gain.value < 0
    with pytest.raises(DomainError, match="be auto, temperature"):
        xent.calibrate(one(rows), "y", method="platt")
    with pytest.raises(DomainError, match="suit 3 classes; got 'beta', which is for two"):
        xent.calibrate(one(rows), "y", method="beta")
    with pytest.raises(DataError, match="be those of one model; got models 'old', 'new'"):
        xent.calibrate(rows, "y")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "which is not one"),
        ("{}", "which is not one"),
        ('{"format": 9}', "of format 9, which this version cannot read"),
        (
            '{"format": 1, "classes": ["a"], "method": "x", "map": {"kind": "temperature", "inverse": 1}}',
            "which is not one",
        ),
    ],
)
def test_what_is_no_calibrator_is_refused(text, words, tmp_path):
    file = tmp_path / "calibrator.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"be a calibrator\.json, or its directory") as caught:
        load_calibrator(file)
    assert words in str(caught.value)


def test_names_with_control_codes_are_escaped_where_a_message_lists_them():
    table = {"y": ["a", "b"] * 20, "p\x1b[31m": [0.5] * 40, "\u2028q": [0.5] * 40}
    with pytest.raises(DataError, match="begin or list names of numeric columns") as caught:
        xent.score(table, "y", probs=["\u2028none"])
    assert str(caught.value).isprintable()
    assert r"Its numeric columns are: 'p\x1b[31m' and '\u2028q'." in str(caught.value)


def test_a_calibrator_of_other_classes_is_refused(rows, tmp_path):
    (tmp_path / "c").mkdir()
    xent.calibrate(one(rows), "y").save(tmp_path / "c")
    other = {"y": ["u", "v"] * 20, "p_u": [0.5] * 40, "p_v": [0.5] * 40}
    with pytest.raises(DataError, match="the calibrator knows 'a', 'b' and 'c'"):
        xent.score(other, "y", calibrator=tmp_path / "c")


def test_tokens_have_a_perplexity_over_documents():
    data = {"ll": [-math.log(4)] * 6, "doc": [1, 1, 2, 2, 3, 3], "n": [2] * 6}
    found = score_tokens(data, "ll", "doc", bytes="n")
    assert found.corpus.per_token.perplexity == pytest.approx(4)
    assert found.corpus.per_byte.bits == pytest.approx(1)
    assert found.corpus.documents == 3


@pytest.mark.half_second
def test_predictions_of_a_model_go_through_a_calibrator(tmp_path):
    fitted = xent.fit("breast_cancer", C=100.0)
    for name in ("m", "c"):
        (tmp_path / name).mkdir()
    fitted.save(tmp_path / "m")
    xent.calibrate(tmp_path / "m", method="temperature", force=True).save(tmp_path / "c")
    from xent.data import load_builtin

    data, _ = load_builtin("breast_cancer")
    plain = xent.predict(tmp_path / "m", data)
    moved = xent.predict(tmp_path / "m", data, calibrator=tmp_path / "c")
    assert moved.column_names == plain.column_names
    assert moved.column("predicted").equals(plain.column("predicted"))
    name = plain.column_names[2]
    before, after = (np.asarray(table.column(name)) for table in (plain, moved))
    assert np.all(np.diff(after[np.argsort(before)]) >= 0)
    assert np.abs(after - before).max() > 0.01
