"""Files of tables, plain, odd or damaged: the table that is in them, or one line."""

import csv
import io
import json
import re
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
from tests.fuzz.cases import chance, one_of
from tests.fuzz.fits import of_fit
from tests.fuzz.hostile import BLANKS, DATES, HOSTILE, NUMBERS
from tests.fuzz.rooms import called

from xent.data import read_table

__all__ = ["KNOWN", "attempt"]

KNOWN = ()


def attempt(rng):
    """One file."""
    kinds = of_plain_text, of_odd_text, of_damaged_text, of_json_lines, of_columnar, of_fit
    with tempfile.TemporaryDirectory() as folder:
        one_of(rng, *kinds)(rng, Path(folder))


def of_plain_text(rng, folder):
    """Numbers are read to the nearest float, and text as it is."""
    count = int(rng.integers(1, 30))
    numbers = rng.standard_normal(count) * 10.0 ** rng.integers(-300, 300, count)
    words = [
        one_of(rng, "ab", "c d", 'q"uote', "com,ma", "new\nline", "=1+1", "é", "<b>") + str(k)
        for k in range(count)
    ]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=one_of(rng, "\n", "\r\n"))
    writer.writerow(["number", "word"])
    writer.writerows(zip(map(repr, numbers.tolist()), words, strict=True))
    path = folder / "plain.csv"
    path.write_bytes(text.getvalue().encode())
    table, error = called(read_table, path)
    assert error is None, f"refused: {error}"
    assert table.column("number").to_pylist() == numbers.tolist(), "numbers are not those of the file"
    assert table.column("word").to_pylist() == words, "text is not that of the file"


def of_odd_text(rng, folder):
    """Odd cells, names, quotes, separators and encodings."""
    path = folder / one_of(rng, "t.csv", "t.tsv", "t.txt", "t.tab")
    path.write_bytes(_odd_bytes(rng))
    _read(path)


def of_damaged_text(rng, folder):
    """A file with bytes changed, lost or put in; also one that is compressed, or is said to be."""
    content = bytearray(_odd_bytes(rng))
    for _ in range(int(rng.integers(1, 6))):
        place = int(rng.integers(len(content) + 1))
        if chance(rng, 0.3):
            del content[place : place + int(rng.integers(1, 20))]
        else:
            content[place:place] = one_of(
                rng, b"\0", b"\xff", b'"', b"\r", b"\n\n", b",,,", b"\xef\xbb\xbf", b"\x1b[2J"
            )
    path = folder / one_of(
        rng, "t.csv", "t.csv.gz", "t.csv.zst", "t.jsonl", "t.parquet", "t.feather", "t.arrow"
    )
    path.write_bytes(bytes(content))
    _read(path)


def of_json_lines(rng, folder):
    """Objects with odd values, or lines that are none."""
    lines = []
    for _ in range(int(rng.integers(0, 8))):
        row = {one_of(rng, "a", "b", *HOSTILE[:12]): _json_value(rng) for _ in range(int(rng.integers(0, 4)))}
        lines.append(json.dumps(row))
    if chance(rng, 0.4):
        lines.insert(
            0,
            one_of(
                rng,
                "[1, 2]",
                "{",
                "null",
                '{"a": 1e999}',
                '{"a": NaN}',
                '{"a": 1, "a": 2}',
                "\x00",
                "{}",
                "[" * 5000,
            ),
        )
    path = folder / one_of(rng, "t.jsonl", "t.json", "t.ndjson")
    path.write_text(one_of(rng, "\n", "\r\n", "\n\n").join(lines), encoding="utf-8", newline="")
    _read(path)


def of_columnar(rng, folder):
    """Columns of every type of arrow, whole and damaged."""
    count = int(rng.integers(0, 6))
    makers = (
        lambda: pa.array([one_of(rng, *HOSTILE) for _ in range(count)]),
        lambda: pa.array(rng.standard_normal(count)).cast(one_of(rng, pa.float32(), pa.float64())),
        lambda: pa.array([None] * count, one_of(rng, pa.null(), pa.int8(), pa.string())),
        lambda: pa.array([[1, 2]] * count),
        lambda: pa.array([{"x": 1}] * count),
        lambda: pa.array([b"\x00\xff"] * count),
        lambda: pa.array([2**63 + 5] * count, pa.uint64()),
        lambda: pa.array([one_of(rng, -(2**62), 0, 2**62)] * count, pa.timestamp(one_of(rng, "s", "ns"))),
        lambda: pa.array(["a"] * count).dictionary_encode(),
        lambda: pa.array([np.inf, np.nan, -0.0, 1e308, 5e-324][:count] + [0.0] * max(0, count - 5)),
        lambda: pa.array([True] * count),
        lambda: pa.array([1] * count, pa.decimal256(50, 10)),
        lambda: pa.array([1] * count, pa.duration("s")),
    )
    width = int(rng.integers(0, 5))
    table = pa.table(
        [one_of(rng, *makers)() for _ in range(width)],
        [one_of(rng, "a", "b", *HOSTILE) for _ in range(width)],
    )
    path = folder / one_of(rng, "t.parquet", "t.feather", "t.arrow")
    try:
        if path.suffix == ".parquet":
            pyarrow.parquet.write_table(table, path)
        else:
            with pa.ipc.new_file(path, table.schema) as writer:
                writer.write_table(table)
    except (pa.ArrowException, ValueError):
        return
    if chance(rng, 0.4):
        content = bytearray(path.read_bytes())
        for _ in range(int(rng.integers(1, 4))):
            content[int(rng.integers(len(content)))] ^= int(rng.integers(1, 256))
        path.write_bytes(bytes(content[: one_of(rng, len(content), len(content) // 2)]))
    _read(path)


def _read(path):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        table, error = called(read_table, path)
    for warning in caught:
        assert str(warning.message).isprintable(), (
            f"a warning has control characters: {warning.message!s:.200}"
        )
    if error is None:
        assert table.num_rows > 0
        assert table.num_columns > 0
        assert len(set(table.column_names)) == table.num_columns, f"names {table.column_names}"
        table.validate(full=True)


def _odd_bytes(rng):
    separator = one_of(rng, ",", ",", ";", "\t", "|")
    width = int(rng.integers(1, 5))
    lines = [separator.join(_quoted(rng, one_of(rng, "a", "b", "c", "", *HOSTILE)) for _ in range(width))]
    for _ in range(int(rng.integers(0, 12))):
        cells = [
            _quoted(rng, _cell(rng)) for _ in range(width + (one_of(rng, -1, 1) if chance(rng, 0.03) else 0))
        ]
        lines.append(separator.join(cells))
    text = one_of(rng, "\n", "\n", "\r\n", "\r").join(lines) + one_of(rng, "", "\n", "\n\n")
    encoding = one_of(rng, "utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "utf-32")
    return text.encode(encoding, errors="replace")


def _cell(rng):
    return one_of(rng, *one_of(rng, HOSTILE, NUMBERS, NUMBERS, DATES, BLANKS))


def _quoted(rng, cell):
    if chance(rng, 0.05):
        return cell
    return (
        '"' + cell.replace('"', '""') + '"' if chance(rng, 0.3) or re.search(r'[",;\t|\r\n]', cell) else cell
    )


def _json_value(rng):
    return one_of(
        rng, 1, -0.0, 2**70, "x", None, True, [1], {"y": 2}, float("1e308"), *HOSTILE[:16], *NUMBERS[:8]
    )
