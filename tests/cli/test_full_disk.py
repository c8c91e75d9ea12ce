"""A disk that is full: one line, and nothing left on it."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import xent
from xent import cli

TABLE = pd.DataFrame({"x": np.linspace(-1, 1, 40), "y": ["no", "yes"] * 20})


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 KiB in memory; only root of Linux can mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if sys.platform != "linux" or os.getuid() != 0 or mount is None:
        pytest.skip("only root of Linux can mount a file system in memory")
    command = [mount, "-t", "tmpfs", "-o", "size=64k,nr_inodes=64", "none", folder]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("file systems cannot be mounted here")
    yield folder
    subprocess.run([shutil.which("umount"), folder], check=True)


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """Exit code and standard error of the program, here and in `tmp_path`."""
    monkeypatch.chdir(tmp_path)

    def run_in_process(*arguments):
        code = cli.run([*map(str, arguments)])
        return code, capfd.readouterr().err

    return run_in_process


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.slow
def test_results_that_do_not_fit_on_the_disk_are_refused_in_one_line_and_removed(tmp_path, small_disk, run):
    TABLE.to_csv(tmp_path / "t.csv", index=False)
    code, error = run("fit", "t.csv", "--target", "y", "--C", "1", "--out", "disk/o", "-q")
    assert code == 2
    assert error == (
        "error: `out` must have room for the results; got a full disk at 'disk/o'. Nothing was kept; free "
        "some space, or name another directory with --out.\n"
    )
    assert names(small_disk) == []


@pytest.mark.slow
def test_predictions_that_do_not_fit_are_refused_and_earlier_ones_kept(tmp_path, small_disk, run):
    TABLE.to_csv(tmp_path / "t.csv", index=False)
    (tmp_path / "m").mkdir()
    xent.fit(tmp_path / "t.csv", "y", C=1.0).save(tmp_path / "m")
    assert run("predict", "m", "t.csv", "--out", "disk/p.csv")[0] == 0
    earlier = (small_disk / "p.csv").read_bytes()
    pd.concat([TABLE] * 400).to_csv(tmp_path / "long.csv", index=False)
    code, error = run("predict", "m", "long.csv", "--out", "disk/p.csv")
    assert code == 2
    assert error.startswith("error: `out` must ")
    assert error.count("\n") == 1
    assert names(small_disk) == ["p.csv"]
    assert (small_disk / "p.csv").read_bytes() == earlier
