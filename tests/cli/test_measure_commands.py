"""`xent entropy`, `xent divergence` and `xent code`, as a person runs them."""

import json
import math

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from xent.cli.code import code
from xent.cli.divergence import divergence
from xent.cli.entropy import entropy
from xent.errors import DomainError, DTypeError
from xent.jobs.code import code as code_of
from xent.jobs.divergence import divergence as divergence_of
from xent.measures import kl_divergence

APP = typer.Typer()
for command in (entropy, divergence, code):
    APP.command()(command)


def run(*arguments):
    environment = {"COLUMNS": "100", "NO_COLOR": "1"}
    return CliRunner(env=environment).invoke(APP, [str(a) for a in arguments], catch_exceptions=False)


def answer(*arguments):
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def put(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.fixture
def letters(tmp_path):
    rows = "letter,q,p,n\na,0.5,0.25,2\nb,0.25,0.25,2\nc,0.25,0.5,4\n"
    return put(tmp_path / "letters.csv", rows)


def test_entropy_of_bytes_is_told_in_both_units(tmp_path):
    found = answer("entropy", put(tmp_path / "f", "aabb" * 25))
    assert found["format"] == 1
    assert found["entropy"] == {"nats": pytest.approx(math.log(2)), "bits": pytest.approx(1.0)}
    assert found["perplexity"] == pytest.approx(2.0)
    assert (found["symbols"], found["distinct"], found["huffman_bits"], found["fixed_bits"]) == (100, 2, 1, 1)
    assert [each["symbol"] for each in found["most_frequent"]] == ["'a'", "'b'"]


def test_the_estimate_is_that_of_the_named_method_with_its_interval(tmp_path):
    # The counts 1, 2, 3, 2, 1: Miller-Madow adds (5 - 1) / (2 * 9) to the plug-in estimate.
    file = put(tmp_path / "f", "abbcccdde")
    found = answer("entropy", file)
    assert found["method"] == "miller_madow"
    assert found["entropy"]["nats"] == pytest.approx(1.522955, abs=5e-7)
    assert found["estimate"]["nats"] == pytest.approx(1.745177, abs=5e-7)
    assert found["low"] is None
    assert found["no_interval"].startswith("there are fewer than 50 observations")
    longer = answer("entropy", put(file.parent / "longer", "abbcccdde" * 20))
    assert longer["low"]["nats"] < longer["estimate"]["nats"] < longer["high"]["nats"]
    assert longer["no_interval"] == ""
    found = answer("entropy", file, "--method", "nsb", "--K", 5)
    assert found["estimate"]["nats"] == pytest.approx(1.509006, abs=5e-7)
    found = answer("entropy", file, "--method", "grassberger_2003")
    assert found["estimate"]["nats"] == pytest.approx(1.912032, abs=5e-7)


@pytest.mark.slow
def test_bytes_characters_and_words_are_different_symbols(tmp_path):
    file = put(tmp_path / "f", "né né\nnu")
    assert answer("entropy", file)["symbols"] == 10
    assert answer("entropy", file, "--unit", "characters")["symbols"] == 8
    found = answer("entropy", file, "--unit", "words")
    assert (found["symbols"], found["distinct"]) == (3, 2)
    assert found["most_frequent"][0]["symbol"] == "né"


def test_words_and_characters_may_cross_the_blocks_they_are_read_in(tmp_path, monkeypatch):
    monkeypatch.setattr("xent.data.symbol_counts._BLOCK", 3)
    file = put(tmp_path / "f", "häuser häuser 日本 x  häuser\n")
    found = answer("entropy", file, "--unit", "words")
    assert {each["symbol"]: each["count"] for each in found["most_frequent"]} == {
        "häuser": 3,
        "日本": 1,
        "x": 1,
    }
    found = answer("entropy", file, "--unit", "characters")
    assert {each["symbol"]: each["count"] for each in found["most_frequent"]}["'ä'"] == 3


def test_values_of_a_column_are_symbols_and_missing_ones_are_counted_apart(tmp_path):
    file = put(tmp_path / "t.csv", "city,n\nOslo,1\nRome,2\n,3\nOslo,4\n")
    found = answer("entropy", file, "--column", "city")
    assert (found["symbols"], found["distinct"], found["missing"]) == (3, 2, 1)
    assert found["name"] == "t.csv:city"
    frame = pd.DataFrame({"city": pd.Categorical(["Oslo", "Rome", None, "Oslo"])})
    frame.to_parquet(tmp_path / "t.parquet")
    assert answer("entropy", tmp_path / "t.parquet", "-c", "city")["entropy"] == found["entropy"]


def test_a_constant_file_has_entropy_zero_and_a_code_of_one_bit(tmp_path):
    found = answer("entropy", put(tmp_path / "f", "aaaa"))
    assert found["entropy"]["bits"] == 0
    assert (found["huffman_bits"], found["fixed_bits"], found["perplexity"]) == (1, 0, 1)


def test_the_text_of_entropy_says_what_the_numbers_mean(tmp_path):
    done = run("entropy", put(tmp_path / "f", "abbcccdde"))
    assert done.exit_code == 0
    for words in (
        "f: 9 bytes, 5 different",
        "Huffman",
        "No interval is given: there are fewer than 50 observations",
        "perplexity",
        "'c'",
        "2.1972",
        "1.5230",
    ):
        assert words in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_divergence_both_ways_is_that_of_the_frequencies(tmp_path):
    # Cover and Thomas, example 2.3.1.
    a, b = put(tmp_path / "a", "xxyy"), put(tmp_path / "b", "xyyy")
    found = answer("divergence", a, b)
    assert found["kl_ab"]["bits"] == pytest.approx(0.2075187496, abs=1e-10)
    assert found["kl_ba"]["bits"] == pytest.approx(0.1887218755, abs=1e-10)
    assert found["cross_entropy_ab"]["bits"] == pytest.approx(1.2075187496, abs=1e-10)
    assert found["a"]["entropy"]["bits"] == pytest.approx(1.0)
    parts = [each["js_bits"] for each in found["contrasts"]]
    assert parts[0] > parts[1] > 0
    assert sum(parts) == pytest.approx(found["js"]["bits"])
    middle = -0.375 * math.log2(0.375) - 0.625 * math.log2(0.625)
    assert found["js"]["bits"] == pytest.approx(middle - (1 + found["b"]["entropy"]["bits"]) / 2)


def test_unknown_weights_and_fractions_of_digits_are_refused(tmp_path):
    (tmp_path / "t.csv").write_text("p,q\n0.5,0.25\n0.5,0.75\n")
    p, q = (f"{tmp_path / 't.csv'}:{name}" for name in "pq")
    message = "`weights` must be one of 'probabilities' and 'counts'; got 'foo'."
    with pytest.raises(DomainError, match=message):
        divergence_of(p, q, weights="foo")
    with pytest.raises(DomainError, match=r"`smoothing` must be finite and >= 0; got 'a'."):
        divergence_of(p, q, weights="counts", smoothing="a")
    with pytest.raises(DTypeError, match=r"`message` must be an integer; got 1.5."):
        code_of(str(tmp_path / "t.csv"), built_for="p", message=1.5)


def test_a_file_compared_with_itself_has_no_divergence(tmp_path):
    file = put(tmp_path / "a", "some text, some more")
    found = answer("divergence", file, file, "--unit", "words")
    assert found["kl_ab"]["bits"] == found["kl_ba"]["bits"] == found["js"]["bits"] == 0


def test_unseen_symbols_make_the_divergence_infinite_and_are_named(tmp_path):
    a, b = put(tmp_path / "a", "cat dog dog emu"), put(tmp_path / "b", "cat dog")
    found = answer("divergence", a, b, "-u", "words")
    assert found["kl_ab"] == {"nats": None, "bits": None}
    assert found["kl_ba"]["bits"] > 0
    assert found["a"]["unseen"] == 1
    assert found["a"]["unseen_share"] == 0.25
    assert found["a"]["unseen_examples"] == ["emu"]
    assert found["b"]["unseen"] == 0
    text = run("divergence", a, b, "-u", "words").stdout
    assert "A has 1 symbol that B never has (emu), 25.0 % of A, so the divergence is infinite." in text
    assert "Every symbol of B occurs in A." in text
    assert "infinite" in text


def test_columns_are_compared_by_their_values(tmp_path):
    table = put(tmp_path / "t.csv", "born,lives\nOslo,Rome\nOslo,Oslo\nRome,Rome\nRome,Rome\n")
    found = answer("divergence", f"{table}:born", f"{table}:lives")
    assert found["unit"] == "values"
    assert found["kl_ab"]["bits"] == pytest.approx(0.2075187496, abs=1e-10)


def test_a_file_with_a_colon_in_its_name_is_that_file(tmp_path):
    put(tmp_path / "t.csv", "a,b\n1,2\n")
    file = put(tmp_path / "t.csv:a", "zz")
    assert answer("divergence", file, file)["a"]["symbols"] == 2


def test_a_code_built_for_one_column_is_run_on_another(letters):
    found = answer("code", letters, "--for", "q", "--on", "p")
    assert [each["codeword"] for each in found["symbols"]] == ["0", "10", "11"]
    assert [each["symbol"] for each in found["symbols"]] == ["a", "b", "c"]
    assert found["expected_length"] == 1.75
    assert found["entropy"] == pytest.approx(1.5)
    assert found["divergence"] == pytest.approx(0.25)
    assert found["whole_symbol_penalty"] == 0
    assert found["kraft_sum"] == "1"


def test_without_another_column_a_code_is_run_on_its_own(letters):
    found = answer("code", letters, "--for", "q")
    assert (found["run_on"], found["divergence"], found["expected_length"]) == ("q", 0, 1.5)


def test_the_kraft_sum_is_said_to_leave_room_only_where_it_does(letters, tmp_path):
    assert "Kraft sum 1: no codeword could be shorter." in run("code", letters, "--for", "q").stdout
    loose = run("code", letters, "--for", "q", "--kind", "shannon-fano-elias").stdout
    assert "Kraft sum 1/2: some codeword could be shorter." in loose
    four = put(tmp_path / "four.csv", "s,q\na,0.25\nb,0.25\nc,0.25\nd,0.25\n")
    assert "Kraft sum 8/9." in run("code", four, "--for", "q", "--radix", 3).stdout


def test_counts_are_taken_for_counts_only_when_they_are_said_to_be(letters):
    done = run("code", letters, "--for", "n")
    assert done.exit_code == 2
    assert done.stderr == "error: `for` must sum to 1; got 8 in 'n'. If these are counts, pass --counts.\n"
    found = answer("code", letters, "--for", "n", "--counts", "--kind", "shannon")
    assert [each["length"] for each in found["symbols"]] == [2, 2, 1]
    assert found["kind"] == "Shannon"


def test_options_of_a_code_reach_it(letters):
    assert answer("code", letters, "--for", "q", "--radix", 3)["expected_length"] == 1
    limited = answer("code", letters, "--for", "q", "--most-length", 2)
    assert limited["expected_length"] == 1.5
    elias = answer("code", letters, "--for", "q", "--kind", "shannon-fano-elias")
    assert [each["length"] for each in elias["symbols"]] == [2, 3, 3]
    named = answer("code", letters, "--for", "q", "--symbols", "n")
    assert [each["symbol"] for each in named["symbols"]] == ["2", "2", "4"]


def test_a_table_without_names_numbers_its_symbols(tmp_path):
    found = answer("code", put(tmp_path / "t.csv", "q\n0.5\n0.5\n"), "--for", "q")
    assert [each["symbol"] for each in found["symbols"]] == ["0", "1"]


def test_a_symbol_of_probability_zero_has_no_codeword(tmp_path):
    table = put(tmp_path / "t.csv", "s,q,p\na,0.5,0.5\nb,0.5,0.25\nc,0,0.25\n")
    found = answer("code", table, "--for", "q", "--on", "p")
    assert found["symbols"][2]["codeword"] is None
    assert found["expected_length"] is None
    assert "infinite" in run("code", table, "--for", "q", "--on", "p").stdout


def test_the_text_of_a_code_shows_codewords_and_account(letters):
    done = run("code", letters, "--for", "q", "--on", "p")
    for words in (
        "Huffman code, radix 2, built for q",
        "Codeword",
        "11",
        "divergence",
        "1.7500",
        "Kraft sum 1:",
    ):
        assert words in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


@pytest.fixture
def two_sources(tmp_path):
    rows = zip("ABCDEF", K1, K2, strict=True)
    text = "".join(f"{name},{a},{b},{100 * a:.0f}\n" for name, a, b in rows)
    return put(tmp_path / "k.csv", f"outcome,K1,K2,n\n{text}")


K1 = (0.30, 0.25, 0.20, 0.10, 0.10, 0.05)
K2 = (0.05, 0.20, 0.25, 0.15, 0.20, 0.15)
SHARED = ("--for", "K1", "--for", "K2", "--symbols", "outcome", "--message", 280)


def test_several_codes_are_compared_on_several_sources(two_sources):
    found = answer("code", two_sources, *SHARED, "--kind", "ideal")
    assert [one["name"] for one in found["codes"]] == ["K1", "K2", "mixture", "uniform"]
    assert [round(one["average"], 4) for one in found["codes"]] == [2.6221, 2.6929, 2.5262, 2.585]
    assert [one["words"] for one in found["codes"]] == [106, 103, 110, 108]
    assert found["sources"] == ["K1", "K2"]
    assert found["best"] == "mixture"
    assert found["codes"][0]["expected_lengths"][0] == pytest.approx(found["entropies"][0], rel=1e-14)
    found = answer("code", two_sources, *SHARED)
    assert [one["words"] for one in found["codes"]] == [107, 103, 109, 101]


def test_the_text_of_a_comparison_names_the_best_code(two_sources):
    done = run("code", two_sources, *SHARED, "--kind", "ideal")
    said = " ".join(done.stdout.split())
    assert "Ideal codes, expected bits per symbol" in said
    assert "In 280 bits" in said
    assert "The code of the mixture is the shortest on average: 2.5262 bits." in said
    assert (
        "The code of the uniform distribution, which uses no column, is shorter than all of columns." in said
    )
    one = " ".join(run("code", two_sources, "--for", "K1", "--on", "K2", "--message", 280).stdout.split())
    assert "A message of 280 bits holds 100 symbols." in one
    assert "+ or - whole digits" in one
    assert "KL(K2 || K1)" in one


def test_one_code_may_run_on_several_sources_and_counts_are_divided_by_their_sums(two_sources):
    found = answer("code", two_sources, "--for", "n", "--on", "n", "--counts", "--kind", "ideal")
    assert found["expected_length"] == pytest.approx(found["entropy"], rel=1e-14)
    found = answer("code", two_sources, "--for", "K1", "--on", "K1", "--on", "K2", "--kind", "ideal")
    assert [one["name"] for one in found["codes"]] == ["K1", "mixture", "uniform"]
    assert found["codes"][0]["words"] is None


def test_ideal_and_range_codes_have_fractional_lengths_and_no_codewords(two_sources):
    ideal, coded = (
        answer("code", two_sources, "--for", "K1", "--on", "K2", "--kind", kind)
        for kind in ("ideal", "range")
    )
    assert ideal["symbols"][0]["length"] == pytest.approx(-math.log2(0.3), rel=1e-15)
    assert ideal["symbols"][0]["codeword"] is ideal["kraft_sum"] is None
    assert ideal["whole_symbol_penalty"] == 0
    assert ideal["expected_length"] == pytest.approx(2.8783, abs=5e-5)
    for found in (ideal, coded):
        parts = found["entropy"] + found["divergence"] + found["whole_symbol_penalty"]
        assert found["expected_length"] == pytest.approx(parts, rel=1e-14)
    assert 0 < abs(coded["whole_symbol_penalty"]) < 1e-6
    assert "Kraft" not in run("code", two_sources, "--for", "K1", "--kind", "ideal").stdout


def test_columns_of_probabilities_are_compared_as_distributions(two_sources, tmp_path):
    a, b = f"{two_sources}:K1", f"{two_sources}:K2"
    found = answer("divergence", a, b, "--probabilities", "--symbols", "outcome")
    assert found["unit"] == "probabilities"
    assert found["kl_ab"]["bits"] == pytest.approx(float(kl_divergence(K1, K2, base=2)), rel=1e-13)
    assert found["kl_ba"]["bits"] == pytest.approx(float(kl_divergence(K2, K1, base=2)), rel=1e-13)
    assert found["a"]["symbols"] is None
    assert found["a"]["distinct"] == 6
    assert {one["symbol"] for one in found["contrasts"]} == set("ABCDEF")
    # Symbols of two tables are matched by their names, not by their rows.
    upside_down = "".join(f"{name},{x}\n" for name, x in reversed(list(zip("ABCDEF", K2, strict=True))))
    other = put(tmp_path / "other.csv", f"outcome,q\n{upside_down}")
    again = answer("divergence", a, f"{other}:q", "--probabilities", "--symbols", "outcome")
    assert again["kl_ab"] == found["kl_ab"]
    counted = answer("divergence", f"{two_sources}:n", b, "--counts", "--symbols", "outcome")
    assert counted["kl_ab"]["bits"] == pytest.approx(found["kl_ab"]["bits"], rel=1e-13)
    assert counted["a"]["symbols"] == 100
    assert "Two distributions" in run("divergence", a, b, "--probabilities").stdout


def test_an_empty_probability_makes_one_direction_infinite(tmp_path):
    table = put(tmp_path / "t.csv", "s,p,q\na,0.5,1\nb,0.5,0\n")
    found = answer("divergence", f"{table}:p", f"{table}:q", "--probabilities")
    assert found["kl_ab"]["bits"] is None
    assert found["kl_ba"]["bits"] == 1
    assert found["a"]["unseen_examples"] == ["b"]


BAD = {
    "fractions as symbols": (
        ["divergence", "t.csv:q", "t.csv:q"],
        "error: `column` must hold symbols, which are text or integers; got 'q', which holds floating-point",
    ),
    "probabilities of files": (
        ["divergence", "t.csv", "t.csv", "--probabilities"],
        "error: `a` must be a column, as TABLE:COLUMN, with --probabilities; got 't.csv'.",
    ),
    "counts of a file that is missing": (
        ["divergence", "u.csv:q", "t.csv:q", "--counts"],
        "error: `a` must name a file that exists; got 'u.csv'. ",
    ),
    "probabilities of a second file in a missing folder": (
        ["divergence", "t.csv:q", "none/u.csv:q", "--probabilities"],
        "error: `b` must name a file that exists; got 'none/u.csv'.",
    ),
    "both kinds of weights": (
        ["divergence", "t.csv:q", "t.csv:q", "--probabilities", "--counts"],
        "error: `counts` must be left out with --probabilities; got both.",
    ),
    "names of values": (
        ["divergence", "t.csv:s", "t.csv:s", "--symbols", "s"],
        "error: `symbols` must be left out for values; got 's'. Pass --probabilities",
    ),
    "probabilities of no sum 1": (
        ["divergence", "bad.csv:z", "bad.csv:z", "--probabilities"],
        "error: `a` must hold a number > 0; got only zeros in 'z'.",
    ),
    "a symbol twice": (
        ["divergence", "twice.csv:q", "twice.csv:q", "--counts"],
        "error: `symbols` must have one row each; got 'a' in two rows.",
    ),
    "range in radix 3": (
        ["code", "t.csv", "--for", "q", "--kind", "range", "--radix", "3"],
        "error: `radix` must be 2 for a range code; got 3.",
    ),
    "ideal in radix 1": (
        ["code", "t.csv", "--for", "q", "--kind", "ideal", "--radix", "1"],
        "error: `radix` must lie in 2..36; got 1.",
    ),
    "empty message": (
        ["code", "t.csv", "--for", "q", "--message", "0"],
        "error: `message` must be an integer >= 1; got 0.",
    ),
    "no file": (["entropy", "nix.txt"], "error: `file` must be a file that exists; got 'nix.txt'"),
    "folder": (["entropy", "."], "error: `file` must be a file that can be read; got"),
    "empty": (["entropy", "empty"], "error: `file` must hold bytes; got empty, which has none."),
    "blank": (["entropy", "blank", "-u", "words"], "error: `file` must hold words; got blank"),
    "not text": (
        ["entropy", "latin", "-u", "words"],
        "error: `file` must be UTF-8 text; got byte 0xe9 on line 2 of latin. Count its bytes instead",
    ),
    "breaks off": (
        ["entropy", "half", "-u", "characters"],
        "error: `file` must be UTF-8 text; got byte 0xc3 on line 1",
    ),
    "unit": (
        ["entropy", "t.csv", "-u", "lines"],
        "error: `unit` must be one of bytes, characters, words; got 'lines'.",
    ),
    "unit and column": (
        ["entropy", "t.csv", "-c", "s", "-u", "bytes"],
        "error: `unit` must be left out with a column",
    ),
    "method": (["entropy", "t.csv", "-m", "magic"], "error: `method` must be one of plug_in, miller_madow"),
    "prior": (["entropy", "t.csv", "-m", "bayesian"], "error: `method` must be one of"),
    "K": (["entropy", "t.csv", "-m", "nsb"], "error: `K` must"),
    "column": (
        ["entropy", "t.csv", "-c", "S"],
        "error: `column` must be a column of t.csv; got 'S'. Did you mean 's'?",
    ),
    "mixed": (
        ["divergence", "t.csv:s", "t.csv"],
        "error: `a and b` must be of one kind; got values of t.csv:s",
    ),
    "unit of a column": (
        ["divergence", "t.csv:s", "t.csv:q", "-u", "words"],
        "error: `unit` must be given for files",
    ),
    "for": (
        ["code", "t.csv", "--for", "Q"],
        "error: `for` must be a column of the table; got 'Q'. Did you mean 'q'?",
    ),
    "on": (
        ["code", "t.csv", "--for", "q", "--on", "z"],
        "error: `on` must be a column of the table; got 'z'.",
    ),
    "symbols": (
        ["code", "t.csv", "--for", "q", "--symbols", "z"],
        "error: `symbols` must be a column of the table",
    ),
    "text": (
        ["code", "t.csv", "--for", "s"],
        "error: `for` must be a column of numbers; got 's', which holds text.",
    ),
    "negative": (
        ["code", "bad.csv", "--for", "q"],
        "error: `for` must hold numbers >= 0; got -0.5 in 'q', first at index (1,)",
    ),
    "gap": (
        ["code", "bad.csv", "--for", "g"],
        "error: `for` must hold numbers >= 0; got nothing in 'g', first at index (0,)",
    ),
    "zeros": (
        ["code", "bad.csv", "--for", "z", "--counts"],
        "error: `for` must hold a number > 0; got only zeros in 'z'.",
    ),
    "kind": (
        ["code", "t.csv", "--for", "q", "--kind", "morse"],
        "error: `kind` must be one of huffman, shannon, shannon-fano-elias",
    ),
    "limit": (
        ["code", "t.csv", "--for", "q", "--kind", "shannon", "--most-length", "3"],
        "error: `most_length` must be left out unless",
    ),
    "no room": (
        ["code", "t.csv", "--for", "q", "--most-length", "0"],
        "error: `most_length` must leave room for 2 codewords",
    ),
    "radix": (["code", "t.csv", "--for", "q", "--radix", "1"], "error: `radix` must lie in 2..36; got 1."),
}


@pytest.mark.parametrize("wrong", BAD)
def test_what_cannot_be_done_is_one_clear_line(wrong, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "t.csv", "s,q\na,0.5\nb,0.5\n")
    put(tmp_path / "bad.csv", "s,q,g,z\na,1.5,,0\nb,-0.5,1,0\n")
    put(tmp_path / "twice.csv", "s,q\na,1\na,2\n")
    put(tmp_path / "empty", b"")
    put(tmp_path / "blank", b" \n\n")
    put(tmp_path / "latin", b"a\ncaf\xe9\n")
    put(tmp_path / "half", b"caf\xc3")
    arguments, line = BAD[wrong]
    done = run(*arguments)
    assert done.exit_code == 2, done.stdout
    assert done.stdout == ""
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1


def test_help_opens_with_examples():
    for name in ("entropy", "divergence", "code"):
        text = run(name, "--help").stdout
        assert text.index("Examples") < text.index(f"xent {name} ") < text.index("--json")
