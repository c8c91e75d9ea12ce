"""Measures of JAX arrays that are normalised: 64 bits within, 32 bits outside."""

import numpy as np
import pytest

from xent import measures

jax = pytest.importorskip("jax")
jnp = jax.numpy

NAMES = ["kl_divergence", "js_divergence", "squared_hellinger", "chi_squared_divergence", "total_variation"]


@pytest.fixture(autouse=True)
def jax_of_32_bits():
    """As users have it; other tests of the process may have 64."""
    with jax.enable_x64(False):
        yield


@pytest.fixture(scope="module")
def close():
    """Weights of two distributions so near that rounded quotients would change their distance."""
    rng = np.random.default_rng(11)
    p = rng.integers(1, 100, size=1000).astype(np.float32)
    return p, (p * (1 + 1e-3 * rng.standard_normal(1000))).astype(np.float32)


@pytest.mark.parametrize("name", NAMES)
def test_close_weights_keep_their_digits_also_under_jit(name, close):
    measure = getattr(measures, name)
    truth = measure(*(each.astype(float) for each in close), normalize=True)

    def of(p, q):
        return measure(p, q, normalize=True)

    arrays = [jnp.asarray(each) for each in close]
    for found in (of(*arrays), jax.jit(of)(*arrays), jax.vmap(of)(*(each[None] for each in arrays))[0]):
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, truth, rtol=np.finfo(np.float32).eps)
    assert not jax.config.jax_enable_x64


def test_the_gradient_of_normalised_weights_is_that_of_64_bits(close):
    p, q = close
    found = jax.grad(lambda x: measures.kl_divergence(jnp.asarray(p), x, normalize=True))(jnp.asarray(q))
    wide = q.astype(float)
    truth = 1 / wide.sum() - (p / p.astype(float).sum()) / wide
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, truth, rtol=1e-5)


def test_integers_are_exact_and_give_32_bits():
    counts = jnp.asarray([2**24 + 1, 3, 2**24 - 5])
    truth = measures.entropy(np.asarray(counts, float), normalize=True)
    found = measures.entropy(counts, normalize=True)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, truth, rtol=np.finfo(np.float32).eps)
    # Integers that need no quotients keep the dtype of the library.
    assert measures.entropy(jnp.asarray([0, 1, 0])).dtype == np.float32


def test_logits_in_a_tuple_are_seen():
    logits = jnp.asarray([[0.1, 0.2, 0.3], [0.1001, 0.2, 0.2999]])
    found = measures.kl_divergence(logits=(logits[0], logits[1]), normalize=True)
    wide = np.asarray(logits, float)
    truth = measures.kl_divergence(logits=(wide[0], wide[1]), normalize=True)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, truth, rtol=np.finfo(np.float32).eps)
