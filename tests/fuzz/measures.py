"""The measures of distributions and tables: any layout, dtype, axis and base, against their definitions."""

import numpy as np
from mpmath import exp, fsum, inf, log, mp, mpf, sqrt
from tests.fuzz.cases import chance, distributions, laid_out, one_of
from tests.fuzz.rooms import called, refusal
from tests.fuzz.truths import exact, met
from tests.measures import exact_measures as by_definition

from xent import measures

__all__ = ["KNOWN", "attempt"]

KNOWN = ()


def attempt(rng):
    """One measure of some distributions, or of what is none."""
    one_of(rng, of_one, of_pairs, of_pairs, of_orders, of_tables, of_logits, of_odd_arguments)(rng)


def of_one(rng):
    """Entropy, perplexity and surprisals of one distribution, in any base."""
    p = distributions(rng, _shape(rng), _dtype(rng))
    base = one_of(rng, None, 2, 10, 0.5, 1e-3)
    options = {} if base is None else {"base": base}
    unit = log(mpf(base)) if base is not None else mpf(1)
    more = 0 if base is None else 1
    _meet(rng, "entropy", 4 + more, (p,), lambda p: by_definition.entropy(p) / unit, options)
    nats = float(np.max(measures.entropy(p), initial=0))
    _meet(rng, "perplexity", 4 * (1 + nats), (p,), lambda p: exp(by_definition.entropy(p)), {})
    flat = np.reshape(p, -1)
    found = measures.surprisal(p[..., :1] if p.ndim > 1 else p)
    assert found.dtype == flat.dtype
    with mp.workdps(60):
        truths = [[-log(mpf(float(x))) if x > 0 else inf for x in row] for row in p.reshape(-1, p.shape[-1])]
        if truths:
            units = 2 if p.dtype == np.float64 else 4
            met(units, measures.surprisal(p).reshape(len(truths), -1), truths, "surprisal")


def of_pairs(rng):
    """Divergences of pairs that are far, near or have zeros in different places."""
    p, q = _pair(rng)
    name, truth = one_of(
        rng,
        ("cross_entropy", by_definition.cross_entropy),
        ("kl_divergence", by_definition.kl_divergence),
        ("squared_hellinger", by_definition.squared_hellinger),
        ("chi_squared_divergence", _chi_squared),
        ("total_variation", by_definition.total_variation),
        ("js_divergence", lambda p, q: by_definition.js_divergence((p, q), (mpf(1) / 2, mpf(1) / 2))),
        ("hellinger_distance", lambda p, q: sqrt(by_definition.squared_hellinger(p, q))),
        ("js_distance", lambda p, q: sqrt(by_definition.js_divergence((p, q), (mpf(1) / 2, mpf(1) / 2)))),
    )
    _meet(rng, name, 4, (p, q), truth, {})


def of_orders(rng):
    """Entropies and divergences of an order, near 1 and far from it."""
    order = one_of(rng, 0.1, 0.5, 0.9, 1 - 1e-10, 1 + 1e-10, 1.1, 2.0, 3.0, 10.0, float(rng.uniform(0.1, 10)))
    p, q = _pair(rng, zeros=False)
    options, value = {"order": order}, mpf(order)
    if chance(rng, 0.4):
        name = one_of(rng, "renyi_entropy", "tsallis_entropy")
        _meet(rng, name, 2, (p,), lambda p: getattr(by_definition, name)(p, value), options)
        return
    name, truth = one_of(
        rng,
        ("alpha_divergence", by_definition.alpha_divergence),
        ("tsallis_divergence", lambda p, q, order: order * by_definition.alpha_divergence(p, q, order)),
        ("renyi_divergence", by_definition.renyi_divergence),
    )
    _meet(rng, name, 2, (p, q), lambda p, q: truth(p, q, value), options)


def of_tables(rng):
    """Entropies of variables of a table, alone, together and given one another."""
    rows, columns = one_of(rng, 1, 2, 3), one_of(rng, 1, 2, 4)
    table = distributions(rng, (one_of(rng, 0, 1, 2), rows * columns), _dtype(rng))
    if chance(rng, 0.4):
        first = distributions(rng, (len(table), rows), np.float64)
        second = distributions(rng, (len(table), columns), np.float64)
        product = first[:, :, None] * second[:, None, :]
        noise = 1 + 10.0 ** rng.uniform(-12, -1) * rng.uniform(-1, 1, product.shape)
        product = product * noise
        table = (product / product.sum((1, 2), keepdims=True)).reshape(table.shape).astype(table.dtype)
    table = table.reshape(len(table), rows, columns)
    name, units, options, truth = one_of(
        rng,
        ("joint_entropy", 4, {}, lambda t: by_definition.entropy([x for row in t for x in row])),
        ("mutual_information", 2, {}, _mutual_information),
        ("conditional_entropy", 4, {"given_axis": -2}, by_definition.conditional_entropy),
        ("variation_of_information", 4, {}, lambda t: by_definition.conditional_entropy(t)
         + by_definition.conditional_entropy(list(zip(*t, strict=True)))),
    )  # fmt: skip
    found = getattr(measures, name)(laid_out(rng, table), **options)
    assert found.shape == table.shape[:1], f"shape {found.shape} of {name}"
    with mp.workdps(700):
        truths = [truth(by_definition.numbers(one)) for one in table]
        if truths:
            truths = exact(truths)
            # Of a dependence that is weaker than rounding makes it no digits are promised.
            least = float(np.finfo(table.dtype).eps) ** 2 if name == "mutual_information" else 0.0
            scale = np.maximum(np.abs(truths.hi), least)
            met(units, found, truths, f"{name} {table.dtype} {table.tolist()}", scale=scale)


def of_logits(rng):
    """The same from logits, however far apart."""
    K = one_of(rng, 1, 2, 3, 7)
    a = rng.standard_normal((2, K)) * 10.0 ** rng.uniform(-3, 2.5) + one_of(rng, 0.0, 1e3)
    if chance(rng, 0.3):
        a[0, 0] = -np.inf if K > 1 else 0.0
    with mp.workdps(1100):
        p, q = (by_definition.softmax([mpf(float(x)) if x > -inf else -inf for x in row]) for row in a)
        met(
            4,
            measures.entropy(logits=a[0]),
            by_definition.entropy(p),
            f"entropy of logits {a[0].tolist()}",
            flushes=True,
        )
        found, truth = measures.cross_entropy(logits=(a[0], a[1])), by_definition.cross_entropy(p, q)
        met(4, found, truth, f"cross_entropy of logits {a.tolist()}", flushes=True)


def of_odd_arguments(rng):
    """Arrays that are no distribution are refused; so are axes, orders and bases that mean nothing."""
    p, q = (distributions(rng, (2, 3), np.float64) for _ in range(2))
    bad = p.copy()
    bad[1, 2] = one_of(rng, np.nan, np.inf, -0.5, 7.0)
    kind = int(rng.integers(13))
    odd = (
        lambda: refusal(measures.entropy, bad),
        lambda: refusal(measures.kl_divergence, p, bad),
        lambda: refusal(measures.kl_divergence, bad, p),
        lambda: refusal(measures.entropy, p.astype(one_of(rng, bool, complex, object, "U4"))),
        lambda: refusal(measures.entropy, p[:, :0]),
        lambda: refusal(measures.entropy, p, axis=one_of(rng, 2, -3, 99)),
        lambda: refusal(measures.entropy, p, base=one_of(rng, 0, 1, -2, np.inf, np.nan)),
        lambda: refusal(measures.kl_divergence, p, q[:, :2]),
        lambda: refusal(measures.cross_entropy, p, distributions(rng, (5, 3), np.float64)),
        lambda: refusal(measures.renyi_entropy, p, order=one_of(rng, -1.0, np.nan)),
        lambda: refusal(measures.entropy, np.float64(1.0)),
        lambda: refusal(measures.mutual_information, p[0]),
        lambda: called(measures.entropy, (p * one_of(rng, 1, 7, 1e-300, 1e300)).tolist(), normalize=True),
    )[kind]
    odd()


def _meet(rng, name, units, arrays, truth, options):
    """Compare a measure of arrays, in some layout and on some axis, with its definition row by row."""
    given = [laid_out(rng, array) for array in arrays]
    axis = -1
    if arrays[0].ndim > 1 and chance(rng, 0.3):
        given, axis = [np.moveaxis(array, -1, 0) for array in given], 0
    found = getattr(measures, name)(*given, **options, **({} if axis == -1 else {"axis": axis}))
    found = np.asarray(found)
    assert found.dtype.newbyteorder("=") == arrays[0].dtype, (
        f"dtype {found.dtype} of {name} of {arrays[0].dtype}"
    )
    assert found.shape == arrays[0].shape[:-1], f"shape {found.shape} of {name}"
    rows = [array.reshape(-1, array.shape[-1]) for array in arrays]
    with mp.workdps(700 if min(float(array.min(initial=1)) for array in arrays) < 1e-20 else 80):
        truths = [truth(*map(by_definition.numbers, row)) for row in zip(*rows, strict=True)]
        truths = exact(truths)
    if truths.hi.size:
        shown = [array.tolist() for array in arrays] if arrays[0].size <= 10 else f"K={arrays[0].shape[-1]}"
        # Below the smallest normal number, a sum of terms that underflow has no digits to keep.
        note = f"{name} {arrays[0].dtype} {options or ''} {shown}"
        met(units, np.ravel(found), truths, note, flushes="order" in options)


def _pair(rng, *, zeros=True):
    shape, dtype = _shape(rng), _dtype(rng)
    p = distributions(rng, shape, dtype, zeros=zeros)
    if chance(rng, 0.5):
        return p, distributions(rng, shape, dtype, zeros=zeros)
    q = p.astype(float) * (1 + 10.0 ** rng.uniform(-9, -0.5) * rng.uniform(-1, 1, shape))
    return p, (q / q.sum(axis=-1, keepdims=True)).astype(dtype)


def _shape(rng):
    K = one_of(rng, 1, 2, 3, 5, 12, 50)
    return one_of(rng, (K,), (0, K), (1, K), (2, K), (2, 1, K))


def _dtype(rng):
    return one_of(rng, np.float64, np.float64, np.float32)


def _chi_squared(p, q):
    if any(x and not y for x, y in zip(p, q, strict=True)):
        return inf
    return by_definition.chi_squared(p, q)


def _mutual_information(table):
    """The divergence from the product of the marginals, over what the table allows."""
    whole = fsum(x for row in table for x in row)
    rows, columns = [fsum(row) for row in table], [fsum(column) for column in zip(*table, strict=True)]
    pairs = [(x, rows[j] * columns[k] / whole) for j, row in enumerate(table) for k, x in enumerate(row)]
    return by_definition.kl_divergence(*zip(*pairs, strict=True))
