"""Checkpoints: an interrupted fit ends at the same bits; data that change are named."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tests.streams.made_rows import assert_same_bits, made_rows, write_parquet

from xent import LogisticRegression
from xent.errors import DataError, OutputError
from xent.streams import journal as journals
from xent.streams import sources as streams_sources


class StopError(Exception):
    pass


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(streams_sources, "_FRAGMENT_ROWS", 2000)
    return write_parquet(tmp_path / "rows.parquet", *made_rows(6000))


def interrupted(file, checkpoint, after):
    """Fit that ends with an error after so many calls of its progress."""
    left = [after]

    def stop(_):
        left[0] -= 1
        if left[0] < 0:
            raise StopError

    with pytest.raises(StopError):
        LogisticRegression().fit_batches(
            file, target="y", checkpoint=checkpoint, resume=True, on_progress=stop
        )


def test_a_fit_that_is_interrupted_again_and_again_ends_at_the_same_bits(file, tmp_path):
    checkpoint = tmp_path / "fit.checkpoint"
    reference = LogisticRegression().fit_batches(file, target="y")
    for after in (2, 7, 8):
        interrupted(file, checkpoint, after)
    told = []
    model = LogisticRegression().fit_batches(
        file, target="y", checkpoint=checkpoint, resume=True, on_progress=told.append
    )
    assert_same_bits(model, reference)
    assert sum(each.is_from_checkpoint for each in told) >= 2
    assert not checkpoint.exists()


def test_a_checkpoint_is_not_overwritten_by_a_new_fit(file, tmp_path):
    checkpoint = tmp_path / "fit.checkpoint"
    interrupted(file, checkpoint, 7)
    with pytest.raises(OutputError, match="`checkpoint` must be a new file"):
        LogisticRegression().fit_batches(file, target="y", checkpoint=checkpoint)


def test_a_checkpoint_of_a_name_that_the_system_refuses_is_one_line(file):
    with pytest.raises(OutputError, match="`checkpoint` must be a file that can be written"):
        LogisticRegression().fit_batches(file, target="y", checkpoint="x" * 300)


def test_a_checkpoint_without_a_folder_is_refused_before_the_first_pass(file, tmp_path):
    place, told = tmp_path / "no" / "checkpoint", []
    for options in ({}, {"resume": True}):
        with pytest.raises(
            OutputError, match=r"`checkpoint` must be a file in a folder that exists; got .*folder is missing"
        ):
            LogisticRegression().fit_batches(
                file, target="y", checkpoint=place, on_progress=told.append, **options
            )
    assert {each.pass_number for each in told} == {0}
    assert not place.parent.exists()


def test_a_checkpoint_of_other_data_is_refused(file, tmp_path):
    checkpoint = tmp_path / "fit.checkpoint"
    interrupted(file, checkpoint, 7)
    write_parquet(file, *made_rows(6000, seed=5))
    with pytest.raises(DataError, match="must be the checkpoint of a fit to the same data"):
        LogisticRegression().fit_batches(file, target="y", checkpoint=checkpoint, resume=True)
    checkpoint.write_bytes(b"no checkpoint")
    with pytest.raises(DataError, match="must be a checkpoint of a fit in passes"):
        LogisticRegression().fit_batches(file, target="y", checkpoint=checkpoint, resume=True)


def test_a_checkpoint_of_another_machine_ends_at_the_same_optimum_and_says_so(file, tmp_path, monkeypatch):
    checkpoint = tmp_path / "fit.checkpoint"
    reference = LogisticRegression().fit_batches(file, target="y")
    interrupted(file, checkpoint, 8)
    monkeypatch.setattr(journals, "machine_name", lambda: "another")
    with pytest.warns(UserWarning, match="same optimum, with other bits"):
        model = LogisticRegression().fit_batches(file, target="y", checkpoint=checkpoint, resume=True)
    np.testing.assert_allclose(model.coef_, reference.coef_, rtol=1e-5)
    assert model.gap_ <= model.tol


def changed_during(file, change, at=4):
    """Message of a fit of `file` during which `change` is called."""
    left = [at]

    def progress(_):
        left[0] -= 1
        if left[0] == 0:
            change()

    with pytest.raises(DataError) as caught:
        LogisticRegression().fit_batches(file, target="y", on_progress=progress)
    return str(caught.value)


def test_a_file_that_changes_between_passes_is_named(file):
    X, y = made_rows(6000, seed=5)
    message = changed_during(file, lambda: write_parquet(file, X, y))
    assert f"`source` must stay the same from pass to pass; got {file}, which had " in message


def test_rows_that_come_or_go_between_passes_are_named():
    X, y = made_rows(3000)
    calls = []

    def batches():
        calls.append(0)
        yield X, y if len(calls) != 4 else np.roll(y, 1)
        if len(calls) == 5:
            yield X[:10], y[:10]

    def shuffled():
        calls.append(0)
        labels = y.copy()
        labels[0] = (labels[0] + (len(calls) > 3)) % 3
        yield X, labels

    with pytest.raises(DataError, match="the batches, which had 3,000 rows and now has 3,010"):
        LogisticRegression(tol=1e-13).fit_batches(batches)
    calls.clear()
    with pytest.raises(DataError, match="whose classes have other numbers of rows"):
        LogisticRegression(tol=1e-13).fit_batches(shuffled)


def test_a_truncated_file_in_the_middle_of_a_folder_is_named_before_the_first_pass(tmp_path):
    for part in range(3):
        path = write_parquet(tmp_path / f"{part}.parquet", *made_rows(500, seed=part))
        if part == 1:
            path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=r"`source` must be readable; got .*1\.parquet"):
        LogisticRegression().fit_batches(tmp_path, target="y")


def test_a_file_with_a_damaged_page_is_named(tmp_path):
    path = write_parquet(tmp_path / "rows.parquet", *made_rows(5000))
    damaged = bytearray(path.read_bytes())
    damaged[4:200] = bytes(196)
    path.write_bytes(bytes(damaged))
    with pytest.raises(DataError, match=r"`source` must stay readable; got .*rows\.parquet, of which"):
        LogisticRegression().fit_batches(path, target="y")


def test_a_checkpoint_that_was_made_on_purpose_is_refused_in_one_line(file, tmp_path):
    checkpoint = tmp_path / "fit.checkpoint"
    interrupted(file, checkpoint, 7)
    with np.load(checkpoint) as arrays:
        known = dict(arrays)
    facts = json.loads(known["facts"].tobytes())
    a_bomb = {**known, "0.point": np.zeros(10**6)}
    made = {
        "a pickle": lambda at: np.savez(at, **{**known, "facts": np.asarray([{}], object)}),
        "compressed members": lambda at: np.savez_compressed(at, **a_bomb),
        "no facts": lambda at: np.savez(at, **{**known, "facts": known["0.point"]}),
        "a list of facts": lambda at: np.savez(at, **{**known, "facts": in_json([facts])}),
        "no name of the data": lambda at: np.savez(at, **{**known, "facts": in_json({"passes": []})}),
        "deep facts": lambda at: np.savez(at, **{**known, "facts": in_bytes(b"[" * 100_000)}),
        "a pass that is missing": lambda at: np.savez(at, facts=known["facts"]),
        "sums that are not finite": lambda at: np.savez(at, **{**known, "0.0": np.asarray(np.nan)}),
        "text": lambda at: at.write(b"text"),
    }
    for name, write in made.items():
        with checkpoint.open("wb") as at:
            write(at)
        with pytest.raises(DataError, match="`checkpoint` must be a checkpoint of a fit in passes") as caught:
            LogisticRegression().fit_batches(file, target="y", checkpoint=checkpoint, resume=True)
        assert "\n" not in str(caught.value), name
    checkpoint.unlink()
    os.mkfifo(checkpoint)
    with pytest.raises(DataError, match="`checkpoint` must be a checkpoint of a fit in passes"):
        LogisticRegression().fit_batches(file, target="y", checkpoint=checkpoint, resume=True)


def in_bytes(text):
    return np.frombuffer(text, np.uint8)


def in_json(facts):
    return in_bytes(json.dumps(facts).encode())


def test_a_full_disk_leaves_the_checkpoint_of_the_pass_before(file, tmp_path, monkeypatch):
    checkpoint = tmp_path / "fit.checkpoint"
    interrupted(file, checkpoint, 7)
    before = checkpoint.read_bytes()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(journals.np, "savez", full)
        with pytest.raises(OutputError, match=r"fit\.checkpoint \(no space left on device\)"):
            LogisticRegression().fit_batches(file, target="y", checkpoint=checkpoint, resume=True)
    assert checkpoint.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["fit.checkpoint", "rows.parquet"]
    model = LogisticRegression().fit_batches(file, target="y", checkpoint=checkpoint, resume=True)
    assert_same_bits(model, LogisticRegression().fit_batches(file, target="y"))


def test_a_full_disk_of_a_worker_is_named_and_the_checkpoint_goes_on(file, tmp_path, monkeypatch):
    from xent.streams.fragments import ParquetFragment

    checkpoint, read, pieces = tmp_path / "fit.checkpoint", [], ParquetFragment.pieces

    def full(fragment, columns):
        read.append(fragment)
        if len(read) == 11:
            raise OSError(28, "No space left on device")
        yield from pieces(fragment, columns)

    with monkeypatch.context() as patch, ThreadPoolExecutor(2) as executor:
        patch.setattr(ParquetFragment, "pieces", full)
        with pytest.raises(DataError, match=r"got .*rows\.parquet, .* says '.*No space left on device'"):
            LogisticRegression().fit_batches(file, target="y", checkpoint=checkpoint, executor=executor)
    assert checkpoint.exists()
    resumed = LogisticRegression().fit_batches(file, target="y", checkpoint=checkpoint, resume=True)
    assert_same_bits(resumed, LogisticRegression().fit_batches(file, target="y"))


@pytest.mark.slow
def test_a_fit_that_is_killed_three_times_ends_at_the_same_bits(tmp_path):
    command = [sys.executable, "-m", "tests.streams", "--kills", "3", "--folder", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "same bits after 3 kills"
