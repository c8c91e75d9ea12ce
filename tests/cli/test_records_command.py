"""`xent fit`, `columns`, `predict` and `judge` on folders of records and files of series."""

import json

import pandas as pd
import pytest

import xent
from xent.cli import run
from xent.data import read_records

pytest.importorskip("wfdb")

from tests.data.records.made_records import made_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("records")
    made_folder(made / "mitdb", records=6, beats=30)
    made_folder(made / "later", records=2, beats=20, leads=("V5", "MLII"))
    return made


@pytest.fixture(autouse=True)
def here(folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    return folder


@pytest.fixture
def model(here):
    place = here / "model"
    if not place.exists():
        assert run(["fit", "mitdb/", "--C", "0.1", "--quiet", "--out", "model"]) == 0
    return place


def told(arguments, capsys, code=0):
    capsys.readouterr()
    assert run([str(each) for each in arguments]) == code
    return capsys.readouterr()


@pytest.mark.half_second
def test_a_folder_is_fitted_and_split_by_patient(here, capsys):
    out = " ".join(told(["fit", "mitdb/", "--C", "0.1", "--held-out", "0.3"], capsys).out.split())
    assert out.startswith('Fit of mitdb Predicting "beat" (3 classes) from 130 columns. 168 rows:')
    assert 'No "patient" is on both sides: 4 to train on, 2 held out; intervals draw whole ones.' in out
    assert "Lead MLII is read; `--lead` reads another one." in out
    predictions = pd.read_parquet(here / "xent-out" / "mitdb" / "predictions.parquet")
    assert predictions.columns[:6].tolist() == ["row", "patient", "record", "second", "target", "predicted"]
    assert predictions["patient"].nunique() == 2
    document = json.loads((here / "xent-out" / "mitdb" / "metrics.json").read_text(encoding="utf-8"))
    assert (document["rows"]["group"], document["rows"]["groups"]) == ("patient", [4, 2])
    places = {one["name"]: one["kind"] for one in document["columns"]}
    assert (places["patient"], places["record"], places["second"]) == ("group", "place", "place")


@pytest.mark.half_second
def test_another_group_and_another_lead_are_taken_on_request(here, capsys):
    told(["fit", "mitdb", "--C", "0.1", "--group", "record", "--lead", "V5", "-q", "-o", "v5"], capsys)
    document = json.loads((here / "v5" / "metrics.json").read_text(encoding="utf-8"))
    assert document["rows"]["group"] == "record"


def test_columns_shows_what_becomes_of_a_folder(capsys):
    out = " ".join(told(["columns", "mitdb", "--beats", "aami"], capsys).out.split())
    assert "mitdb: 168 rows" in out
    assert "patient group 0 names the group of each row: not a feature" in out
    # The class is no feature.
    assert "beat " not in out.partition("133 columns")[2]


@pytest.mark.half_second
def test_predictions_name_the_beats_and_read_the_lead_of_training(here, model, capsys):
    told(["predict", model, "later", "--out", "p.csv"], capsys)
    found = pd.read_csv(here / "p.csv", dtype={"record": str})
    assert found.columns[:5].tolist() == ["row", "patient", "record", "second", "predicted"]
    assert found["record"].tolist() == ["100"] * 18 + ["101"] * 18
    # The file is recognised as earlier predictions.
    told(["predict", model, "later/", "--out", "p.csv"], capsys)


@pytest.mark.half_second
def test_a_model_is_judged_on_another_folder(here, model, capsys):
    out = " ".join(told(["judge", model, "later", "--out", "j"], capsys).out.split())
    assert "36 rows: 36 judged by a model of" in out
    assert 'They are of 2 groups of "patient"; intervals draw whole ones.' in out
    assert "patient" in pd.read_parquet(here / "j" / "predictions.parquet").columns


@pytest.mark.half_second
def test_predictions_are_scored_by_patient(model, capsys):
    told(["judge", model, "later", "--out", "j2", "-q"], capsys)
    out = told(["score", "j2/predictions.parquet", "--target", "target", "--group", "patient"], capsys).out
    assert "Cross-entropy" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fit", "mitdb", "--delimiter", ";"], "`delimiter` must be absent for a folder of records"),
        (["fit", "mitdb", "--no-header"], "`header` must be absent for a folder of records"),
        (["fit", "digits", "--lead", "V5"], "`lead` must come with a folder of records; got 'digits'."),
        (["fit", "mitdb", "--lead", "V9"], "`lead` must name a lead of the records"),
        (["fit", "mitdb", "--beats", "five"], '`beats` must be "symbols" or "aami"'),
        (["fit", "mitdb", "-t", "bead"], "bead"),
        (["predict", "MODEL", "nowhere/"], "nowhere"),
    ],
)
def test_what_cannot_be_is_one_line(model, arguments, words, capsys):
    found = told([str(model) if each == "MODEL" else each for each in arguments], capsys, code=2)
    assert found.out == ""
    assert found.err.startswith("error: ")
    assert found.err.count("\n") == 1
    assert words in found.err


def test_records_of_one_patient_cannot_be_split(tmp_path, capsys):
    made_folder(tmp_path / "one", records=1)
    assert "must name at least two groups" in told(["fit", tmp_path / "one"], capsys, code=2).err


@pytest.mark.half_second
def test_a_file_of_the_ucr_archive_needs_no_options(here, tmp_path, capsys):
    rows = [
        f"{k % 2 + 1}\t" + "\t".join(f"{(k % 2) * j / 9 + k / 50:.3f}" for j in range(20)) for k in range(40)
    ]
    for part, chosen in (("TRAIN", rows[:30]), ("TEST", rows[30:])):
        (tmp_path / f"Toy_{part}.tsv").write_text("\n".join(chosen) + "\n")
    out = told(["fit", tmp_path / "Toy_TRAIN.tsv", "--C", 1, "--out", "toy"], capsys).out
    assert 'Predicting "class" (2 classes) from 20 columns.' in out
    assert 'id="samples"' in (here / "toy" / "report.html").read_text(encoding="utf-8")
    out = told(["judge", "toy", tmp_path / "Toy_TEST.tsv", "--out", "toy-judged"], capsys).out
    assert "10 rows: 10 judged" in " ".join(out.split())


@pytest.mark.half_second
def test_beats_of_one_patient_are_judged_with_a_word_about_the_intervals(model, tmp_path, capsys):
    made_folder(tmp_path / "one", records=1, beats=20)
    out = " ".join(told(["judge", model, tmp_path / "one", "--out", tmp_path / "j"], capsys).out.split())
    assert 'All rows are of one group of "patient", and the intervals take them as independent.' in out


@pytest.mark.half_second
def test_records_read_in_python_are_split_by_patient_too(here):
    fitted = xent.fit(read_records(here / "mitdb"), C=0.1)
    assert fitted.findings.rows.group == "patient"
    assert fitted.predictions().column_names[:4] == ["row", "patient", "record", "second"]
    with pytest.warns(UserWarning, match="4 of 40 annotated beats are ignored"):
        predicted = xent.predict(fitted.model, here / "later")
    assert predicted.column("record").to_pylist()[0] == "100"
