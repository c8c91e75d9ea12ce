import pytest

from xent.data import read_table
from xent.errors import DataError


def table_of(tmp_path, text, name="rows.json"):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return read_table(file)


def complaint(tmp_path, text):
    with pytest.raises(DataError) as caught:
        table_of(tmp_path, text)
    return caught.value.complaint


@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl", "rows.txt"])
def test_one_list_of_objects_is_a_table(tmp_path, name):
    text = '\n[\n {\n  "x": 1,\n  "y": "a, ]"\n },\n {"y": "é", "z": null, "x": 2.5}]'
    assert table_of(tmp_path, text, name).to_pylist() == [
        {"x": 1.0, "y": "a, ]", "z": None},
        {"x": 2.5, "y": "é", "z": None},
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" []", "must have rows; got rows.json, which is an empty list"),
        ('[{"a": 1}, 2]', "got 2 as entry 1 of rows.json (entries count from 0)"),
        ('[{"a": 1},\n{"a": }]', "text that is not JSON (expecting value) on line 2 of rows.json"),
        ('[{"a": 1}]\n[{"a": 2}]', "text that is not JSON (extra data) on line 2"),
        ('[{"a": 1, "a": 2}]', "name each column once per object; got 'a' twice in one object of rows.json"),
        ('[{"a": 1}, {"a": "x"}]', "got str after number in column 'a', in entry 1 of rows.json"),
        ("[" * 200 + "]" * 200, "be nested at most 100 levels deep"),
        ('[{"a": 1' + "0" * 5000 + "}]", "at most 4,300 digits; got a longer one in rows.json"),
        ('[{"a": "\\ud800"}]', "be a readable JSON lines file; got rows.json, of which the reader says"),
    ],
)
def test_a_list_that_is_no_table_is_refused_with_the_place(tmp_path, text, words):
    assert words in complaint(tmp_path, text)
