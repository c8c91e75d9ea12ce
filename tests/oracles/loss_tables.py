"""
Truths of a loss from its definition alone: the `DEFINITION` in ``tests/losses/test_NAME.py``.

Gradient and product with the Hessian are central differences of the definition at many more digits than are
kept. Run as ``python -m tests.oracles.loss_tables [NAME ...]``, which writes ``losses/NAME.json`` beside this
file and checks each row at twice the digits.
"""

import functools
import importlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from mpmath import fsum, inf, log, mp, mpf
from tests.oracles import tables
from tests.oracles.hard_rows import HARD

__all__ = [
    "Definition",
    "definition_of",
    "digits",
    "far_targets",
    "positive_shares",
    "read",
    "rows",
    "scaled_cross_entropy",
    "softmax",
    "stems",
    "truths",
    "write",
]

_FOLDER = Path(__file__).parent / "losses"
_ROOT = Path(__file__).parents[2]
_TESTS = _ROOT / "tests" / "losses"
# Steps of differences, and digits that are left of a number of so many when two near ones are subtracted.
_STEP_DIGITS = 60


@dataclass(frozen=True)
class Definition:
    """
    Definition of a loss in mpmath, with the inputs and parameters at which the loss must meet it.

    Parameters
    ----------
    value : callable
        ``value(z, truth, **parameters)``, as the paper writes it.
    source : str
        Paper and equation.
    inputs : str or callable
        Kind of hard rows, ``"logits"``, ``"logit"`` or ``"cosines"``, or a function that yields the rows.
    parameters : tuple or callable
        Choices of parameters to try, or a function of the number of classes that returns them.
    units : dict
        Errors allowed, in units in the last place: ``"value"`` of each value, ``"gradient"`` of each entry of
        a gradient (with ``"gradient of rows"``: of the largest entry of its row), ``"product"`` of the
        largest entry of a row's product with the Hessian. `test_oracle.py` explains the other keys.
    truths : callable, optional
        ``truths(logits, rng)``, the truths for a row; by default the labels of its largest, its smallest
        finite and a middle logit.
    """

    value: Callable
    source: str
    inputs: str | Callable
    parameters: tuple | Callable
    units: dict
    truths: Callable | None = None


def stems():
    """Names of the losses that have a definition."""
    return sorted(_modules())


def definition_of(stem):
    """The `Definition` of a loss."""
    return importlib.import_module(_modules()[stem]).DEFINITION


@functools.cache
def _modules():
    """The test module of each loss that has a definition; nothing is imported to find them."""
    paths = [p for p in _TESTS.rglob("test_*.py") if "\nDEFINITION = " in p.read_text(encoding="utf-8")]
    names = {p.stem.removeprefix("test_"): p.relative_to(_ROOT).with_suffix("").parts for p in paths}
    return {name: ".".join(parts) for name, parts in names.items()}


def read(stem):
    """The rows of the table of a loss."""
    return json.loads((_FOLDER / f"{stem}.json").read_text(encoding="utf-8"))


def truths(definition, row):
    """Value, gradient and product with the Hessian of one row."""
    z, v = tables.numbers(row["logits"]), tables.numbers(row["vector"])
    truth = row["truth"] if isinstance(row["truth"], int) else tables.numbers(_flat(row["truth"]))

    def value(point):
        return definition.value(point, truth, **row["parameters"])

    gradient = [_difference(value, z, _unit(z, k)) for k in range(len(z))]
    product = [_difference(lambda p, k=k: _difference(value, p, _unit(z, k)), z, v) for k in range(len(z))]
    noise = abs(value(z)) * mpf(10) ** (2 * _STEP_DIGITS + 10 - digits(row))
    gradient, product = ([x if abs(x) > noise else mpf(0) for x in part] for part in (gradient, product))
    return {"value": value(z), "gradient": gradient, "product": product}


def digits(row):
    """Enough for an exponential of the widest gap beside 1, and for two differences of near numbers."""
    finite = [abs(x) for x in map(float, row["logits"]) if x > -np.inf]
    widest = 2 * max(finite) / np.log(10)
    return int(4 * _STEP_DIGITS + 60 + min(widest, 1000))


def rows(definition):
    """The inputs: hard rows of logits, each with every kind of truth and every choice of parameters."""
    rng = np.random.default_rng(20261120)
    hard = definition.inputs if callable(definition.inputs) else HARD[definition.inputs]
    for logits in hard():
        vector = rng.standard_normal(len(logits)).astype(np.float32)
        vector[np.isneginf(logits)] = 0
        for truth in definition.truths(logits, rng) if definition.truths else _labels(logits):
            for parameters in _parameters(definition, logits):
                yield {
                    "logits": [_storable(x) for x in logits],
                    "truth": truth,
                    "vector": [float(x) for x in vector],
                    "parameters": parameters,
                }


def write(stem):
    """Compute the table of a loss and store it."""
    definition, table = definition_of(stem), []
    for row in rows(definition):
        found = tables.to_precision(digits(row), truths, definition, row)
        assert found == tables.to_precision(2 * digits(row), truths, definition, row), row
        table.append({**row, **found})
    lines = ",\n".join(json.dumps(row) for row in table)
    (_FOLDER / f"{stem}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _parameters(definition, logits):
    """Those to try; some are numbers for each class, so that they depend on how many there are."""
    return definition.parameters(len(logits)) if callable(definition.parameters) else definition.parameters


def _difference(function, point, direction):
    step = mpf(10) ** -_STEP_DIGITS
    ahead, behind = (
        [x + s * d if x > -inf else x for x, d in zip(point, direction, strict=True)] for s in (step, -step)
    )
    high, low = function(ahead), function(behind)
    if abs(high) == inf:
        raise ValueError("an infinite value has no difference: leave such a row to a test of its own")
    return (high - low) / (2 * step)


def _unit(z, k):
    return [mpf(j == k) for j in range(len(z))]


def _labels(logits):
    """The largest, the smallest finite and a middle logit."""
    order = np.argsort(logits, kind="stable")
    order = order[np.isfinite(logits[order])]
    return sorted({int(order[-1]), int(order[0]), int(order[len(order) // 2])})


def _flat(truth):
    return truth if isinstance(truth, list) else [truth]


def _storable(number):
    return float(number) if np.isfinite(number) else str(float(number))


def softmax(z):
    """Probabilities, by their definition."""
    exponentials = [mp.exp(x) for x in z]
    total = fsum(exponentials)
    return [x / total for x in exponentials]


def scaled_cross_entropy(cosines, label, scale, of_label):
    """``-log softmax(scale * cosines)`` at the label, which has the cosine `of_label` instead of its own."""
    logits = [mpf(scale) * (of_label if k == label else c) for k, c in enumerate(cosines)]
    return log(fsum(map(mp.exp, logits))) - logits[label]


def positive_shares(logits, rng, whole=1024):
    """A distribution in 1024ths without a zero but at ``-inf``."""
    allowed = logits > -inf
    shares = np.zeros(len(logits))
    weights = rng.dirichlet(np.ones(allowed.sum()))
    shares[allowed] = (1 + rng.multinomial(whole - allowed.sum(), weights)) / whole
    return shares


def far_targets(logits):
    """The first choice for certain, the last for certain, and a distribution that prefers the last."""
    order = np.argsort(logits)[np.count_nonzero(np.isneginf(logits)) :]
    first, last = np.eye(len(logits))[order[-1]], np.eye(len(logits))[order[0]]
    return [first.tolist(), last.tolist(), (0.75 * last + 0.25 * first).tolist()]


if __name__ == "__main__":
    for name in sys.argv[1:] or stems():
        write(name)
