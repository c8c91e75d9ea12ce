"""Whole processes: pipes that close, disks that are full, signals at any moment."""

import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

import xent
from xent.cli import run

XENT = [sys.executable, "-c", "from xent.cli import main; main()"]
ROWS = 40
CSV = pd.DataFrame({"x": np.linspace(-1, 1, ROWS), "y": ["no", "yes"] * (ROWS // 2)}).to_csv(index=False)
FIT = ["fit", "good.csv", "--target", "y", "--C", "1", "--out", "o"]


@pytest.fixture
def here(tmp_path):
    (tmp_path / "good.csv").write_text(CSV)
    return tmp_path


def started(arguments, folder, **options):
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
    return subprocess.Popen(
        [*XENT, *map(str, arguments)], cwd=folder, env={**os.environ, "NO_COLOR": "1"}, **options
    )


def done(arguments, folder, **options):
    process = started(arguments, folder, **options)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def closed_pipe():
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def assert_whole(folder):
    model = xent.load_model(folder)
    assert model.target == "y"
    assert sorted(path.name for path in folder.iterdir()) == [
        "manifest.json",
        "metrics.json",
        "model.skops",
        "predictions.parquet",
        "report.html",
    ]


def test_a_fit_whose_reader_has_gone_is_kept(here):
    code, _, err = done(FIT, here, stdout=closed_pipe())
    assert (code, err) == (141, "The results are in o.\n")
    assert_whole(here / "o")


def test_a_prediction_whose_reader_has_gone_ends_quietly(here):
    xent.fit(here / "good.csv", "y", C=1.0).save(here)
    code, _, err = done(["predict", ".", "good.csv"], here, stdout=closed_pipe())
    assert (code, err) == (141, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")  # noqa: PTH110
@pytest.mark.parametrize("command", ["fit", "predict", "entropy", "losses"])
def test_a_full_standard_output_is_one_line(here, command):
    arguments = {"fit": FIT, "predict": ["predict", "m", "good.csv"], "entropy": ["entropy", "good.csv"]}
    if command == "predict":
        (here / "m").mkdir()
        xent.fit(here / "good.csv", "y", C=1.0).save(here / "m")
    with open("/dev/full", "w") as full:  # noqa: PTH123
        code, _, err = done(arguments.get(command, ["losses"]), here, stdout=full)
    assert code == 2
    kept = " The results are in o." if command == "fit" else ""
    rule = "error: `standard output` must be a place that can be written"
    assert err == f"{rule}; got an error (no space left on device).{kept}\n"
    if command == "fit":
        assert_whole(here / "o")


def test_a_closed_standard_output_takes_no_file_for_itself(here):
    command = " ".join(["exec", sys.executable, "-c", "'from xent.cli import main; main()'", *FIT, ">&-"])
    code, _, err = _shell(command, here)
    assert code == 2
    assert err.startswith("error: `standard output` must be a place that can be written; got ")
    assert err.endswith(" The results are in o.\n")
    assert_whole(here / "o")


def _shell(command, folder):
    found = subprocess.run(
        ["/bin/sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False
    )
    return found.returncode, found.stdout, found.stderr


def test_a_pipe_with_a_writer_can_be_counted(here):
    os.mkfifo(here / "pipe")
    process = started(["entropy", "pipe", "--json"], here)
    with (here / "pipe").open("w") as pipe:
        pipe.write("aabb" * 25)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert '"symbols": 100' in out


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_fit_with_its_code_and_leaves_nothing(here, signum):
    before = names(here)
    process = started(["fit", "heartbeats", "--rows", "20000", "--out", "a/o"], here)
    while names(here) == before and process.poll() is None:
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(signum)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (128 + signum, "Stopped. Nothing was written.\n")
    assert names(here) == before


def test_a_signal_that_the_parent_ignores_stays_ignored(here):
    command = " ".join(
        ["trap '' HUP; exec", sys.executable, "-c", "'from xent.cli import main; main()'", *FIT, "-q"]
    )
    process = subprocess.Popen(["/bin/sh", "-c", command], cwd=here)
    while "o" not in {part.split(".xent-")[0].lstrip(".") for part in names(here)} and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=120) == 0
    assert_whole(here / "o")


def test_signals_at_any_moment_leave_whole_results_or_none(here):
    began = time.monotonic()
    assert done([*FIT, "-q"], here)[0] == 0
    usual = time.monotonic() - began
    before = names(here)
    draw = random.Random(7)  # noqa: S311 - moments, not secrets
    for k in range(4):
        process = started([*FIT, "-q"], here)
        time.sleep(draw.uniform(0.2, 1.0) * usual)
        process.send_signal((signal.SIGINT, signal.SIGTERM, signal.SIGHUP)[k % 3])
        process.communicate(timeout=60)
        assert names(here) == before
        assert_whole(here / "o")


def test_a_kill_leaves_what_the_next_run_sweeps(here, monkeypatch):
    monkeypatch.chdir(here)
    assert run([*FIT, "-q"]) == 0
    before = names(here)
    process = started(["fit", "heartbeats", "--rows", "20000", "--out", "o"], here)
    while names(here) == before and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    process.communicate(timeout=60)
    assert names(here) != before
    assert_whole(here / "o")
    assert done([*FIT, "-q"], here) == (0, "", "")
    assert names(here) == before
    assert_whole(here / "o")
