"""About a hundred inputs that cannot work: each is one line and exit code 2, and leaves nothing behind."""

import gzip
import io
import json
import os
import stat
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

import xent
from tests.ordinary_user import bound_by_permissions
from xent.cli import run
from xent.data.files import delimited_text

ROWS = 40
X = np.linspace(-1, 1, ROWS)
Y = ["no", "yes"] * (ROWS // 2)
GOOD = pd.DataFrame({"x": X, "z": X**2, "y": Y})
CSV = GOOD.to_csv(index=False).encode()
LONG = "n" * 300
LATIN = os.fsdecode(b"caf\xe9.csv")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    xent.fit(GOOD, "y", C=1.0).save(folder)
    return folder


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    (tmp_path / "good.csv").write_bytes(CSV)
    return tmp_path


def listing(folder):
    return {
        str(path.relative_to(folder)): (path.lstat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in sorted(folder.rglob("*"))
    }


def assert_refused(arguments, words, capsys, folder, code=2):
    before = listing(folder)
    capsys.readouterr()
    assert run([str(each) for each in arguments]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1, told.err
    assert told.err.startswith("error: "), told.err
    assert "Traceback" not in told.err
    assert all(c.isprintable() for c in told.err[:-1]), told.err
    for word in [words] if isinstance(words, str) else words:
        assert word in told.err
    assert listing(folder) == before


def parquet(table):
    stream = io.BytesIO()
    pyarrow.parquet.write_table(pa.table(table), stream)
    return stream.getvalue()


def arrow(table):
    stream = io.BytesIO()
    table = pa.table(table)
    with pa.ipc.new_file(stream, table.schema) as writer:
        writer.write_table(table)
    return stream.getvalue()


def lines(*objects):
    return "".join(f"{each}\n" for each in objects).encode()


def flipped(content, place):
    changed = bytearray(content)
    changed[place] ^= 0x10
    return bytes(changed)


def with_column(column):
    return GOOD.assign(x=column).to_csv(index=False).encode()


JSONL = lines(*(json.dumps({"x": float(x), "y": y}) for x, y in zip(X, Y, strict=True)))

# Name of the file, its bytes, words of the refusal.
TABLES = {
    "empty": ("a.csv", b"", "empty"),
    "blank lines": ("a.csv", b"\n\n  \n", "empty"),
    "byte order mark alone": ("a.csv", b"\xef\xbb\xbf", "empty"),
    "header alone": ("a.csv", b"x,y\n", "nothing below"),
    "header without line end": ("a.csv", b"x,y", "nothing below"),
    "NUL bytes": ("a.csv", b"x,y\n1,\0no\n2,yes\n", "not text"),
    "NUL bytes far down": ("a.csv", CSV * 200 + b"1,2,\0no\n" + CSV * 50, "NUL byte on line"),
    "all NUL": ("a.csv", bytes(1000), "not text"),
    "random bytes": ("a.csv", np.random.default_rng(0).bytes(5000), "a.csv"),
    "surrogates in UTF-8": ("a.csv", CSV + b"1,2,\xed\xa0\x80\n", "UTF-8"),
    "too many cells": ("a.csv", CSV + b"1,2,no,4\n", ["4 cells", "line 42"]),
    "too few cells": ("a.csv", CSV + b"1\n", ["1 cell", "line 42"]),
    "open quote": ("a.csv", CSV + b'1,2,"no\n1,2,yes\n', ["quote", "line 42"]),
    "a column twice": ("a.csv", b"x,x,y\n1,2,no\n3,4,yes\n", "'x' more than once"),
    "control characters in a name": ("a.csv", b"x\x1b[31m,x\x1b[31m,y\n1,2,no\n3,4,yes\n", "more than once"),
    "no target": ("a.csv", b"a,b\n1,2\n3,4\n", ["`target`", "'y'"]),
    "target of one class": ("a.csv", GOOD.assign(y="no").to_csv().encode(), "two classes"),
    "target all missing": ("a.csv", GOOD.assign(y="").to_csv().encode(), "all 40 rows are missing"),
    "target of a regression": ("a.csv", GOOD.assign(y=X * 1.5).to_csv().encode(), "regression"),
    "nothing but the target": ("a.csv", GOOD[["y"]].to_csv(index=False).encode(), "column"),
    "constant columns": ("a.csv", GOOD.assign(x=1, z=2).to_csv(index=False).encode(), "constant"),
    "infinite cell": ("a.csv", with_column([*X[:-1], np.inf]), ["'x'", "inf"]),
    "huge cells": ("a.csv", with_column([1e308, -1e308] * (ROWS // 2)), "'x'"),
    "one huge cell": ("a.csv", with_column([*X[:-1], 1.7e308]), "'x'"),
    "cells of 1e200": ("a.csv", with_column(X * 1e200), "'x'"),
    "number beyond float64": ("a.csv", with_column([*X[:-1], "1e999"]), "'x'"),
    "ending unknown": ("a.docx", CSV, ["ending", "a.docx"]),
    "no ending": ("table", CSV, "ending"),
    "Excel by name of CSV": ("a.csv", b"PK\x03\x04" + bytes(100), "Excel"),
    "PDF by name of CSV": ("a.csv", b"%PDF-1.7\n" + bytes(100), "PDF"),
    "gzip by name of CSV": ("a.csv", gzip.compress(CSV), "gzip"),
    "CSV by name of gzip": ("a.csv.gz", CSV, "gzip"),
    "gzip broken off": ("a.csv.gz", gzip.compress(CSV)[:-20], "a.csv.gz"),
    "gzip damaged": ("a.csv.gz", flipped(gzip.compress(CSV), 60), "a.csv.gz"),
    "gzip of nothing": ("a.csv.gz", gzip.compress(b""), "empty"),
    "gzip of gzip": ("a.csv.gz", gzip.compress(gzip.compress(CSV)), "a.csv.gz"),
    "gzip of one long line": ("a.csv.gz", gzip.compress(b"0" * (9 << 20), 1), ["8 MiB", "line 1"]),
    "zstd damaged": ("a.csv.zst", b"\x28\xb5\x2f\xfd" + bytes(100), "a.csv.zst"),
    "Parquet broken off": ("a.parquet", parquet({"x": X, "y": Y})[:500], "a.parquet"),
    "Parquet damaged": ("a.parquet", flipped(parquet({"x": X, "y": Y}), -6), "a.parquet"),
    "Parquet of its mark": ("a.parquet", b"PAR1PAR1", "a.parquet"),
    "Parquet without rows": ("a.parquet", parquet({"x": X[:0], "y": Y[:0]}), "rows"),
    "Parquet without columns": ("a.parquet", parquet({}), "column"),
    "Parquet in gzip": ("a.parquet.gz", gzip.compress(b"PAR1"), "compression"),
    "Arrow broken off": ("a.arrow", arrow({"x": X, "y": Y})[:400], "a.arrow"),
    "Arrow damaged": ("a.arrow", b"ARROW1" + bytes(500), "a.arrow"),
    "Arrow of nested target": ("a.arrow", arrow({"x": X, "y": [[1], [2]] * (ROWS // 2)}), "'y'"),
    "JSON list": ("a.json", b"[{}]", "have a column"),
    "JSON list without rows": ("a.json", b"[]", "empty list"),
    "JSON broken off": ("a.jsonl", JSONL[:-5], "line 40"),
    "JSON of numbers": ("a.jsonl", lines(1, 2, 3), "line 1"),
    "JSON of two kinds": ("a.jsonl", JSONL + lines('{"x": "one", "y": "no"}'), "line 41"),
    "JSON with a key twice": ("a.jsonl", lines('{"x": 1, "x": 2}'), "'x'"),
    "JSON without keys": ("a.jsonl", lines("{}", "{}"), "column"),
    "deep JSON": ("a.jsonl", JSONL + lines('{"x": ' + "[" * 100_000 + "]" * 100_000 + "}"), "a.jsonl"),
    "deep JSON objects": ("a.jsonl", lines('{"x": ' * 50_000 + "1" + "}" * 50_000), "a.jsonl"),
    "JSON of one long line": (
        "a.jsonl",
        JSONL + lines('{"x": "' + "0" * (20 << 20) + '"}'),
        ["8 MiB", "line 41"],
    ),
    "JSON of NaN": ("a.jsonl", lines('{"x": NaN}'), "`target`"),
    "JSON not UTF-8": ("a.jsonl", JSONL + b'{"x": 1, "y": "\xe9"}\n', ["UTF-8", "line 41"]),
}


@pytest.mark.parametrize("wrong", TABLES)
def test_a_table_that_cannot_be_used_is_refused_in_one_line(wrong, here, capsys, monkeypatch):
    # A line beyond the limit itself takes seconds to read: `test_text_limits` reads one.
    monkeypatch.setattr(delimited_text, "LONGEST_LINE", 8 << 20)
    name, content, words = TABLES[wrong]
    (here / name).write_bytes(content)
    assert_refused(["fit", name, "--target", "y", "--C", "1"], words, capsys, here)


OPTIONS = {
    "seed below 0": (["--seed", "-1"], "`seed`"),
    "seed that is no number": (["--seed", "x"], "--seed"),
    "tol huge": (["--tol", "1e300"], "`tol`"),
    "tol infinite": (["--tol", "inf"], "`tol`"),
    "tol nan": (["--tol", "nan"], "`tol`"),
    "tol 0": (["--tol", "0"], "`tol`"),
    "tol tiny": (["--tol", "1e-320"], "`tol`"),
    "C huge": (["--C", "1e300"], "`C`"),
    "C tiny": (["--C", "1e-320"], "`C`"),
    "C nan": (["--C", "nan"], "`C`"),
    "C text": (["--C", "big"], "`C`"),
    "C empty": (["--C", ""], "`C`"),
    "held-out 1": (["--held-out", "1"], "`held_out`"),
    "held-out nan": (["--held-out", "nan"], "`held_out`"),
    "target empty": (["--target", ""], "`target`"),
    "target with line breaks": (["--target", "a\nb\x1b[2J"], "`target`"),
    "target not UTF-8": (["--target", os.fsdecode(b"\xff")], "`target`"),
    "rows for a file": (["--rows", "5"], "rows"),
    "noise of 0 for a file in batches": (["--noise", "0", "--stream"], "`noise`"),
    "unknown option": (["--frobnicate"], "--frobnicate"),
    "option without value": (["--out"], "--out"),
    "two tables": (["other.csv"], "other.csv"),
    "out is a file": (["--out", "good.csv"], "`out`"),
    "out through a file": (["--out", "good.csv/o"], "`out`"),
    "out is the current directory": (["--out", "."], "`out`"),
    "out is empty": (["--out", ""], "`out`"),
    "out holds the current directory": (["--out", ".."], "`out`"),
    "out is the root": (["--out", "/"], "`out`"),
    "out of a name too long": (["--out", LONG], ["`out`", "too long"]),
    "out of a path too long": (["--out", "/".join(["d"] * 3000)], ["`out`", "too long"]),
    "out is a device": (["--out", "/dev/null"], "`out`"),
    "out below a device": (["--out", "/dev/null/o"], "`out`"),
    "out where nothing can be made": (["--out", "/proc/o"], "`out`"),
    "out with a NUL": (["--out", "a\0b"], "--out"),
}


@pytest.mark.parametrize("wrong", OPTIONS)
def test_an_option_that_cannot_be_used_is_refused_in_one_line(wrong, here, capsys):
    arguments, words = OPTIONS[wrong]
    if wrong != "out is a file":
        arguments = [*(() if "--C" in arguments else ("--C", "1")), *arguments]
    assert_refused(["fit", "good.csv", "--target", "y", *arguments], words, capsys, here)


HEARTBEATS = {
    "no rows": (["--rows", "0"], "`rows`"),
    "rows below 0": (["--rows", "-5"], "`rows`"),
    "rows without end": (["--rows", "1000000000000000"], "memory"),
    "noise below 0": (["--noise", "-1"], "`noise`"),
    "noise nan": (["--noise", "nan"], "`noise`"),
    "noise huge": (["--rows", "100", "--noise", "1e308"], "`noise`"),
    "imbalance above 1": (["--imbalance", "2"], "`imbalance`"),
    "imbalance nan": (["--imbalance", "nan"], "`imbalance`"),
    "label noise above 1": (["--label-noise", "1.5"], "`label_noise`"),
    "label noise nan": (["--label-noise", "nan"], "`label_noise`"),
}


@pytest.mark.parametrize("wrong", HEARTBEATS)
def test_an_option_of_heartbeats_out_of_range_is_refused_in_one_line(wrong, here, capsys):
    arguments, words = HEARTBEATS[wrong]
    assert_refused(["fit", "heartbeats", "--C", "1", *arguments], words, capsys, here)


PATHS = {
    "missing": ("people.csv", "does not exist"),
    "in a missing folder": ("nowhere/people.csv", "folder does not exist"),
    "a folder with a name not UTF-8": (".", None),
    "empty": ("", "`data`"),
    "an address": ("https://example.org/a.csv", "address"),
    "of a name too long": (f"{LONG}.csv", "too long"),
    "of a path too long": ("/".join(["d"] * 3000), "too long"),
    "a device": ("/dev/null", "device"),
    "an endless device": ("/dev/zero", "device"),
    "through a file": ("good.csv/a.csv", "`data`"),
    "a pipe without a writer": ("pipe.csv", "pipe"),
    "a link to nothing": ("dangling.csv", "does not exist"),
    "a link to itself": ("loop.csv", "`data`"),
    "a name not UTF-8": (LATIN, "UTF-8"),
    "a missing name not UTF-8": (os.fsdecode(b"\xff\xfe.csv"), "`data`"),
    "with a NUL": ("a\0b.csv", "NUL"),
    "with a line break": ("a\nb.csv", "does not exist"),
}


@pytest.mark.parametrize("command", ["fit", "predict", "entropy", "divergence", "code"])
@pytest.mark.parametrize("wrong", PATHS)
def test_a_path_that_is_no_table_is_refused_in_one_line(wrong, command, here, model, capsys):
    path, words = PATHS[wrong]
    if command in {"entropy", "divergence"} and wrong == "a name not UTF-8":
        pytest.skip("bytes of a file of any name can be counted")
    os.mkfifo(here / "pipe.csv")
    (here / "dangling.csv").symlink_to("nowhere")
    (here / "loop.csv").symlink_to("loop.csv")
    (here / LATIN).write_bytes(CSV)
    if words is None:
        # Commands that read a folder as a table in parts stop at the name; the others list it.
        words = ascii(os.fsencode(LATIN) if command in {"fit", "predict"} else LATIN)
    arguments = {
        "fit": ["fit", path, "-t", "y", "--C", "1"],
        "predict": ["predict", model, path],
        "entropy": ["entropy", path],
        "divergence": ["divergence", "good.csv", path],
        "code": ["code", path, "--for", "x"],
    }[command]
    assert_refused(arguments, words if command in {"fit", "predict", "code"} else [], capsys, here)


def test_a_file_that_may_not_be_read_is_refused_in_one_line(capsys):
    def unreadable(folder):
        (folder / "good.csv").write_bytes(CSV)
        (folder / "good.csv").chmod(0)

    def fit(folder):
        return run(["fit", str(folder / "good.csv"), "-t", "y", "--C", "1", "--out", str(folder / "o")])

    with bound_by_permissions(unreadable, load=fit) as folder:
        capsys.readouterr()
        assert fit(folder) == 2
        told = capsys.readouterr().err
        assert "the system says 'permission denied'. Check its permissions." in told
        assert told.count("\n") == 1
        assert [path.name for path in folder.iterdir()] == ["good.csv"]


MODELS = {
    "missing": (lambda path, good: None, "not there"),  # noqa: ARG005
    "a folder without one": (lambda path, good: path.mkdir(), "not there"),  # noqa: ARG005
    "empty": (lambda path, good: path.write_bytes(b""), "`xent fit` wrote"),  # noqa: ARG005
    "text": (lambda path, good: path.write_bytes(CSV), "`xent fit` wrote"),  # noqa: ARG005
    "a pipe": (lambda path, good: os.mkfifo(path), "pipe"),  # noqa: ARG005
    "a device": (lambda path, good: path.symlink_to("/dev/zero"), "device"),  # noqa: ARG005
    "another zip": (lambda path, good: zipfile.ZipFile(path, "w").close(), "`xent fit` wrote"),  # noqa: ARG005
    "broken off": (lambda path, good: path.write_bytes(good[:-1000]), "`xent fit` wrote"),
    "one bit of it": (lambda path, good: path.write_bytes(flipped(good, 2000)), "changed or damaged"),
    "followed by more": (lambda path, good: path.write_bytes(good + b"\n"), "`xent fit` wrote"),
    "a pickle": (lambda path, good: pd.to_pickle(GOOD, path, compression=None), "`xent fit` wrote"),  # noqa: ARG005
}


@pytest.mark.parametrize("wrong", MODELS)
def test_a_model_that_cannot_be_used_is_refused_in_one_line(wrong, here, model, capsys):
    make, words = MODELS[wrong]
    make(here / "m.skops", (model / "model.skops").read_bytes())
    assert_refused(["predict", "m.skops", "good.csv"], ["`model`", words], capsys, here)


OUTS = {
    "another ending": ("p.xlsx", ".csv or .parquet"),
    "no ending": ("p", ".csv or .parquet"),
    "the table that is read": ("good.csv", "one of them"),
    "a link to the table that is read": ("link.csv", "one of them"),
    "another table": ("other.csv", "something else"),
    "a Parquet file of others": ("other.parquet", "something else"),
    "a folder": ("folder.csv", "something else"),
    "a pipe": ("pipe.csv", "something else"),
    "in a missing folder": ("nowhere/p.csv", "no such file"),
    "of a name too long": (f"{LONG}.csv", "too long"),
    "with a NUL": ("a\0b.csv", "--out"),
    "below a file": ("good.csv/p.csv", "`out`"),
    "where nothing can be made": ("/proc/p.csv", "`out`"),
}


@pytest.mark.parametrize("wrong", OUTS)
def test_a_place_for_predictions_that_cannot_be_used_is_refused_in_one_line(wrong, here, model, capsys):
    out, words = OUTS[wrong]
    (here / "link.csv").symlink_to("good.csv")
    (here / "other.csv").write_bytes(b"predicted,row\n1,2\n")
    (here / "other.parquet").write_bytes(parquet({"x": X}))
    (here / "folder.csv").mkdir()
    os.mkfifo(here / "pipe.csv")
    assert_refused(["predict", model, "good.csv", "--out", out], words, capsys, here)


ROWS_TO_PREDICT = {
    "without a column": (b"z\n1\n", "'x'"),
    "text for numbers": (b"x,z\none,1\ntwo,2\n", "'x'"),
    "infinite": (b"x,z\ninf,1\n0,2\n", "inf"),
    "empty": (b"", "empty"),
    "without rows": (b"x,z\n", "nothing below"),
}


@pytest.mark.parametrize("wrong", ROWS_TO_PREDICT)
def test_rows_that_do_not_fit_the_model_are_refused_in_one_line(wrong, here, model, capsys):
    content, words = ROWS_TO_PREDICT[wrong]
    (here / "new.csv").write_bytes(content)
    assert_refused(["predict", model, "new.csv"], words, capsys, here)


OTHERS = {
    "no such command": (["fitt"], "fitt"),
    "unknown loss": (["losses", "fokal"], "fokal"),
    "loss with line breaks": (["losses", "a\nb"], "`NAME`"),
    "entropy without a file": (["entropy"], "FILE"),
    "entropy of an empty file": (["entropy", "empty"], "none"),
    "entropy of an unknown unit": (["entropy", "good.csv", "-u", "lines"], "`unit`"),
    "entropy of a word without end": (["entropy", "word", "-u", "words"], ["word", "1 MiB"]),
    "entropy of bytes that are no text": (["entropy", "latin", "-u", "characters"], "0xe9"),
    "K below 1": (["entropy", "good.csv", "-m", "nsb", "--K", "0"], "`K`"),
    "K of 400 digits": (["entropy", "good.csv", "-m", "nsb", "--K", "9" * 400], "`K`"),
    "code of negative numbers": (["code", "good.csv", "--for", "x"], "`for`"),
    "code of huge counts": (["code", "huge.csv", "--for", "q", "--counts"], "`for`"),
    "radix below 0": (["code", "good.csv", "--for", "z", "--counts", "--radix", "-1"], "`radix`"),
}


@pytest.mark.parametrize("wrong", OTHERS)
def test_other_commands_refuse_in_one_line_too(wrong, here, capsys):
    arguments, words = OTHERS[wrong]
    (here / "empty").write_bytes(b"")
    (here / "word").write_bytes(b"w" * (3 << 20))
    (here / "latin").write_bytes(b"caf\xe9")
    (here / "huge.csv").write_bytes(b"s,q\na,1e308\nb,1e308\n")
    assert_refused(arguments, words, capsys, here)


def test_a_pipe_is_left_a_pipe(here, model, capsys):
    os.mkfifo(here / "p.csv")
    assert run(["predict", str(model), "good.csv", "--out", "p.csv"]) == 2
    assert stat.S_ISFIFO((here / "p.csv").stat().st_mode)
    assert "something else" in capsys.readouterr().err
