"""`xent score`, `xent compare` and `xent calibrate`, as a person runs them."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest
from typer.testing import CliRunner

from tests.scoring.closed_truths import drawn_classes, normalised
from xent.cli.app import app


def run(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    q = rng.dirichlet(np.ones(3), 300)
    data = {"y": np.asarray(list("abc"))[drawn_classes(q, rng)], "g": np.arange(300) // 3}
    for name, values in (("old", np.exp(normalised(2 * np.log(q)))), ("new", q)):
        data |= {f"{name}_{k}": values[:, i] for i, k in enumerate("abc")}
        one = {"y": data["y"], **{f"p_{k}": values[:, i] for i, k in enumerate("abc")}}
        pyarrow.csv.write_csv(pa.table(one), tmp_path / f"{name}.csv")
    pyarrow.csv.write_csv(pa.table(data), tmp_path / "p.csv")
    return tmp_path / "p.csv"


@pytest.mark.half_second
def test_a_score_is_printed_and_written_and_written_again(file):
    for _ in range(2):
        done = run("score", file, "-t", "y", "--group", "g", "--probs", "old_")
        assert done.exit_code == 0, done.stderr
        assert "Account of the loss" in done.stdout
    place = file.parent / "xent-out" / "p-scores"
    assert sorted(each.name for each in place.iterdir()) == ["manifest.json", "metrics.json", "report.html"]
    assert json.loads((place / "metrics.json").read_text())["models"][0]["name"] == "old"


@pytest.mark.half_second
def test_json_is_what_is_written(file):
    done = run("score", file, "-t", "y", "--json", "--out", "here")
    assert done.stdout == (file.parent / "here" / "metrics.json").read_text()
    assert [model["name"] for model in json.loads(done.stdout)["models"]] == ["old", "new"]


@pytest.mark.half_second
@pytest.mark.usefixtures("file")
def test_a_loss_above_the_bound_is_an_exit_code_of_its_own():
    assert run("score", "new.csv", "-t", "y", "--fail-above", "2").exit_code == 0
    done = run("score", "new.csv", "-t", "y", "--fail-above", "0.1")
    assert done.exit_code == 3
    assert done.stderr.startswith("The loss of 0.8")
    assert done.stderr.endswith(" nats is above 0.1.\n")


@pytest.mark.half_second
def test_files_are_compared(file):
    done = run("compare", "old.csv", "new.csv", "-t", "y")
    assert done.exit_code == 0, done.stderr
    assert "new: it costs" in done.stdout
    assert (file.parent / "xent-out" / "old-compared" / "report.html").is_file()
    same = run("compare", file, "-t", "y", "--probs", "old_", "--probs", "new_", "--json")
    assert json.loads(same.stdout)["comparisons"][0]["second"] == "new"


@pytest.mark.half_second
@pytest.mark.usefixtures("file")
def test_a_calibrator_is_written_and_taken():
    done = run("calibrate", "old.csv", "-t", "y", "--out", "c")
    assert done.exit_code == 0, done.stderr
    assert "Temperature lowers the cross-entropy" in " ".join(done.stdout.split())
    before = json.loads(run("score", "old.csv", "-t", "y", "--json").stdout)
    after = json.loads(run("score", "old.csv", "-t", "y", "--json", "--calibrator", "c").stdout)
    losses = [each["models"][0]["held_out"]["cross_entropy"]["value"] for each in (before, after)]
    assert losses[1] < losses[0]


def test_tokens_have_perplexity_per_token_and_byte(file):
    (file.parent / "t.csv").write_text("ll,doc,n\n-1.0,a,2\n-2.0,b,4\n-3.0,b,1\n", encoding="utf-8")
    done = run("score", "t.csv", "--log-likelihood", "ll", "--document", "doc", "--bytes", "n")
    assert done.exit_code == 0, done.stderr
    assert "7.39" in done.stdout
    lacking = run("score", "t.csv", "--log-likelihood", "ll")
    assert lacking.exit_code == 2
    assert "name the column of their documents" in lacking.stderr


BAD = {
    "no prior": (
        ["score", "new.csv", "-t", "y", "--prior", "nix.csv"],
        "error: `prior` must be shares such as a=0.3,b=0.7, or a table that exists; got 'nix.csv'.",
    ),
    "shares of no whole": (
        ["score", "new.csv", "-t", "y", "--prior", "a=0.5,b=0.5,c=0.5"],
        "error: `prior` must sum to 1, being shares; got a sum of 1.5.",
    ),
    "measurements": (
        ["score", "new.csv", "-t", "p_a", "--weight", "y"],
        "error: `target` must name the column of the true classes; got column 'p_a' with 300 different",
    ),
    "no file": (["score", "nix.csv", "-t", "y"], "error: `data` must be a file that exists"),
    "no target": (
        ["score", "new.csv", "-t", "z"],
        "error: `target` must name a column of the table; got 'z'.",
    ),
    "no model": (
        ["compare", "new.csv", "-t", "y"],
        "error: `predictions` must hold at least two models; got one.",
    ),
    "nothing to gain": (
        ["calibrate", "new.csv", "-t", "y"],
        "error: `predictions` must gain from recalibration",
    ),
    "no such method": (
        ["calibrate", "old.csv", "-t", "y", "-m", "x"],
        "error: `method` must be auto, temperature",
    ),
    "no calibrator": (
        ["score", "new.csv", "-t", "y", "--calibrator", "new.csv"],
        "error: `calibrator` must be a calibrator.json",
    ),
}


@pytest.mark.parametrize("fault", BAD)
def test_bad_input_is_one_line_and_nothing_is_written(fault, file):
    arguments, line = BAD[fault]
    done = run(*arguments)
    assert done.exit_code == 2, done.stdout
    assert done.stderr.startswith(line), done.stderr
    assert done.stderr.count("\n") == 1
    assert not (file.parent / "xent-out").exists()


TOKENS = ["score", "t.csv", "--log-likelihood", "ll", "--document", "doc"]
BAD_TOKENS = {
    "above 0": (
        "0.5,a,1",
        TOKENS,
        "error: `log_likelihood` must hold logarithms of probabilities, <= 0; got 0.5, first at index (1,).",
    ),
    "missing": (
        ",a,1",
        TOKENS,
        "error: `log_likelihood` must hold logarithms of probabilities, <= 0; got a missing cell, first at",
    ),
    "negative": (
        "-1,a,-2",
        [*TOKENS, "--bytes", "n"],
        "error: `bytes` must hold whole numbers >= 0; got -2, first at index (1,).",
    ),
    "a page": ("-1,a,1", [*TOKENS, "--out", "o"], "error: `out` must be absent with --log-likelihood;"),
    "classes": ("-1,a,1", [*TOKENS, "--probs", "p_"], "error: `probs` must be absent with --log-likelihood;"),
    "nothing to count": (
        "-1,a,1",
        ["score", "t.csv", "--bytes", "n"],
        "error: `log_likelihood` must be given with --bytes; got nothing.",
    ),
}


@pytest.mark.parametrize("fault", BAD_TOKENS)
def test_bad_tokens_are_one_line_that_names_the_row(fault, file):
    row, arguments, line = BAD_TOKENS[fault]
    (file.parent / "t.csv").write_text(f"ll,doc,n\n-1,a,1\n{row}\n-2,b,1\n", encoding="utf-8")
    done = run(*arguments)
    assert done.exit_code == 2, done.stdout
    assert done.stderr.startswith(line), done.stderr
    assert done.stderr.count("\n") == 1


def test_tokens_of_one_document_have_no_interval_and_say_why(file):
    (file.parent / "t.csv").write_text("ll,doc\n-1.0,a\n-2.0,a\n", encoding="utf-8")
    done = run(*TOKENS)
    assert "An interval needs several documents; here is one." in done.stdout
    assert "unknown" not in done.stdout


@pytest.mark.half_second
@pytest.mark.usefixtures("file")
def test_a_calibrator_is_named_where_it_was_applied():
    assert run("calibrate", "old.csv", "-t", "y", "--out", "c").exit_code == 0
    done = run("score", "old.csv", "-t", "y", "--calibrator", "c")
    said = " ".join(done.stdout.split())
    assert "The predictions went through the calibrator 'c' (temperature) first." in said


@pytest.mark.usefixtures("file")
def test_a_map_that_gains_nothing_is_not_said_to_lower_the_loss():
    forced = run("calibrate", "new.csv", "-t", "y", "--force")
    assert "No map is taken: the predictions stay as they are, at 0.8" in forced.stdout
    worse = run("calibrate", "new.csv", "-t", "y", "--force", "-m", "isotonic", "--out", "c")
    assert "Isotonic raises the cross-entropy from 0.8" in worse.stdout


@pytest.mark.half_second
@pytest.mark.usefixtures("file")
def test_equal_models_cost_the_same():
    done = run("compare", "new.csv", "new.csv", "-t", "y")
    assert "No decision: new 1 and new 2 cost the same on every row." in done.stdout
    assert "Where they differ" not in done.stdout


@pytest.mark.usefixtures("file")
def test_the_loss_is_compared_with_the_given_prior():
    done = run("score", "new.csv", "-t", "y", "--prior", "a=8,b=1,c=1")
    said = " ".join(done.stdout.split())
    assert "guessing by the given prior alone would cost 1." in said
    assert "the classes' frequencies" not in said


def test_help_opens_with_examples():
    for name in ("score", "compare", "calibrate"):
        text = run(name, "--help").stdout
        assert (
            text.index("Examples")
            < text.index(f"xent {name} ", text.index("Examples"))
            < text.index("--json")
        )
