import gzip
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from tests.ordinary_user import bound_by_permissions

from xent.data import read_records, read_table
from xent.data.files.file_format import FORMATS
from xent.errors import DataError, DomainError

SMALL = pa.table({"age": [31, 45, 52], "city": ["Oslo", "Rome", "Oslo"]})
ROWS = SMALL.to_pylist()


def test_one_word_and_one_column_may_come_without_a_list(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("ab,b\n12,1\n3,2\n")
    assert read_table(file, missing="12", text="ab").to_pydict() == {"ab": [None, "3"], "b": [1, 2]}


def complaint(file, **options):
    with pytest.raises(DataError) as caught:
        read_table(file, **options)
    error = caught.value
    assert (error.caller, error.argument, error.index) == ("read_table", "data", None)
    assert str(error) == f"read_table: {error.complaint}"
    return error.complaint


def parquet_bytes():
    sink = io.BytesIO()
    pyarrow.parquet.write_table(SMALL, sink)
    return sink.getvalue()


def feather_bytes():
    sink = io.BytesIO()
    pyarrow.feather.write_feather(SMALL, sink)
    return sink.getvalue()


def stream_bytes():
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, SMALL.schema) as writer:
        writer.write_table(SMALL)
    return sink.getvalue()


CSV = b"age,city\n31,Oslo\n45,Rome\n52,Oslo\n"
JSON = b'{"age": 31, "city": "Oslo"}\n{"age": 45, "city": "Rome"}\n{"age": 52, "city": "Oslo"}\n'
CONTENTS = {
    "CSV": CSV,
    "text": CSV,
    "TSV": CSV.replace(b",", b"\t"),
    "JSON lines": JSON,
    "Parquet": parquet_bytes(),
    "Arrow": feather_bytes(),
}


def zstd(content):
    return pa.compress(content, codec="zstd", asbytes=True)


@pytest.mark.parametrize("ending", [each for each in FORMATS if FORMATS[each] in CONTENTS])
def test_every_ending_is_read(tmp_path, ending):
    file = tmp_path / f"small{ending.upper()}"
    file.write_bytes(CONTENTS[FORMATS[ending]])
    assert read_table(file).to_pylist() == ROWS


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".zst", zstd)])
@pytest.mark.parametrize("inner", [".csv", ".tsv", ".jsonl"])
def test_compressed_text_is_read(tmp_path, inner, ending, pack):
    file = tmp_path / f"small{inner}{ending}"
    file.write_bytes(pack(CONTENTS[FORMATS[inner]]))
    assert read_table(str(file)).to_pylist() == ROWS


@pytest.mark.parametrize("ending", [".txt", ".data", ".dat"])
@pytest.mark.parametrize("kind", CONTENTS)
def test_first_bytes_tell_the_format_where_the_name_does_not(tmp_path, ending, kind):
    file = tmp_path / f"small{ending}"
    file.write_bytes(CONTENTS[kind])
    assert read_table(file).to_pylist() == ROWS


def test_a_text_file_that_holds_something_else_says_so(tmp_path):
    file = tmp_path / "small.data"
    file.write_bytes(b"%PDF-1.7")
    message = "`data` must hold a table; got small.data, which holds a PDF file."
    assert complaint(file) == f"{message} {EXPORT}"


def test_an_arrow_stream_is_read(tmp_path):
    file = tmp_path / "small.arrow"
    file.write_bytes(stream_bytes())
    assert read_table(file).to_pylist() == ROWS


@pytest.mark.parametrize("ending", [".parquet", ".feather"])
def test_the_index_of_pandas_is_no_column(tmp_path, ending):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1, 2]}, index=["p", "q"])
    file = tmp_path / f"frame{ending}"
    if ending == ".parquet":
        frame.to_parquet(file)
    else:
        pyarrow.feather.write_feather(pa.Table.from_pandas(frame), file)
    assert read_table(file).to_pylist() == [{"a": 1}, {"a": 2}]


def test_a_home_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "small.csv").write_bytes(CSV)
    assert read_table("~/small.csv").num_rows == 3


def test_a_home_folder_of_no_user_is_refused():
    assert complaint("~no-such-user/t.csv") == (
        "`data` must be a file that exists; got ~no-such-user/t.csv, whose user has no home folder here."
    )


def test_a_missing_file_gets_the_near_names(tmp_path):
    (tmp_path / "iris.csv").write_text("a\n1\n")
    file = tmp_path / "irs.csv"
    assert complaint(file) == (
        f"`data` must be a file that exists; got {file}, which does not exist. Did you mean 'iris.csv'?"
    )


def test_a_missing_file_far_from_any_name_gets_the_names_there(tmp_path):
    (tmp_path / "iris.csv").write_text("a\n1\n")
    (tmp_path / "wine.csv").write_text("a\n1\n")
    assert complaint(tmp_path / "zzzzzz").endswith("The files there are 'iris.csv' and 'wine.csv'.")


def test_a_missing_folder_is_named(tmp_path):
    file = tmp_path / "nowhere" / "iris.csv"
    assert complaint(file) == f"`data` must be a file that exists; got {file}, whose folder does not exist."


def test_a_folder_is_no_file(tmp_path):
    (tmp_path / "wine.csv").write_text("a\n1\n")
    (tmp_path / "iris.csv.gz").write_text("a\n1\n")
    (tmp_path / "notes.md").write_text("a")
    assert complaint(tmp_path) == (
        f"`data` must be a file, or a folder of WFDB records; got the folder {tmp_path}. "
        "Name one of its files. The tables in it are 'iris.csv.gz' and 'wine.csv'."
    )


def test_an_address_is_no_file():
    assert complaint("https://example.org/iris.csv") == (
        "`data` must be a file on this machine; got the address https://example.org/iris.csv. "
        "Download it first, then give the file's name."
    )


def test_a_file_that_may_not_be_read_says_so(tmp_path, monkeypatch):
    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    file = tmp_path / "secret.csv"
    file.write_bytes(CSV)
    monkeypatch.setattr(Path, "open", refuse)
    assert complaint(file) == (
        "`data` must be a file that may be read; got secret.csv, and the system says 'permission denied'. "
        "Check its permissions."
    )


def test_a_file_without_permissions_says_so():
    def secret(folder):
        (folder / "secret.csv").write_bytes(CSV)
        (folder / "secret.csv").chmod(0)

    with bound_by_permissions(secret, load=lambda folder: complaint(folder / "secret.csv")) as folder:
        assert "permission denied" in complaint(folder / "secret.csv")


@pytest.mark.parametrize("name", ["empty.csv", "empty.parquet", "empty.jsonl", "empty.csv.gz"])
def test_an_empty_file_says_so(tmp_path, name):
    file = tmp_path / name
    file.write_bytes(b"")
    assert complaint(file) == f"`data` must hold a table; got {name}, which is empty."


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("blank.csv", b"\n  \n"),
        ("mark.csv", b"\xef\xbb\xbf\n"),
        ("none.csv.gz", gzip.compress(b"", mtime=0)),
        ("blank.jsonl", b"\n\n"),
    ],
)
def test_a_file_of_nothing_says_so(tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    assert complaint(file) == f"`data` must hold a table; got {name}, which is empty."


EXPORT = "Export the table as CSV or Parquet."


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "x.csv",
            parquet_bytes(),
            "be a CSV file, {}; got x.csv, which holds a Parquet file. Rename it to x.parquet.",
        ),
        (
            "x.csv",
            gzip.compress(CSV, mtime=0),
            "be a CSV file, {}; got x.csv, which holds a gzip file. Rename it to x.csv.gz.",
        ),
        (
            "x.csv.zst",
            gzip.compress(CSV, mtime=0),
            "be a zstd file, {}; got x.csv.zst, which holds a gzip file. Rename it to x.csv.gz.",
        ),
        (
            "x.pq",
            feather_bytes(),
            "be a Parquet file, {}; got x.pq, which holds an Arrow file. Rename it to x.arrow.",
        ),
        ("x.parquet", CSV, "be a Parquet file, {}; got x.parquet, which is not one."),
        ("x.feather", CSV, "be an Arrow file, {}; got x.feather, which is not one."),
        ("x.csv.gz", CSV, "be a gzip file, {}; got x.csv.gz, which is not one."),
        ("x.csv", b"\x00\x01\x02a,b", "be a CSV file, {}; got x.csv, which is not text."),
        (
            "x.csv",
            b"PK\x03\x04..",
            f"be a CSV file, {{}}; got x.csv, which holds a ZIP or Excel file. {EXPORT}",
        ),
        (
            "x.jsonl",
            b"\x89HDF..",
            f"be a JSON lines file, {{}}; got x.jsonl, which holds an HDF5 file. {EXPORT}",
        ),
        ("x.xlsx", CSV, "be an Excel file, {}; got x.xlsx, which is not one."),
    ],
    ids=str,
)
def test_a_file_that_is_not_what_its_name_says_is_named(tmp_path, name, content, message):
    file = tmp_path / name
    file.write_bytes(content)
    assert complaint(file) == f"`data` must {message.format('as its name says')}"


def test_compression_around_a_compressed_format_is_to_be_taken_off(tmp_path):
    file = tmp_path / "x.parquet.gz"
    file.write_bytes(gzip.compress(parquet_bytes(), mtime=0))
    assert complaint(file) == (
        "`data` must be a Parquet file without compression around it; got x.parquet.gz. "
        "Decompress it first; the format compresses its columns by itself."
    )


@pytest.mark.parametrize("name", ["notes.xyz", "notes"])
def test_an_unknown_ending_gets_the_known_ones(tmp_path, name):
    file = tmp_path / name
    file.write_bytes(CSV)
    assert complaint(file) == (
        f"`data` must have a known ending; got {name}. Known endings are .csv, .txt, .data, .dat, .tsv, "
        ".tab, .ts, .parquet, .pq, .feather, .arrow, .ipc, .jsonl, .ndjson, .json, .xlsx, .xls, .ods; text "
        "may be compressed, .gz or .zst."
    )


def random_csv():
    digits = np.random.default_rng(5).integers(0, 10**9, (2000, 3))
    return b"a,b,c\n" + b"".join(b"%d,%d,%d\n" % tuple(row) for row in digits.tolist())


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("t.parquet", parquet_bytes()[:-20], "Parquet file"),
        ("t.parquet", b"PAR1", "Parquet file"),
        ("t.parquet", parquet_bytes()[:10] + b"\xff" * 30 + parquet_bytes()[40:], "Parquet file"),
        ("t.feather", feather_bytes()[:-20], "Arrow file"),
        ("t.feather", b"ARROW1", "Arrow file"),
        ("t.arrow", stream_bytes()[:60], "Arrow file"),
        ("t.csv.gz", gzip.compress(random_csv(), mtime=0)[:-9], "gzip file"),
        ("t.csv.gz", gzip.compress(random_csv(), mtime=0)[:9000], "gzip file"),
        (
            "t.csv.gz",
            gzip.compress(random_csv(), mtime=0)[:5000]
            + bytes(50)
            + gzip.compress(random_csv(), mtime=0)[5050:],
            "gzip file",
        ),
        ("t.csv.zst", zstd(random_csv())[:-3], "zstd file"),
        ("t.jsonl.gz", gzip.compress(JSON, mtime=0)[:-4], "gzip file"),
    ],
)
def test_a_damaged_file_says_so(tmp_path, name, content, kind):
    file = tmp_path / name
    file.write_bytes(content)
    message = complaint(file)
    assert message.startswith(f"`data` must be a readable {kind}; got {name}, of which the reader says ")
    assert message.endswith(". Where the file is not whole, copy or download it again.")


def test_text_that_is_not_utf8_inside_parquet_counts_as_damage(tmp_path):
    bad = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(bytes([0, 0, 0, 0, 1, 0, 0, 0])), pa.py_buffer(b"\xe9")]
    )
    file = tmp_path / "bad.parquet"
    pyarrow.parquet.write_table(pa.table({"a": bad}), file)
    assert "bad.parquet, of which the reader says " in complaint(file)
    assert "UTF8" in complaint(file)


@pytest.mark.parametrize(
    ("name", "content"), [("h.csv", b"a,b\n"), ("h.csv", b"a,b"), ("h.tsv", b"a\tb\n\n")]
)
def test_a_header_alone_is_no_table(tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    assert complaint(file) == f"`data` must have rows; got {name}, which has a header and nothing below it."


def test_a_parquet_file_without_rows_is_no_table(tmp_path):
    file = tmp_path / "none.parquet"
    pyarrow.parquet.write_table(SMALL.slice(0, 0), file)
    assert complaint(file).startswith("`data` must have rows; got none.parquet")


def test_a_table_without_columns_is_no_table(tmp_path):
    file = tmp_path / "bare.jsonl"
    file.write_text("{}\n{}\n")
    assert complaint(file) == "`data` must have a column; got bare.jsonl, which has none."


def test_names_that_stand_twice_are_listed(tmp_path):
    file = tmp_path / "twice.csv"
    file.write_text("a,b,a,c,b\n1,2,3,4,5\n")
    assert complaint(file) == (
        "`data` must name each column once; got 'a' and 'b' more than once in twice.csv. "
        "Rename all but one of them."
    )


def test_names_that_stand_twice_are_listed_before_zeros_are_kept(tmp_path):
    (tmp_path / "t.csv").write_text("zip,b,zip\n02139,01,2\n")
    assert "`data` must name each column once; got 'zip' more than once" in complaint(tmp_path / "t.csv")


@pytest.mark.parametrize("data", [5, None, ["t.csv"], b"t.csv"])
def test_what_is_no_name_is_refused_in_a_line(data):
    for read, thing in ((read_table, "file"), (read_records, "folder")):
        with pytest.raises(
            DataError, match=f"{read.__name__}: `data` must be the name of a {thing}; got an object"
        ):
            read(data)


def test_a_first_line_of_numbers_that_repeat_is_suspected_to_be_data(tmp_path):
    file = tmp_path / "bare.csv"
    file.write_text("1,0.5,-1,1\n2,3,4,5\n")
    assert complaint(file).endswith("The first line looks like data: give `--no-header`, or `header=False`.")


def test_an_arrow_file_with_a_name_twice_is_refused(tmp_path):
    file = tmp_path / "twice.arrow"
    table = pa.table([pa.array([1]), pa.array([2])], names=["a", "a"])
    with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    assert "'a' more than once in twice.arrow" in complaint(file)


@pytest.mark.parametrize("delimiter", ["", ";;"])
def test_a_delimiter_is_one_character(tmp_path, delimiter):
    with pytest.raises(DomainError) as caught:
        read_table(tmp_path / "any.csv", delimiter=delimiter)
    assert caught.value.complaint == f"`delimiter` must be one character; got {delimiter!r}."


@pytest.mark.parametrize("delimiter", ["§", '"', "\n", "\r", "\0"])
def test_a_delimiter_is_a_character_that_the_reader_takes(tmp_path, delimiter):
    with pytest.raises(DomainError, match="`delimiter` must be an ASCII character other than NUL, a quote"):
        read_table(tmp_path / "any.csv", delimiter=delimiter)


def test_a_name_that_is_not_utf8_in_an_arrow_file_is_damage(tmp_path):
    file = tmp_path / "t.arrow"
    table = pa.table({"caf\u00e9": [1.0, 2.0]})
    with pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    file.write_bytes(file.read_bytes().replace("caf\u00e9".encode(), b"caf\xef("))
    with pytest.raises(DataError) as caught:
        read_table(file)
    assert "must be a readable Arrow file; got t.arrow, of which the reader says" in caught.value.complaint


def test_thousands_of_columns_are_read_in_one_chunk_each(tmp_path):
    path = tmp_path / "wide.csv"
    with path.open("w") as file:
        file.write(",".join(f"x{k}" for k in range(3000)) + "\n")
        file.writelines(",".join(["0.125"] * 3000) + "\n" for _ in range(150))
    assert path.stat().st_size > 2 << 20
    assert read_table(path).column(0).num_chunks == 1


@pytest.mark.parametrize(
    ("name", "content", "kind", "taken"),
    [
        ("t.parquet", parquet_bytes(), "a Parquet file", ()),
        ("t.feather", feather_bytes(), "an Arrow file", ()),
        ("t.jsonl", b'{"age": 1, "city": "Oslo"}\n', "JSON", ("encoding",)),
        ("t.txt", b'{"age": 1, "city": "Oslo"}\n', "JSON", ("encoding",)),
    ],
)
def test_options_of_text_are_refused_for_files_that_do_not_take_them(tmp_path, name, content, kind, taken):
    file = tmp_path / name
    file.write_bytes(content)
    for option, value in {"delimiter": ",", "header": False, "skip": 0, "encoding": "utf-8"}.items():
        if option in taken:
            assert read_table(file, **{option: value}).num_columns == 2
            continue
        with pytest.raises(DomainError, match=f"`{option}` must be left out for {kind}; got {value!r}"):
            read_table(file, **{option: value})
    assert read_table(file, delimiter=None, header=True, skip=None, encoding=None).num_columns == 2


def test_a_series_takes_its_own_delimiter_alone(tmp_path):
    file = tmp_path / "Gun_TRAIN.tsv"
    file.write_text("1\t0.5\t0.25\t0.125\t1.5\n2\t0.5\t0.75\t0.25\t1.5\n")
    assert read_table(file, delimiter="tab").column_names == read_table(file).column_names
    with pytest.raises(DomainError, match="`delimiter` must be left out for a file of series; got ','"):
        read_table(file, delimiter=",")


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"delimiter": 5}, "`delimiter` must be one character; got 5"),
        ({"delimiter": [","]}, r"`delimiter` must be one character; got \[','\]"),
        ({"encoding": 5}, "`encoding` must be an encoding of text that Python knows; got 5"),
        ({"header": "no"}, "`header` must be True or False; got 'no'"),
    ],
)
def test_options_of_other_types_are_named(tmp_path, options, rule):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DomainError, match=rule):
        read_table(tmp_path / "t.csv", **options)
