import errno

import pytest

from xent.errors import OutputError
from xent.jobs.output_directory import output_directory

OURS = '{"format": 1}'


def write(out, text=OURS):
    with output_directory(out, where="xent fit") as folder:
        assert folder.parent == out.parent
        (folder / "metrics.json").write_text(text)


def leftovers(folder):
    return [p.name for p in folder.iterdir() if p.name.startswith(".")]


def test_it_appears_whole_with_its_parents(tmp_path):
    out = tmp_path / "a" / "b"
    write(out)
    assert (out / "metrics.json").read_text() == OURS
    assert leftovers(out.parent) == []


def test_until_the_end_nothing_is_there(tmp_path):
    with output_directory(tmp_path / "out", where="xent fit"):
        assert not (tmp_path / "out").exists()


def test_an_earlier_result_is_replaced(tmp_path):
    out = tmp_path / "out"
    write(out)
    (out / "stale.txt").write_text("old")
    write(out, '{"format": 1, "new": true}')
    assert "new" in (out / "metrics.json").read_text()
    assert not (out / "stale.txt").exists()
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_after_an_error_all_is_as_it_was(tmp_path, error):
    out = tmp_path / "out"
    write(out)

    def fail():
        with output_directory(out, where="xent fit") as folder:
            (folder / "metrics.json").write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert (out / "metrics.json").read_text() == OURS
    assert leftovers(tmp_path) == []


def test_a_directory_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(
        OutputError, match=r"be a new directory, or one of earlier results; got '.*something else"
    ):
        write(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_file_in_the_way_is_left_alone(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="which holds something else"):
        write(tmp_path / "out")
    with pytest.raises(OutputError, match=r"`out` must be a directory that can be written; got '.*' "):
        write(tmp_path / "out" / "inside")


def test_an_empty_directory_is_used(tmp_path):
    (tmp_path / "out").mkdir()
    write(tmp_path / "out")
    assert (tmp_path / "out" / "metrics.json").exists()


def test_a_full_disk_is_told_and_nothing_is_kept(tmp_path):
    def fill():
        with output_directory(tmp_path / "out", where="xent fit") as folder:
            (folder / "report.html").write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OutputError, match="`out` must have room for the results; got a full disk at"):
        fill()
    assert list(tmp_path.iterdir()) == []
