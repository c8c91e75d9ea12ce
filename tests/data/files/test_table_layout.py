import pytest

from xent.data import read_table
from xent.data.file_facts import facts_of
from xent.data.files.table_layout import Dialect, sniffed_dialect, with_tabs
from xent.errors import DataError, DomainError

BODY = "a,b\n1,x\n2,y\n3,z\n"


def table_of(tmp_path, content, name="t.csv", **options):
    file = tmp_path / name
    file.write_text(content, encoding="utf-8", newline="")
    return read_table(file, **options)


@pytest.mark.parametrize(
    ("above", "lines"),
    [
        ("# a comment\n# two, as wide\n", 2),
        ("# made by a program, on Monday\n", 1),
        ("# one\n# two\n\n", 3),
        ("Sales of the year\n", 1),
        ("Sales of the year,\n,\n", 2),
        ("Report\n\n", 2),
        ('"A title, on\ntwo lines"\n', 2),
        ("\n\nA title here\n", 3),
    ],
)
def test_titles_and_comments_above_the_header_are_skipped_and_said(tmp_path, above, lines):
    table = table_of(tmp_path, above + BODY)
    assert table.to_pylist() == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}, {"a": 3, "b": "z"}]
    assert facts_of(table).notes[0].startswith(f"The {lines} line")
    assert (
        facts_of(table).place(0) == f"on line {lines + 2}"
        or "\n" in above.strip('"\n')
        or not above[0].strip()
    )


@pytest.mark.parametrize(
    "text",
    [BODY, "#,name\n1,x\n2,y\n", "text\nhello\nyou\n", "a,b\n1,\n2,\n", "# a,b\n1,2\n3,4\n", "a b,\n1,2\n"],
)
def test_a_header_is_not_taken_for_a_title(tmp_path, text):
    table = table_of(tmp_path, text)
    assert table.column_names == [name.strip() for name in text.partition("\n")[0].split(",")]
    assert facts_of(table).notes == ()


def test_a_short_header_is_a_fault_and_no_title(tmp_path):
    with pytest.raises(DataError, match=r"2 cells on line 2 of t\.csv, where the header has 1"):
        table_of(tmp_path, "text\nhello, you\nand, me\n")


def test_lines_to_skip_can_be_given(tmp_path):
    assert table_of(tmp_path, "1,2\nx\n" + BODY, skip=2).column_names == ["a", "b"]
    assert table_of(tmp_path, "# a,b\n1,2\n3,4\n", skip=0).column_names == ["# a", "b"]


def test_a_table_without_names_gets_numbered_ones(tmp_path):
    table = table_of(tmp_path, "0.5,9,g\n1.5,8,b\n", header=False)
    assert table.to_pylist() == [
        {"column_1": 0.5, "column_2": 9, "column_3": "g"},
        {"column_1": 1.5, "column_2": 8, "column_3": "b"},
    ]
    assert facts_of(table).place(0) == "on line 1"
    assert table_of(tmp_path, "01,2\n02,3\n", header=False, text=["column_2"])["column_1"].to_pylist() == [
        "01",
        "02",
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_cells_may_stand_in_single_quotes(tmp_path, delimiter):
    rows = ["'n','zip','say'", "'1','02139','it''s, so;'", "'2','10115','no'"]
    text = "\n".join(delimiter.join(row.split(",", 2)) for row in rows) + "\n"
    table = table_of(tmp_path, text)
    assert table.to_pylist() == [
        {"n": 1, "zip": "02139", "say": "it's, so;"},
        {"n": 2, "zip": "10115", "say": "no"},
    ]


def test_apostrophes_are_no_quotes():
    assert sniffed_dialect("a,b\nit's,1\n'tis,2\n").quote == '"'


@pytest.mark.parametrize("name", ["auto.data", "auto.txt", "auto.dat"])
def test_runs_of_blanks_may_separate_cells(tmp_path, name):
    table = table_of(tmp_path, 'mpg  year name\n18.0   70\t"chevy nova"\n 15.0  71 "ford"\n', name)
    assert table.to_pylist() == [
        {"mpg": 18.0, "year": 70, "name": "chevy nova"},
        {"mpg": 15.0, "year": 71, "name": "ford"},
    ]


def test_sentences_in_a_text_file_are_not_cut_into_cells(tmp_path):
    table = table_of(tmp_path, "what they said\nhello\nhow do you do\nwell\n", "t.txt")
    assert table.column_names == ["what they said"]


def test_a_delimiter_may_be_named(tmp_path):
    assert table_of(tmp_path, "a\tb,c\n1\t2\n", delimiter="tab").column_names == ["a", "b,c"]
    assert table_of(tmp_path, "a  b,c\n1 2\n", delimiter="space").column_names == ["a", "b,c"]


@pytest.mark.parametrize("skip", [-1, 1.5, True])
def test_lines_to_skip_are_a_whole_number(tmp_path, skip):
    with pytest.raises(DomainError, match="`skip` must be a whole number >= 0"):
        table_of(tmp_path, BODY, skip=skip)


def test_blanks_inside_quotes_stay():
    assert with_tabs(b'  a "b  c"\t d \r\n') == b'a\t"b  c"\td\n'


def test_a_quoted_name_may_hold_a_line_break():
    assert sniffed_dialect('"price\n(EUR; net)",name\n1,a\n') == Dialect(",")
