"""`xent judge`, and the options of `xent fit` that decide what is held out and what a class weighs."""

import json

import numpy as np
import pandas as pd
import pytest

import xent
from xent.cli import run


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(0)
    x = rng.normal(size=200)
    return pd.DataFrame(
        {
            "patient": np.arange(200) // 4,
            "x": x,
            "city": rng.choice(["Oslo", "Rome"], 200),
            "y": np.where(x + rng.logistic(size=200) > 1, "yes", "no"),
        }
    )


@pytest.fixture(scope="module")
def folder(people, tmp_path_factory):
    made = tmp_path_factory.mktemp("judge")
    people[:150].to_csv(made / "people.csv", index=False)
    people[150:].to_csv(made / "later.csv", index=False)
    (made / "model").mkdir()
    xent.fit(made / "people.csv", "y", C=1.0).save(made / "model")
    return made


@pytest.fixture
def here(folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    return folder


def told(arguments, capsys, code=0):
    capsys.readouterr()
    assert run([str(each) for each in arguments]) == code
    return capsys.readouterr()


@pytest.mark.half_second
def test_a_model_is_judged_on_a_file_and_the_results_are_kept(here, capsys):
    out = told(["judge", "model", "later.csv"], capsys).out
    assert out.startswith("Judgement of model on later\n")
    for words in ("50 rows: 50 judged by a model of 120 rows.", "Error of guessing", "Thresholds and costs"):
        assert words in " ".join(out.split())
    place = here / "xent-out" / "later-judged"
    assert (place / "report.html").exists()
    assert not (place / "model.skops").exists()
    document = json.loads((place / "metrics.json").read_text(encoding="utf-8"))
    assert (document["judged"], document["rows"]["held_out"]) == ("model", 50)
    # Judged again, earlier results are replaced.
    told(["judge", "model/model.skops", "later.csv", "--quiet"], capsys)


@pytest.mark.half_second
def test_json_and_quiet_are_as_for_a_fit(here, capsys):
    out = told(["judge", "model", "later.csv", "--json", "--out", "j"], capsys).out
    assert json.loads(out) == json.loads((here / "j" / "metrics.json").read_text(encoding="utf-8"))
    assert told(["judge", "model", "later.csv", "--quiet", "--out", "q"], capsys) == ("", "")


def test_unseen_levels_come_first_in_the_terminal(here, people, capsys):
    people[150:].assign(city="oslo").to_csv(here / "moved.csv", index=False)
    out = " ".join(told(["judge", "model", "moved.csv"], capsys).out.split())
    assert out.index("Before you rely on this") < out.index("Performance on")
    assert "50 of 50 cells of column 'city' hold levels that training did not have: 'oslo'" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["judge", "nowhere", "later.csv"], "`model` must be an existing file"),
        (["judge", "model", "nowhere.csv"], "nowhere.csv"),
        (["judge", "model", "later.csv", "--out", "model"], "must not hold a file that is read"),
        (["fit", "people.csv", "-t", "y", "--group", "patients"], "Did you mean 'patient'?"),
        (["fit", "people.csv", "-t", "y", "--class-weight", "yes"], "must be balanced, or CLASS=FACTOR"),
        (["fit", "people.csv", "-t", "y", "--class-weight", "0.5"], "must be balanced, or CLASS=FACTOR"),
        (["fit", "people.csv", "-t", "y", "--class-weight", "yse=2"], "Did you mean 'yes'?"),
    ],
)
def test_what_cannot_be_judged_or_split_is_one_line(here, arguments, words, capsys):
    before = sorted(here.rglob("*"))
    found = told(arguments, capsys, code=2)
    assert found.out == ""
    assert found.err.startswith("error: ")
    assert found.err.count("\n") == 1
    assert words in found.err
    assert sorted(here.rglob("*")) == before


@pytest.mark.half_second
def test_groups_and_weights_of_classes_reach_the_fit(here, people, capsys):
    options = ["--group", "patient", "--class-weight", "yes=3", "--C", 1, "--quiet", "--out", "g"]
    told(["fit", "people.csv", "-t", "y", *options], capsys)
    model = xent.load_model(here / "g")
    assert model.classifier.class_weight == {0: 1.0, 1: 3.0}
    held_out = pd.read_parquet(here / "g" / "predictions.parquet")["row"]
    assert not set(people["patient"][held_out]) & set(people["patient"][:150].drop(held_out))
    told(["fit", "people.csv", "-t", "y", "--class-weight", "balanced", "--C", 1, "-q", "-o", "b"], capsys)
    assert xent.load_model(here / "b").classifier.class_weight == "balanced"
