import gzip
import io
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from xent.data import read_table
from xent.data.files import standard_input
from xent.errors import DataError

TABLE = pa.table({"a": [1, 2], "b": ["x", "y"]})


@pytest.fixture
def piped(monkeypatch):
    def give(content):
        standard_input.standard_input.cache_clear()
        monkeypatch.setattr(standard_input.sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))

    yield give
    standard_input.standard_input.cache_clear()


def parquet():
    sink = io.BytesIO()
    pyarrow.parquet.write_table(TABLE, sink)
    return sink.getvalue()


def feather():
    sink = io.BytesIO()
    pyarrow.feather.write_feather(TABLE, sink)
    return sink.getvalue()


CONTENTS = {
    "CSV": b"a,b\n1,x\n2,y\n",
    "TSV": b"a\tb\n1\tx\n2\ty\n",
    "blanks": b"a  b\n1  x\n2  y\n",
    "JSON lines": b'{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n',
    "JSON list": b'[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]',
    "gzip": gzip.compress(b"a,b\n1,x\n2,y\n"),
    "Parquet": parquet(),
    "Feather": feather(),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_standard_input_is_read_in_the_format_of_its_first_bytes(piped, kind):
    piped(CONTENTS[kind])
    assert read_table("-").to_pylist() == TABLE.to_pylist()
    # Words for missing in the target are counted in a second reading.
    assert read_table("-").num_rows == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"%PDF-1.7", "holds a PDF file"), (b"a,b\n1\n", "on line 2 of")],
)
def test_standard_input_that_is_no_table_is_refused_by_its_name(piped, content, words):
    piped(content)
    with pytest.raises(DataError, match="standard input") as caught:
        read_table("-")
    assert words in str(caught.value)
