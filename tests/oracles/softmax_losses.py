"""Losses on a row of logits, from their definitions. Run as ``python -m tests.oracles.softmax_losses``."""

import numpy as np
from mpmath import exp, fsum, inf, log, mpf
from tests.oracles import tables

__all__ = ["digits", "rows", "truths"]


def cross_entropy(z, t):
    """``sum t_k (log sum exp z - z_k)`` with gradient ``s p - t``."""
    total = fsum(map(exp, z))
    p = [exp(x) / total for x in z]
    value = fsum(w * (log(total) - x if x > -inf else inf) for w, x in zip(t, z, strict=True) if w)
    return value, [fsum(t) * x - w for x, w in zip(p, t, strict=True)]


def squared_error(z, t):
    """``sum (p_k - t_k)^2 / 2`` with gradient ``p_k (r_k - sum p r)``, ``r = p - t``."""
    p, r = _probs_and_residuals(z, t)
    mean = _dot(p, r)
    return _dot(r, r) / 2, [x * (y - mean) for x, y in zip(p, r, strict=True)]


def cross_entropy_product(z, t, v):
    """Hessian ``s (diag p - p p^T)`` times v."""
    return [fsum(t) * x for x in _jacobian_product(_probs_and_residuals(z, t)[0], v)]


def squared_error_product(z, t, v):
    """Derivative along v of the gradient of `squared_error`."""
    p, r = _probs_and_residuals(z, t)
    u = _jacobian_product(p, v)
    mean, turn = _dot(p, r), _dot(u, r) + _dot(p, u)
    return [a * (y - mean) + x * (a - turn) for a, x, y in zip(u, p, r, strict=True)]


def truths(row):
    """What is stored of one row: each loss of its label and, in short rows, of its targets."""
    z, v = tables.numbers(row["logits"]), tables.numbers(row["vector"])
    onehot = [mpf(k == row["label"]) for k in range(len(z))]
    found = {"of_label": _losses(z, onehot, v)}
    if row["targets"]:
        found["of_targets"] = _losses(z, tables.numbers(row["targets"]), v)
    return found


def digits(row):
    """Enough to see the smallest exponential that is a float beside 1, however large the logits."""
    largest = max(abs(float(x)) for x in row["logits"] if float(x) > -np.inf)
    return 900 + 2 * int(np.log10(1 + largest))


def _losses(z, t, v):
    value, gradient = cross_entropy(z, t)
    of_cross_entropy = {"value": value, "gradient": gradient}
    value, gradient = squared_error(z, t)
    of_squared_error = {"value": value}
    if len(z) <= 10:
        of_squared_error["gradient"] = gradient
        of_cross_entropy["product"] = cross_entropy_product(z, t, v)
        of_squared_error["product"] = squared_error_product(z, t, v)
    return {"cross_entropy": of_cross_entropy, "squared_error": of_squared_error}


def _probs_and_residuals(z, t):
    total = fsum(map(exp, z))
    p = [exp(x) / total for x in z]
    return p, [x - w for x, w in zip(p, t, strict=True)]


def _jacobian_product(p, v):
    mean = _dot(p, v)
    return [x * (y - mean) for x, y in zip(p, v, strict=True)]


def _dot(a, b):
    return fsum(x * y for x, y in zip(a, b, strict=True))


def _hard_logits():
    """Rows of logits by what is hard about them; all but the last group are exact in 32 bits."""
    rng = np.random.default_rng(20260907)
    for gap in (0.0, 2.0**-30, 0.5, 1.0, 17.0, 50.0, 88.0, 103.0, 708.0, 744.0, 1e4):
        yield "a gap", np.float32([0.0, -gap])
    for offset in (0.3, -3.7, 1234.5):
        yield "a gap with an offset", np.float32([offset, offset - 41.3])
        yield "a wide gap with an offset", np.float32([offset - 601.7, offset])
    for scale in (0.01, 1.0, 10.0, 100.0):
        for shift in (0.0, 1e3, -1e6):
            yield "normal logits", (scale * rng.standard_normal(5) + shift).astype(np.float32)
        yield "normal logits", (scale * rng.standard_normal(10) + 0.7).astype(np.float32)
    yield "all equal", np.full(5, -2.25, dtype=np.float32)
    yield "all equal", np.full(10, 1e30, dtype=np.float32)
    yield "two tied at the top", np.float32([1.7, -0.4, 1.7, 0.9, -60.0])
    yield "all tied but one", np.float32([3.0, 3.0, 3.0, -20.0, 3.0])
    yield "masked", np.float32([-np.inf, 0.8, -1.3, -np.inf, 2.4])
    yield "all but one masked", np.float32([-np.inf, -np.inf, -9.5, -np.inf, -np.inf])
    yield "masked and sure", np.float32([40.0, -np.inf, 0.1, -3.3, -np.inf])
    yield "one class", np.float32([13.7])
    yield "one class", np.float32([-1e38])
    yield "extreme", np.float32([3e38, -3e38])
    yield "subnormal", np.asarray([5e-324, 0.0])
    yield "neighbours far out", np.asarray([2.0**60, 2.0**60 + 256.0])
    yield "huge and near", np.asarray([1e15 + 0.125, 1e15 - 3.5, 1e15 + 2.25, 1e15, 1e15 - 700.0])
    yield "beyond 32 bits", np.asarray([0.1, 0.2, 50.3, -13.7, 50.1])
    yield "extreme in 64 bits", np.asarray([1.7e308, -1.7e308])
    yield "many classes", (3 * rng.standard_normal(1000)).astype(np.float32)
    yield "many classes, one sure", np.float32([7.0, *[-0.5] * 998, 40.0])


def rows():
    """The inputs: each row of logits with a large, a small and a middle logit at the label."""
    rng = np.random.default_rng(20260908)
    for note, logits in _hard_logits():
        K = len(logits)
        order = np.argsort(logits, kind="stable")
        labels = {1: order, 2: order, 1000: order[-1:]}.get(K, order[[-1, 0, K // 2]])
        weights = np.where(rng.random(K) < 0.3, 0.0, rng.random(K)).astype(np.float32)
        weights[order[-1]] = 0.5
        if note.startswith("masked"):
            weights[np.isneginf(logits)] = 0
        targets = (weights / weights.sum()).astype(np.float32)
        for label in labels:
            yield {
                "note": note,
                "logits": [_storable(x) for x in logits],
                "label": int(label),
                "vector": [float(x) for x in rng.standard_normal(K).astype(np.float32)] if K <= 10 else [],
                "targets": [float(x) for x in targets] if K <= 10 else [],
            }


def _storable(number):
    return float(number) if np.isfinite(number) else str(float(number))


if __name__ == "__main__":
    table = []
    for row in rows():
        found = tables.to_precision(digits(row), truths, row)
        assert found == tables.to_precision(2 * digits(row), truths, row), row["note"]
        table.append({**row, **found})
    tables.write("softmax_losses", table)
