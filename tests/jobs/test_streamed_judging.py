"""Judgement of data that are read in batches, beside that of the same rows in memory."""

import dataclasses
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import xent
from xent.cli import run
from xent.errors import DataError
from xent.jobs.archives.model_file import save_model
from xent.jobs.batches import streamed_judging
from xent.jobs.batches.streamed_judging import judge_batches

CITIES = ["Oslo", "Rome", "Lima"]


def made(rows, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=rows)
    city = rng.integers(3, size=rows)
    y = np.digitize(x + city + rng.logistic(size=rows), [0.5, 2.0])
    return pa.table({"x": x, "city": pa.array(CITIES).take(pa.array(city)), "y": y.astype(float)})


@pytest.fixture(scope="module")
def model():
    return xent.fit(made(1200, 0), "y", C=1.0).model


@pytest.fixture(scope="module")
def table():
    """Rows with new levels, gaps in the target and in a feature, and a class that training did not have."""
    rows = made(3000, 1)
    city = [
        ["Osla", "Quito"][k % 2] if k % 50 == 0 else name for k, name in enumerate(rows["city"].to_pylist())
    ]
    y = rows["y"].to_numpy().copy()
    y[7::100], y[9::400], y[10::700] = np.nan, 5, 4
    return rows.set_column(1, "city", pa.array(city)).set_column(2, "y", pa.array(y))


@pytest.fixture(scope="module")
def folder(table, tmp_path_factory):
    place = tmp_path_factory.mktemp("judged") / "later"
    place.mkdir()
    for k in range(3):
        pq.write_table(table.slice(1000 * k, 1000), place / f"{k}.parquet", row_group_size=300)
    return place


def plain(findings):
    document = dataclasses.asdict(findings)
    del document["seconds"], document["name"]
    return document


def close(ours, theirs):
    if isinstance(ours, dict):
        assert ours.keys() == theirs.keys()
        ours, theirs = tuple(ours.values()), tuple(theirs.values())
    if isinstance(ours, tuple | list):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            close(one, other)
    elif isinstance(ours, float):
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-15, nan_ok=True)
    else:
        assert ours == theirs


def test_findings_and_predictions_in_batches_are_those_in_memory(model, table, folder):
    ours, theirs = judge_batches(model, folder), xent.judge(model, table)
    close(plain(ours.findings), plain(theirs.findings))
    assert [one.kind for one in ours.findings.cautions] == ["unknown classes", "unseen"]
    assert '"5" (8), "4" (5)' in ours.findings.cautions[0].text
    mine, other = ours.predictions(), theirs.predictions()
    assert mine.select(["row", "target", "predicted"]).equals(other.select(["row", "target", "predicted"]))


def test_weights_of_rows_count_in_batches_as_in_memory(model, table, tmp_path):
    weight = pa.array(np.arange(table.num_rows) % 5)
    weighted = table.append_column("w", weight)
    place = tmp_path / "weighted"
    place.mkdir()
    for k in range(3):
        pq.write_table(weighted.slice(1000 * k, 1000), place / f"{k}.parquet", row_group_size=300)
    ours = judge_batches(model, place, sample_weight="w")
    for theirs in (
        xent.judge(model, weighted, sample_weight="w"),
        xent.judge(model, table, sample_weight=weight.to_numpy()),
    ):
        close(plain(ours.findings) | {"rows": ()}, plain(theirs.findings) | {"rows": ()})
    assert ours.findings.rows.weight == "w"
    plainly = xent.judge(model, table).findings.held_out.cross_entropy.value
    assert abs(ours.findings.held_out.cross_entropy.value / plainly - 1) > 1e-3
    with pytest.raises(DataError, match="judge: `sample_weight` must be a column of the table; got 'v'"):
        judge_batches(model, place, sample_weight="v")
    with pytest.raises(DataError, match="judge: `sample_weight` must hold numbers; got column 'city'"):
        xent.judge(model, weighted, sample_weight="city")


def test_of_more_rows_than_are_kept_a_part_is_judged_and_named(model, table, folder, monkeypatch):
    monkeypatch.setattr(streamed_judging, "_MOST_KEPT", 3 * 1000)
    judged = judge_batches(model, folder)
    rows = judged.predictions()["row"]
    assert 900 < len(rows) < 1100
    assert judged.findings.rows.read == 3000
    assert f"{len(rows):,} of 2,957 rows were judged" in judged.findings.cautions[1].text
    whole = xent.judge(model, table.take(rows)).findings.held_out.cross_entropy
    assert judged.findings.held_out.cross_entropy.value == pytest.approx(whole.value, rel=1e-12)


def test_cells_that_do_not_read_are_counted_over_all_batches(tmp_path):
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=600)
    size = [f"{value:.3f}" for value in y + rng.normal(size=600)]
    trained = xent.fit(pa.table({"size": size, "y": y}), "y", C=1.0).model
    assert trained.encoder.columns[0].reading is not None
    new = ["heavy" if k % 200 == 0 else cell for k, cell in enumerate(size)]
    pq.write_table(pa.table({"size": new, "y": y}), tmp_path / "new.parquet", row_group_size=150)
    (told,) = judge_batches(trained, tmp_path / "new.parquet").findings.cautions
    (beside,) = xent.judge(trained, tmp_path / "new.parquet").findings.cautions
    assert told.text.startswith("3 cells of column 'size' cannot be read as ")
    assert beside.text.startswith(told.text.removesuffix("."))


def test_a_source_without_what_judging_needs_is_refused(model, table, tmp_path):
    cases = {
        "`target` must be a column of the table; got 'y'": table.drop_columns(["y"]),
        "must have the columns that were used in training; got .* without 'city'": table.drop_columns(
            ["city"]
        ),
        "in which all 3000 rows are missing": table.set_column(2, "y", pa.nulls(3000, pa.float64())),
        "`target` must hold classes of the model": table.set_column(2, "y", pa.array([8, 9] * 1500)),
    }
    for place, (words, rows) in enumerate(cases.items()):
        path = tmp_path / f"{place}.parquet"
        pq.write_table(rows, path, row_group_size=1000)
        with pytest.raises(DataError, match=words):
            judge_batches(model, path)


@pytest.mark.half_second
def test_the_program_judges_a_folder_in_batches(model, folder, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "m.skops"
    save_model(model, place)
    assert run(["judge", str(place), str(folder), "--json"]) == 0
    in_batches = json.loads(capsys.readouterr().out)
    assert (in_batches["name"], in_batches["rows"]["read"]) == ("later", 3000)
    assert (tmp_path / "xent-out" / "later-judged" / "predictions.parquet").exists()
    assert run(["judge", str(place), str(folder / "0.parquet"), "--stream", "--quiet"]) == 0
    assert run(["judge", str(place), str(folder), "--skip", "1"]) == 2
    assert "`skip` must be left out but for files of delimited text" in capsys.readouterr().err
