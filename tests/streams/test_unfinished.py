"""Files that are whole or not there, and what a killed process leaves beside them."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from xent.streams.unfinished import Unfinished, lock, write_whole

KILLED = """
import os, sys
from pathlib import Path
from xent.streams.unfinished import write_whole
def write(stream):
    stream.write(b"half")
    stream.flush()
    os.kill(os.getpid(), 9)
write_whole(Path(sys.argv[1]), write)
"""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_an_error_and_an_interruption_leave_the_earlier_file_and_nothing_beside_it(tmp_path):
    place = tmp_path / "a"
    write_whole(place, lambda stream: stream.write(b"first"))

    def fail(error):
        def write(stream):
            stream.write(b"half")
            raise error

        write_whole(place, write)

    for error in (OSError(), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            fail(error)
        assert (names(tmp_path), place.read_bytes()) == (["a"], b"first")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no advisory locks")
def test_the_next_write_removes_what_a_kill_left_and_nothing_of_others(tmp_path):
    place, other = tmp_path / "a", tmp_path / "b"
    for each in (place, other):
        done = subprocess.run([sys.executable, "-c", KILLED, each], check=False)
        assert done.returncode == -signal.SIGKILL
    left = names(tmp_path)
    assert [name[:8] for name in left] == [".a.xent-", ".b.xent-"]

    def write_within(stream):
        mine = names(tmp_path)
        write_whole(place, lambda inner: inner.write(b"inner"))
        assert set(mine) < set(names(tmp_path))
        stream.write(b"outer")

    write_whole(place, write_within)
    assert place.read_bytes() == b"outer"
    assert names(tmp_path) == [left[1], "a"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no advisory locks")
def test_a_file_that_cannot_be_removed_is_locked_no_more(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise PermissionError

    place = tmp_path / "a"
    made = Unfinished.beside(place, directory=False)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", fail)
        with pytest.raises(PermissionError):
            made.discard()
        # Finds the file, and fails to remove it too.
        with pytest.raises(PermissionError):
            write_whole(place, lambda stream: stream.write(b"whole"))
    for each in tmp_path.iterdir():
        with lock(each) as held:
            assert held.is_free


@pytest.mark.parametrize("directory", [False, True])
def test_what_is_unfinished_goes_with_its_object(tmp_path, directory):
    made = Unfinished.beside(tmp_path / "a", directory=directory)
    assert made.path.exists()
    del made
    assert names(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no advisory locks")
def test_a_lock_goes_with_its_object(tmp_path):
    held = lock(tmp_path)
    assert held.is_held
    assert not lock(tmp_path).is_free
    del held
    assert lock(tmp_path).is_held
