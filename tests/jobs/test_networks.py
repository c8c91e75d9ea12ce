"""Fits by a network: chosen, saved, read, damaged, interrupted, killed and resumed."""

import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

pytest.importorskip("torch")
pytest.importorskip("safetensors")

import xent
from tests.jobs.test_model_file import assert_refused, members, rewritten
from xent.cli.app import app
from xent.cli.live_progress import LiveProgress
from xent.data import load_builtin
from xent.drawing.number_format import plain
from xent.errors import DataError, DomainError
from xent.jobs import model_choice
from xent.jobs.interruptions import raised_signals
from xent.jobs.model_choice import ModelWishes, check_model
from xent.jobs.watcher import Watcher
from xent.networks import early_stopping
from xent.networks.epoch import Epoch
from xent.report.fit import network_sentences, render_html, render_json, render_text
from xent.report.fit.network_findings import ModelChoice
from xent.scoring.estimate import Estimate


@pytest.fixture(scope="module", autouse=True)
def _impatient():
    """End trainings after 10 epochs without a lower loss, where the network itself waits for 500 steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(early_stopping, "patience", lambda _steps: 10)
        yield


@pytest.fixture(scope="module")
def fitted():
    return xent.fit("iris", model="network")


@pytest.fixture(scope="module")
def saved(fitted, tmp_path_factory):
    folder = tmp_path_factory.mktemp("network")
    fitted.save(folder)
    return folder / "model.skops"


def terminal(findings):
    console = Console(file=io.StringIO(), width=100)
    render_text(findings, console)
    return " ".join(console.file.getvalue().split())


def iris():
    return load_builtin("iris")[0]


def test_a_saved_network_predicts_the_same_bits_and_holds_no_pickle(fitted, saved):
    model = xent.load_model(saved)
    assert model.predict_log_proba(iris()).tobytes() == fitted.model.predict_log_proba(iris()).tobytes()
    names = set(members(saved))
    assert {"network.json", "network.safetensors"} < names
    assert not [name for name in names if name.endswith((".pkl", ".pickle", ".pt", ".joblib"))]
    assert model.classifier.best_epoch_ == fitted.model.classifier.best_epoch_
    assert model.classifier.calibration_.reason == fitted.model.classifier.calibration_.reason


def test_equal_fits_give_equal_files(saved, tmp_path):
    xent.fit("iris", model="network").save(tmp_path)
    assert (tmp_path / "model.skops").read_bytes() == saved.read_bytes()


def test_predict_and_judge_work_as_with_a_linear_model(saved):
    table = xent.predict(saved, iris())
    assert table.column_names == ["row", "predicted", "p_setosa", "p_versicolor", "p_virginica"]
    judged = xent.judge(saved, iris())
    assert judged.findings.held_out.cross_entropy.value < 0.3
    assert "Not certified" in render_html(judged.findings)


def test_any_changed_byte_of_a_network_is_found(saved, tmp_path):
    content = saved.read_bytes()
    for place in np.linspace(0, len(content) - 1, 25).astype(int):
        broken = bytearray(content)
        broken[place] ^= 4
        (tmp_path / "m.skops").write_bytes(broken)
        assert_refused(tmp_path / "m.skops")


def card_of(saved):
    return json.loads(members(saved)["network.json"])


@pytest.mark.parametrize(
    "change",
    [
        lambda card: card["factory"].update(kind="pickle"),
        lambda card: card["factory"].update(hidden=[10**9, 10**9]),
        lambda card: card["factory"].update(extra=1),
        lambda card: card.update(classes=4),
        lambda card: card["loss"].update(name="info_nce"),
        lambda card: card["parameters"].update(epochs=-1),
        lambda card: card["calibration"].update(map={"kind": "temperature", "inverse": 1e400, "mix": 0}),
        lambda card: card.pop("history"),
        lambda card: card["facts"].update(device_="cpu\x1b[2J"),
        lambda card: card["facts"].update(device_=["cpu"]),
        lambda card: card["facts"].update(best_epoch_="<script>"),
        lambda card: card["facts"].update(interrupted_="no"),
        lambda card: card["calibration"].update(reason="\x1b]0;title\x07"),
    ],
)
def test_a_made_up_description_is_refused_in_one_line(change, saved, tmp_path):
    card = card_of(saved)
    change(card)
    path = rewritten(tmp_path / "m.skops", saved, {"network.json": json.dumps(card)})
    assert_refused(path)


def test_tensors_that_do_not_fit_are_refused(saved, tmp_path):
    import torch
    from safetensors.torch import load, save

    tensors = load(members(saved)["network.safetensors"])
    changes = {
        "nan": {**tensors, "module/head.bias": tensors["module/head.bias"] * float("nan")},
        "shape": {**tensors, "module/head.bias": torch.zeros(7)},
        "kind": {**tensors, "module/head.bias": tensors["module/head.bias"].double()},
        "more": {**tensors, "module/other": torch.zeros(7)},
        "less": {name: each for name, each in tensors.items() if name != "module/head.bias"},
        "scale": {**tensors, "scale": -tensors["scale"]},
        "features": {**tensors, "mean": tensors["mean"][:2], "scale": tensors["scale"][:2]},
    }
    for name, each in changes.items():
        path = rewritten(tmp_path / f"{name}.skops", saved, {"network.safetensors": save(each)})
        assert_refused(path)
    for body in (b"", b"\xff" * 40):
        assert_refused(rewritten(tmp_path / "b.skops", saved, {"network.safetensors": body}))


def test_a_module_of_ones_own_is_not_saved(tmp_path):
    import torch

    from xent.jobs.archives.model_file import save_model
    from xent.jobs.table_model import TableModel

    fitted = xent.fit("iris", C=1.0).model
    X = fitted.encoder.transform(iris())
    y = np.repeat([0, 1, 2], 50)
    own = xent.NeuralClassifier(module=torch.nn.Linear, epochs=1).fit(X, y)
    model = TableModel(fitted.target, fitted.classes, fitted.encoder, own, (50, 50, 50))
    with pytest.raises(DataError, match=r"`module` must be one of xent\.networks to be saved"):
        save_model(model, tmp_path / "m.skops")


def test_a_convolution_and_a_loss_with_parameters_come_back():
    from xent.networks import signal as convolution
    from xent.networks.network_file import network_of_parts, parts_of_network

    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((60, 12)), np.arange(60) % 3
    small = convolution(10, channels=(3, 4), width=3)
    losses = {
        "focal": {"gamma": 3.0},
        "cosface": {"scale": 8.0},
        "corn": {},
        "logit_adjusted": {"class_counts": (20, 20, 20)},
    }
    for name, parameters in losses.items():
        model = xent.NeuralClassifier(module=small, loss=name, loss_parameters=parameters, epochs=1)
        model.set_params(random_state=0).fit(X, y)
        back = network_of_parts(*parts_of_network(model))
        assert back.predict_log_proba(X).tobytes() == model.predict_log_proba(X).tobytes()


def test_findings_of_a_network_say_what_is_not_certified(fitted):
    html, text = render_html(fitted.findings), terminal(fitted.findings)
    for page in (html, text):
        assert "Not certified" in " ".join(page.split())
        assert "Largest coefficients" not in page
        assert "certified gap" not in page.lower()
    assert "Cross-entropy after each epoch, nats, logarithmic" in html
    training = json.loads(render_json(fitted.findings))["training"]
    assert training["best_epoch"] == fitted.model.classifier.best_epoch_
    assert len(training["epochs"]) == fitted.model.classifier.n_iter_


def test_a_network_escapes_the_saturated_start_by_cross_entropy_alone(fitted):
    (race,) = fitted.findings.races
    assert race.start == "wrong"
    assert race.cross_entropy.cross_entropy[0] == race.squared_error.cross_entropy[0]
    assert race.cross_entropy.error[-1] < 0.1
    assert race.squared_error.error[-1] > 0.5
    assert race.squared_error.gradient_norm[0] < 0.1 * race.cross_entropy.gradient_norm[0]


class Seen(Watcher):
    def __init__(self):
        self.folds, self.epochs, self.compared = [], [], []

    def comparison(self, fold, folds):
        self.folds.append((fold, folds))

    def epoch(self, epoch, last):
        self.epochs.append((epoch.number, last))

    def compared_epoch(self, epoch, last):
        self.compared.append((epoch.number, last))


def curved(n):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, 2))
    return {"a": X[:, 0], "b": X[:, 1], "far": np.hypot(X[:, 0], X[:, 1]) > 1.2}


@pytest.fixture
def quick(monkeypatch):
    """Networks of few steps in place of those of `fit`."""

    def small(_wishes, _problem):
        return xent.NeuralClassifier(
            hidden=(16,),
            members=1,
            embedding=False,
            epochs=30,
            batch_size=64,
            dropout=0.0,
            learning_rate=2e-2,
            random_state=0,
        )

    monkeypatch.setattr(model_choice, "_new_network", small)


@pytest.mark.usefixtures("quick")
def test_auto_takes_the_network_where_it_is_better_and_says_by_how_much():
    import pandas as pd

    watcher = Seen()
    found = xent.fit(pd.DataFrame(curved(300)), "far", model="auto", C=1.0, watcher=watcher)
    choice = found.findings.choice
    assert choice.chosen == "network"
    assert choice.difference.high < 0
    assert choice.network < choice.linear - 0.1
    assert choice.difference.value == pytest.approx(choice.network - choice.linear)
    assert watcher.folds == [(k, 5) for k in range(1, 6)]
    assert watcher.compared == watcher.epochs * 5
    assert f"the network wins by {-choice.difference.value:.3g}"[:22] in " ".join(
        terminal(found.findings).split()
    )


@pytest.mark.usefixtures("quick")
def test_auto_takes_the_linear_model_where_it_is_better():
    found = xent.fit("iris", model="auto", C=10.0)
    assert found.findings.choice.chosen == "linear"
    assert type(found.model.classifier).__name__ == "LogisticRegression"
    assert "the linear model wins by" in " ".join(render_html(found.findings).split())


@pytest.mark.usefixtures("quick")
def test_the_report_shows_what_a_network_looks_at_in_signals():
    fitted = xent.fit("heartbeats", model="network", rows=200)
    samples, table = fitted.findings.samples, load_builtin("heartbeats", rows=200)[0]
    assert samples.method == "integrated gradients"
    train = np.setdiff1d(np.arange(200), fitted.held_out_rows)
    X, symbols = fitted.model.encoder.transform(table, rows=train), table["beat"].to_numpy()[train]
    means = np.stack([X[symbols == one.label].mean(axis=0) for one in samples.classes])
    _, shares = fitted.model.classifier.class_attribution(means)
    names = fitted.model.encoder.get_feature_names_out()
    places = [k for k, name in enumerate(names) if name.startswith("mV")]
    for one, share in zip(samples.classes, shares[:, places], strict=True):
        assert one.attribution == pytest.approx(share, abs=1e-3)
    judged = xent.judge(fitted.model, table).findings
    for findings in (fitted.findings, judged):
        page = render_html(findings)
        assert "Mean signal of each class" in page
        assert "integrated gradients, the share of each sample in the logit" in " ".join(page.split())
        assert "Signals of these rows" in page
    text = terminal(fitted.findings)
    assert "trained by softmax cross-entropy on the CPU" in text or "on cuda" in text


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-0.3, -0.1, "the network wins by 0.200 nats, 95 % interval 0.100 to 0.300, and was fitted"),
        (0.1, 0.3, "the linear model wins by 0.200 nats, 95 % interval 0.100 to 0.300, and was fitted"),
        (-0.1, 0.1, "-0.100 to 0.100 nats, holds 0: a tie, which the simpler linear model wins."),
    ],
)
def test_the_choice_is_said_with_its_interval(low, high, said):
    chosen = "network" if high < 0 else "linear"
    middle = (low + high) / 2
    choice = ModelChoice(chosen, 100, 5, 0.5, 0.5 + middle, Estimate(middle, low, high))
    assert said in network_sentences.model_choice(choice, plain)


def test_a_model_of_no_known_kind_is_refused_before_the_table_is_read():
    with pytest.raises(DomainError, match="`model` must be one of linear, network, auto; got 'deep'"):
        xent.fit("iris", model="deep")
    with pytest.raises(DomainError, match="`resume` must be asked of a network"):
        check_model(ModelWishes("linear", 1.0, 1e-8, 0, None, resume=True))


@pytest.mark.parametrize(("name", "value"), [("C", 0.1), ("tol", 1e-4)])
def test_a_parameter_of_a_linear_model_is_refused_for_a_network(name, value):
    with pytest.raises(DomainError, match=rf"fit: `{name}` must be left out for a network, .* got {value}"):
        xent.fit("there is no such file", model="network", **{name: value})


def run_fit(folder, *options, data="iris"):
    """Run the command in this process, as its program does, signals included."""
    arguments = ["fit", str(data), "--model", "network", "-o", str(folder / "out"), *options]
    with raised_signals():
        return CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1"}).invoke(app, arguments)


@pytest.mark.slow
def test_a_killed_fit_resumes_to_the_same_model(saved, tmp_path):
    program = "from xent.cli import main; main()"
    command = [sys.executable, "-c", program, "fit", "iris", "--model", "network", "-o", "out"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE) as killed:
        while not (tmp_path / "out.checkpoint").exists():
            time.sleep(0.002)
        killed.kill()
    assert (tmp_path / "out.checkpoint").exists()
    assert not (tmp_path / "out").exists()
    resumed = run_fit(tmp_path, "--resume")
    assert (resumed.exit_code, resumed.stderr) == (0, "")
    assert not (tmp_path / "out.checkpoint").exists()
    assert (tmp_path / "out" / "model.skops").read_bytes() == saved.read_bytes()


@pytest.mark.slow
@pytest.mark.usefixtures("heeded_signals")
def test_an_interrupt_keeps_the_best_epoch_so_far_and_says_so(monkeypatch, tmp_path):
    def interrupt(_progress, epoch, _last):
        if epoch.number == 5:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(LiveProgress, "epoch", interrupt)
    done = run_fit(tmp_path)
    assert done.exit_code == 0
    assert "The training was interrupted after 5 epochs" in " ".join(done.stdout.split())
    with zipfile.ZipFile(tmp_path / "out" / "model.skops") as archive:
        assert json.loads(archive.read("network.json"))["facts"]["interrupted_"] is True


@pytest.mark.slow
@pytest.mark.usefixtures("heeded_signals")
def test_a_signal_that_ends_a_fit_says_where_its_epochs_are_kept(monkeypatch, tmp_path):
    def end(_progress, epoch, _last):
        if epoch.number == 2:
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(LiveProgress, "epoch", end)
    done = run_fit(tmp_path)
    place = tmp_path / "out.checkpoint"
    assert (done.exit_code, done.stderr) == (
        143,
        f"Stopped. Epochs are kept in {place}: --resume goes on.\n",
    )
    place.write_bytes(place.read_bytes()[:-1])
    done = run_fit(tmp_path, "--resume")
    assert done.exit_code == 2
    assert done.stderr.endswith("Remove the file to begin anew.\n")


@pytest.mark.usefixtures("quick", "heeded_signals")
def test_a_signal_between_folds_says_where_these_are_kept(monkeypatch, tmp_path):
    def end(_progress, fold, _folds):
        if fold == 2:
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(LiveProgress, "comparison", end)
    done = run_fit(tmp_path, "--model", "auto")
    folds = tmp_path / "out.checkpoint.folds"
    assert done.stderr == f"Stopped. Folds are kept in {folds}: --resume goes on.\n"
    assert [each.name for each in tmp_path.iterdir()] == [folds.name]


def test_the_progress_of_a_comparison_shows_the_fold_and_its_epochs():
    shown = LiveProgress(shown=False)
    shown.phase("fit")
    shown.comparison(2, 5)
    for number in (1, 2):
        shown.compared_epoch(Epoch(number, 0.5, 0.4, 0.3), 22)
    line = str(shown.__rich__())
    assert "fold 2 of 5  epoch 2  loss 0.5000  held out 0.3000  at least 0 s left" in line
    shown.epoch(Epoch(1, 0.5, 0.4, 0.3), 22)
    assert "fold" not in str(shown.__rich__())


def test_without_pytorch_one_line_says_what_to_install(tmp_path):
    code = (
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(name, path=None, target=None):\n"
        "        if name == 'torch': raise ModuleNotFoundError('none', name=name)\n"
        "sys.meta_path.insert(0, Absent)\n"
        "sys.argv = ['xent', 'fit', 'iris', '--model', 'auto']\n"
        "from xent.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )
    assert done.returncode == 2
    assert done.stderr == (
        "error: `model` must be linear where the package torch is not installed; got 'auto'. "
        'Run `pip install "xent[network]"`.\n'
    )
    assert list(tmp_path.iterdir()) == []
