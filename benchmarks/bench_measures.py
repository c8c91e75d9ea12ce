"""
Measures beside SciPy, scikit-learn and, where installed, dit, pyitlib and infomeasure.

Every provider gets the same arrays and runs as its documentation advises. The error of each row is its
distance from the truth in units in the last place, the largest of a few rows of a batch; the truth is the
definition in 60 digits.
"""

from __future__ import annotations

import argparse
import importlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import scipy
import scipy.special
import scipy.stats
from mpmath import fsum, log, mp, mpf
from scipy.spatial import distance

from benchmarks.taking_turns import percentiles, seconds_in_turns, share
from xent import measures

Array = Any
_DIGITS = 60
_ROWS = 3


@dataclass(frozen=True)
class Case:
    """One quantity of some arrays, the providers that compute it, and its truth for one row."""

    name: str
    arrays: tuple[Array, ...]
    providers: Mapping[str, Callable[..., Any]]
    truth: Callable[..., Any]


def main(arguments: list[str]) -> None:
    """Print a row for each case and provider."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks measures", description=__doc__)
    parser.add_argument("--turns", type=int, default=21, help="counted turns of each provider")
    chosen = parser.parse_args(arguments)
    print(f"numpy {np.__version__}, scipy {scipy.__version__}, float64, median of {chosen.turns} turns")
    rivals = {name: _installed(name) for name in ("sklearn.metrics", "dit", "pyitlib", "infomeasure")}
    print(f"{'case':34} {'provider':22} {'p20 us':>10} {'p50 us':>10} {'p80 us':>10}  ratio  error, ulp")
    for case in _cases(rivals):
        _print(case, seconds_in_turns(case.providers, case.arrays, turns=chosen.turns))


def _installed(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"{name.partition('.')[0]} is not installed and is left out")
        return None


def _cases(rivals: Mapping[str, ModuleType | None]) -> list[Case]:
    rng = np.random.default_rng(20261120)
    vector = rng.dirichlet(np.ones(1000), size=2)
    batch = rng.dirichlet(np.ones(100), size=(2, 10_000))
    long = rng.dirichlet(np.ones(1_000_000), size=2)
    near = rng.dirichlet(np.ones(1000))
    close = near * (1 + 1e-9 * rng.standard_normal(1000))
    counts = rng.multinomial(1_000_000, rng.dirichlet(np.ones(32 * 32))).reshape(32, 32)
    return [
        Case("entropy of 1,000", (vector[0],), _entropy(rivals), _exact_entropy),
        Case("entropy of 10,000 x 100", (batch[0],), _entropy({}), _exact_entropy),
        Case("entropy of 1,000,000", (long[0],), _entropy({}), _exact_entropy),
        Case("KL of 1,000", tuple(vector), _kl_divergence(rivals), _exact_kl),
        Case("KL of 1,000, almost equal", (near, close / close.sum()), _kl_divergence(rivals), _exact_kl),
        Case("KL of 10,000 x 100", tuple(batch), _kl_divergence({}), _exact_kl),
        Case("KL of 1,000,000", tuple(long), _kl_divergence({}), _exact_kl),
        Case("JS distance of 1,000", tuple(vector), _js_distance(rivals), _exact_js_distance),
        Case("JS distance of 1,000,000", tuple(long), _js_distance({}), _exact_js_distance),
        Case("mutual information of 32 x 32", (counts,), _mutual_information(rivals), _exact_mutual),
        Case("mutual information of 1e6 pairs", _pairs(counts, rng), _from_samples(rivals), _exact_of_pairs),
    ]


def _entropy(rivals: Mapping[str, ModuleType | None]) -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {
        "xent": measures.entropy,
        "xent, not validated": lambda p: measures.entropy(p, validate=False),
        "scipy.stats.entropy": lambda p: scipy.stats.entropy(p, axis=-1),
        "scipy.special.entr": lambda p: scipy.special.entr(p).sum(axis=-1),
    }
    if rivals.get("dit"):
        pmf = importlib.import_module("dit.shannon").entropy_pmf
        found["dit"] = lambda p: pmf(p) * np.log(2)
    if rivals.get("pyitlib"):
        of_pmf = importlib.import_module("pyitlib.discrete_random_variable").entropy_pmf
        found["pyitlib"] = lambda p: of_pmf(p, base=np.e)
    return found


def _kl_divergence(rivals: Mapping[str, ModuleType | None]) -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {
        "xent": measures.kl_divergence,
        "scipy.stats.entropy": lambda p, q: scipy.stats.entropy(p, q, axis=-1),
        "scipy.special.rel_entr": lambda p, q: scipy.special.rel_entr(p, q).sum(axis=-1),
        "scipy.special.kl_div": lambda p, q: scipy.special.kl_div(p, q).sum(axis=-1),
    }
    if rivals.get("pyitlib"):
        of_pmf = importlib.import_module("pyitlib.discrete_random_variable").divergence_kullbackleibler_pmf
        found["pyitlib"] = lambda p, q: of_pmf(p, q, base=np.e)
    return found


def _js_distance(rivals: Mapping[str, ModuleType | None]) -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {
        "xent": measures.js_distance,
        "scipy jensenshannon": lambda p, q: distance.jensenshannon(p, q, axis=-1),
    }
    if rivals.get("pyitlib"):
        of_pmf = importlib.import_module("pyitlib.discrete_random_variable").divergence_jensenshannon_pmf
        found["pyitlib"] = lambda p, q: np.sqrt(of_pmf(p, q, base=np.e))
    return found


def _mutual_information(rivals: Mapping[str, ModuleType | None]) -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {
        "xent": lambda counts: measures.mutual_information(counts, normalize=True)
    }
    metrics = rivals.get("sklearn.metrics")
    if metrics:
        found["scikit-learn"] = lambda counts: metrics.mutual_info_score(None, None, contingency=counts)
    return found


def _pairs(counts: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Samples of two variables with these joint counts, in random order."""
    cells = rng.permutation(np.repeat(np.arange(counts.size), counts.ravel()))
    return cells // counts.shape[1], cells % counts.shape[1]


def _from_samples(rivals: Mapping[str, ModuleType | None]) -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {
        "xent": lambda x, y: measures.estimators.mutual_information_from_samples(x, y).value,
        "numpy.bincount": _bincount_information,
    }
    metrics = rivals.get("sklearn.metrics")
    if metrics:
        found["scikit-learn"] = metrics.mutual_info_score
    if rivals.get("pyitlib"):
        information = importlib.import_module("pyitlib.discrete_random_variable").information_mutual
        found["pyitlib"] = lambda x, y: information(x, y, base=np.e)
    infomeasure = rivals.get("infomeasure")
    if infomeasure:
        found["infomeasure"] = lambda x, y: infomeasure.mutual_information(x, y, approach="discrete")
    return found


def _bincount_information(x: Array, y: Array) -> Any:
    """Mutual information without a library: a count of the pairs, and the definition."""
    table = np.bincount(x * 32 + y, minlength=32 * 32).reshape(32, 32) / len(x)
    return scipy.special.rel_entr(table, table.sum(1, keepdims=True) * table.sum(0)).sum()


def _print(case: Case, seconds: Mapping[str, list[float]]) -> None:
    rows = _first_rows(case)
    with mp.workdps(_DIGITS):
        truths = [case.truth(*map(_numbers, row)) for row in rows]
    for name, times in seconds.items():
        low, middle, high = (1e6 * seconds for seconds in percentiles(times))
        error = max(_units(case.providers[name](*row), t) for row, t in zip(rows, truths, strict=True))
        part = share(seconds["xent"], times)
        print(f"{case.name:34} {name:22} {low:10.1f} {middle:10.1f} {high:10.1f} {part:6.2f} {error:11.3g}")


def _first_rows(case: Case) -> list[tuple[Array, ...]]:
    if case.arrays[0].ndim == 1 or "mutual" in case.name:
        return [case.arrays]
    return [tuple(array[k] for array in case.arrays) for k in range(_ROWS)]


def _units(found: Any, truth: Any) -> float:
    with mp.workdps(_DIGITS):
        return float(abs(mpf(float(found)) - truth) / mpf(float(np.spacing(float(truth)))))


def _numbers(values: Array) -> Any:
    return [_numbers(value) for value in values] if np.ndim(values) else mpf(float(values))


def _exact_entropy(p: list[Any]) -> Any:
    return -fsum(x * log(x) for x in p)


def _exact_kl(p: list[Any], q: list[Any]) -> Any:
    """KL divergence plus the difference of the sums of q and p, which rounding makes different from 0."""
    return fsum(x * log(x / y) for x, y in zip(p, q, strict=True) if x) + fsum(q) - fsum(p)


def _exact_js_distance(p: list[Any], q: list[Any]) -> Any:
    mixture = [(x + y) / 2 for x, y in zip(p, q, strict=True)]
    return mp.sqrt((_exact_kl(p, mixture) + _exact_kl(q, mixture)) / 2)


def _exact_of_pairs(x: list[Any], y: list[Any]) -> Any:
    pairs = Counter(zip(map(int, x), map(int, y), strict=True))
    return _exact_mutual([[mpf(pairs[a, b]) for b in range(32)] for a in range(32)])


def _exact_mutual(counts: list[list[Any]]) -> Any:
    total = fsum(fsum(row) for row in counts)
    table = [[count / total for count in row] for row in counts]
    rows, columns = [fsum(row) for row in table], [fsum(column) for column in zip(*table, strict=True)]
    return _exact_kl([x for row in table for x in row], [r * c for r in rows for c in columns])
