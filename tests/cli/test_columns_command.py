"""`xent columns`, and the options of reading that it shares with `xent fit` and `xent predict`."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from xent.cli import run

RNG = np.random.default_rng(0)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "60")
    x, y = RNG.normal(size=80).round(2), np.asarray(["no", "yes"])[np.arange(80) % 2]
    rows = [
        f"{k * 7 + 3};{value};02{k % 3}39;{k % 5};{label}"
        for k, (value, label) in enumerate(zip(x, y, strict=True))
    ]
    rows[4] = rows[4].replace(rows[4].split(";")[1], "about fifteen or so, said the nurse")
    text = "\n".join(["Export of 2024, made by hand", "user_id;x;zip;w;café", *rows, ""])
    Path("t.csv").write_bytes(text.encode("cp1252"))
    return tmp_path


def output(capsys, *arguments):
    assert run(arguments) == 0
    return capsys.readouterr().out


def metrics(capsys, *arguments):
    return json.loads(output(capsys, "fit", *arguments, "--C", "1", "--json"))


@pytest.mark.usefixtures("here")
def test_the_plan_is_shown_without_a_fit_and_odd_cells_are_named_whole(capsys):
    text = output(capsys, "columns", "t.csv", "--target", "café")
    words = " ".join(text.split())
    assert "t: 80 rows" in words
    assert "read as Windows-1252, a guess by its letters; `--encoding` names another." in words
    assert "The 1 line above the header is skipped; `--skip 0` reads it." in words
    assert "unique whole numbers, named like an id: dropped (can be kept)" in words
    assert "1 odd cell is a gap: 'about fifteen or so, sa…' on line 7" in words
    assert max(map(len, text.splitlines()[4:])) <= 60
    assert not Path("xent-out").exists()


@pytest.mark.usefixtures("here")
def test_the_plan_as_json_follows_the_options(capsys):
    options = [
        "--types",
        "w=categorical",
        "--drop",
        "x",
        "--keep",
        "user_id",
        "--encoding",
        "cp1252",
        "--skip",
        "1",
    ]
    found = json.loads(output(capsys, "columns", "t.csv", "-t", "café", "--json", *options))
    kinds = {column["name"]: column["kind"] for column in found["columns"]}
    assert kinds == {"user_id": "numeric", "zip": "categorical", "w": "categorical", "x": "excluded"}
    assert found["notes"] == []


@pytest.mark.usefixtures("here")
def test_a_built_in_set_has_a_plan_as_well(capsys):
    assert "13 columns" in output(capsys, "columns", "wine")


@pytest.mark.usefixtures("here")
def test_a_fit_takes_the_same_options_and_prediction_reads_alike(capsys):
    options = ["--types", "w=drop", "--drop", "x", "--delimiter", ";", "--encoding", "cp1252", "--skip", "1"]
    found = metrics(capsys, "t.csv", "-t", "café", "--out", "o", *options)
    kinds = {column["name"]: column["kind"] for column in found["columns"]}
    assert kinds == {"user_id": "identifier", "zip": "categorical", "w": "excluded", "x": "excluded"}
    assert output(capsys, "predict", "o", "t.csv", "--encoding", "cp1252", "--skip", "1").count("\n") == 81


@pytest.mark.half_second
@pytest.mark.usefixtures("here")
def test_a_guess_about_the_file_comes_with_the_fit_and_with_predictions(capsys):
    found = metrics(capsys, "t.csv", "-t", "café", "--out", "o")
    assert any("Windows-1252" in note for note in found["rows"]["reading"])
    assert run(["predict", "o", "t.csv"]) == 0
    assert "read as Windows-1252, a guess" in capsys.readouterr().err
    judged = json.loads(output(capsys, "judge", "o", "t.csv", "--json"))
    assert any("read as Windows-1252, a guess" in each["text"] for each in judged["cautions"])
    assert run(["judge", "o", "t.csv", "--encoding", "cp1252", "--skip", "1", "--quiet"]) == 0


@pytest.mark.half_second
@pytest.mark.usefixtures("here")
def test_a_weight_column_is_no_feature_and_changes_the_fit(capsys):
    plain = metrics(capsys, "t.csv", "-t", "café", "--out", "o")
    weighted = metrics(capsys, "t.csv", "-t", "café", "--out", "p", "--weight", "w")
    assert {column["name"]: column["kind"] for column in weighted["columns"]}["w"] == "weight"
    assert weighted["training"]["cross_entropy"] != plain["training"]["cross_entropy"]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--types", "w"], "`types` must have the form COLUMN=KIND; got 'w'"),
        (["--types", "w=number"], "`types` must be one of"),
        (["--drop", "nothing"], "`exclude` must be a column of the table; got 'nothing'"),
        (["--encoding", "latin-99"], "`encoding` must be an encoding of text that Python knows"),
        (["--skip", "-1"], "`skip` must be a whole number >= 0"),
        (["--delimiter", ";;"], "`delimiter` must be one character"),
    ],
)
@pytest.mark.parametrize("command", ["columns", "fit"])
def test_a_wrong_option_is_refused_in_one_line(command, options, words, capsys):
    assert run([command, "t.csv", "-t", "café", *options]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


@pytest.mark.half_second
@pytest.mark.usefixtures("here")
def test_free_text_is_used_unless_refused_and_survives_the_model_file(capsys):
    words = ["good", "bad", "slow", "fast", "dear", "cheap", "soon", "late", "near", "far", "old"]
    rows = [f"{' '.join(RNG.choice(words, 5))} no {k},{'ab'[k % 2]}" for k in range(60)]
    Path("r.csv").write_text("\n".join(["review,y", *rows, ""]), encoding="utf-8")
    found = metrics(capsys, "r.csv", "-t", "y", "--out", "o")
    assert [column["kind"] for column in found["columns"]] == ["text"]
    assert output(capsys, "predict", "o", "r.csv").count("\n") == 61
    assert run(["fit", "r.csv", "-t", "y", "--no-text"]) == 2
    assert "1 excluded and no other" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        (["columns", "t.parquet"], "be left out for a Parquet file"),
        (["fit", "t.parquet", "-t", "y"], "be left out for a Parquet file"),
        (["fit", "t.parquet", "-t", "y", "--stream"], "be left out but for files of delimited text"),
        (["fit", "iris"], "come with a file; got 'iris'"),
        (["columns", "iris"], "come with a file; got 'iris'"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
@pytest.mark.parametrize(
    ("option", "name"),
    [
        (["--delimiter", ";"], "delimiter"),
        (["--no-header"], "header"),
        (["--skip", "1"], "skip"),
        (["--encoding", "utf-8"], "encoding"),
    ],
)
def test_options_of_text_are_refused_beside_other_data(
    capsys, tmp_path, monkeypatch, command, rule, option, name
):
    monkeypatch.chdir(tmp_path)
    table = pa.table({"x": RNG.normal(size=60), "y": ["a", "b"] * 30})
    pyarrow.parquet.write_table(table, "t.parquet")
    assert run([*command, *option]) != 0
    said = capsys.readouterr().err
    assert f"`{name}` must {rule}" in " ".join(said.split())
    assert not list(Path().glob("xent-out/*"))
