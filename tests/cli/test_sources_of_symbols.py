"""`xent entropy` and `xent divergence` of standard input, compressed files and columns; smoothing; a test."""

import gzip
import json

import pytest
import typer
from typer.testing import CliRunner

from xent.cli.divergence import divergence
from xent.cli.entropy import entropy
from xent.errors import DataError

APP = typer.Typer()
for command in (entropy, divergence):
    APP.command()(command)
TEXT = b"abracadabra, said the crow"


def run(*arguments, given=None):
    environment = {"COLUMNS": "200", "NO_COLOR": "1"}
    runner = CliRunner(env=environment)
    return runner.invoke(APP, list(map(str, arguments)), input=given, catch_exceptions=False)


def answer(*arguments, given=None):
    done = run(*arguments, "--json", given=given)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "t.txt"
    path.write_bytes(TEXT)
    return path


@pytest.mark.parametrize("unit", ["bytes", "characters", "words"])
def test_standard_input_and_compressed_files_are_counted_as_the_file(text, tmp_path, unit):
    packed = tmp_path / "t.txt.gz"
    packed.write_bytes(gzip.compress(TEXT))
    plain = answer("entropy", text, "--unit", unit)
    piped = answer("entropy", "-", "--unit", unit, given=TEXT)
    unpacked = answer("entropy", packed, "--unit", unit)
    assert (plain["name"], piped["name"], unpacked["name"]) == ("t.txt", "standard input", "t.txt.gz")
    for found in (piped, unpacked):
        assert {**found, "name": ""} == {**plain, "name": ""}
    assert answer("divergence", "-", packed, "--unit", unit, given=TEXT)["js"]["bits"] == 0


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (gzip.compress(TEXT, mtime=0)[:30], "gzip data that is damaged: "),
        (b"not compressed at all", "not a gzipped file"),
        (gzip.compress(TEXT, mtime=0)[:-8] + bytes(8), "crc check failed"),
    ],
    ids=["cut short", "not gzip", "another checksum"],
)
def test_damaged_compressed_files_are_one_line(tmp_path, content, fact):
    path = tmp_path / "t.gz"
    path.write_bytes(content)
    done = run("entropy", path)
    assert done.exit_code == 2
    assert f"must be a file that can be read; got {path} ({fact}" in done.stderr
    assert done.stderr.count("\n") == 1


def test_text_that_is_not_utf_8_is_named_by_its_line_in_a_compressed_file(tmp_path):
    path = tmp_path / "t.gz"
    path.write_bytes(gzip.compress(b"one\ntwo \xff\n"))
    done = run("entropy", path, "--unit", "words")
    assert "byte 0xff on line 2 of t.gz" in done.stderr


def test_entropy_takes_a_column_as_divergence_does(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("a,b\n1,x\n2,x\n2,y\n")
    found = answer("entropy", f"{table}:b")
    assert found == answer("entropy", table, "--column", "b")
    done = run("entropy", f"{table}:c")
    assert (done.exit_code, "be a column of t.csv" in done.stderr) == (2, True)
    done = run("entropy", f"{table}:b", "--unit", "words")
    assert "`unit` must be given for files alone" in done.stderr


def test_it_is_said_that_every_symbol_occurs_once(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("id,b\n1,x\n2,x\n3,y\n")
    assert "Every symbol occurs once: nothing repeats" in run("entropy", f"{table}:id").stdout
    assert "Every symbol occurs once" not in run("entropy", f"{table}:b").stdout
    table.write_text("id\n1\n")
    assert "Every symbol occurs once" not in run("entropy", f"{table}:id").stdout


def test_smoothing_makes_divergences_finite_and_is_said(tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_text("aab")
    b.write_text("bbc")
    plain = answer("divergence", a, b)
    assert plain["kl_ab"]["bits"] is None
    assert plain["smoothing"] == 0
    found = answer("divergence", a, b, "--smoothing", 1)
    # Frequencies 3/6, 2/6, 1/6 and 1/6, 3/6, 2/6.
    assert found["kl_ab"]["bits"] == pytest.approx(0.5 * 1.5849625007 - 0.5849625007 / 3 - 1 / 6)
    assert found["js"] == plain["js"]
    assert found["a"] == plain["a"]
    text = run("divergence", a, b, "--smoothing", 1).stdout
    assert "Divergences and cross-entropies with 1 added to every count." in text
    assert (
        "For finite divergences add to every count, as with --smoothing 0.5."
        in run("divergence", a, b).stdout
    )
    assert "--smoothing" not in run("divergence", a, a).stdout
    for wrong in ("-1", "nan", "inf"):
        done = run("divergence", a, b, f"--smoothing={wrong}")
        assert (done.exit_code, "`smoothing` must be finite and >= 0" in done.stderr) == (2, True)


def test_whether_both_come_from_one_source_is_tested(tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_text("ab" * 100)
    b.write_text("ab" * 60 + "aaaabbbb")
    assert answer("divergence", a, b)["one_source"] > 0.5
    b.write_text("aaab" * 50)
    assert answer("divergence", a, b)["one_source"] == 0.001
    text = run("divergence", a, b).stdout
    assert "If both came from one source, a difference as large would have a probability of 0.001" in text


def test_a_symbol_that_the_one_before_determines_has_no_conditional_entropy(tmp_path):
    path = tmp_path / "t.txt"
    path.write_bytes(b"abcabcabcabc")
    assert answer("entropy", path)["conditional"] is None
    found = answer("entropy", path, "--bigrams")
    assert found["conditional"]["bits"] == 0
    # Three pairs, ab and bc four times each, ca three times.
    assert found["of_pairs"]["bits"] == pytest.approx(1.572624, abs=1e-6)
    assert "Entropy given the symbol before" in run("entropy", path, "--bigrams").stdout


@pytest.mark.parametrize("unit", ["bytes", "characters", "words"])
def test_pairs_are_counted_across_the_ends_of_blocks(text, unit, monkeypatch):
    whole = answer("entropy", text, "--unit", unit, "--bigrams")
    monkeypatch.setattr("xent.data.symbol_counts._BLOCK", 5)
    assert answer("entropy", text, "--unit", unit, "--bigrams") == whole


def test_a_missing_cell_belongs_to_no_pair(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("city,n\nBern,1\n,2\nZug,3\nBern,4\n", encoding="utf-8")
    found = answer("entropy", f"{table}:city", "--bigrams")
    assert found["of_pairs"]["bits"] == 0  # the one pair is Zug, Bern
    assert found["missing"] == 1


def test_one_symbol_makes_no_pair(tmp_path):
    path = tmp_path / "t.txt"
    path.write_bytes(b"a")
    assert answer("entropy", path, "--bigrams")["conditional"] is None


@pytest.mark.parametrize("given", [["{}:p"], ["{}", "--column", "p"]])
def test_fractional_numbers_are_no_symbols_until_they_are_text(tmp_path, given):
    table = tmp_path / "t.csv"
    table.write_text("s,p\na,0.5\nb,0.25\nc,0.25\n", encoding="utf-8")
    arguments = [one.format(table) for one in given]
    with pytest.raises(DataError, match="holds floating-point numbers"):
        run("entropy", *arguments, "--debug")
    table.write_text("s,p\na,x0.5\nb,x0.25\nc,x0.25\n", encoding="utf-8")
    assert answer("entropy", *arguments)["distinct"] == 2


def test_whole_numbers_with_gaps_are_symbols(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("s,n\na,1\nb,\nc,1\nd,2\n", encoding="utf-8")
    found = answer("entropy", f"{table}:n")
    assert (found["distinct"], found["missing"]) == (2, 1)
