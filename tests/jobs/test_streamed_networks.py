"""Networks of data that are read in batches, by the program and in Python."""

import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

pytest.importorskip("torch")
pytest.importorskip("safetensors")

import xent
from xent.cli.app import app
from xent.errors import DomainError
from xent.jobs.batches.streamed_fitting import StreamWishes, fit_stream
from xent.jobs.watcher import Watcher
from xent.networks import early_stopping
from xent.report.fit import render_html


@pytest.fixture(scope="module", autouse=True)
def _impatient():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(early_stopping, "patience", lambda _steps: 2)
        yield


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((3000, 2))
    y = np.sort(np.digitize(np.hypot(X[:, 0], X[:, 1]), [0.8, 1.6]))
    kind = np.array(["low", "mid", "high"])[y]
    noisy = np.where(rng.random(3000) < 0.2, "mid", kind)
    patient = np.arange(3000) // 10
    path = tmp_path_factory.mktemp("data") / "people.parquet"
    table = pa.table({"a": X[:, 0], "kind": noisy, "w": 1 + patient % 3, "patient": patient, "y": kind})
    pq.write_table(table, path, row_group_size=1000)
    return path


def wishes(**options):
    return StreamWishes(**{"model": "network", "group": "patient", "sample_weight": "w"} | options)


@pytest.fixture(scope="module")
def fitted(file):
    return fit_stream(file, "y", wishes())


def test_a_network_in_batches_is_judged_and_reported_as_one_in_memory(fitted):
    findings = fitted.findings
    assert findings.held_out.cross_entropy.value < 0.7
    assert findings.training.best_epoch >= 1
    assert findings.training.held_out_rows > 100
    assert len(findings.races) == 1
    assert findings.coefficients == ()
    page = " ".join(render_html(findings).split())
    assert "Not certified" in page
    assert "The rows were read in batches; the training error, the races, and the doubts" in page.replace(
        "races and", "races, and"
    )
    assert "cross-validation of C" not in page


def test_predict_and_judge_take_the_model_as_they_take_a_linear_one(fitted, file, tmp_path):
    fitted.save(tmp_path)
    table = xent.predict(tmp_path / "model.skops", pq.read_table(file))
    assert table.column_names == ["row", "predicted", "p_high", "p_low", "p_mid"]
    judged = xent.judge(tmp_path / "model.skops", pq.read_table(file))
    assert judged.findings.held_out.cross_entropy.value < 0.7


@pytest.mark.slow
def test_a_network_in_batches_reads_free_text(tmp_path, monkeypatch):
    monkeypatch.setattr(early_stopping, "_MOST_EPOCHS", 8)
    rng = np.random.default_rng(0)
    words = np.array(["alpha", "beta", "gamma", "delta", "eps", "zeta", "eta", "theta", "iota", "kappa"])
    y = rng.integers(2, size=400)
    text = [" ".join(words[4 * k + rng.integers(6, size=5)]) + f" {row}x" for row, k in enumerate(y)]
    pq.write_table(pa.table({"said": text, "y": y}), tmp_path / "said.parquet")
    found = fit_stream(tmp_path / "said.parquet", "y", StreamWishes(model="network")).findings
    assert [column.kind for column in found.columns] == ["text"]
    assert found.held_out.cross_entropy.value < 0.6


def test_whole_groups_end_the_training(file, monkeypatch):
    from xent.networks import streamed_training

    kept = []
    scan = streamed_training.scan

    def watched(stream):
        kept.append(scan(stream))
        return kept[-1]

    monkeypatch.setattr(streamed_training, "scan", watched)
    fit_stream(file, "y", wishes())
    held_out, judged = kept[0].held_out, kept[0].judged
    assert held_out.grouped
    # Ten rows a patient, of which none is on the other side.
    assert (np.unique(held_out.marks, return_counts=True)[1] == 10).all()
    assert not set(held_out.marks.tolist()) & set(judged.marks.tolist())


class StoppedError(Exception):
    pass


class Stopping(Watcher):
    def epoch(self, epoch, last):
        del last
        if epoch.number == 2:
            raise StoppedError


def test_a_stopped_network_resumes_to_the_same_bits(fitted, file, tmp_path):
    place = tmp_path / "checkpoint"
    with pytest.raises(StoppedError):
        fit_stream(file, "y", wishes(checkpoint=place), watcher=Stopping())
    resumed = fit_stream(file, "y", wishes(checkpoint=place, resume=True))
    assert resumed.held_out_log_probs.tobytes() == fitted.held_out_log_probs.tobytes()
    assert resumed.model.classifier.history_ == fitted.model.classifier.history_


class Interrupting(Watcher):
    def epoch(self, epoch, last):
        del last
        if epoch.number == 3:
            raise KeyboardInterrupt


def test_an_interrupt_keeps_the_best_epoch_so_far_and_says_so(file):
    found = fit_stream(file, "y", wishes(), watcher=Interrupting())
    assert found.findings.training.interrupted
    assert len(found.findings.training.epochs) == 3
    assert "The training was interrupted after 3 epochs" in " ".join(render_html(found.findings).split())


def run(*arguments):
    return CliRunner(env={"COLUMNS": "300", "NO_COLOR": "1"}).invoke(app, [str(each) for each in arguments])


def test_the_program_fits_a_network_in_batches(fitted, file, tmp_path):
    options = ["-t", "y", "--stream", "--model", "network", "--weight", "w", "--group", "patient"]
    done = run("fit", file, *options, "-o", tmp_path / "out", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
    training = json.loads(done.stdout)["training"]
    assert training["best_epoch"] == fitted.findings.training.best_epoch


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no forks")
def test_a_killed_training_resumes_to_the_same_model_and_signals_say_what_is_kept():
    command = [sys.executable, "-m", "tests.streams.killed_networks", "--kills", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("epochs after 2 kills; left behind: []; told: True\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--stream", "--model", "auto"],
            "must be linear or network for data that are read in batches; got 'auto'",
        ),
        (
            ["--dask", "tcp://127.0.0.1:1", "--model", "network"],
            "must be linear where workers of Dask compute",
        ),
        (
            ["--stream", "--model", "network", "--C", "0.1"],
            "`C` must be left out for a network, whose training it does not change; got 0.1.",
        ),
    ],
)
def test_models_that_are_not_fitted_in_batches_are_refused_in_one_line(options, said, file, tmp_path):
    found = run("fit", file, "-t", "y", "-o", tmp_path / "out", *options)
    assert found.exit_code == 2
    assert said in found.stderr
    assert found.stderr.count("\n") == 1


def test_a_network_needs_no_executor(file):
    with pytest.raises(DomainError, match="must be linear where workers of Dask compute"):
        fit_stream(file, "y", wishes(executor=object()))
