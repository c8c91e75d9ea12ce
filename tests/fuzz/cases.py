"""Arrays drawn at random: values, labels and weights by what is hard about them, and layouts in memory."""

import numpy as np

__all__ = ["chance", "distributions", "integers", "laid_out", "logits", "one_of", "weights"]


def one_of(rng, *options):
    """One of the options."""
    return options[int(rng.integers(len(options)))]


def chance(rng, probability):
    """True with this probability."""
    return bool(rng.random() < probability)


def logits(rng, shape, dtype, *, reach=1e30):
    """
    Finite logits and ``-inf``, of which no row consists; exact in `dtype`, and at most `reach` in size.

    Rows are near, far apart, shifted, tied, huge, subnormal or signed zeros.
    """
    limits = np.finfo(dtype)
    reach = min(reach, float(limits.max) / 4)
    kind = one_of(rng, "normal", "normal", "shifted", "tied", "gap", "far", "tiny", "zeros", "masked")
    z = rng.standard_normal(shape)
    if kind == "normal":
        z *= 10.0 ** rng.uniform(-4, 2.5)
    elif kind == "shifted":
        z = z * 10.0 ** rng.uniform(-2, 1) + one_of(rng, -1, 1) * 10.0 ** rng.uniform(0, 6)
    elif kind == "tied":
        z = np.round(z) * one_of(rng, 0.25, 1.0, 30.0)
    elif kind == "gap":
        z = np.where(rng.random(shape) < 0.5, 0.3, 0.3 - one_of(rng, 1e-3, 17.0, 88.0, 103.5, 709.0, 745.0))
    elif kind == "far":
        z *= 10.0 ** rng.uniform(2, 30)
    elif kind == "tiny":
        z *= float(limits.smallest_subnormal) * one_of(rng, 1, 8, 2**10)
    elif kind == "zeros":
        z = np.where(z > 0, 0.0, -0.0)
    with np.errstate(over="ignore", under="ignore"):
        z = np.clip(z, -reach, reach).astype(dtype)
    if kind == "masked" and z.ndim:
        z[rng.random(shape) < 0.4] = -np.inf
        z[np.isneginf(z).all(axis=-1)] = 0
    return z


def integers(rng, low, high, shape):
    """Integers in ``low .. high - 1`` in one of the dtypes that hold them."""
    kinds = [np.int64, np.int32, np.int16, np.uint16, np.uint32, np.uint64]
    if high <= 128:
        kinds += [np.int8, np.uint8]
    if low < 0:
        kinds = [kind for kind in kinds if np.dtype(kind).kind == "i"]
    return rng.integers(low, high, shape).astype(one_of(rng, *kinds))


def weights(rng, shape, dtype):
    """Factors of rows: powers of 2, which round nothing, and zeros."""
    return np.where(rng.random(shape) < 0.2, 0.0, 2.0 ** rng.integers(-3, 4, shape)).astype(dtype)


def distributions(rng, shape, dtype, *, zeros=True):
    """Rows that sum to 1 but for rounding: even, skewed, next to certain, and with zeros."""
    K = shape[-1]
    p = rng.dirichlet(np.full(K, one_of(rng, 0.05, 0.3, 1.0, 20.0)), size=shape[:-1])
    p = np.where(np.isfinite(p), p, 1 / K)
    if zeros and chance(rng, 0.4):
        p = np.where(rng.random(shape) < 0.4, 0.0, p)
    if chance(rng, 0.2):
        p = np.where(np.arange(K) == rng.integers(K), 1.0, 10.0 ** rng.uniform(-300, -3) * p)
    p = np.where(p.sum(axis=-1, keepdims=True) > 0, p, np.arange(K) == 0)
    p = p / p.sum(axis=-1, keepdims=True)
    least = 0.0 if zeros else float(np.finfo(dtype).smallest_normal)
    return np.maximum(p, least).astype(dtype)


def laid_out(rng, array):
    """The same numbers in another layout: strided, reversed, by columns, unaligned, byte-swapped, locked."""
    kind = one_of(rng, "plain", "plain", "strided", "reversed", "columns", "unaligned", "swapped", "locked")
    if kind == "strided" and array.ndim:
        wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
        wide[..., ::2] = array
        return wide[..., ::2]
    if kind == "reversed" and array.ndim:
        return np.ascontiguousarray(array[::-1])[::-1]
    if kind == "columns":
        return np.asfortranarray(array)
    if kind == "unaligned":
        memory = np.zeros(array.nbytes + 1, np.uint8)[1:]
        found = memory[: array.nbytes].view(array.dtype).reshape(array.shape)
        found[...] = array
        return found
    if kind == "swapped" and array.dtype.itemsize > 1:
        return array.astype(array.dtype.newbyteorder())
    found = array.copy()
    found.flags.writeable = kind != "locked"
    return found
