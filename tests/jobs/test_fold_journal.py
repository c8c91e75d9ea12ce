"""A comparison of models that was killed goes on from the folds that had ended."""

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("torch")
pytest.importorskip("safetensors")

import xent
from xent.errors import DataError, OutputError
from xent.jobs import model_choice
from xent.jobs.fold_journal import remove_checkpoints
from xent.jobs.watcher import Watcher


class StoppedError(Exception):
    pass


class Stopping(Watcher):
    """Watcher that ends the run where fold `fold` begins, or after an epoch of the last training."""

    def __init__(self, fold=None, network_epoch=None):
        self.fold, self.network_epoch, self.folds = fold, network_epoch, []

    def comparison(self, fold, folds):
        del folds
        self.folds.append(fold)
        if fold == self.fold:
            raise StoppedError

    def epoch(self, epoch, last):
        del last
        if epoch.number == self.network_epoch:
            raise StoppedError


@pytest.fixture
def fits(monkeypatch):
    """Small networks in place of those of `fit`, and the number of rows of each of their trainings."""
    rows = []

    class Small(xent.NeuralClassifier):
        def fit(self, X, y, *arguments, **options):
            rows.append(len(y))
            return super().fit(X, y, *arguments, **options)

    def small(_wishes, _problem):
        plain = {"hidden": (16,), "members": 1, "embedding": False, "dropout": 0.0}
        return Small(**plain, epochs=3, batch_size=32, learning_rate=3e-2, random_state=0)

    monkeypatch.setattr(model_choice, "_new_network", small)
    return rows


def curved():
    X = np.random.default_rng(0).standard_normal((250, 2))
    return pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "far": np.hypot(X[:, 0], X[:, 1]) > 1.2})


def test_folds_that_ended_are_not_repeated_after_a_resume(fits, tmp_path):
    place = tmp_path / "out.checkpoint"
    settings = {"model": "auto", "C": 1.0, "checkpoint": place}
    whole = xent.fit(curved(), "far", **settings)
    assert len(fits) == 6
    remove_checkpoints(place)
    assert list(tmp_path.iterdir()) == []
    fits.clear()
    with pytest.raises(StoppedError):
        xent.fit(curved(), "far", watcher=Stopping(fold=4), **settings)
    assert len(fits) == 3
    with pytest.raises(StoppedError):
        xent.fit(curved(), "far", watcher=Stopping(network_epoch=2), resume=True, **settings)
    # Folds 4 and 5, and the training on all rows that was stopped.
    assert len(fits) == 6
    seen = Stopping()
    resumed = xent.fit(curved(), "far", resume=True, watcher=seen, **settings)
    assert len(fits) == 7
    assert resumed.held_out_log_probs.tobytes() == whole.held_out_log_probs.tobytes()
    assert resumed.findings.choice == whole.findings.choice
    with pytest.raises(DataError, match="of other data"):
        xent.fit(curved().iloc[1:], "far", resume=True, **settings)
    fits.clear()
    xent.fit(curved().iloc[1:], "far", **settings)
    assert len(fits) == 6


def test_a_checkpoint_of_a_name_that_the_system_refuses_is_one_line(tmp_path):
    with pytest.raises(OutputError, match="`checkpoint` must be a file that can be written"):
        xent.fit(curved(), "far", model="auto", C=1.0, checkpoint=tmp_path / ("x" * 300))
