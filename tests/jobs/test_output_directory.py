import errno
import json
import multiprocessing
import os
import signal

import pytest

from xent.errors import OutputError
from xent.jobs import output_directory as module
from xent.jobs.interruptions import Interruption, raised_signals
from xent.jobs.manifest import files_not_ours, results_in, write_manifest
from xent.jobs.output_directory import output_directory

OURS = '{"format": 1}'


def write(out, text=OURS, **options):
    with output_directory(out, caller="xent fit", **options) as folder:
        (folder / "metrics.json").write_text(text)
        (folder / "report.html").write_text(text)
        write_manifest(folder)


def leftovers(folder):
    return [p.name for p in folder.iterdir() if p.name.startswith(".")]


def test_it_appears_whole_with_its_parents(tmp_path):
    out = tmp_path / "a" / "b"
    write(out)
    assert (out / "metrics.json").read_text() == OURS
    assert leftovers(out.parent) == []


def test_until_the_end_nothing_is_there(tmp_path):
    with output_directory(tmp_path / "out", caller="xent fit"):
        assert not (tmp_path / "out").exists()


def test_an_earlier_result_is_replaced(tmp_path):
    out = tmp_path / "out"
    write(out)
    (out / "report.html").unlink()
    write(out, '{"format": 1, "new": true}')
    assert "new" in (out / "metrics.json").read_text()
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_after_an_error_all_is_as_it_was(tmp_path, error):
    out = tmp_path / "out"
    write(out)

    def fail():
        with output_directory(out, caller="xent fit") as folder:
            (folder / "metrics.json").write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert (out / "metrics.json").read_text() == OURS
    assert leftovers(tmp_path) == []


def test_a_directory_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(
        OutputError, match=r"be a new directory, .*; got '.*', which holds 'thesis.txt', which xent did not"
    ):
        write(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_file_in_the_way_is_left_alone(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="be a new directory, or one of earlier results; got the file"):
        write(tmp_path / "out")
    with pytest.raises(OutputError, match=r"`out` must be a directory that can be written; got '.*' "):
        write(tmp_path / "out" / "inside")


def test_an_empty_directory_is_used(tmp_path):
    (tmp_path / "out").mkdir()
    write(tmp_path / "out")
    assert (tmp_path / "out" / "metrics.json").exists()


def test_a_full_disk_is_told_and_nothing_is_kept(tmp_path):
    def fill():
        with output_directory(tmp_path / "out", caller="xent fit") as folder:
            (folder / "report.html").write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OutputError, match="`out` must have room for the results; got a full disk at"):
        fill()
    assert list(tmp_path.iterdir()) == []


def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def assert_refused(out, words, **options):
    before = files(out)
    with pytest.raises(OutputError, match=words):
        write(out, "new", **options)
    assert files(out) == before
    assert leftovers(out.parent) == []


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "model.skops", "predictions.parquet", "-x\n"])
def test_a_file_beside_the_results_is_never_replaced(tmp_path, name):
    out = tmp_path / "out"
    write(out)
    (out / name).write_text("mine")
    assert_refused(out, "which xent did not write")


def test_a_folder_or_a_link_beside_the_results_is_never_replaced(tmp_path):
    out = tmp_path / "out"
    write(out)
    (out / "src").mkdir()
    assert_refused(out, "'src', which xent did not write")
    (out / "src").rmdir()
    (out / "link").symlink_to("nowhere")
    assert_refused(out, "'link', which xent did not write")


def test_a_result_that_was_edited_is_never_replaced(tmp_path):
    out = tmp_path / "out"
    write(out)
    (out / "report.html").write_text(OURS.replace("1", "2"))
    assert_refused(out, "'report.html', which was edited")
    (out / "report.html").unlink()
    (out / "report.html").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").write_text(OURS)
    assert_refused(out, "'report.html', which was edited")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"files": {"thesis.tex": {"bytes": 1, "sha256": ""}}}',
        "[" * 100_000,
        "x" * 100_000,
        '{"files": {"metrics.json": 1}}',
    ],
)
def test_a_manifest_of_anything_else_makes_nothing_ours(tmp_path, text):
    out = tmp_path / "out"
    write(out)
    (out / "manifest.json").write_text(text)
    assert_refused(out, "'manifest.json', which was edited")


def test_a_manifest_with_a_note_in_it_was_edited(tmp_path):
    out = tmp_path / "out"
    write(out)
    document = json.loads((out / "manifest.json").read_text())
    (out / "manifest.json").write_text(json.dumps({**document, "note": "mine"}, indent=2) + "\n")
    assert_refused(out, "'manifest.json', which was edited")


def test_results_of_earlier_versions_have_no_manifest_and_are_left_alone(tmp_path):
    out = tmp_path / "out"
    write(out)
    (out / "manifest.json").unlink()
    assert_refused(out, "'metrics.json', which no manifest.json lists")


def test_metrics_of_another_tool_make_nothing_ours(tmp_path):
    out = tmp_path / "out"
    (out / "src").mkdir(parents=True)
    (out / "metrics.json").write_text('{"format": "of another tool"}')
    (out / "thesis.tex").write_text("three years")
    assert_refused(out, r"which holds 'metrics.json', which xent did not write \(and 2 more\)")


def test_an_error_while_results_are_saved_leaves_the_directory_as_it_was(tmp_path):
    def save(text, error=None):
        with results_in(tmp_path) as folder:
            (folder / "report.html").write_text(text)
            if error:
                raise error
            (folder / "metrics.json").write_text(text)

    for error in (ValueError("no"), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            save("half", error)
        assert list(tmp_path.iterdir()) == []
    (tmp_path / "notes.txt").write_text("mine")
    save("whole")
    (tmp_path / "model.skops").write_text("earlier")
    write_manifest(tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(OutputError, match="must be a directory that can be written"):
        save("half", OSError(errno.ENOSPC, "No space left on device"))
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    save("newer")
    assert {file.name for file in tmp_path.iterdir()} == set(before)
    assert (tmp_path / "report.html").read_text() == "newer"
    assert [name for name in files_not_ours(tmp_path) if "notes.txt" not in name] == []


def test_the_current_directory_is_never_replaced(tmp_path, monkeypatch):
    out = tmp_path / "out"
    write(out)
    monkeypatch.chdir(out)
    for name in (out, type(out)(), type(out)("../out")):
        with pytest.raises(OutputError, match="be another directory than the current one"):
            write(name)
    assert (out / "metrics.json").read_text() == OURS


def test_a_directory_that_holds_the_table_is_never_replaced(tmp_path):
    out = tmp_path / "out"
    write(out)
    (tmp_path / "link.json").symlink_to(out / "metrics.json")
    for name in (out / "metrics.json", tmp_path / "link.json"):
        assert_refused(out, "not hold a file that is read", reads=[name])


def test_a_link_is_never_replaced(tmp_path):
    write(tmp_path / "out")
    (tmp_path / "link").symlink_to("out")
    with pytest.raises(OutputError, match="be a directory itself; got the link"):
        write(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(OutputError, match="be a directory itself; got the link"):
        write(tmp_path / "dangling")


def test_a_directory_below_a_link_is_made_where_it_points(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link" / "out")
    assert (tmp_path / "real" / "out" / "metrics.json").exists()


def test_parents_that_were_made_go_again_after_a_failure(tmp_path):
    (tmp_path / "a").mkdir()

    def fail():
        with output_directory(tmp_path / "a" / "b" / "c", caller="xent fit"):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.rglob("*")) == [tmp_path / "a"]


def test_what_arrives_while_the_fit_runs_is_seen_before_anything_is_replaced(tmp_path):
    out = tmp_path / "out"
    write(out)

    def late():
        with output_directory(out, caller="xent fit"):
            (out / "notes.txt").write_text("mine")

    with pytest.raises(OutputError, match=r"'notes\.txt', which xent did not write"):
        late()
    assert (out / "notes.txt").read_text() == "mine"
    assert leftovers(tmp_path) == []


def die_while_writing(out):
    with output_directory(out, caller="xent fit") as folder:
        (folder / "metrics.json").write_text("half")
        os.kill(os.getpid(), signal.SIGKILL)


def hold(out, ready, go):
    with output_directory(out, caller="xent fit") as folder:
        (folder / "metrics.json").write_text("whole")
        write_manifest(folder)
        ready.set()
        go.wait(60)


def race(out, text):
    write(out, text)


@pytest.fixture(scope="module")
def processes():
    # A forked process would hold the locks of this one, and its threads in an unknown state.
    return multiprocessing.get_context("spawn")


@pytest.mark.half_second
def test_the_next_run_sweeps_what_a_killed_one_left(tmp_path, processes):
    process = processes.Process(target=die_while_writing, args=(tmp_path / "out",))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert len(leftovers(tmp_path)) == 1
    write(tmp_path / "other")
    assert leftovers(tmp_path) == []


@pytest.mark.half_second
def test_what_another_run_is_writing_is_not_swept(tmp_path, processes):
    ready, go = processes.Event(), processes.Event()
    process = processes.Process(target=hold, args=(tmp_path / "out", ready, go))
    process.start()
    assert ready.wait(60)
    write(tmp_path / "out", "other")
    assert len(leftovers(tmp_path)) == 1
    go.set()
    process.join(60)
    assert process.exitcode == 0
    assert (tmp_path / "out" / "metrics.json").read_text() == "whole"
    assert leftovers(tmp_path) == []


@pytest.mark.slow
def test_of_runs_that_write_one_directory_the_last_wins_whole(tmp_path, processes):
    runs = [processes.Process(target=race, args=(tmp_path / "out", f"run {k}")) for k in range(4)]
    for each in runs:
        each.start()
    for each in runs:
        each.join(60)
    assert [each.exitcode for each in runs] == [0] * 4
    texts = {(tmp_path / "out" / name).read_text() for name in ("metrics.json", "report.html")}
    assert len(texts) == 1
    assert texts <= {f"run {k}" for k in range(4)}
    assert leftovers(tmp_path) == []


def test_results_that_a_killed_run_had_set_aside_are_put_back(tmp_path):
    write(tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / ".out.xent-0123456789abcdef.old")
    write(tmp_path / "other")
    assert (tmp_path / "out" / "metrics.json").read_text() == OURS
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("edited", [False, True])
def test_results_that_a_killed_run_had_replaced_are_swept_unless_edited(tmp_path, edited):
    aside = tmp_path / ".out.xent-0123456789abcdef.old"
    write(tmp_path / "old")
    (tmp_path / "old").rename(aside)
    if edited:
        (aside / "report.html").write_text("mine")
    (tmp_path / "out").mkdir()
    write(tmp_path / "out", "new")
    assert leftovers(tmp_path) == [aside.name] * edited
    assert (tmp_path / "out" / "metrics.json").read_text() == "new"


@pytest.mark.parametrize(
    "name", [".out.part", ".out.xent-1.part", ".out.xent-0123456789abcdef.parts", "a.part"]
)
def test_names_that_are_not_ours_are_not_swept(tmp_path, name):
    (tmp_path / name).mkdir()
    write(tmp_path / "out")
    assert (tmp_path / name).is_dir()


def test_a_leftover_with_a_file_of_others_is_not_swept(tmp_path):
    path = tmp_path / ".out.xent-0123456789abcdef.part"
    path.mkdir()
    (path / "notes.txt").write_text("mine")
    write(tmp_path / "out")
    assert (path / "notes.txt").read_text() == "mine"


@pytest.mark.usefixtures("heeded_signals")
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_all_as_it_was(tmp_path, signum):
    def interrupted():
        with raised_signals(), output_directory(tmp_path / "a" / "out", caller="xent fit") as folder:
            (folder / "metrics.json").write_text("half")
            signal.raise_signal(signum)

    with pytest.raises(Interruption) as caught:
        interrupted()
    assert caught.value.signum == signum
    assert list(tmp_path.iterdir()) == []


def test_a_signal_while_the_results_take_their_place_comes_after_it(tmp_path, monkeypatch):
    write(tmp_path / "out")
    rename = type(tmp_path).rename
    placed = []

    def rename_and_signal(self, target):
        signal.raise_signal(signal.SIGTERM)
        return rename(self, target)

    def interrupted():
        with raised_signals():
            write(tmp_path / "out", "new", on_placed=lambda: placed.append(True))

    monkeypatch.setattr(type(tmp_path), "rename", rename_and_signal)
    with pytest.raises(Interruption):
        interrupted()
    assert placed == [True]
    assert (tmp_path / "out" / "metrics.json").read_text() == "new"
    assert leftovers(tmp_path) == []


def test_results_that_another_run_replaces_while_they_are_checked_are_checked_again(tmp_path, monkeypatch):
    from xent.jobs import output_directory as module

    out = tmp_path / "out"
    write(out)
    write(tmp_path / "newer")
    looks = []

    def look(directory):
        looks.append(directory)
        if len(looks) > 1:
            return []
        directory.rename(tmp_path / "older")
        (tmp_path / "newer").rename(directory)
        return ["'metrics.json', which was edited"]

    monkeypatch.setattr(module, "files_not_ours", look)
    write(out)
    assert len(looks) >= 2


@pytest.mark.parametrize("other_run", [False, True])
def test_a_file_that_arrives_in_the_moment_of_replacement_is_kept_and_told(tmp_path, monkeypatch, other_run):
    out = tmp_path / "out"
    write(out, "earlier")
    rename = module._renamed  # noqa: SLF001 - the moment between both renames

    def late(made, place):
        (aside,) = [one for one in tmp_path.iterdir() if one.name.endswith(".old")]
        (aside / "note.txt").write_text("of a person")
        if other_run:
            place.mkdir()
            (place / "metrics.json").write_text("of another run")
        return rename(made, place)

    monkeypatch.setattr(module, "_renamed", late)
    with pytest.raises(OutputError) as caught:
        write(out, "these")
    found = (out / "metrics.json").read_text()
    if other_run:
        assert found == "of another run"
        assert str(caught.value).endswith("; results of another run are in place, not these.")
    else:
        assert found == "these"
        assert str(caught.value).endswith("; newer results are in place.")
    (aside,) = [one for one in tmp_path.iterdir() if one.name.endswith(".old")]
    assert f"It is kept in '{aside}'" in str(caught.value)
    assert (aside / "note.txt").exists()
