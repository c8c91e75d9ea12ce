"""Predictions, models and data that the later commands cannot use: one line, code 2, nothing left."""

import os

import numpy as np
import pytest

from tests.cli.test_bad_inputs import LONG, assert_refused

ROWS = 60
rng = np.random.default_rng(20261201)
SHARES = rng.dirichlet(np.ones(2), ROWS).tolist()
CLASSES = ["yes" if rng.random() < each[1] else "no" for each in SHARES]
HEAD = "y,p_no,p_yes,w,g,s\n"
ALL = [
    [CLASSES[k], repr(SHARES[k][0]), repr(SHARES[k][1]), "1", str(k // 5), "ab"[k % 2]] for k in range(ROWS)
]
SCORED = ["--target", "y", "--probs", "p_", "--weight", "w", "--group", "g"]


def table(rows=ALL):
    return (HEAD + "".join(",".join(row) + "\n" for row in rows)).encode()


def with_cell(column, cell):
    return table([*ALL[:3], [*ALL[3][:column], cell, *ALL[3][column + 1 :]], *ALL[4:]])


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    (tmp_path / "p.csv").write_bytes(table())
    (tmp_path / "short.csv").write_bytes(table(ALL[:-5]))
    rows = "".join(f"{k / 10},{'yes' if k % 3 else 'no'}\n" for k in range(ROWS))
    (tmp_path / "t.csv").write_text("x,y\n" + rows)
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    return tmp_path


TABLES = {
    "nan": (with_cell(1, "nan"), "nan"),
    "below 0": (with_cell(1, "-0.2"), "`probs`"),
    "a sum of another number": (with_cell(1, "0.99999"), "sum to 1"),
    "infinite": (with_cell(1, "inf"), "`probs`"),
    "a gap": (with_cell(1, ""), "`probs`"),
    "a weight below 0": (with_cell(3, "-1"), "`weight`"),
    "an infinite weight": (with_cell(3, "inf"), "`weight`"),
    "a class of no column": (with_cell(0, "maybe"), "maybe"),
    "a gap among groups": (with_cell(4, ""), "`group`"),
    "one group": (table([[*row[:4], "7", "a"] for row in ALL]), "one group"),
    "no rows": (table([]), "nothing below"),
    "empty": (b"", "empty"),
    "random bytes": (rng.bytes(3000), "not text"),
}


@pytest.mark.parametrize("wrong", TABLES)
def test_predictions_that_cannot_be_used_are_refused_in_one_line(wrong, here, capsys):
    content, words = TABLES[wrong]
    (here / "bad.csv").write_bytes(content)
    for arguments in (["score", "bad.csv"], ["compare", "bad.csv", "p.csv"], ["calibrate", "bad.csv"]):
        assert_refused([*arguments, *SCORED], [] if arguments[0] == "compare" else words, capsys, here)


PATHS = ["missing.csv", "pipe.csv", "folder.csv", "/dev/zero", "", f"{LONG}.csv", "a\0b.csv"]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_of_no_predictions_is_refused_by_every_command(path, here, capsys):
    assert_refused(["score", path, "-t", "y"], [], capsys, here)
    assert_refused(["compare", "p.csv", path, "-t", "y"], [], capsys, here)
    assert_refused(["calibrate", path, "-t", "y"], [], capsys, here)
    assert_refused(["columns", path], [], capsys, here)
    assert_refused(["judge", path, "t.csv"], [], capsys, here)
    assert_refused(["fit", path, "-t", "y", "--stream"], [], capsys, here)


OPTIONS = {
    "score": {
        "an unknown prefix": (["--probs", "zz_"], "`probs`"),
        "an empty prefix": (["--probs", ""], []),
        "a column too many": (["--probs", "p_no,p_yes,p_x"], "p_x"),
        "an unknown slice": (["--slice", "nope"], "nope"),
        "an empty slice": (["--slice", ""], []),
        "an unknown weight": (["--weight", "nope"], "nope"),
        "a weight of words": (["--weight", "s"], "`weight`"),
        "an unknown group": (["--group", "nope"], "nope"),
        "least rows of 0": (["--least-rows", "0"], "`least_rows`"),
        "least rows below 0": (["--least-rows", "-5"], "`least_rows`"),
        "a prior of one class": (["--prior", "no=1"], "'yes'"),
        "a prior of words": (["--prior", "no=x"], "`prior`"),
        "a prior below 0": (["--prior", "no=-1,yes=2"], "`prior`"),
        "a prior of nan": (["--prior", "no=nan,yes=1"], "`prior`"),
        "a missing prior": (["--prior", "missing.csv"], []),
        "an empty prior": (["--prior", ""], []),
        "a missing calibrator": (["--calibrator", "missing"], "`calibrator`"),
        "a table for a calibrator": (["--calibrator", "p.csv"], "`calibrator`"),
        "an endless calibrator": (["--calibrator", "/dev/zero"], "`calibrator`"),
        "a pipe for a calibrator": (["--calibrator", "pipe.csv"], "`calibrator`"),
        "a bound that is no number": (["--fail-above", "x"], "--fail-above"),
        "out is the table": (["--out", "p.csv"], "`out`"),
        "out is here": (["--out", "."], "`out`"),
        "out is empty": (["--out", ""], "`out`"),
        "out is a device": (["--out", "/dev/null"], "`out`"),
        "out where nothing can be made": (["--out", "/proc/o"], "`out`"),
        "tokens without documents": (["--log-likelihood", "p_no"], "`document`"),
        "tokens of an unknown column": (["--log-likelihood", "nope", "--document", "g"], "nope"),
        "tokens of words": (["--log-likelihood", "s", "--document", "g"], []),
        "tokens with a target": (
            ["--log-likelihood", "p_no", "--document", "g", "--target", "y"],
            "`target`",
        ),
        "a target that is not there": (["--target", "zz"], "zz"),
        "an empty target": (["--target", ""], []),
    },
    "calibrate": {
        "an unknown method": (["--method", "nope"], "`method`"),
        "an empty method": (["--method", ""], "`method`"),
        "out is the table": (["--out", "p.csv", "--force"], "`out`"),
        "two models": (["--probs", "p_", "--logits", "p_"], []),
        "an unknown prefix": (["--probs", "zz"], "`probs`"),
    },
    "compare": {
        "one model": ([], "two models"),
        "other rows": (["short.csv"], "the same rows"),
        "out is here": (["p.csv", "--out", "."], "`out`"),
    },
}
CASES = [(command, wrong) for command, all_wrong in OPTIONS.items() for wrong in all_wrong]


@pytest.mark.parametrize(("command", "wrong"), CASES)
def test_an_option_of_predictions_that_cannot_be_used_is_refused_in_one_line(command, wrong, here, capsys):
    options, words = OPTIONS[command][wrong]
    target = [] if {"--target", "--log-likelihood"} & set(options) else ["-t", "y"]
    assert_refused([command, "p.csv", *target, *options], words, capsys, here)


STREAM = ["fit", "t.csv", "-t", "y", "--stream"]
OTHERS = {
    "an unknown column of a plan": ["columns", "t.csv", "-t", "zz"],
    "a type of no kind": ["columns", "t.csv", "--types", "x=nope"],
    "a type without a kind": ["columns", "t.csv", "--types", "x"],
    "a type of no column": ["columns", "t.csv", "--types", "zz=numeric"],
    "a column to drop that is not there": ["columns", "t.csv", "--drop", "zz"],
    "a delimiter of two characters": ["columns", "t.csv", "--delimiter", "ab"],
    "more lines to skip than there are": ["columns", "t.csv", "--skip", "1000"],
    "an unknown encoding": ["columns", "t.csv", "--encoding", "nope"],
    "an empty name of a loss": ["losses", ""],
    "two names of losses": ["losses", "focal", "poly"],
    "an unknown language": ["lab", "--lang", "xx", "--no-open"],
    "a lab in place of a table": ["lab", "--no-open", "--out", "t.csv"],
    "a lab in place of a folder": ["lab", "--no-open", "--out", "."],
    "a lab on a device": ["lab", "--no-open", "--out", "/dev/null"],
    "a lab in a missing folder": ["lab", "--no-open", "--out", "nowhere/l.html"],
    "a lab of a name too long": ["lab", "--no-open", "--out", LONG],
    "a lab in a pipe": ["lab", "--no-open", "--out", "pipe.csv"],
    "a model that is a table": ["judge", "p.csv", "t.csv"],
    "a model that is a device": ["judge", "/dev/zero", "t.csv"],
    "a stream without a target": ["fit", "t.csv", "--stream"],
    "a stream of another target": ["fit", "t.csv", "-t", "zz", "--stream"],
    "no memory": [*STREAM, "--memory", "0"],
    "memory of nan": [*STREAM, "--memory", "nan"],
    "no scheduler": ["fit", "t.csv", "-t", "y", "--dask", "nope"],
    "a model of no kind": ["fit", "t.csv", "-t", "y", "--model", "zz"],
    "C below 0": [*STREAM, "--C", "-1"],
    "tol of nan": [*STREAM, "--tol", "nan"],
    "a seed below 0": [*STREAM, "--seed", "-1"],
    "all held out": [*STREAM, "--held-out", "1"],
    "a group that is not there": [*STREAM, "--group", "zz"],
    "a weight that is not there": [*STREAM, "--weight", "zz"],
    "a pattern of no file": ["fit", "z*.csv", "-t", "y"],
    "a pattern in a folder that is not there": ["fit", "file:///nope/*.parquet", "-t", "y"],
}


@pytest.mark.parametrize("wrong", OTHERS)
def test_the_later_commands_refuse_in_one_line_too(wrong, here, capsys):
    assert_refused(OTHERS[wrong], [], capsys, here)
