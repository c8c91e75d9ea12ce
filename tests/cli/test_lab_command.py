"""`xent lab`, as a person runs it."""

import webbrowser

import pytest
import typer
from typer.testing import CliRunner

from xent.cli.lab import lab
from xent.errors import DomainError
from xent.jobs.lab import write_lab

APP = typer.Typer()
APP.command()(lab)


@pytest.fixture
def opened(monkeypatch):
    addresses = []
    monkeypatch.setattr(webbrowser, "open", addresses.append)
    return addresses


def run(*arguments):
    return CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1"}).invoke(
        APP, [str(a) for a in arguments], catch_exceptions=False
    )


def test_the_page_is_written_and_opened(tmp_path, opened):
    file = tmp_path / "lab.html"
    done = run("--out", file)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"{file}\n"
    assert opened == [file.as_uri()]
    assert "<title>xent lab: cross-entropy" in file.read_text(encoding="utf-8")


def test_without_opening_the_path_is_printed_alone(tmp_path, opened):
    file = tmp_path / "lab.html"
    assert run("--no-open", "--lang", "zh", "--out", file).stdout == f"{file}\n"
    assert opened == []
    assert "九个可交互的交叉熵视图</title>" in file.read_text(encoding="utf-8")


def test_by_default_the_page_is_written_to_the_cache(tmp_path, opened, monkeypatch):
    monkeypatch.setattr("xent.jobs.lab.cache_folder", lambda: tmp_path / "cache" / "xent")
    run()
    assert opened == [(tmp_path / "cache" / "xent" / "lab.html").as_uri()]


def test_a_language_that_the_page_has_not_is_one_line(opened):
    done = run("--lang", "fr")
    assert done.exit_code == 2
    assert done.stderr == "error: `lang` must be one of en, zh; got 'fr'.\n"
    assert opened == []


def test_a_language_that_is_no_text_is_one_line(tmp_path):
    with pytest.raises(DomainError, match=r"`lang` must be one of en, zh; got \['en'\]"):
        write_lab(tmp_path / "lab.html", ["en"])
    assert list(tmp_path.iterdir()) == []
