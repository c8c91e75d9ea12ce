import pyarrow as pa
import pytest

from xent.data import plan_columns, read_table
from xent.data.file_facts import facts_of
from xent.data.files.text_marks import text_marks


def table_of(tmp_path, content, **options):
    file = tmp_path / "t.csv"
    file.write_text(content, encoding="utf-8")
    return read_table(file, **options)


def test_names_and_cells_are_trimmed(tmp_path):
    table = table_of(tmp_path, "x, job , day\n0.5, clerk, 2020-01-01\n1, ?, 2020-01-02\n2,clerk ,?\n")
    assert table.column_names == ["x", "job", "day"]
    assert table["job"].to_pylist() == ["clerk", None, "clerk"]
    assert pa.types.is_date(table.schema.field("day").type)


def test_a_blank_cell_among_numbers_is_missing(tmp_path):
    assert table_of(tmp_path, "a,b\n1,1.5\n2, \n3,2\n")["b"].to_pylist() == [1.5, None, 2.0]


def test_few_odd_texts_among_numbers_are_no_levels(tmp_path):
    text = "x,y\n" + "".join(f"{row % 9},{row}\n" for row in range(99)) + "1.2.3,7\n"
    found = plan_columns(table_of(tmp_path, text), "y")[0]
    assert (found.kind, found.note) == ("numeric", "0 to 8; 1 odd cell is a gap: '1.2.3' on line 101")


@pytest.mark.parametrize("blank", ["\n", '"two\nlines",9\n'])
def test_no_line_is_named_where_rows_are_not_lines(tmp_path, blank):
    text = "x,y\n" + blank + "".join(f"{row % 9},{row}\n" for row in range(99)) + "1.2.3,7\n"
    table = table_of(tmp_path, text)
    assert facts_of(table).first_line is None
    assert "in row" in plan_columns(table, "y")[0].note


def test_digits_with_leading_zeros_stay_text_and_other_whole_numbers_do_not(tmp_path):
    table = table_of(tmp_path, "zip,n,day\n02139,5,01/02/2020\n94105,0,03/04/2020\n")
    assert table["zip"].to_pylist() == ["02139", "94105"]
    assert table["n"].to_pylist() == [5, 0]


def test_a_space_hides_no_leading_zero(tmp_path):
    table = table_of(tmp_path, "zip,n\n 02139,5\n94105,0\n")
    assert table["zip"].to_pylist() == ["02139", "94105"]


@pytest.mark.parametrize("digits", [1, 62, 63, 64, 65, 1 << 20])
@pytest.mark.parametrize(
    ("after", "expected"), [(b",x", True), (b"|x", True), (b"\nx", True), (b":0,", False)]
)
def test_a_cell_of_any_number_of_digits_is_one_if_nothing_else_is_in_it(digits, after, expected):
    cell = b"x,0" + b"7" * digits
    assert text_marks([cell + after], ",", "|").zeros is expected
    assert text_marks([cell, b"7,"], ",", "|").zeros


def test_a_leading_zero_far_down_and_across_blocks_is_seen():
    assert text_marks([b"z,n\n1", b"2,", b"0", b"5\n"], ",").zeros
    assert not text_marks([b"z,n\n10", b"5,0.5\n0,100"], ",").zeros


def test_columns_may_be_kept_as_text(tmp_path):
    assert table_of(tmp_path, "a, b\n1,2\n3,4\n", text=["b"]).to_pylist() == [
        {"a": 1, "b": "2"},
        {"a": 3, "b": "4"},
    ]


def test_levels_may_grow_beyond_what_codes_hold_after_the_first_block(tmp_path):
    lines = "".join(f"shop{row % 50 if row < 100_000 else row},{row % 97}\n" for row in range(150_000))
    table = table_of(tmp_path, "shop,amount\n" + lines)
    assert table.num_rows == 150_000
    assert table["shop"][149_999].as_py() == "shop149999"


@pytest.mark.parametrize("word", ["None", "none", "unknown", "-", "missing", "#DIV/0!"])
def test_the_words_for_missing_are_those_of_the_list(tmp_path, word):
    assert table_of(tmp_path, f"a,b\n1,x\n{word},{word} \n").to_pylist()[1] == {"a": None, "b": None}
