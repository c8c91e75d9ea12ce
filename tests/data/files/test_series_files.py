"""Files of labelled series, one a line: the UCR archive's, with and without endings, and .ts files."""

import gzip

import pytest

from xent.data import read_table
from xent.data.file_facts import facts_of
from xent.errors import DataError

ROWS = [(1, 0.5, -1.25, 2.0), (2, 1.5, 0.25, -3.0), (1, 0.0, 0.125, 1.0)]
NAMES = ["class", "sample 1", "sample 2", "sample 3"]


def lines(separator, number=str):
    return "".join(separator.join(map(number, row)) + "\n" for row in ROWS)


@pytest.mark.parametrize("separator", ["\t", ",", "  ", ";"], ids=["tab", "comma", "space", "semicolon"])
@pytest.mark.parametrize("name", ["Toy_TRAIN", "Toy_TEST.txt", "Toy_TRAIN.csv", "toy_train.data"])
def test_the_class_comes_first_and_no_line_is_lost(tmp_path, name, separator):
    file = tmp_path / name
    file.write_text(lines(separator))
    table = read_table(file)
    assert table.column_names == NAMES
    assert [tuple(row.values()) for row in table.to_pylist()] == ROWS
    facts = facts_of(table)
    assert facts.target == "class"
    assert facts.place(0) == "on line 1"
    assert f"{name} is read as in the UCR archive: the class, then 3 samples in order." in facts.notes


def test_classes_written_as_numbers_with_exponents_are_whole(tmp_path):
    file = tmp_path / "ECG200_TRAIN.txt"
    file.write_text(lines("  ", lambda value: f" {value:.7e}"))
    assert read_table(file).column("class").to_pylist() == [1, 2, 1]


def test_a_compressed_file_is_read_alike(tmp_path):
    file = tmp_path / "Toy_TRAIN.tsv.gz"
    file.write_bytes(gzip.compress(lines("\t").encode()))
    assert read_table(file).column_names == NAMES


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Toy_TRAIN.csv", "label,a,b,c\n" + lines(",")),
        ("toy.csv", lines(",")),
        ("Toy_TRAIN.csv", "0.5,1,2,3\n1.5,1,2,3\n"),
        ("Toy_TRAIN.csv", "1,2\n2,3\n"),
    ],
    ids=["a header", "another name", "no whole number first", "too short"],
)
def test_other_tables_keep_their_header(tmp_path, name, text):
    file = tmp_path / name
    file.write_text(text)
    table = read_table(file)
    assert table.column_names == [cell.strip() for cell in text.splitlines()[0].split(",")]
    assert facts_of(table).target is None


def test_options_about_the_header_go_before_the_guess(tmp_path):
    file = tmp_path / "Toy_TRAIN.csv"
    file.write_text(lines(","))
    assert read_table(file, header=False).column_names == ["column_1", "column_2", "column_3", "column_4"]


HEAD = "# a comment\n@problemName Toy\n@timeStamps false\n@univariate true\n"


def ts(tmp_path, text, name="Toy_TRAIN.ts"):
    file = tmp_path / name
    file.write_text(text)
    return file


def test_a_ts_file_has_its_class_last(tmp_path):
    file = ts(tmp_path, HEAD + "@classLabel true a b\n@data\n1,2,?:a\n4,5,6.5:b c\n")
    table = read_table(file)
    assert table.column_names == [*NAMES[1:], "class"]
    assert table.to_pylist()[1] == {"sample 1": 4, "sample 2": 5, "sample 3": 6.5, "class": "b c"}
    assert table.column("sample 3").null_count == 1
    facts = facts_of(table)
    assert (facts.target, facts.notes, facts.place(0)) == ("class", (), "on line 7")


def test_the_words_of_a_ts_header_may_stand_before_a_tab(tmp_path):
    table = read_table(ts(tmp_path, "@timeStamps\tfalse\n@classLabel\ttrue a b\n@data\n1,2,3:a\n4,5,6:b\n"))
    assert table.column("class").to_pylist() == ["a", "b"]


def test_channels_stand_side_by_side(tmp_path):
    table = read_table(ts(tmp_path, "@dimensions 2\n@classLabel true x y\n@data\n1,2:3,4:x\n5,6:7,8:y\n"))
    assert table.column_names == [
        "channel 1 sample 1",
        "channel 1 sample 2",
        "channel 2 sample 1",
        "channel 2 sample 2",
        "class",
    ]


def test_a_ts_file_without_classes_has_samples_only(tmp_path):
    table = read_table(ts(tmp_path, "@classLabel false\n@data\n1,2,3\n4,5,6\n"))
    assert (table.column_names, facts_of(table).target) == (NAMES[1:], None)


FAULTS = {
    "lengths": (
        "@classLabel true 1\n@data\n1,2:1\n1,2,3:1\n",
        "got 3 samples on line 4 of Toy_TRAIN.ts after 2.",
    ),
    "channels": (
        "@classLabel true 1\n@data\n1,2:1\n1,2:3,4:1\n",
        "got 2 channels on line 4 of Toy_TRAIN.ts after 1.",
    ),
    "times": ("@classLabel true 1\n@data\n(0,1),(1,2):1\n", "must hold series without time stamps"),
    "regression": (
        "@targetLabel true\n@data\n1,2:0.5\n",
        "must hold classes; got Toy_TRAIN.ts with @targetLabel.",
    ),
    "no data": ("@classLabel true 1\n@data\n", "must hold series; got Toy_TRAIN.ts"),
    "no header": ("1,2:1\n", "must have @data above its series; got Toy_TRAIN.ts without it above line 1."),
    "no class": ("@classLabel true 1\n@data\n1,2\n", "must end each series with a colon and its class"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_ts_file_that_cannot_be_a_table_is_one_line(tmp_path, fault):
    text, words = FAULTS[fault]
    with pytest.raises(DataError) as caught:
        read_table(ts(tmp_path, text))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
