"""The commands as a person runs them: streams, exit codes and files, of whole processes or in this one."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import xent
from tests.ordinary_user import bound_by_permissions
from xent import cli

XENT = [sys.executable, "-c", "from xent.cli import main; main()"]


def run(*arguments, cwd, **options):
    return subprocess.run(
        [*XENT, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
        **options,
    )


@pytest.fixture
def run_here(monkeypatch, capfd):
    """`run` in this process, which has the libraries loaded: for what is not a matter of processes."""

    def run_in_process(*arguments, cwd):
        monkeypatch.chdir(cwd)
        monkeypatch.setenv("COLUMNS", "100")
        monkeypatch.setenv("NO_COLOR", "1")
        code = cli.run([*map(str, arguments)])
        return subprocess.CompletedProcess(arguments, code, *capfd.readouterr())

    return run_in_process


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fit")
    done = run("fit", "wine", "--C", 1, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder, done


def test_fit_writes_its_results_and_tells_them(fitted):
    folder, done = fitted
    assert sorted(p.name for p in (folder / "xent-out" / "wine").iterdir()) == [
        "manifest.json",
        "metrics.json",
        "model.skops",
        "predictions.parquet",
        "report.html",
    ]
    assert done.stderr == ""
    for words in (
        "Cross-entropy",
        "Perplexity",
        "Skill",
        "certified",
        "Cross-entropy against squared error",
        "report.html",
    ):
        assert words in done.stdout
    assert done.stdout.index("13 columns") < done.stdout.index("Cross-entropy")


def test_json_is_the_metrics_and_nothing_else(tmp_path):
    done = run("fit", "iris", "--C", 1, "--json", "--out", tmp_path / "o", cwd=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout) == json.loads(
        (tmp_path / "o" / "metrics.json").read_text(encoding="utf-8")
    )


@pytest.mark.half_second
def test_quiet_prints_nothing(tmp_path, run_here):
    done = run_here("fit", "iris", "--C", 1, "--quiet", "--out", tmp_path / "o", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "o" / "report.html").exists()


@pytest.mark.parametrize(("model", "loaded"), [("linear", ["none.csv"]), ("network", []), ("auto", [])])
def test_no_import_that_hides_pytorch_runs_beside_a_network(tmp_path, run_here, monkeypatch, model, loaded):
    names = []
    monkeypatch.setattr("xent.cli.fit._load_while_reading", names.append)
    done = run_here("fit", "none.csv", "--target", "y", "--model", model, cwd=tmp_path)
    assert (done.returncode, names) == (2, loaded)


def test_fitting_again_replaces_the_result(fitted, run_here):
    folder, _ = fitted
    done = run_here("fit", "wine", "--C", 0.1, "--quiet", cwd=folder)
    assert done.returncode == 0
    metrics = json.loads((folder / "xent-out" / "wine" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["training"]["C"] == 0.1


def test_predict_prints_csv_or_writes_a_file(fitted, tmp_path, run_here):
    folder, _ = fitted
    data = tmp_path / "new.csv"
    from xent.data import load_builtin

    pyarrow.csv.write_csv(load_builtin("wine")[0].slice(0, 5), data)
    done = run("predict", folder / "xent-out" / "wine", data, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 6
    assert lines[0].startswith('"row","predicted","p_')
    done = run_here("predict", folder / "xent-out" / "wine", data, "--out", "p.parquet", cwd=tmp_path)
    assert done.stderr == "5 predictions in p.parquet\n"
    assert pq.read_table(tmp_path / "p.parquet").num_rows == 5


@pytest.mark.slow
def test_help_opens_with_three_examples_that_run(tmp_path, run_here):
    shown = run_here("fit", "--help", cwd=tmp_path).stdout
    examples = [line.strip(" │") for line in shown.splitlines() if line.strip(" │").startswith("xent fit")]
    commands = [example.split("  ")[0] for example in examples[:3]]
    assert len(commands) == 3
    for number, command in enumerate(commands):
        arguments = command.split()[1:]
        if "heartbeats" in command:
            arguments[arguments.index("--rows") + 1] = "300"
        done = run_here(*arguments, "--quiet", "--out", tmp_path / str(number), cwd=tmp_path)
        assert done.returncode == 0, done.stderr


def test_version_is_the_package_s(tmp_path):
    assert run("--version", cwd=tmp_path).stdout == f"xent {xent.__version__}\n"


def table(path, **columns):
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


X = list(np.linspace(-1, 1, 40))
Y = ["no", "yes"] * 20

# What is wrong, how to make it, what the one line must say.
BAD = {
    "missing file": (lambda d: d / "people.csv", ["does not exist", "people.csv"]),
    "directory": (lambda d: d, ["the folder"]),
    "binary": (lambda d: put(d / "a.csv", bytes(range(256)) * 50), ["a.csv"]),
    "unknown kind": (lambda d: put(d / "a.docx", b"PK"), ["a.docx"]),
    "truncated Parquet": (lambda d: halved(d / "a.parquet"), ["a.parquet"]),
    "ragged": (lambda d: put(d / "a.csv", b"x,y\n1,no\n2,yes,3\n"), ["line 3"]),
    "not UTF-8": (lambda d: put(d / "a.csv", "x,y\n1,é\n".encode() + b"2,\xff\n"), ["UTF-8", "line 3"]),
    "empty": (lambda d: put(d / "a.csv", b""), ["empty"]),
    "header only": (lambda d: put(d / "a.csv", b"x,y\n"), ["row"]),
    "target not there": (lambda d: table(d / "a.csv", x=X, yy=Y), ["`target`", "'yy'"]),
    "one class": (lambda d: table(d / "a.csv", x=X, y=["no"] * 40), ["class", "'no'"]),
    "classes of one row": (lambda d: table(d / "a.csv", x=X[:5], y=list("abcde")), ["two rows"]),
    "all constant": (lambda d: table(d / "a.csv", x=[1] * 40, y=Y), ["constant"]),
    "duplicate columns": (lambda d: put(d / "a.csv", b"x,x,y\n1,2,no\n3,4,yes\n"), ["'x'"]),
    "infinite": (lambda d: table(d / "a.csv", x=[*X[:-1], np.inf], y=Y), ["'x'", "inf"]),
    "regression": (lambda d: table(d / "a.csv", x=X, y=[1.5 * i for i in range(40)]), ["regression"]),
}


def put(path, content):
    path.write_bytes(content)
    return path


def halved(path):
    pd.DataFrame({"x": X, "y": Y}).to_parquet(path)
    return put(path, path.read_bytes()[:400])


@pytest.mark.parametrize("wrong", BAD)
def test_bad_input_is_one_clear_line(wrong, tmp_path, run_here):
    make, words = BAD[wrong]
    data = make(tmp_path)
    before = sorted(p.name for p in tmp_path.iterdir())
    runs = run if wrong == "missing file" else run_here
    done = runs("fit", data, "--target", "y", "--out", tmp_path / "o", cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: `")
    for word in words:
        assert word in done.stderr
    for jargon in ("Traceback", "Arrow", "pyarrow", "Expected"):
        assert jargon not in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--C", "big"], "`C` must be a number > 0"),
        (["--C", "-1"], "`C` must be a number > 0"),
        (["--C", "inf"], "`C` must lie between 1e-100 and 1e+100; got inf"),
        (["--tol", "0"], "`tol` must be a finite number > 0"),
        (["--held-out", "1"], "`held_out` must lie between 0 and 1"),
        (["--noise", "1"], "be a built-in set that takes the option noise"),
    ],
)
def test_bad_options_are_one_clear_line(arguments, words, tmp_path, run_here):
    data = table(tmp_path / "a.csv", x=X, y=Y)
    done = run_here("fit", data, "-t", "y", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert words in done.stderr


def test_an_unknown_option_is_a_usage_error(tmp_path):
    done = run("fit", "--frobnicate", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.half_second
def test_an_output_directory_that_cannot_be_written_is_told_before_the_fit(run_here):
    def fit(folder):
        return run_here("fit", "iris", "--C", "1", "--out", folder / "o", cwd="/")

    def without_entry(folder):
        shutil.rmtree(folder / "o")
        folder.chmod(0o555)

    with bound_by_permissions(without_entry, load=fit) as folder:
        done = fit(folder)
        assert done.returncode == 2
        assert "`out` must be a directory that can be written" in done.stderr
        assert not list(folder.iterdir())


def test_an_output_path_through_a_file_is_told_before_the_fit(tmp_path, run_here):
    (tmp_path / "file").write_text("")
    done = run_here("fit", "digits", "--out", tmp_path / "file" / "o", cwd=tmp_path)
    assert done.returncode == 2
    assert "`out` must be a directory that can be written" in done.stderr
    assert done.stdout == ""


def test_an_interruption_stops_cleanly_and_says_what_was_kept(tmp_path):
    process = subprocess.Popen(
        [*XENT, "fit", "heartbeats", "--rows", "20000", "--out", str(tmp_path / "o")],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    # Once the directory in the making is there the fit has begun.
    while not list(tmp_path.iterdir()):
        time.sleep(0.05)
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert stderr == "Stopped. Nothing was written.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_is_not_ours_is_one_clear_line(tmp_path, run_here):
    data = table(tmp_path / "a.csv", x=X)
    done = run_here("predict", put(tmp_path / "m.skops", b"junk"), data, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: `model` must be a model that `xent fit` wrote")
    assert done.stderr.count("\n") == 1


def test_predicting_into_an_unknown_kind_of_file_is_one_clear_line(fitted, tmp_path, run_here):
    folder, _ = fitted
    from xent.data import load_builtin

    pyarrow.csv.write_csv(load_builtin("wine")[0].slice(0, 5), tmp_path / "new.csv")
    done = run_here("predict", folder / "xent-out" / "wine", "new.csv", "--out", "p.xlsx", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "error: `out` must end in .csv or .parquet; got 'p.xlsx'.\n"
    assert not (tmp_path / "p.xlsx").exists()


def test_debug_shows_the_traceback(tmp_path):
    done = run("fit", "nowhere.csv", "--target", "y", "--debug", cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "DataError" in done.stderr
