import io
import os
import signal

import pyarrow as pa
import pyarrow.parquet
import pytest

from xent.errors import DomainError, OutputError
from xent.jobs import table_file
from xent.jobs.interruptions import Interruption, raised_signals
from xent.jobs.table_file import check_table_place, write_table

TABLE = pa.table({"row": [0, 1], "predicted": ["a", "b"], "p_a": [0.75, 0.25], "p_b": [0.25, 0.75]})


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_stream_of_an_unknown_format_is_refused():
    with pytest.raises(DomainError, match="`kind` must be 'csv' or 'parquet'; got 'json'"):
        write_table(TABLE, io.BytesIO(), "json")


@pytest.mark.parametrize("name", ["p.csv", "p.parquet", "P.CSV"])
def test_earlier_predictions_are_replaced(tmp_path, name):
    for rows in (TABLE, TABLE.slice(1)):
        check_table_place(tmp_path / name)
        write_table(rows, tmp_path / name)
    assert names(tmp_path) == [name]
    check_table_place(tmp_path / name)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"row,predicted,p_a,note\n",
        b"row\n",
        b"\xff\xfe",
        b'"row","target","predicted","p_a"\n',
        b"PAR1PAR1",
    ],
)
@pytest.mark.parametrize("name", ["p.csv", "p.parquet"])
def test_a_file_of_anything_else_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(OutputError, match="be a new file, or one of earlier predictions"):
        check_table_place(tmp_path / name)


def test_held_out_predictions_of_a_fit_are_refused(tmp_path):
    table = TABLE.add_column(1, "target", pa.array(["a", "b"]))
    pyarrow.parquet.write_table(table, tmp_path / "predictions.parquet")
    with pytest.raises(OutputError, match="which holds something else"):
        check_table_place(tmp_path / "predictions.parquet")


def test_a_file_that_is_read_is_refused_by_whatever_name(tmp_path):
    write_table(TABLE, tmp_path / "p.csv")
    (tmp_path / "soft.csv").symlink_to("p.csv")
    (tmp_path / "hard.csv").hardlink_to(tmp_path / "p.csv")
    for name in ("p.csv", "soft.csv", "hard.csv"):
        with pytest.raises(OutputError, match="be another file than those that are read"):
            check_table_place(tmp_path / name, reads=[tmp_path / "p.csv"])


def test_a_link_stays_and_the_file_that_it_points_to_is_written(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "p.csv").symlink_to("folder/real.csv")
    check_table_place(tmp_path / "p.csv")
    write_table(TABLE, tmp_path / "p.csv")
    assert (tmp_path / "p.csv").is_symlink()
    assert names(tmp_path / "folder") == ["real.csv"]


def test_a_private_file_stays_private_and_a_new_one_is_as_others_are(tmp_path):
    write_table(TABLE, tmp_path / "p.csv")
    (tmp_path / "plain").touch()
    assert (tmp_path / "p.csv").stat().st_mode == (tmp_path / "plain").stat().st_mode
    (tmp_path / "p.csv").chmod(0o600)
    write_table(TABLE, tmp_path / "p.csv")
    assert (tmp_path / "p.csv").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), KeyboardInterrupt(), MemoryError()]
)
def test_after_a_failure_the_earlier_file_is_whole_and_nothing_else_is_left(tmp_path, monkeypatch, error):
    write_table(TABLE, tmp_path / "p.csv")
    before = (tmp_path / "p.csv").read_bytes()

    def fail(table, stream, kind):
        del table, kind
        stream.write(b"half")
        raise error

    monkeypatch.setattr(table_file, "_write", fail)
    with pytest.raises((OutputError, KeyboardInterrupt, MemoryError)):
        write_table(TABLE, tmp_path / "p.csv")
    assert names(tmp_path) == ["p.csv"]
    assert (tmp_path / "p.csv").read_bytes() == before


@pytest.mark.usefixtures("heeded_signals")
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_nothing(tmp_path, monkeypatch, signum):
    def interrupted():
        with raised_signals():
            write_table(TABLE, tmp_path / "p.csv")

    monkeypatch.setattr(table_file, "_write", lambda *_: signal.raise_signal(signum))
    with pytest.raises(Interruption):
        interrupted()
    assert names(tmp_path) == []


def test_leftovers_of_killed_runs_are_swept(tmp_path):
    (tmp_path / ".p.csv.xent-0123456789abcdef.part").write_bytes(b"half")
    (tmp_path / ".p.csv.part").write_bytes(b"of another program")
    write_table(TABLE, tmp_path / "p.csv")
    assert names(tmp_path) == [".p.csv.part", "p.csv"]


def test_a_pipe_of_the_name_of_a_leftover_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / ".p.csv.xent-0123456789abcdef.part")
    write_table(TABLE, tmp_path / "p.csv")
    assert "p.csv" in names(tmp_path)
