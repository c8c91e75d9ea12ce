"""Fits and predictions of data that are read in batches, by the program and in Python."""

import copy
import dataclasses
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import xent
from tests.data.test_streamed_encoder import mixed_table, reviews
from xent import cli
from xent.data import TableEncoder
from xent.data.pieces.encoded_reader import EncodedReader, RowChoice
from xent.data.pieces.held_out_rule import HeldOutRule
from xent.data.pieces.target import streamed_target
from xent.errors import DataError, DomainError, OutputError
from xent.jobs.batches import memory_share
from xent.jobs.batches import streamed_fitting as fitting
from xent.jobs.batches.streamed_fitting import StreamWishes, fit_stream
from xent.jobs.batches.streamed_prediction import predict_batches


@pytest.fixture(scope="module")
def table():
    made = mixed_table(9000)
    visits, size = made.column("visits").to_numpy(), np.asarray(made.column("size").to_pylist(), object)
    noise = np.random.default_rng(3).logistic(size=made.num_rows)
    y = np.where(visits + 2 * (size == "high") + noise > 2.5, "yes", "no").astype(object)
    y[5::500] = None
    weight = pa.array(1 + np.arange(made.num_rows) % 3)
    return made.drop_columns(["y"]).append_column("y", pa.array(y.tolist())).append_column("w", weight)


@pytest.fixture(scope="module")
def file(table, tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "people.parquet"
    pq.write_table(table, path, row_group_size=2000)
    return path


@pytest.fixture(scope="module")
def fitted(file):
    return fit_stream(file, "y", StreamWishes(C=1.0, exclude=["user_id"], sample_weight="w"))


@pytest.mark.half_second
def test_a_fit_in_batches_is_that_of_its_training_rows_in_memory(fitted, table):
    from xent import LogisticRegression
    from xent.data import TableEncoder

    rows = np.setdiff1d(np.flatnonzero(table.column("y").is_valid().to_numpy()), fitted.held_out_rows)
    assert fitted.findings.rows.train == len(rows)
    assert fitted.findings.rows.without_target == 18
    assert 0.17 < fitted.findings.rows.held_out / 8982 < 0.23
    columns = table.drop_columns(["user_id", "w"])
    encoder = TableEncoder(target="y", most_words=0).fit(columns.take(pa.array(rows)))
    y = table.column("y").take(pa.array(rows)).to_numpy(zero_copy_only=False)
    X = encoder.transform(columns, rows=rows)
    reference = LogisticRegression().fit(X, y, table.column("w").to_numpy()[rows])
    assert fitted.model.encoder.get_feature_names_out().tolist() == encoder.get_feature_names_out().tolist()
    assert fitted.model.classifier.loss_ == pytest.approx(reference.loss_, rel=1e-8)
    np.testing.assert_allclose(fitted.model.classifier.coef_, reference.coef_, rtol=1e-4, atol=1e-6)


@pytest.mark.half_second
def test_held_out_rows_are_judged_by_their_numbers_in_the_source(fitted, table):
    found = fitted.predictions()
    truth = table.column("y").take(found.column("row"))
    assert found.column("target").to_pylist() == truth.to_pylist()
    assert any("read in batches" in remark for remark in fitted.findings.rows.remarks)


def test_every_held_out_figure_in_batches_is_that_of_the_weighted_rows_in_memory(fitted, table):
    held_out = table.take(pa.array(fitted.held_out_rows))
    judged = xent.judge(fitted.model, held_out, sample_weight="w")
    whole, part = fitted.findings, judged.findings
    for name in ("cross_entropy", "prior_entropy", "error", "classes", "reliability", "calibration_error"):
        assert_close(getattr(whole.held_out, name), getattr(part.held_out, name))
    assert_close(whole.decisions, part.decisions)
    assert whole.rows.weight == part.rows.weight == "w"
    weights = held_out.column("w").to_numpy()
    assert fitted.predictions().column("weight").to_numpy().tolist() == weights.tolist()
    repeated = xent.judge(fitted.model, held_out.take(pa.array(np.repeat(np.arange(len(weights)), weights))))
    assert whole.held_out.error.value == pytest.approx(repeated.findings.held_out.error.value, rel=1e-12)
    unweighted = xent.judge(fitted.model, held_out).findings.held_out
    assert abs(unweighted.cross_entropy.value / whole.held_out.cross_entropy.value - 1) > 1e-3


def assert_close(ours, theirs):
    if dataclasses.is_dataclass(ours):
        ours, theirs = dataclasses.astuple(ours), dataclasses.astuple(theirs)
    if isinstance(ours, tuple):
        for one, other in zip(ours, theirs, strict=True):
            assert_close(one, other)
    elif isinstance(ours, float):
        assert ours == pytest.approx(theirs, rel=1e-9, nan_ok=True)
    else:
        assert ours == theirs


@pytest.mark.half_second
def test_at_most_so_many_rows_are_held_out(file, monkeypatch):
    monkeypatch.setattr(fitting, "_MOST_HELD_OUT", 500)
    made = fit_stream(file, "y", StreamWishes(C=1.0))
    assert 400 < made.findings.rows.held_out < 600


@pytest.mark.half_second
def test_the_split_depends_on_the_seed_and_not_on_the_folder(file, tmp_path):
    copy = tmp_path / "people.parquet"
    copy.write_bytes(file.read_bytes())
    one, same = (fit_stream(path, "y", StreamWishes(C=1.0)).held_out_rows for path in (file, copy))
    other = fit_stream(file, "y", StreamWishes(C=1.0, seed=1)).held_out_rows
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.half_second
@pytest.mark.parametrize("kind", [pa.int64(), pa.string(), pa.dictionary(pa.int32(), pa.string())])
def test_groups_are_held_out_whole_in_batches_and_intervals_draw_whole_groups(table, tmp_path, kind):
    number = pa.array([k % 300 if k % 1000 else None for k in range(table.num_rows)])
    patients = number.cast(pa.string()).cast(kind) if kind != pa.int64() else number
    path = tmp_path / "people.parquet"
    pq.write_table(table.append_column("patient", patients), path, row_group_size=2000)
    wishes = StreamWishes(C=1.0, exclude=["user_id", "w"], group="patient")
    grouped = fit_stream(path, "y", wishes)
    known = np.flatnonzero(table.column("y").is_valid().to_numpy())
    # A row without a group is a group of its own.
    group = np.asarray([-1 - k if each is None else each for k, each in enumerate(number.to_pylist())])
    held_out = group[grouped.held_out_rows]
    trained = group[np.setdiff1d(known, grouped.held_out_rows)]
    assert not np.isin(held_out, trained).any()
    assert 40 < len(np.unique(held_out)) < 80
    rows = grouped.findings.rows
    assert (rows.group, rows.groups) == ("patient", (len(np.unique(trained)), len(np.unique(held_out))))
    assert any("hash of its value" in remark for remark in rows.remarks)
    assert {one.name: one.kind for one in grouped.findings.columns}["patient"] == "group"
    theirs = xent.scoring.judge(
        grouped.held_out_log_probs,
        grouped.held_out_codes,
        classes=["no", "yes"],
        groups=np.unique(held_out, return_inverse=True)[1],
    )
    assert grouped.findings.held_out.cross_entropy.low == pytest.approx(theirs.cross_entropy.low, rel=0.02)
    other = fit_stream(path, "y", dataclasses.replace(wishes, seed=1)).held_out_rows
    assert not np.array_equal(other, grouped.held_out_rows)


@pytest.mark.half_second
def test_free_text_in_batches_ends_at_the_minimum_of_a_fit_in_memory(tmp_path, monkeypatch):
    from sklearn.metrics import log_loss

    from xent import LogisticRegression
    from xent.data import TableEncoder
    from xent.streams import blocks

    monkeypatch.setattr(blocks, "_MOST_ROWS", 512)
    table = reviews(3000, distinct=2000)
    good = np.asarray(
        [each is not None and each.count("word1") for each in table.column("review").to_pylist()]
    )
    y = np.where(good + np.random.default_rng(0).logistic(size=3000) > 1, "yes", "no")
    table = table.set_column(2, "y", pa.array(y))
    path = tmp_path / "reviews.parquet"
    pq.write_table(table, path, row_group_size=1000)
    fitted = fit_stream(path, "y", StreamWishes(C=1.0))
    rows = np.setdiff1d(np.arange(3000), fitted.held_out_rows)
    train = table.take(pa.array(rows))
    X = TableEncoder(target="y").fit(train).transform(train)
    ours = copy.copy(fitted.model.classifier)
    ours.classes_ = np.asarray(["no", "yes"])
    theirs = LogisticRegression(tol=1e-12).fit(X, y[rows])
    values = [
        len(rows) * log_loss(y[rows], each.predict_proba(X)) + (each.coef_**2).sum() / 2
        for each in (ours, theirs)
    ]
    assert values[0] == pytest.approx(values[1], rel=1e-8)
    plain = fit_stream(path, "y", StreamWishes(C=1.0, text=False))
    assert plain.model.classifier.coef_.shape == (1, 1)
    judged = xent.judge(fitted.model, table.take(pa.array(fitted.held_out_rows)))
    ours, theirs = fitted.findings.held_out.cross_entropy, judged.findings.held_out.cross_entropy
    assert ours.value == pytest.approx(theirs.value, rel=1e-12)
    assert predict_batches(fitted.model, path, tmp_path / "p.parquet") == 3000


@pytest.mark.half_second
def test_a_search_for_the_penalty_in_batches_makes_folds_of_groups(tmp_path):
    generator = np.random.default_rng(4)
    # Features tell the patient, and each patient has one class: folds of rows would reward knowing patients.
    patient = np.repeat(np.arange(60), 40)
    X = generator.normal(size=(60, 30))[patient] + 0.1 * generator.normal(size=(2400, 30))
    y = generator.integers(0, 2, 60)[patient]
    order = generator.permutation(2400)
    columns = {f"x{j}": X[order, j] for j in range(30)} | {"y": y[order], "patient": patient[order]}
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table(columns), path, row_group_size=500)
    by_group = fit_stream(path, "y", StreamWishes(group="patient")).model.classifier
    by_row = fit_stream(path, "y", StreamWishes(exclude=["patient"])).model.classifier
    whole = xent.fit(path, "y", group="patient").model.classifier
    assert max(by_group.C_, whole.C_) < 0.01 * by_row.C_


def test_groups_that_cannot_be_split_are_refused_in_batches(table, tmp_path):
    path = tmp_path / "people.parquet"
    pq.write_table(table.append_column("site", pa.array(["one"] * table.num_rows)), path)
    cases = {
        r"`group` must name groups of which some can be held out while every class stays in training; got "
        r"1 groups in column 'site', of which 0 are held out": "site",
        "`group` must be another column than the target": "y",
        "`group` must be a column of the table; got 'sites'": "sites",
    }
    for words, group in cases.items():
        with pytest.raises(DataError, match=words):
            fit_stream(path, "y", StreamWishes(C=1.0, group=group))


def test_what_a_fit_in_batches_cannot_use_is_refused(file):
    cases = {
        "`target` must be a column of the table; got 'z'": ("z", {}),
        "`sample_weight` must be a column of the table; got 'z'": ("y", {"sample_weight": "z"}),
        "`exclude` must be another column than the target; got 'y'": ("y", {"exclude": ["y"]}),
        "`target` must have at least two classes": ("one", {}),
        "`held_out` must lie between 0 and 1": ("y", {"held_out": 2}),
    }
    for message, (target, options) in cases.items():
        with pytest.raises((DataError, DomainError)) as caught:
            fit_stream(file, target, StreamWishes(**options))
        assert message in str(caught.value)


def test_a_wrong_weight_is_named_by_its_row_in_the_file(tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "weights.parquet"
    for row in (500, 900):
        weights = np.ones(1000)
        weights[row] = -1
        columns = {"x": rng.normal(size=1000), "y": np.arange(1000) % 2, "w": weights}
        pq.write_table(pa.table(columns), path, row_group_size=300)
        with pytest.raises(DomainError, match=rf"got -1\.0 in row {row} of .*weights\.parquet"):
            fit_stream(path, "y", StreamWishes(C=1.0, sample_weight="w"))


def test_an_infinite_number_is_named_by_its_row_in_the_file_or_in_the_data_if_it_is_held_out(tmp_path):
    rng = np.random.default_rng(0)
    for row, at in ((100, r"100 of .*part0\.parquet "), (949, r"349 of .*part1\.parquet "), (950, "950 ")):
        values = rng.normal(size=1000)
        values[row] = np.inf
        for place, part in enumerate(np.split(values, [600])):
            columns = {"x": part, "y": np.arange(len(part)) % 2}
            pq.write_table(pa.table(columns), tmp_path / f"part{place}.parquet", row_group_size=200)
        with pytest.raises(DataError, match=rf"got inf in column 'x', first in row {at}"):
            fit_stream(tmp_path, "y", StreamWishes(C=1.0))


def test_an_infinite_number_of_a_later_scan_is_named_by_its_row_in_the_fragment():
    table = pa.table({"x": np.arange(40.0), "y": np.arange(40) % 2})
    goal = streamed_target([table.column("y")], "y")
    reader = EncodedReader(TableEncoder(target="y").fit(table), RowChoice(goal, HeldOutRule(0.4, 0, None)))
    chosen = reader.choice.chosen(table.to_batches()[0], 100, "a")[0]
    assert chosen[8] > 8
    values = np.arange(40.0)
    values[chosen[8]] = np.inf
    batch = table.set_column(0, "x", pa.array(values)).to_batches()[0]
    with pytest.raises(DataError, match=f"first in row {100 + chosen[8]} "):
        reader.rows(batch, 100, name="a")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_predictions_in_batches_are_those_of_predict(fitted, file, tmp_path, ending):
    out, whole = tmp_path / f"p.{ending}", tmp_path / f"whole.{ending}"
    assert predict_batches(fitted.model, file, out) == 9000
    from xent.jobs.table_file import write_table

    write_table(xent.predict(fitted.model, file), whole)
    if ending == "csv":
        assert out.read_bytes() == whole.read_bytes()
    assert pq.read_table(out).equals(pq.read_table(whole)) if ending == "parquet" else True
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([out.name, whole.name])


def test_columns_that_were_text_in_training_stay_text_in_a_csv_file(tmp_path):
    code = ["01", "1", "02", "2"] * 100
    table = pa.table({"code": pa.array(code).dictionary_encode(), "y": [c[0] == "0" for c in code]})
    model = xent.fit(table, "y", C=1.0).model
    (tmp_path / "new.csv").write_text("code\n01\n1\n?\n", encoding="utf-8")
    predict_batches(model, tmp_path / "new.csv", tmp_path / "p.parquet")
    assert pq.read_table(tmp_path / "p.parquet").column("predicted").to_pylist()[:2] == [True, False]


def test_unseen_levels_are_counted_over_all_batches(fitted, table, tmp_path):
    city = ["Paris" if k % 3000 < 5 else name for k, name in enumerate(table.column("city").to_pylist())]
    place = table.column_names.index("city")
    path = tmp_path / "new.parquet"
    pq.write_table(table.set_column(place, "city", pa.array(city)), path, row_group_size=1000)
    told = []
    for call in (
        lambda: predict_batches(fitted.model, path, tmp_path / "p.csv"),
        lambda: xent.predict(fitted.model, path),
    ):
        with pytest.warns(UserWarning, match="levels that training did not have") as caught:
            call()
        told.append([str(each.message) for each in caught])
    assert told[0] == told[1]
    assert "15 of 9,000 cells of column 'city'" in told[0][0]


def test_a_source_without_a_column_of_training_is_refused(fitted, file, table, tmp_path):
    pq.write_table(table.drop_columns(["city"]), tmp_path / "less.parquet")
    with pytest.raises(
        DataError, match=r"must have the columns that were used in training; got .* without 'city'"
    ):
        predict_batches(fitted.model, tmp_path / "less.parquet", tmp_path / "p.csv")
    with pytest.raises(OutputError, match=r"end in \.csv or \.parquet"):
        predict_batches(fitted.model, file, tmp_path / "p.txt")


def test_a_source_without_rows_is_refused_by_predictions_in_batches(fitted, table, tmp_path):
    pq.write_table(table.slice(0, 0), tmp_path / "none.parquet")
    with pytest.raises(DataError, match="predict: `data` must have rows; got none"):
        predict_batches(fitted.model, tmp_path / "none.parquet", tmp_path / "p.csv")
    assert not (tmp_path / "p.csv").exists()


def test_large_files_folders_patterns_and_urls_are_read_in_batches(file, monkeypatch):
    assert not memory_share.is_read_in_batches(file, 0.25)
    assert memory_share.is_read_in_batches(file.parent, 0.25)
    assert memory_share.is_read_in_batches(str(file.parent / "*.parquet"), 0.25)
    assert memory_share.is_read_in_batches("s3://bucket/table/", 0.25)
    assert not memory_share.is_read_in_batches("iris", 0.25)
    assert not memory_share.is_read_in_batches(pa.table({"x": [1]}), 0.25)
    # 9,000 rows of 18 columns of 8 bytes.
    monkeypatch.setattr(memory_share, "_memory", lambda: 4e6)
    assert memory_share.is_read_in_batches(file, 0.25)
    assert not memory_share.is_read_in_batches(file, 0.5)
    names = ("a/people.parquet", "a/folder/", "a/folder/*.parquet", "s3://bucket/table/")
    assert [memory_share.stream_name(name) for name in names] == ["people", "folder", "folder", "table"]


@pytest.mark.slow
def test_the_program_fits_predicts_and_resumes_in_batches(file, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        code = cli.run([*map(str, arguments)])
        return code, *capsys.readouterr()

    fit = ("fit", file.parent, "--target", "y", "--C", "1", "--out", "o", "--json")
    (tmp_path / "o.checkpoint").write_bytes(b"not a checkpoint")
    code, _, error = run(*fit)
    assert code == 2
    assert error.startswith("error: `checkpoint` must be a new file; got o.checkpoint, which exists.")
    assert error.endswith("Passes are kept in o.checkpoint: --resume goes on.\n")
    (tmp_path / "o.checkpoint").unlink()
    code, metrics, error = run(*fit, "--resume")
    assert (code, error) == (0, "")
    assert json.loads(metrics)["rows"]["read"] == 9000
    assert sorted(each.name for each in tmp_path.iterdir()) == ["o"]
    assert run("predict", "o", file, "--stream", "--out", "p.parquet") == (
        0,
        "",
        "9000 predictions in p.parquet\n",
    )
    assert run(*fit, "--skip", "1")[2] == (
        "error: `skip` must be left out but for files of delimited text; got 1.\n"
    )
    assert run(*fit, "--dask", "9000")[2].startswith(
        "error: `dask` must be local or tcp://HOST:PORT; got '9000'."
    )
