import dataclasses
import errno
import json
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import xent
from xent.errors import DataError, DTypeError, OutputError, ParameterError
from xent.jobs.archives.model_file import save_model
from xent.jobs.batches.streamed_judging import judge_batches
from xent.jobs.batches.streamed_prediction import predict_batches
from xent.jobs.columns import columns
from xent.jobs.output_directory import output_directory


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(0)
    x = rng.normal(size=400)
    return pd.DataFrame(
        {
            "x": x,
            "city": rng.choice(["Oslo", "Rome"], 400),
            "y": np.where(x + rng.logistic(size=400) > 1, "yes", "no"),
        }
    )


@pytest.fixture(scope="module")
def fitted(people):
    return xent.fit(people[:300], "y", C=1.0)


@pytest.fixture(scope="module")
def judged(people, fitted):
    return xent.judge(fitted.model, people[300:], name="later")


def test_the_scores_are_those_of_the_predictions(people, fitted, judged):
    found = xent.predict(fitted.model, people[300:])
    truth = people["y"][300:]
    probs = np.where(truth == "yes", found["p_yes"], found["p_no"])
    held_out = judged.findings.held_out
    assert held_out.cross_entropy.value == pytest.approx(-np.log(probs).mean(), rel=1e-12)
    assert held_out.error.value == np.mean(found["predicted"] != truth)
    assert judged.findings.decisions.commonest == people["y"][:300].mode()[0]
    assert judged.predictions()["p_yes"].tolist() == found["p_yes"].tolist()


def test_the_findings_are_those_of_a_judged_model(fitted, judged):
    findings = judged.findings
    assert (findings.name, findings.judged, findings.races) == ("later", "a model in memory", ())
    assert (findings.rows.read, findings.rows.train, findings.rows.held_out) == (100, 240, 100)
    assert findings.cautions == ()
    # Intervals need the training rows, which the model does not hold.
    kept = [dataclasses.replace(one, low=math.nan, high=math.nan) for one in fitted.findings.coefficients]
    assert str(list(findings.coefficients)) == str(kept)
    assert findings.training.cross_entropy == fitted.findings.training.cross_entropy


def test_a_saved_model_is_judged_on_a_file_with_the_whole_report(people, fitted, judged, tmp_path):
    (tmp_path / "model").mkdir()
    fitted.save(tmp_path / "model")
    people[300:].to_csv(tmp_path / "later.csv", index=False)
    again = xent.judge(tmp_path / "model", tmp_path / "later.csv")
    assert np.array_equal(again.log_probs, judged.log_probs)
    (tmp_path / "out").mkdir()
    again.save(tmp_path / "out")
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == [
        "manifest.json",
        "metrics.json",
        "predictions.parquet",
        "report.html",
    ]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    for part in ("result", "columns", "calibration", "thresholds", "training"):
        assert f'<h2 id="{part}">' in page
    assert json.loads((tmp_path / "out" / "metrics.json").read_text())["held_out"]["rows"] == 100


def test_classes_that_the_model_does_not_know_are_counted_and_not_judged(people, fitted, judged):
    later = pd.concat([people[300:], people[:3].assign(y="maybe"), people[:2].assign(y=None)])
    found = xent.judge(fitted, later)
    assert found.findings.held_out == judged.findings.held_out
    assert (found.findings.rows.read, found.findings.rows.without_target) == (105, 2)
    (caution,) = found.findings.cautions
    assert caution.text == (
        '3 rows of classes that the model does not know: "maybe" (3). It gives these classes probability 0, '
        "so their loss is infinite; the results are those of the other 100 rows."
    )


def test_unseen_levels_are_said(people, fitted):
    found = xent.judge(fitted, people[300:].assign(city="oslo"))
    assert [one.kind for one in found.findings.cautions] == ["unseen"]
    assert "100 of 100 cells of column 'city'" in found.findings.cautions[0].text


def test_cells_that_do_not_read_are_said_by_their_row_in_the_whole_table():
    cells = [f"{row}.5" for row in range(60)]
    model = xent.fit({"x": pa.array(cells), "y": ["a", "b"] * 30}, "y", C=1.0).model
    found = xent.judge(model, {"x": ["1.5", "2.5", "odd"], "y": [None, "a", "b"]})
    assert "'odd' in row 2 (rows count from 0)" in found.findings.cautions[0].text


def test_classes_are_known_by_their_text_where_the_types_differ():
    table = {"x": np.arange(60) * 1.5, "y": [3, 4] * 30}
    model = xent.fit(table, "y", C=1.0).model
    numbers, texts = (xent.judge(model, {"x": [1.0, 2.0], "y": y}) for y in ([3, 4], ["3", "4"]))
    assert numbers.findings.held_out == texts.findings.held_out


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (
            ["maybe", "never"],
            "judge: `target` must hold classes of the model; got 'maybe' and 'never' in column",
        ),
        ([None, None], "must have values; got column 'y', in which all 2 rows are missing"),
    ],
)
def test_a_table_without_rows_to_judge_is_refused(fitted, y, message):
    with pytest.raises(DataError) as caught:
        xent.judge(fitted, {"x": [1.0, 2.0], "city": ["Oslo", "Rome"], "y": pd.Series(y, dtype=object)})
    assert message in str(caught.value)


def test_a_table_without_the_target_is_refused(people, fitted):
    with pytest.raises(DataError, match="judge: `target` must be a column of the table; got 'y'"):
        xent.judge(fitted, people.drop(columns="y"))


def test_a_notebook_and_the_prompt_show_it(judged):
    assert judged._repr_html_().startswith("<iframe")
    assert repr(judged).startswith("<Judged on 'later': cross-entropy ")


@pytest.mark.parametrize("kind", ["fit", "judged"])
def test_results_are_saved_into_a_directory_that_exists(fitted, judged, tmp_path, kind):
    result = fitted if kind == "fit" else judged
    for place in (tmp_path / "no" / "such", str(tmp_path / "none"), tmp_path / ("x" * 300)):
        with pytest.raises(
            OutputError, match=r"^save: `directory` must be a directory that exists; got '.*'\. Make it"
        ):
            result.save(place)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="`directory` must be a directory that exists"):
        result.save(tmp_path / "file")
    result.save(str(tmp_path))
    assert (tmp_path / "manifest.json").exists()


@pytest.mark.parametrize("name", ["metrics.json", "model.skops"])
def test_a_refusal_by_the_system_names_the_directory(fitted, tmp_path, monkeypatch, name):
    write = type(tmp_path).write_text if name == "metrics.json" else type(tmp_path).write_bytes
    method = write.__name__

    def full(path, *arguments, **options):
        if path.name == name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, *arguments, **options)

    monkeypatch.setattr(type(tmp_path), method, full)
    with pytest.raises(
        OutputError, match=r"`directory` must be a directory that can be written; got '.*' \(no space"
    ):
        fitted.save(tmp_path)
    if name == "model.skops":
        with pytest.raises(OutputError, match=r"^save_model: `path` must be a file that can be written"):
            save_model(fitted.model, tmp_path / name)
    with (
        pytest.raises(OutputError, match="`out` must have room for the results; got a full disk at"),
        output_directory(tmp_path / "out", caller="xent fit") as folder,
    ):
        fitted.save(folder)


@pytest.mark.parametrize(
    "options",
    [{"delimiter": ";"}, {"header": False}, {"skip": 1}, {"encoding": "utf-8"}],
    ids=lambda one: next(iter(one)),
)
def test_options_of_files_are_refused_beside_tables_in_memory(people, fitted, options):
    (name,) = options
    calls = {
        "fit": lambda: xent.fit(people, "y", **options),
        "predict": lambda: xent.predict(fitted.model, people, **options),
        "judge": lambda: xent.judge(fitted.model, people, **options),
        "columns": lambda: columns(people, "y", **options),
    }
    for caller, call in calls.items():
        with pytest.raises(DataError, match=f"^{caller}: `{name}` must come with a file; got DataFrame"):
            call()
    with pytest.raises(DataError, match=f"^fit: `{name}` must come with a file; got 'iris'"):
        xent.fit("iris", **options)
    defaults = {"delimiter": None, "header": True, "skip": None, "encoding": None}
    assert len(xent.predict(fitted.model, people[:5], **defaults)) == 5


def test_a_keyword_that_is_no_option_of_reading_is_refused_beside_any_data(people, fitted, tmp_path):
    people.to_csv(tmp_path / "t.csv", index=False)
    for data in (people, tmp_path / "t.csv"):
        calls = {
            "predict": lambda data=data: xent.predict(fitted.model, data, foo=1),
            "judge": lambda data=data: xent.judge(fitted.model, data, foo=1),
            "columns": lambda data=data: columns(data, "y", foo=1),
        }
        for caller, call in calls.items():
            with pytest.raises(
                ParameterError, match=f"^{caller}: `foo` must be a keyword of {caller}; got foo=1"
            ):
                call()
    with pytest.raises(ParameterError, match=r"^predict_batches: `foo` must be a keyword"):
        predict_batches(fitted.model, tmp_path / "t.csv", tmp_path / "p.csv", reading={"foo": 1})
    with pytest.raises(ParameterError, match=r"^judge_batches: `foo` must be a keyword"):
        judge_batches(fitted.model, tmp_path / "t.csv", reading={"foo": 1})


def test_a_fit_stands_for_its_model_and_another_object_is_refused(people, fitted):
    assert xent.predict(fitted, people).equals(xent.predict(fitted.model, people))
    for job in (xent.predict, xent.judge):
        with pytest.raises(
            DTypeError, match=f"^{job.__name__}: `model` must be a model of xent.fit, its result"
        ):
            job(3, people)
