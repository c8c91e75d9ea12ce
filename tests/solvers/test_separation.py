import numpy as np
import pytest
from scipy.optimize import linprog

from xent import LogisticRegression
from xent.solvers.baseline_likelihood import BaselineLikelihood
from xent.solvers.definite_inverse import inverse_of
from xent.solvers.overlap import overlap
from xent.solvers.separation import SeparatingColumn, Separation, separation


def margins_as_defined(X1, codes, K):
    """Rows (e_y - e_k) x, for all K classes and every k other than y."""
    rows = []
    for x, y in zip(X1, codes, strict=True):
        for k in range(K):
            if k != y:
                row = np.zeros((K, X1.shape[1]))
                row[y] += x
                row[k] -= x
                rows.append(row.ravel())
    return np.asarray(rows)


def kind_as_defined(X, codes, K):
    """None, "quasi" or "complete", by two programs over all rows as the definition has them."""
    A = margins_as_defined(np.column_stack([X, np.ones(len(X))]), codes, K)
    some = linprog(-A.sum(axis=0), A_ub=-A, b_ub=np.zeros(len(A)), bounds=(-1, 1))
    every = linprog(
        np.append(np.zeros(A.shape[1]), -1.0),
        A_ub=np.column_stack([-A, np.ones(len(A))]),
        b_ub=np.zeros(len(A)),
        bounds=[(-1, 1)] * A.shape[1] + [(None, 1)],
    )
    if -every.fun > 1e-7:
        return "complete"
    return "quasi" if -some.fun > 1e-7 else None


def random_case(seed):
    """Few rows of small integers, which overlap, touch or separate about equally often."""
    rng = np.random.default_rng(seed)
    K, p = int(rng.integers(2, 4)), int(rng.integers(1, 4))
    n = int(rng.integers(K + 2, 16))
    X = rng.integers(0, 3, size=(n, p)).astype(float)
    codes = np.concatenate([np.arange(K), rng.integers(0, K, size=n - K)])
    return X, codes.astype(np.intp), K


@pytest.mark.half_second
def test_kinds_are_those_of_the_definition():
    kinds = []
    for seed in range(40):
        X, codes, K = random_case(seed)
        found = separation(X, codes, K, fit_intercept=True)
        kinds.append(None if found is None else "complete" if found.complete else "quasi")
        assert kinds[-1] == kind_as_defined(X, codes, K), f"seed {seed}"
    assert min(kinds.count(kind) for kind in (None, "quasi", "complete")) >= 3


def test_overlap_is_proven_only_where_it_holds():
    proven = 0
    for seed in range(40):
        X, codes, K = random_case(seed)
        design = np.column_stack([X, np.ones(len(X))])
        likelihood = BaselineLikelihood(design, codes, np.ones(len(X)), K)
        theta = np.zeros(likelihood.shape)
        try:
            inverse = inverse_of(likelihood.information(theta))
        except np.linalg.LinAlgError:
            continue
        step = (inverse @ likelihood.score(theta).ravel()).reshape(theta.shape)
        if overlap(likelihood, theta, step).proven:
            proven += 1
            assert kind_as_defined(X, codes, K) is None, f"seed {seed}"
    assert proven > 5


@pytest.mark.parametrize(("n", "p"), [(2000, 5), (20_000, 10)])
def test_a_rare_level_that_decides_is_named_among_many_rows(n, p):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, p))
    y = (X.sum(axis=1) + rng.logistic(size=n) > 0).astype(np.intp)
    assert separation(X, y, 2, fit_intercept=True) is None
    X[:, 3] = rng.random(n) < 0.01
    y[X[:, 3] > 0] = 1
    expected = Separation(complete=False, columns=(SeparatingColumn(3, (1,)),))
    assert separation(X, y, 2, fit_intercept=True) == expected


def infinite_columns_as_defined(X, codes, K):
    """Columns with a coefficient that differs between classes in some direction of margins >= 0."""
    A = margins_as_defined(np.column_stack([X, np.ones(len(X))]), codes, K)
    P = X.shape[1] + 1
    found = set()
    for j in range(X.shape[1]):
        for k in range(1, K):
            for sign in (-1, 1):
                cost = np.zeros(K * P)
                cost[k * P + j], cost[j] = sign, -sign
                if linprog(cost, A_ub=-A, b_ub=np.zeros(len(A)), bounds=(-1, 1)).fun < -1e-7:
                    found.add(j)
    return found


def touching_case(seed):
    """Few rows with two rare levels that decide, one of which holds where the other does not."""
    rng = np.random.default_rng(seed)
    n, p, K = int(rng.integers(15, 25)), int(rng.integers(2, 5)), int(rng.integers(2, 4))
    X = rng.integers(0, 3, size=(n, p)) * rng.choice([1.0, 1.0, 10.0], size=(n, p))
    codes = rng.integers(0, K, size=n)
    codes[X[:, 0] >= 2] = K - 1
    codes[X[:, -1] >= 10] = 0
    return X, codes, K


@pytest.mark.parametrize(("n", "rare"), [(2000, 5), (20_000, 50)])
def test_a_level_that_none_of_the_first_rows_has_is_found(n, rare):
    """The first program's rows leave its coefficient free, in which they have no margin either way."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(n, 6))
    codes = (X[:, 0] + rng.logistic(size=n) > 0).astype(int)
    X[:, 4] = np.arange(n) >= n - rare
    codes[-rare:] = 1
    found = separation(X, codes, 2, fit_intercept=True)
    assert found == Separation(complete=False, columns=(SeparatingColumn(4, (1,)),))
    codes[-1] = 0
    assert separation(X, codes, 2, fit_intercept=True) is None


def test_tiny_probabilities_prove_no_overlap():
    """A level of five rows, all of one class, with a coefficient at which rounding hides their gradient."""
    rng = np.random.default_rng(1)
    X = np.column_stack([np.arange(2000) < 5, np.ones(2000)]).astype(float)
    y = (rng.random(2000) < 0.3).astype(np.intp)
    y[:5] = 1
    likelihood = BaselineLikelihood(X, y, np.ones(2000), 2)
    share = y[5:].mean()
    theta = np.asarray([[40.0, np.log(share / (1 - share))]])
    for shift in (0.0, 1e-3):
        assert not overlap(likelihood, theta, np.asarray([[shift, 0.0]])).proven


def test_rows_of_great_certainty_that_overlap_are_certified():
    rng = np.random.default_rng(2)
    X = rng.normal(size=(2000, 3))
    y = (25 * X[:, 0] + rng.logistic(size=2000) > 0).astype(int)
    model = LogisticRegression(C=np.inf).fit(X, y)
    assert model.gap_ <= 1e-8
    assert model.predict_proba(X).min() < 1e-12


@pytest.mark.slow
def test_all_infinite_coefficients_are_found():
    cases = 0
    for seed in range(120):
        X, codes, K = touching_case(seed)
        if len(np.unique(codes)) < K:
            continue
        found = separation(X, codes, K, fit_intercept=True)
        if found is not None and not found.complete:
            cases += 1
            columns = {one.column for one in found.columns}
            assert columns == infinite_columns_as_defined(X, codes, K), f"seed {seed}"
    assert cases > 20


def test_one_row_among_thousands_makes_the_classes_overlap():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(5000, 3))
    y = (X.sum(axis=1) > 0).astype(np.intp)
    assert separation(X, y, 2, fit_intercept=True) is not None
    y[np.argmax(X.sum(axis=1))] = 0
    assert separation(X, y, 2, fit_intercept=True) is None


def test_without_intercepts_the_direction_passes_through_the_origin():
    X, y = np.asarray([[1.0], [2.0], [3.0], [4.0]]), np.asarray([0, 0, 1, 1])
    assert separation(X, y, 2, fit_intercept=False) is None
    found = separation(X, y, 2, fit_intercept=True)
    assert found == Separation(complete=True, columns=(SeparatingColumn(0, (0, 1)),))


def test_large_offsets_hide_no_separation():
    X, y = np.arange(20.0)[:, None] + 1.7e9, (np.arange(20) >= 10).astype(np.intp)
    found = separation(X, y, 2, fit_intercept=True)
    assert found is not None
    assert found.complete
    y[[9, 10]] = 1, 0
    assert separation(X, y, 2, fit_intercept=True) is None
