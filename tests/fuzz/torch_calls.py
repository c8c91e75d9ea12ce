"""The calls of `xent.torch` against their definitions, and against PyTorch where arguments are odd."""

import numpy as np
import torch
from mpmath import fsum, inf, mp, mpf, nan
from tests.fuzz.cases import chance, distributions, logits, one_of
from tests.fuzz.cross_entropies import event_truth, row_truth
from tests.fuzz.odd_torch_calls import kind_of, of_odd_arguments
from tests.fuzz.truths import met, number

import xent.torch

__all__ = ["KNOWN", "attempt"]

KNOWN = ()
_DTYPES = (torch.float64, torch.float32, torch.float32, torch.float16, torch.bfloat16)


def attempt(rng):
    """One call, on tensors of any layout."""
    kinds = of_labels, of_labels, of_probabilities, of_events, of_log_probs, of_divergence, of_hidden_states
    one_of(rng, *kinds, of_odd_arguments)(rng)


def of_labels(rng):
    """Cross-entropy of labels with every reduction, weights, smoothing and ignored rows."""
    z, given = _drawn(rng)
    N, K = z.shape
    y = rng.integers(0, K, N)
    y[rng.random(N) < 0.2] = -100
    weight = 2.0 ** rng.integers(-2, 3, K) if chance(rng, 0.3) else np.ones(K)
    smoothing = one_of(rng, 0.0, 0.0, 0.1)
    options = {"label_smoothing": smoothing, "weight": _like(given, weight) if (weight != 1).any() else None}
    with mp.workdps(60):
        masses = []
        for label in y:
            m = [number(w) * mpf(smoothing) / K for w in weight]
            if label >= 0:
                m[label] += number(weight[label]) * (1 - mpf(smoothing))
            masses.append(m if label >= 0 else None)
        mass = fsum(number(weight[label]) for label in y if label >= 0)
        label_dtype = one_of(
            rng, torch.int64, torch.int64, torch.int32, torch.uint8 if y.min(initial=0) >= 0 else torch.int16
        )
        target = torch.tensor(y).to(label_dtype)
        _check(rng, xent.torch.cross_entropy, given, target, options, _rows(z, masses), mass, smoothing == 0)


def of_probabilities(rng):
    """Cross-entropy of probabilities, whatever they sum to."""
    z, given = _drawn(rng)
    if z.shape[1] == 1 and z.ndim == 1:
        return
    targets = distributions(rng, z.shape, np.float32) * one_of(rng, 1.0, 2.0)
    target = torch.tensor(targets).to(given.dtype)
    t = target.double().numpy()
    with mp.workdps(60):
        rows = _rows(z, [[number(x) for x in row] for row in t])
        _check(rng, xent.torch.cross_entropy, given, target, {}, rows, mpf(len(z)), False)


def of_events(rng):
    """Sigmoid cross-entropy with both weights, infinite logits among the finite ones."""
    z, given = _drawn(rng)
    hard = chance(rng, 0.6)
    t = rng.integers(0, 2, z.shape).astype(float) if hard else rng.integers(0, 65, z.shape) / 64
    q = 2.0 ** rng.integers(-2, 3, z.shape[1]) if chance(rng, 0.3) else np.ones(z.shape[1])
    target, weight = torch.tensor(t).to(given.dtype), _like(given, q)
    leaf = given.clone().requires_grad_()
    found = xent.torch.binary_cross_entropy_with_logits(leaf, target, pos_weight=weight, reduction="none")
    found.sum().backward()
    half = given.dtype.itemsize == 2
    with mp.workdps(60):
        for place in list(np.ndindex(z.shape))[:40]:
            value, slope, scale = event_truth(z[place], t[place], q[place[1]])
            note = f"event {given.dtype} z={z[place]} t={t[place]}"
            _met_half(half, 5, found[place], value, f"value of {note}", float(value))
            _met_half(half, 5, leaf.grad[place], slope, f"slope of {note}", float(scale))


def of_log_probs(rng):
    """Negative log-likelihood: entries of the input, to the last digit."""
    z, given = _drawn(rng)
    y = rng.integers(0, z.shape[1], len(z))
    y[rng.random(len(y)) < 0.2] = -100
    found = xent.torch.nll_loss(given, torch.tensor(y), reduction="none").double().numpy()
    truth = [0.0 if label < 0 else 0.0 - z[n, label] for n, label in enumerate(y)]
    assert np.array_equal(found, truth, equal_nan=True), f"nll_loss {found.tolist()} for {truth}"


def of_divergence(rng):
    """Terms of the divergence; PyTorch has nan where a target is 0 and the model has -inf."""
    K, dtype = one_of(rng, 1, 2, 5), one_of(rng, torch.float64, torch.float32)
    p = torch.tensor(distributions(rng, (3, K), np.float32)).to(dtype)
    log_q = torch.tensor(distributions(rng, (3, K), np.float32)).to(dtype).log()
    found = xent.torch.kl_div(log_q, p, reduction="none").double().numpy()
    with mp.workdps(60):
        for place in np.ndindex(3, K):
            t, x = number(p[place].item()), log_q[place].item()
            value = mpf(0) if t == 0 else inf if np.isinf(x) else t * (mp.log(t) - number(x))
            scale = float(t * (abs(mp.log(t)) + abs(number(x)))) if t and np.isfinite(x) else None
            scale = None if scale is None else np.asarray(scale)
            met(3, found[place].astype(p.numpy().dtype), value, f"kl_div t={t} log_q={x}", scale=scale)


def of_hidden_states(rng):
    """A linear layer whose logits are exact, so that the loss is that of cross_entropy on them."""
    N, D, C = one_of(rng, 0, 1, 3, 70), one_of(rng, 1, 2, 8), one_of(rng, 1, 2, 5, 130)
    dtype = one_of(rng, torch.float64, torch.float32, torch.bfloat16)
    hidden = torch.tensor(rng.integers(-4, 5, (N, D)) / 4).to(dtype).requires_grad_()
    layer = torch.tensor(rng.integers(-4, 5, (C, D)) / 4).to(dtype).requires_grad_()
    y = torch.tensor(rng.integers(0, C, N))
    if N:
        y[rng.random(N) < 0.3] = -100
    reduction = one_of(rng, "mean", "sum", "none")
    chunk = one_of(rng, None, 1, 64 * C * 8)
    found = xent.torch.linear_cross_entropy(
        hidden, layer, y, reduction=reduction, chunk_bytes=chunk, out_dtype=torch.float64
    )
    logits_of = (hidden.detach().double() @ layer.detach().double().T).requires_grad_()
    truth = xent.torch.cross_entropy(logits_of, y, reduction=reduction)
    eps = torch.finfo(torch.float32 if dtype.itemsize == 2 else dtype).eps
    note = f"linear {dtype} N={N} D={D} C={C} {reduction} chunk={chunk}"
    torch.testing.assert_close(
        found, truth, rtol=8 * eps, atol=8 * eps * 1e-30, equal_nan=True, msg=lambda m: f"{note}: {m}"
    )
    if N == 0:
        return
    found.sum().backward()
    truth.sum().backward()
    G = logits_of.grad
    for got, true, size in (
        (hidden.grad, G @ layer.detach().double(), G.abs() @ layer.detach().double().abs()),
        (layer.grad, G.T @ hidden.detach().double(), G.abs().T @ hidden.detach().double().abs()),
    ):
        bound = 8 * torch.finfo(dtype).eps * (size + true.abs()) + 1e-40
        apart = (got.double() - true).abs()
        assert bool((apart <= bound).all()), (
            f"gradient of {note}: {float((apart / bound).max() * 8):.3g} > 8 eps"
        )


def _drawn(rng):
    """Logits as 64-bit floats and as a tensor of some dtype and layout."""
    dtype = one_of(rng, *_DTYPES)
    shape = one_of(rng, 0, 1, 2, 5, 17), one_of(rng, 1, 2, 3, 16, 97, 200)
    z = logits(rng, shape, np.float16 if dtype == torch.float16 else np.float32)
    if chance(rng, 0.1) and z.size:
        z[rng.integers(len(z)), rng.integers(shape[1])] = np.nan
    given = torch.tensor(z).to(dtype)
    if chance(rng, 0.3):
        given = given.T.contiguous().T
    elif chance(rng, 0.3):
        given = torch.stack([given, given], dim=-1)[..., 0]
    return given.double().numpy(), given


def _like(given, weights):
    return torch.tensor(weights).to(given.dtype)


def _rows(z, masses):
    """Value, gradient and size of its terms of each row; None for rows that are left out."""
    return [None if m is None else row_truth(row, m, 0.0) for row, m in zip(z, masses, strict=True)]


def _check(rng, function, given, target, options, rows, mass, plain):
    """Losses one by one or reduced, and the gradient, against those of the rows."""
    reduction = one_of(rng, "none", "mean", "sum")
    leaf = given.clone().requires_grad_()
    found = function(leaf, target, reduction=reduction, **options)
    found.sum().backward()
    half = given.dtype.itemsize == 2
    note = f"{function.__name__} {kind_of(given)} {reduction} smoothing={options.get('label_smoothing')}"
    values = [mpf(0) if row is None else row.value for row in rows]
    if reduction == "none":
        for n, value in enumerate(values):
            _met_half(half, 4 if plain else 8, found[n], value, f"row {n} of {note}", float(value))
    else:
        total = fsum(values) if not any(mp.isnan(v) for v in values) else nan
        value = total if reduction == "sum" else (total / mass if mass else nan)
        _met_half(half, 6 if plain else 9, found, value, note, float(value))
    over = mass if reduction == "mean" else mpf(1)
    nothing = [mpf(0)] * given.shape[1]
    for n, row in enumerate(rows[:3]):
        for k, slope in enumerate(nothing if row is None or not mass else row.gradient):
            size = 0.0 if row is None or not mass else float(row.sizes[k] / over)
            true = slope / over if mass else slope
            _met_half(half, 6 if plain else 9, leaf.grad[n, k], true, f"gradient {n, k} of {note}", size)


def _met_half(half, units, found, truth, note, scale):
    """Within so many units; in 16 bits, where one rounding is all there is, within one."""
    found = found.detach()
    if not half:
        normal = np.asarray(abs(scale)) if np.isfinite(scale) else None
        met(units, found.numpy(), truth, note, scale=normal, flushes=True)
        return
    limits, truth = torch.finfo(found.dtype), float(truth)
    if np.isnan(truth) or abs(truth) > limits.max:
        number_ = float(found)
        assert np.isnan(number_) if np.isnan(truth) else abs(number_) >= limits.max, (
            f"{note}: {number_}, truth {truth}"
        )
        return
    unit = max(limits.eps * max(abs(scale), abs(truth)), limits.smallest_normal)
    assert abs(float(found) - truth) <= unit, f"{note}: {float(found)}, truth {truth}"
