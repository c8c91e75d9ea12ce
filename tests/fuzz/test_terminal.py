"""Output of the program: no code of a table or of a file's name that a terminal obeys is in it."""

import csv
import re

import numpy as np
import pytest

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@pytest.fixture
def folder(tmp_path):
    """A folder with a table whose names and cells are codes of a terminal, and new rows of it."""
    for library in ("matplotlib", "pyarrow", "rich", "skops", "typer"):
        pytest.importorskip(library)
    rng = np.random.default_rng(20261129)
    with (tmp_path / "t.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["num", "\x1b[31mtext", "=target|x"])
        for k in range(40):
            writer.writerow(
                [rng.standard_normal(), ("a", "\x1b[2Jb")[k % 3 == 0], ("=1+1", "@\x1b]0;x\x07")[k % 2]]
            )
    (tmp_path / "new.csv").write_text("num,\x1b[31mtext\n\x1b[31mevil\x07,a\n0.5,b\x1b[2J\n")
    return tmp_path


@pytest.fixture
def run(folder, monkeypatch, capfd):
    """Function that runs a command, which ends well, and returns its standard output and error."""
    from xent import cli

    def run_in_process(*arguments):
        monkeypatch.chdir(folder)
        monkeypatch.setenv("COLUMNS", "100")
        assert cli.run(arguments) == 0
        return capfd.readouterr()

    return run_in_process


@pytest.mark.slow
def test_names_and_cells_print_without_codes_and_predictions_hold_classes_as_they_are(folder, run):
    out, err = run("fit", "t.csv", "--target", "=target|x", "--C", "1", "--out", "out")
    assert "=target|x" in out
    assert not _CONTROL.search(out + err)
    out, err = run("predict", "out", "new.csv", "--out", "new-predictions.csv")
    assert not _CONTROL.search(out + err)
    with (folder / "new-predictions.csv").open(newline="") as stream:
        rows = list(csv.reader(stream))
    # A class is what it is: a quote before its "=" would make it another.
    assert rows[0][:2] == ["row", "predicted"]
    assert set(rows[0][2:]) == {"p_=1+1", "p_@\x1b]0;x\x07"}
    assert {row[1] for row in rows[1:]} <= {"=1+1", "@\x1b]0;x\x07"}


@pytest.mark.slow
def test_names_of_files_print_without_codes(folder, run):
    (folder / "t.csv").rename(folder / "a\x1b[31mb.csv")
    out, _ = run("fit", "a\x1b[31mb.csv", "--target", "=target|x", "--C", "1")
    assert not _CONTROL.search(out)
