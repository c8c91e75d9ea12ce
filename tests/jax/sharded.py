"""Checks of the linear cross-entropy on a mesh of four devices; `test_sharded` runs them in a process."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import PartitionSpec as P

from xent.jax import linear_softmax_cross_entropy

ROWS, FEATURES, CLASSES = 12, 3, 8
KEYS = jax.random.split(jax.random.key(3), 4)
HIDDEN = 3 * jax.random.normal(KEYS[0], (ROWS, FEATURES))
WEIGHT = 3 * jax.random.normal(KEYS[1], (CLASSES, FEATURES))
LABELS = jax.random.randint(KEYS[2], (ROWS,), 0, CLASSES).at[5].set(-100)
TARGETS = jax.nn.softmax(jax.random.normal(KEYS[3], (ROWS, CLASSES)))
OPTIONS = {
    "plain": {},
    "smoothed": {"label_smoothing": 0.1, "z_loss": 0.01, "softcap": 5.0},
}


def mesh_of(shape, names):
    return jax.sharding.Mesh(np.asarray(jax.devices()).reshape(shape), names)


def on_mesh(function, rows_of_truth, *, check_vma):
    mesh = mesh_of((2, 2), ("data", "model"))
    return jax.shard_map(
        function,
        mesh=mesh,
        in_specs=(P("data"), P("model"), rows_of_truth),
        out_specs=P(),
        check_vma=check_vma,
    )


@pytest.mark.parametrize(
    ("truth", "name", "check_vma"),
    [("labels", "plain", False), ("labels", "smoothed", True), ("targets", "smoothed", True)],
)
def test_value_and_gradients_are_those_of_one_device(truth, name, check_vma):
    loss = functools.partial(
        linear_softmax_cross_entropy,
        ignored_label=-100 if truth == "labels" else None,
        chunk_bytes=4 * 4 * CLASSES,
        **OPTIONS[name],
    )
    given, spec = (LABELS, P("data")) if truth == "labels" else (TARGETS, P("data", "model"))
    sharded = on_mesh(functools.partial(loss, row_axis="data", class_axis="model"), spec, check_vma=check_vma)
    both = functools.partial(jax.value_and_grad, argnums=(0, 1))
    found = jax.jit(both(sharded))(HIDDEN, WEIGHT, given)
    wanted = jax.jit(both(loss))(HIDDEN, WEIGHT, given)
    for ours, theirs in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)


def test_rows_alone_are_sharded_in_one_pass():
    mesh = mesh_of((4,), ("data",))
    sharded = jax.shard_map(
        lambda h, w, y: linear_softmax_cross_entropy(h, w, y, ignored_label=-100, row_axis="data"),
        mesh=mesh,
        in_specs=(P("data"), P(), P("data")),
        out_specs=P(),
    )
    found = jax.jit(jax.value_and_grad(sharded, argnums=(0, 1)))(HIDDEN, WEIGHT, LABELS)
    wanted = jax.value_and_grad(linear_softmax_cross_entropy, argnums=(0, 1))(
        HIDDEN, WEIGHT, LABELS, ignored_label=-100
    )
    for ours, theirs in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)


def test_statistics_are_those_of_all_classes():
    def statistics(h, w, y, **axes):
        return linear_softmax_cross_entropy(h, w, y, return_stats=True, top_k=3, **axes)[1]

    sharded = jax.shard_map(
        functools.partial(statistics, class_axis="model"),
        mesh=mesh_of((4,), ("model",)),
        in_specs=(P(), P("model"), P()),
        out_specs=P(),
    )
    labels = jnp.maximum(LABELS, 0)
    found, wanted = jax.jit(sharded)(HIDDEN, WEIGHT, labels), statistics(HIDDEN, WEIGHT, labels)
    for ours, theirs in zip(found, wanted, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-5)


def test_a_sure_label_keeps_its_digits_and_an_invalid_one_is_nan():
    mesh = mesh_of((4,), ("model",))
    weight = jnp.zeros((CLASSES, 1)).at[6].set(40.0)
    sharded = jax.jit(
        jax.shard_map(
            lambda w, y: linear_softmax_cross_entropy(
                jnp.ones((2, 1)), w, y, class_axis="model", reduction="none"
            ),
            mesh=mesh,
            in_specs=(P("model"), P()),
            out_specs=P(),
        )
    )
    sure, invalid = sharded(weight, jnp.asarray([6, CLASSES]))
    np.testing.assert_allclose(sure, (CLASSES - 1) * np.exp(-40.0), rtol=1e-6)
    assert np.isnan(invalid)
