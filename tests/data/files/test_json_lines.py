import pytest

from xent.data import read_table
from xent.errors import DataError


def table_of(tmp_path, text, name="t.jsonl"):
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(file)


def complaint(tmp_path, text, name="t.jsonl"):
    with pytest.raises(DataError) as caught:
        table_of(tmp_path, text, name)
    return caught.value.complaint


def test_a_key_that_a_line_lacks_is_missing(tmp_path):
    table = table_of(tmp_path, '{"a": 1, "b": "x"}\n\n{"a": 2.5}\n{"b": null, "c": true}')
    assert table.to_pylist() == [
        {"a": 1.0, "b": "x", "c": None},
        {"a": 2.5, "b": None, "c": None},
        {"a": None, "b": None, "c": True},
    ]


def test_a_byte_order_mark_is_no_value(tmp_path):
    assert table_of(tmp_path, b'\xef\xbb\xbf{"a": 1}\n').to_pylist() == [{"a": 1}]


def test_a_line_longer_than_a_megabyte_is_read(tmp_path):
    text = "x" * 2**21
    assert table_of(tmp_path, f'{{"a": "{text}"}}\n{{"a": "y"}}\n')["a"].to_pylist() == [text, "y"]


@pytest.mark.parametrize(
    ("text", "rule", "got", "hint"),
    [
        (
            '{"a": 1}\n\n{"a":\n',
            "hold one JSON object per line",
            "text that is not JSON (expecting value) on line 3 of t.jsonl",
            "Fix or remove that line.",
        ),
        (
            '{"a": 1}\n{"a": 2',
            "hold one JSON object per line",
            "text that is not JSON (expecting ',' delimiter) on line 2 of t.jsonl",
            "Fix or remove that line.",
        ),
        (
            "a,b\n1,2\n",
            "hold one JSON object per line",
            "text that is not JSON (expecting value) on line 1 of t.jsonl",
            "Fix or remove that line.",
        ),
        (
            "1\n2\n",
            "hold one JSON object per line",
            "a number on line 1 of t.jsonl",
            'Write each row as an object, such as `{"age": 31}`.',
        ),
        (
            '{"a": 1}\n[1]\n',
            "hold one JSON object per line",
            "a list on line 2 of t.jsonl",
            'Write each row as an object, such as `{"age": 31}`.',
        ),
        (
            '{"a": 1}\n{"a": null}\n{"a": "x"}\n',
            "keep one kind of value per column",
            "text in column 'a', which held a number before, on line 3 of t.jsonl",
            "Make the column all of one kind.",
        ),
        (
            '{"a": true}\n{"a": 1}\n',
            "keep one kind of value per column",
            "a number in column 'a', which held true or false before, on line 2 of t.jsonl",
            "Make the column all of one kind.",
        ),
        (
            '{"a": [1]}\n{"a": {"b": 1}}\n',
            "keep one kind of value per column",
            "an object in column 'a', which held a list before, on line 2 of t.jsonl",
            "Make the column all of one kind.",
        ),
        (
            '{"a": 1}\n{"a": 1, "a": 2}\n',
            "name each column once per line",
            "'a' twice on line 2 of t.jsonl",
            "Fix or remove that line.",
        ),
    ],
)
def test_a_bad_line_is_named(tmp_path, text, rule, got, hint):
    assert complaint(tmp_path, text) == f"`data` must {rule}; got {got}. {hint}"


@pytest.mark.parametrize(
    "before", [b"", b"\xef\xbb\xbf", b"\n", b" \t", b'{"a": 1}\n', b'{"a": 1}\r\n', b'{"a": 1}\n  ']
)
def test_a_line_that_is_null_is_named_where_the_parser_would_end_the_process(tmp_path, before):
    found = complaint(tmp_path, before + b'null\n{"a": 2}\n')
    line = before.count(b"\n") + 1
    assert f"hold one JSON object per line; got null on line {line} of t.jsonl." in found


@pytest.mark.parametrize("bytes_before", [1 << 20, (1 << 20) - 2, (1 << 20) + 1, 1 << 23])
def test_a_null_line_is_found_wherever_blocks_end(tmp_path, bytes_before):
    text = b'{"a": "' + b"x" * (bytes_before - 10) + b'"}\n'
    assert len(text) == bytes_before
    found = complaint(tmp_path, text + b'null\n{"a": "y"}\n')
    assert "got null on line 2 of t.jsonl." in found


def test_null_inside_of_a_line_is_a_gap(tmp_path):
    text = '{"a": null, "b": "\\nnull"}\n{"a": 1, "b": "null"}\n'
    assert table_of(tmp_path, text).to_pylist() == [{"a": None, "b": "\nnull"}, {"a": 1, "b": "null"}]


@pytest.mark.parametrize("content", [b'{"a": "x"}\n{"a": "caf\xe9"}\n', b'{"a": 1}\n{"caf\xe9": 1}\n'])
def test_text_that_is_not_utf8_is_named(tmp_path, content):
    assert complaint(tmp_path, content) == (
        "`data` must be UTF-8 text; got byte 0xe9 ('é' in Windows-1252) on line 2 of t.jsonl. "
        "Convert it, for example with `iconv -f WINDOWS-1252 -t UTF-8 t.jsonl > t-utf8.jsonl`."
    )
