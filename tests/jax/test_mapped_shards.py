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
    draw = np.random.default_rng(3)
    hidden, weight, scores = (
        2 * draw.standard_normal(shape, np.float32)
        for shape in ((ROWS, FEATURES), (CLASSES, FEATURES), (ROWS, CLASSES))
    )
    targets = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return hidden, weight, draw.integers(0, CLASSES, ROWS), targets


def shards_of(array, axis=0):
    """Parts of equal size along `axis`, on a new first axis."""
    return np.stack(np.split(array, SHARDS, axis=axis))


def over_classes(hidden, weight, truth, *, is_sharded=False, **options):
    """The loss with the classes sharded; the same result from each shard."""
    loss = functools.partial(linear_softmax_cross_entropy, class_axis="model", **options)
    parts = shards_of(truth, 1) if is_sharded else truth
    mapped = jax.vmap(loss, in_axes=(None, 0, 0 if is_sharded else None), axis_name="model")
    found = jax.jit(mapped)(hidden, shards_of(weight), parts)
    for leaf in jax.tree.leaves(found):
        np.testing.assert_array_equal(leaf, np.broadcast_to(leaf[:1], leaf.shape))
    return jax.tree.map(lambda leaf: leaf[0], found)


def over_all(hidden, weight, truth, **options):
    """The loss with all classes and rows in one place."""
    return jax.jit(functools.partial(linear_softmax_cross_entropy, **options))(hidden, weight, truth)


def assert_near(found, wanted, tolerance=2e-6):
    for ours, theirs in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=1e-7)


@pytest.mark.parametrize("options", [{}, OPTIONS], ids=["plain", "smoothed"])
@pytest.mark.parametrize("truth", ["labels", "targets"])
def test_losses_of_rows_are_those_of_all_classes(truth, options):
    hidden, weight, labels, targets = operands()
    given = labels if truth == "labels" else targets
    found = over_classes(hidden, weight, given, is_sharded=truth == "targets", reduction="none", **options)
    assert_near(found, over_all(hidden, weight, given, reduction="none", **options), 5e-6)


def test_statistics_are_those_of_all_classes():
    hidden, weight, labels, _ = operands()
    options = {"return_stats": True, "top_k": 3}
    found = over_classes(hidden, weight, labels, **options)
    assert_near(found, over_all(hidden, weight, labels, **options), 2e-5)


def test_a_sure_label_keeps_its_digits_and_an_invalid_one_is_nan():
    weight = np.zeros((CLASSES, 1))
    weight[6] = 40.0
    sure, invalid = over_classes(np.ones((2, 1)), weight, np.asarray([6, CLASSES]), reduction="none")
    np.testing.assert_allclose(sure, (CLASSES - 1) * np.exp(-40.0), rtol=1e-6)
    assert np.isnan(invalid)


def masked_totals():
    """Hidden states, and sums of their losses with a masked shard: with shards, and in one place."""
    hidden, weight, labels, _ = operands()
    mask, labels = np.arange(CLASSES) >= 2, 2 + labels % 6
    loss = functools.partial(linear_softmax_cross_entropy, reduction="sum", label_smoothing=0.1)

    def of_shards(hidden):
        sharded = functools.partial(loss, class_axis="model")
        mapped = jax.vmap(
            lambda part, mask: sharded(hidden, part, labels, class_mask=mask), axis_name="model"
        )
        return jnp.mean(mapped(shards_of(weight), shards_of(mask)))

    return hidden, of_shards, lambda hidden: loss(hidden, weight, labels, class_mask=mask)


def test_a_shard_whose_classes_are_all_masked_adds_nothing_to_the_loss():
    hidden, of_shards, of_all = masked_totals()
    assert_near(jax.jit(of_shards)(hidden), jax.jit(of_all)(hidden), 5e-6)


def test_a_shard_whose_classes_are_all_masked_adds_nothing_to_loss_and_gradient():
    hidden, *totals = masked_totals()
    assert_near(*(jax.jit(jax.value_and_grad(total))(hidden) for total in totals), 2e-5)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_mean_or_sum_over_sharded_rows_is_that_of_all_rows(reduction):
    hidden, weight, labels, _ = operands()
    hidden, labels = np.tile(hidden, (2, 1)), np.tile(labels, 2)
    labels[:4] = -100
    options = {"ignored_label": -100, "reduction": reduction}
    loss = functools.partial(linear_softmax_cross_entropy, row_axis="data", **options)
    mapped = jax.vmap(loss, in_axes=(0, None, 0), axis_name="data")
    found = jax.jit(mapped)(shards_of(hidden), weight, shards_of(labels))
    assert_near(found, np.full(SHARDS, over_all(hidden, weight, labels, **options)))


def test_gradients_of_a_shard_are_those_of_its_classes():
    hidden, weight, labels, _ = operands()

    def total(parts):
        loss = functools.partial(linear_softmax_cross_entropy, class_axis="model", reduction="sum")
        return jnp.mean(jax.vmap(lambda part: loss(hidden, part, labels), axis_name="model")(parts))

    found = jax.jit(jax.grad(total))(shards_of(weight)).reshape(weight.shape)
    loss = functools.partial(linear_softmax_cross_entropy, reduction="sum")
    assert_near(found, jax.jit(jax.grad(loss, argnums=1))(hidden, weight, labels), 2e-5)
