import csv
import datetime as dt
import io

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xent.data import read_table
from xent.data.files.table_layout import Dialect, sniffed_dialect
from xent.errors import DataError


def table_of(tmp_path, text, name="t.csv", **options):
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(file, **options)


def complaint(tmp_path, text, name="t.csv", **options):
    with pytest.raises(DataError) as caught:
        table_of(tmp_path, text, name, **options)
    return caught.value.complaint


@pytest.mark.parametrize(
    ("head", "dialect"),
    [
        ("a,b\n1,2\n", Dialect(",")),
        ("a;b\n1;2\n", Dialect(";")),
        ("a\tb\n1\t2\n", Dialect("\t")),
        ("a|b\n1|2\n", Dialect("|")),
        ("a\n1\n", Dialect(",")),
        ("a;b\n1,5;2,5\n", Dialect(";", ",")),
        ("a;b\n1,5;2.5\n", Dialect(";")),
        ('a,b\n"x;y;z",1\n"u;v;w",2\n', Dialect(",")),
        ("a,b\n1,x|y\n2,x|y|z\n", Dialect(",")),
        ("a,b,c\n1,2,3\n1,2\n", Dialect(",")),
        ("note;a,b\nx;1,2\n", Dialect(",")),
    ],
)
def test_the_delimiter_is_the_one_that_makes_lines_alike(head, dialect):
    assert sniffed_dialect(head) == dialect


def test_a_given_delimiter_is_kept(tmp_path):
    assert table_of(tmp_path, "a:b\n1:2\n", delimiter=":").to_pylist() == [{"a": 1, "b": 2}]


def test_decimal_commas_between_semicolons_are_numbers(tmp_path):
    assert table_of(tmp_path, "a;b\n1,5;x\n-2;y\n")["a"].to_pylist() == [1.5, -2.0]


def test_cells_are_the_first_type_that_fits_them_all(tmp_path):
    text = (
        "i,f,b,d,t,s,n\n"
        "1,1.5,true,2020-02-29,2020-02-29 12:00:00,x,\n"
        "2,2,false,2020-03-01,2020-03-01T06:30:00,y,\n"
    )
    assert table_of(tmp_path, text).to_pylist() == [
        {
            "i": 1,
            "f": 1.5,
            "b": True,
            "d": dt.date(2020, 2, 29),
            "t": dt.datetime.fromisoformat("2020-02-29T12:00"),
            "s": "x",
            "n": None,
        },
        {
            "i": 2,
            "f": 2.0,
            "b": False,
            "d": dt.date(2020, 3, 1),
            "t": dt.datetime.fromisoformat("2020-03-01T06:30"),
            "s": "y",
            "n": None,
        },
    ]


@pytest.mark.parametrize("spelling", ["", "?", "NA", "n/a", "NaN", "null", '""', '"NA"', "<NA>"])
def test_the_usual_spellings_are_missing_in_numbers_and_in_text(tmp_path, spelling):
    table = table_of(tmp_path, f"a,b\n1,x\n{spelling},{spelling}\n")
    assert table.to_pylist() == [{"a": 1, "b": "x"}, {"a": None, "b": None}]


def test_the_spellings_of_missing_can_be_chosen(tmp_path):
    table = table_of(tmp_path, "a,b\n-9,NA\n1,x\n", missing=["-9"])
    assert table.to_pylist() == [{"a": None, "b": "NA"}, {"a": 1, "b": "x"}]


def test_text_with_few_levels_comes_as_codes_and_other_text_as_text(tmp_path):
    lines = "".join(f"{'xy'[row % 2]},u{row}\n" for row in range(3000))
    table = table_of(tmp_path, "few,many\n" + lines)
    assert pa.types.is_dictionary(table.schema.field("few").type)
    assert table.schema.field("many").type == pa.string()


def test_codes_mean_the_same_in_every_block(tmp_path):
    lines = "".join(f"l{row // 1000},{'x' * 90}\n" for row in range(30_000))
    column = table_of(tmp_path, "a,b\n" + lines)["a"]
    assert column.num_chunks > 1
    assert len({tuple(chunk.dictionary.to_pylist()) for chunk in column.chunks}) == 1
    assert column.to_pylist() == [f"l{row // 1000}" for row in range(30_000)]


def test_a_byte_order_mark_and_blank_lines_and_dos_line_ends_are_no_cells(tmp_path):
    text = b"\xef\xbb\xbfa,b\r\n\r\n1,2\r\n\r\n3,4\r\n"
    assert table_of(tmp_path, text).to_pylist() == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]


def test_a_blank_line_above_the_first_row_hides_neither_the_row_nor_the_names(tmp_path):
    assert table_of(tmp_path, "\n1,2\n3,4\n", header=False)["column_1"].to_pylist() == [1, 3]
    (tmp_path / "t.csv").write_text("\na,b\n3,4\n")
    assert read_table(tmp_path / "t.csv", text=["a"])["a"].to_pylist() == ["3"]


def test_a_last_line_without_an_end_is_a_row(tmp_path):
    assert table_of(tmp_path, 'a,b\n1,x\n2,"y"').to_pylist() == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]


def test_a_quoted_last_cell_may_hold_line_breaks(tmp_path):
    assert table_of(tmp_path, 'a,b\n1,"x\ny"\n')["b"].to_pylist() == ["x\ny"]


def test_line_breaks_inside_quotes_survive_the_seams_of_blocks(tmp_path):
    cell = "\n".join(["line one\nline, two"] * 3)
    text = "a,b\n" + "".join(f'{row},"{cell}"\n' for row in range(40_000))
    column = table_of(tmp_path, text)["b"]
    assert len(column) == 40_000
    assert column.unique().to_pylist() == [cell]


@pytest.mark.slow
def test_a_very_long_header_is_read(tmp_path):
    count = 12_000
    header = ",".join(f"{'column_' * 13}{place}" for place in range(count))
    assert len(header) > 2**20
    assert table_of(tmp_path, header + "\n" + ",".join("1" * count) + "\n").num_columns == count


def test_a_short_row_is_named_by_its_line_with_both_counts(tmp_path):
    text = "a,b,c,d,e\n" + '1,2,3,4,"x\ny"\n' * 7 + "\n1,2,3,4\n"
    assert complaint(tmp_path, text, "ragged.csv") == (
        "`data` must have the same number of cells in every row; got 4 cells on line 17 of ragged.csv, "
        "where the header has 5. Fix or remove that line."
    )


def test_a_long_row_is_named_by_its_line_with_both_counts(tmp_path):
    assert "got 3 cells on line 3 of t.csv, where the header has 2." in complaint(
        tmp_path, "a,b\n1,2\n3,4,5\n"
    )


def test_a_row_of_one_cell_is_singular(tmp_path):
    assert "got 1 cell on line 3 of t.csv" in complaint(tmp_path, "a,b\r\n1,2\r\n3\r\n")


def test_a_ragged_row_far_down_is_found(tmp_path):
    text = "a,b\n" + "1,2\n" * 400_000 + "1,2,3\n" + "1,2\n" * 10
    assert "got 3 cells on line 400002 of t.csv" in complaint(tmp_path, text)


def test_a_ragged_row_that_spans_lines_points_at_the_quote(tmp_path):
    assert complaint(tmp_path, 'a,b\n1,2\n"3,4\n5,6\n7",8,9\n') == (
        "`data` must have the same number of cells in every row; got 3 cells on line 3 of t.csv, "
        "where the header has 2. A quote that opens on that line closes on line 5 only. "
        "Fix or remove that line."
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a,b\n1,x\n2,"y\n3,z\n', 3),
        ('a,b\n1,x\n"2,y\n3,z\n', 3),
        ('"a,b\n1,x\n', 1),
        ('a,b\n1,"two\nlines"\n2,"y\n3,z\n', 4),
    ],
)
def test_a_quote_that_never_closes_is_named_by_its_line(tmp_path, text, line):
    assert complaint(tmp_path, text) == (
        f"`data` must close every quote; got one on line {line} of t.csv that never closes. "
        "Close it, or double it if it belongs to the text."
    )


def test_a_first_row_may_have_a_cell_longer_than_the_csv_module_allows(tmp_path):
    table = table_of(tmp_path, f"a,{'z' * 200_000}\n1,2\n", header=False)
    assert table.num_rows == 2
    text = 'a,"' + "z,1\n" * 50_000
    assert "got one on line 1 of t.csv that never closes" in complaint(tmp_path, text, header=False)


def test_text_after_a_closing_quote_does_not_hide_a_ragged_row(tmp_path):
    assert "got 1 cell on line 4 of t.csv" in complaint(tmp_path, 'a,b\n1,"x"y\n2,z\n3\n')


@pytest.mark.parametrize(
    ("content", "name", "line"),
    [
        # Bytes that form UTF-8, but for one: text in UTF-8 with damage.
        ("a,b\né,ü\n".encode() + b"\xed\xa0\x80,1\n", "bad.csv", 3),
        ("é,ü\n1,x\n".encode() + b"\xff,1\n", "bad.csv", 3),
        (b"a,b\n1,\xe9\x01\n", "bad.csv", 2),
    ],
)
def test_text_that_is_in_no_plausible_encoding_names_byte_and_line(tmp_path, content, name, line):
    message = complaint(tmp_path, content, name)
    assert message.startswith("`data` must be UTF-8 text; got byte 0x")
    assert f" on line {line} of {name}. Convert it, for example with `iconv -f " in message


def test_compressed_text_that_is_not_utf8_is_read_as_well(tmp_path):
    file = tmp_path / "cafe.csv.gz"
    file.write_bytes(pa.compress(b"a,b\ncaf\xe9,1\n", codec="gzip", asbytes=True))
    assert read_table(file).to_pylist() == [{"a": "café", "b": 1}]


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from('\n",;'), max_size=8
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(CELLS, st.integers(-(2**60), 2**60), st.floats(allow_nan=False, allow_infinity=False)),
        min_size=1,
        max_size=20,
    )
)
def test_what_csv_writes_comes_back(tmp_path_factory, rows):
    # Letters at both ends, as cells are trimmed.
    rows = [(f"x{text}x", whole, real) for text, whole, real in rows]
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerows([("text", "whole", "real"), *rows])
    table = table_of(tmp_path_factory.mktemp("csv"), sink.getvalue(), delimiter=",")
    assert list(zip(*table.to_pydict().values(), strict=True)) == rows


@pytest.mark.half_second
@settings(max_examples=40, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=12), st.data())
def test_the_line_of_a_ragged_row_is_that_of_an_editor(tmp_path_factory, cells, data):
    place = data.draw(st.integers(0, len(cells)))
    lines = [f'"{cell.replace(chr(34), 2 * chr(34))}",1\n' for cell in cells]
    text = "a,b\n" + "".join(lines[:place]) + "1,2,3\n" + "".join(lines[place:])
    line = 2 + "".join(lines[:place]).count("\n")
    assert f"got 3 cells on line {line} of t.csv" in complaint(
        tmp_path_factory.mktemp("csv"), text, delimiter=","
    )
