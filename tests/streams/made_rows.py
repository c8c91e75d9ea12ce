"""Rows of a softmax model, and files of them."""

import numpy as np


def made_rows(n, p=4, classes=3, *, seed=1):
    """Features off the origin and of unequal scales, and classes drawn from a softmax of them."""
    rng = np.random.default_rng(seed)
    X = 5 + rng.normal(size=(n, p)) * np.exp(rng.normal(size=p))
    slopes = rng.normal(size=(classes, p)) / X.std(axis=0)
    y = ((X - 5) @ slopes.T + rng.gumbel(size=(n, classes))).argmax(axis=1)
    assert len(np.unique(y)) == classes
    return X, y


def table_of(X, y, **more):
    import pyarrow as pa

    return pa.table({**{f"x{j}": X[:, j] for j in range(X.shape[1])}, "y": y, **more})


def write_parquet(path, X, y, *, group=1000, **more):
    import pyarrow.parquet as pq

    pq.write_table(table_of(X, y, **more), path, row_group_size=group)
    return path


def batches_of(X, y, size=700):
    """Function that returns the rows in batches of `size`."""
    return lambda: ((X[k : k + size], y[k : k + size]) for k in range(0, len(X), size))


def assert_same_bits(one, other):
    """Raise unless two fits ended at the same coefficients, bit for bit."""
    assert one.coef_.tobytes() == other.coef_.tobytes()
    assert one.intercept_.tobytes() == other.intercept_.tobytes()
    assert [each.gap for each in one.history_] == [each.gap for each in other.history_]
