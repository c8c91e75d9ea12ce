"""Delimited text that is read in batches is the table that `read_table` makes of it."""

import dataclasses
import gzip

import numpy as np
import pyarrow as pa
import pytest

from xent.data import TableEncoder, read_table
from xent.data.file_facts import facts_of
from xent.data.files import delimited_text
from xent.data.files.read_options import read_options
from xent.data.missing_words import MISSING
from xent.data.pieces.table_source import table_source
from xent.errors import DataError, DomainError

NO_LAYOUT = {"delimiter": None, "header": True, "skip": None, "encoding": None}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Blocks of 2 KiB, so that files of some thousand lines have many."""
    monkeypatch.setattr(delimited_text, "_BLOCK", 1 << 11)


def source_by(path, *, missing=MISSING, text=(), **layout):
    options = read_options(missing=missing, **NO_LAYOUT | layout)
    return table_source(path, options, text=text, caller="fit")


def in_batches(source, columns=None):
    columns = source.columns if columns is None else columns
    return (pa.Table.from_batches([one]) for part in source.fragments for one in part.pieces(columns))


def without_codes(table):
    plain = [
        one.cast(one.type.value_type) if pa.types.is_dictionary(one.type) else one for one in table.columns
    ]
    return pa.table(plain, names=table.column_names)


def assert_same_table(path, **options):
    """Raise unless batches hold the table of `read_table`, its facts and the same plans; return the table."""
    whole = read_table(path, **options)
    source = source_by(path, **options)
    batches = list(in_batches(source))
    assert len(batches) > 1
    assert without_codes(pa.concat_tables(batches)).equals(without_codes(whole))
    assert facts_of(batches[0]) == facts_of(whole)
    assert [part.rows for part in source.fragments] == [whole.num_rows]
    encoder = TableEncoder().fit(whole)
    streamed = TableEncoder().fit_batches(lambda: in_batches(source))
    assert plans_of(streamed) == plans_of(encoder)
    return whole


def plans_of(encoder):
    """Plans of all columns; notes of odd cells, which name lines in memory alone, without these."""
    return [dataclasses.replace(plan, note=plan.note.partition(" odd cell")[0]) for plan in encoder.columns]


def lines_of(*columns, rows=2000, delimiter=","):
    """Lines of cells; each of `columns` is a function of the row."""
    return "".join(delimiter.join(str(column(k)) for column in columns) + "\n" for k in range(rows))


def test_a_semicolon_and_a_decimal_comma_are_found(tmp_path):
    path = tmp_path / "rows.csv"
    rows = lines_of(lambda k: k % 9, lambda k: f"{k % 7},5", lambda k: "ab"[k % 2], delimiter=";")
    path.write_text(f"n;x;city\n{rows}", encoding="utf-8")
    assert assert_same_table(path).column("x").type == pa.float64()


@pytest.mark.parametrize(
    ("late", "kind"),
    [("1.5", pa.float64()), ("word", pa.string()), ("2020-01-31", pa.string()), ("", pa.int64())],
)
def test_a_cell_in_a_late_block_decides_the_type_as_in_a_whole_file(tmp_path, late, kind):
    path = tmp_path / "rows.csv"
    odd = lines_of(
        lambda k: late if k == 1700 else k % 50, lambda k: "" if k < 1500 else k % 4, lambda k: k % 2
    )
    path.write_text(f"x,gaps,t\n{odd}", encoding="utf-8")
    table = assert_same_table(path)
    assert without_codes(table).schema.types == [kind, pa.int64(), pa.int64()]


def test_zeros_in_front_padding_and_words_for_gaps_are_those_of_a_whole_file(tmp_path):
    path = tmp_path / "rows.csv"
    rows = lines_of(
        lambda k: f"{k % 90:02d}" if k > 1000 else k % 9 + 1,
        lambda k: f" {k % 11} ",
        lambda k: " n/a " if k % 5 == 0 else f" {('up', 'down')[k % 2]}",
        lambda k: "gone" if k % 9 == 0 else k % 3,
    )
    path.write_text(f"zip, padded,way ,own\n{rows}", encoding="utf-8")
    table = assert_same_table(path, missing=["n/a", "gone"])
    assert without_codes(table).schema.types == [pa.string(), pa.int64(), pa.string(), pa.int64()]
    assert table.column("own").null_count == 223
    assert assert_same_table(path, text=["padded"]).column("way").null_count == 400


def test_a_space_hides_no_leading_zero_in_batches(tmp_path):
    path = tmp_path / "rows.csv"
    rows = lines_of(lambda k: f" {k:04d}" if k == 700 else k + 1, lambda k: k % 3)
    path.write_text(f"zip,x\n{rows}", encoding="utf-8")
    assert without_codes(assert_same_table(path)).column("zip")[700].as_py() == "0700"


def test_padded_cells_of_all_blocks_decide_the_type(tmp_path):
    path = tmp_path / "rows.csv"
    first_word = lines_of(lambda k: " up" if k == 9 else f" {k % 11}", lambda k: k % 2)
    path.write_text(f"x,y\n{first_word}", encoding="utf-8")
    assert without_codes(assert_same_table(path)).column("x").type == pa.string()
    last_fraction = lines_of(lambda k: f" {k % 11}" + ".5" * (k == 1900), lambda k: k % 2)
    path.write_text(f"x,y\n{last_fraction}", encoding="utf-8")
    assert assert_same_table(path).column("x").type == pa.float64()


def test_every_option_of_the_layout_holds_in_batches(tmp_path):
    path = tmp_path / "rows.csv"
    rows = lines_of(lambda k: f"café {k % 3}", lambda k: k % 5, delimiter="|")
    path.write_bytes(f"one;title\nanother|line\n{rows}".encode("cp1252"))
    layout = {"delimiter": "|", "skip": 2, "header": False, "encoding": "windows-1252"}
    assert assert_same_table(path, **layout).column_names == ["column_1", "column_2"]
    path.write_bytes(
        "k\tx\n".encode("utf-16") + lines_of(lambda k: k, lambda k: k % 5, delimiter="\t").encode("utf-16-le")
    )
    whole = read_table(path)
    assert pa.concat_tables(in_batches(source_by(path))).equals(whole)


def test_compressed_text_of_other_endings_is_read(tmp_path):
    rows = f"a\tb\n{lines_of(lambda k: k % 7, lambda k: 'xy'[k % 2], delimiter=chr(9))}"
    path = tmp_path / "rows.tsv.gz"
    path.write_bytes(gzip.compress(rows.encode()))
    assert_same_table(path)


def test_a_folder_has_the_types_of_all_its_files_and_the_columns_of_its_folders(tmp_path):
    for year, cells in ((2025, "1"), (2026, "2.5")):
        place = tmp_path / f"year={year}"
        place.mkdir()
        (place / "rows.csv").write_text(
            f"x,y\n{lines_of(lambda _, c=cells: c, lambda k: k % 2)}", encoding="utf-8"
        )
    source = source_by(tmp_path)
    assert source.columns == ("x", "y", "year")
    table = pa.concat_tables(in_batches(source))
    assert table.schema.types == [pa.float64(), pa.int64(), pa.int32()]
    assert np.unique(table.column("year").to_numpy(), return_counts=True)[1].tolist() == [2000, 2000]
    assert next(in_batches(source, ("year",))).column_names == ["year"]
    (tmp_path / "year=2026" / "rows.csv").write_text("x,z\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="must consist of files with the same columns"):
        source_by(tmp_path)


@pytest.mark.parametrize("name", ["20261231123", "\u0661", "--5", "1.5"])
def test_names_of_folders_that_are_not_integers_of_32_bits_are_text(tmp_path, name):
    (tmp_path / f"id={name}").mkdir()
    (tmp_path / f"id={name}" / "rows.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    table = pa.concat_tables(in_batches(source_by(tmp_path)))
    assert table.schema.field("id").type == pa.string()
    assert table.column("id").to_pylist() == [name]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,2\n1,2,3\n", "3 cells on line 3 of rows.csv, where the header has 2"),
        (b"a,b\n1,2\n\xff\xfe,\xe9t\xe9\n", "byte 0xff .* on line 3 of rows.csv"),
        (b"a,b\n", "a header and nothing below it"),
        (b"a,a\n1,2\n", "more than once in rows.csv"),
        (b"a,b\n1,\0\n", "must be text|is not text"),
        (b"", "which is empty"),
    ],
)
def test_text_that_is_no_table_is_refused_in_batches_too(tmp_path, content, words):
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=words):
        source_by(path)


def test_bytes_that_are_not_of_the_given_encoding_are_refused(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 20_000 + b"\xff,1\n")
    with pytest.raises(DataError, match=r"must be text in ascii; got rows\.csv"):
        source_by(path, encoding="ascii")
    with pytest.raises(DataError, match=r"must be text in utf-16; got rows\.csv"):
        source_by(path, encoding="utf-16")
    with pytest.raises(DataError, match="Name its encoding, such as `--encoding windows-1252`"):
        source_by(path)


def test_a_line_longer_than_the_blocks_of_a_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited_text, "_BLOCK", 1 << 20)
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n" + "1,x\n" * 20_000 + f"2,{'y' * (5 << 20)}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"lines of at most 1 MiB; got a longer one, line 20002 of rows\.csv"):
        source_by(path)


def test_layouts_that_need_a_whole_file_or_text_are_refused(tmp_path):
    import pyarrow.parquet as pq

    path = tmp_path / "rows.txt"
    path.write_text("a   b\n1   2\n3   4\n", encoding="utf-8")
    with pytest.raises(DataError, match="must have a delimiter of one character to be read in batches"):
        source_by(path)
    (tmp_path / "GunPoint_TRAIN.tsv").write_text("1\t0.5\n2\t0.25\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"got GunPoint_TRAIN\.tsv, a file of series\. Read the file whole"):
        source_by(tmp_path / "GunPoint_TRAIN.tsv")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "rows.parquet")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "rows.txt")
    with pytest.raises(DataError, match=r"to be read in batches; got rows\.txt, a Parquet file"):
        source_by(tmp_path / "rows.txt")
    for option in ({"skip": 1}, {"delimiter": ";"}, {"header": False}, {"encoding": "utf-8"}):
        (name,) = option
        with pytest.raises(DomainError, match=f"`{name}` must be left out but for files of delimited text"):
            source_by(tmp_path / "rows.parquet", **option)
