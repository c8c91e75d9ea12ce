"""
Shards of classes and rows along an axis that `jax.vmap` names are those of a mesh, on a single device.

`sharded.py` runs the same code on four devices, in a process of its own, which the mutants do not reach.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from xent.jax import linear_softmax_cross_entropy

pytestmark = pytest.mark.slow
ROWS, FEATURES, CLASSES, SHARDS = 6, 3, 8, 4
OPTIONS = {"label_smoothing": 0.1, "z_loss": 0.01}


def operands():
    keys = jax.random.split(jax.random.key(3), 4)
    hidden = 2 * jax.random.normal(keys[0], (ROWS, FEATURES))
    weight = 2 * jax.random.normal(keys[1], (CLASSES, FEATURES))
    labels = jax.random.randint(keys[2], (ROWS,), 0, CLASSES)
    return hidden, weight, labels, jax.nn.softmax(jax.random.normal(keys[3], (ROWS, CLASSES)))


def shards_of(array, axis=0):
    """Parts of equal size along `axis`, on a new first axis."""
    return jnp.stack(jnp.split(array, SHARDS, axis=axis))


def over_classes(hidden, weight, truth, *, is_sharded=False, **options):
    """The loss with the classes sharded; the same result from each shard."""
    loss = functools.partial(linear_softmax_cross_entropy, class_axis="model", **options)
    parts = shards_of(truth, 1) if is_sharded else truth
    mapped = jax.vmap(loss, in_axes=(None, 0, 0 if is_sharded else None), axis_name="model")
    found = jax.jit(mapped)(hidden, shards_of(weight), parts)
    for leaf in jax.tree.leaves(found):
        np.testing.assert_array_equal(leaf, np.broadcast_to(leaf[:1], leaf.shape))
    return jax.tree.map(lambda leaf: leaf[0], found)


def assert_near(found, wanted, tolerance=2e-6):
    for ours, theirs in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=1e-7)


@pytest.mark.parametrize("options", [{}, OPTIONS], ids=["plain", "smoothed"])
@pytest.mark.parametrize("truth", ["labels", "targets"])
def test_losses_of_rows_are_those_of_all_classes(truth, options):
    hidden, weight, labels, targets = operands()
    given = labels if truth == "labels" else targets
    found = over_classes(hidden, weight, given, is_sharded=truth == "targets", reduction="none", **options)
    wanted = linear_softmax_cross_entropy(hidden, weight, given, reduction="none", **options)
    assert_near(found, wanted, 5e-6)


def test_statistics_are_those_of_all_classes():
    hidden, weight, labels, _ = operands()
    options = {"return_stats": True, "top_k": 3}
    found = over_classes(hidden, weight, labels, **options)
    assert_near(found, linear_softmax_cross_entropy(hidden, weight, labels, **options), 2e-5)


def test_a_sure_label_keeps_its_digits_and_an_invalid_one_is_nan():
    weight = jnp.zeros((CLASSES, 1)).at[6].set(40.0)
    sure, invalid = over_classes(jnp.ones((2, 1)), weight, jnp.asarray([6, CLASSES]), reduction="none")
    np.testing.assert_allclose(sure, (CLASSES - 1) * np.exp(-40.0), rtol=1e-6)
    assert np.isnan(invalid)


def test_a_shard_whose_classes_are_all_masked_adds_nothing_to_loss_and_gradient():
    hidden, weight, labels, _ = operands()
    mask, labels = jnp.arange(CLASSES) >= 2, 2 + labels % 6
    loss = functools.partial(linear_softmax_cross_entropy, reduction="sum", label_smoothing=0.1)

    def total(hidden):
        sharded = functools.partial(loss, class_axis="model")
        mapped = jax.vmap(
            lambda part, mask: sharded(hidden, part, labels, class_mask=mask), axis_name="model"
        )
        return jnp.mean(mapped(shards_of(weight), shards_of(mask)))

    found = jax.jit(jax.value_and_grad(total))(hidden)
    assert_near(found, jax.value_and_grad(loss)(hidden, weight, labels, class_mask=mask), 2e-5)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_mean_or_sum_over_sharded_rows_is_that_of_all_rows(reduction):
    hidden, weight, labels, _ = operands()
    hidden, labels = jnp.tile(hidden, (2, 1)), jnp.tile(labels, 2).at[:4].set(-100)
    loss = functools.partial(linear_softmax_cross_entropy, ignored_label=-100, reduction=reduction)
    mapped = jax.vmap(functools.partial(loss, row_axis="data"), in_axes=(0, None, 0), axis_name="data")
    found = jax.jit(mapped)(shards_of(hidden), weight, shards_of(labels))
    assert_near(found, np.full(SHARDS, loss(hidden, weight, labels)))


def test_gradients_of_a_shard_are_those_of_its_classes():
    hidden, weight, labels, _ = operands()

    def total(parts):
        loss = functools.partial(linear_softmax_cross_entropy, class_axis="model", reduction="sum")
        return jnp.mean(jax.vmap(lambda part: loss(hidden, part, labels), axis_name="model")(parts))

    found = jax.jit(jax.grad(total))(shards_of(weight)).reshape(weight.shape)
    wanted = jax.grad(linear_softmax_cross_entropy, argnums=1)(hidden, weight, labels, reduction="sum")
    assert_near(found, wanted, 2e-5)
