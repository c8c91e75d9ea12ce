import gzip
import json

import pytest

from xent.data import read_table
from xent.data.files import delimited_text
from xent.data.files.text_limits import DEEPEST, deepest_nesting
from xent.errors import DataError


def nested(depth):
    return '{"x": ' + "[" * (depth - 1) + "1" + "]" * (depth - 1) + "}\n"


@pytest.mark.parametrize("lines", [1, 3])
def test_json_is_read_to_its_deepest_level_and_not_below(tmp_path, lines):
    path = tmp_path / "a.jsonl"
    path.write_text(nested(DEEPEST) * lines)
    assert read_table(path).num_rows == lines
    path.write_text(nested(DEEPEST) * lines + nested(DEEPEST + 1))
    with pytest.raises(DataError, match="`data` must be nested at most 100 levels deep; got"):
        read_table(path)


def test_json_so_deep_that_its_parser_would_end_the_process_is_refused(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(nested(1_000_000).encode()))
    with pytest.raises(DataError, match="be nested at most 100 levels deep"):
        read_table(path)


def test_brackets_in_text_are_no_levels(tmp_path):
    path = tmp_path / "a.jsonl"
    texts = ["[" * 500, '"[' * 500, "\\[" * 500, "{" * 200_000, "]" * 10]
    path.write_text("".join(json.dumps({"x": each}) + "\n" for each in texts * 12))
    assert read_table(path)["x"].to_pylist() == texts * 12


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_levels_are_counted_across_blocks(size):
    text = json.dumps({"a": [1, {"b": '[{"[\\\\" ', "c[": [[], [[2]]]}], "d": "\\"}).encode()
    blocks = [text[k : k + size] for k in range(0, len(text), size)]
    assert deepest_nesting(blocks) == 6


def test_brackets_that_text_seems_to_close_are_counted(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"}":' * 100_000 + "1" + "}" * 100_000)
    with pytest.raises(DataError, match="be nested at most 100 levels deep"):
        read_table(path)


def test_an_open_quote_hides_no_levels_of_later_lines(tmp_path):
    path = tmp_path / "a.jsonl"
    row = json.dumps({"a": "x" * 1000}) + "\n"
    path.write_text(row * (9 << 10) + '{"a": "x\n' + "\n" * 200 + '{"a":' * 100_000 + "\n")
    with pytest.raises(DataError, match="be nested at most 100 levels deep"):
        read_table(path)


def test_brackets_that_close_nothing_lower_no_level():
    assert deepest_nesting([b"]" * 50 + b"[" * 60]) == 60


def test_a_row_may_be_longer_than_a_block(tmp_path):
    path = tmp_path / "a.csv"
    long = "n" * (3 << 20)
    path.write_text(f"x,y\n1,a\n2,{long}\n")
    assert read_table(path)["y"].to_pylist() == ["a", long]


def test_leading_zeros_are_kept_beside_a_row_longer_than_a_block(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" + "01,a\n" * 20_000 + f"02,{'n' * (3 << 20)}\n")
    assert read_table(path)["x"][-1].as_py() == "02"


@pytest.mark.slow
def test_a_line_beyond_the_limit_is_named(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"x,y\n1,a\n" + b"n" * (70 << 20), 1))
    with pytest.raises(
        DataError, match=r"have lines of at most 64 MiB; got a longer one, line 3 of a\.csv\.gz"
    ):
        read_table(path)


@pytest.mark.parametrize("above", ["x,y\n1,a\n", "", f"x,{'y' * 100_000}\n1,a\n"])
def test_a_line_beyond_the_limit_is_named_wherever_it_begins(tmp_path, monkeypatch, above):
    # Arrow reads a row that ends in the block after the one in which it begins.
    monkeypatch.setattr(delimited_text, "LONGEST_LINE", 2 << 20)
    path = tmp_path / "a.csv"
    path.write_text(f"{above}2,{'n' * (3 << 20)}\n3,b\n")
    line = len(above.splitlines()) + 1
    with pytest.raises(DataError, match=rf"at most 2 MiB; got a longer one, line {line} of"):
        read_table(path)


@pytest.mark.slow
def test_a_cell_of_many_lines_beyond_the_limit_is_named(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b'x,y\n1,a\n2,"' + (b"n" * 1000 + b"\n") * (70 << 10) + b'"\n', 1))
    with pytest.raises(
        DataError, match=r"have cells of at most 16 MiB; got a longer one on line 3 of a\.csv\.gz"
    ):
        read_table(path)
