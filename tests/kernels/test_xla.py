"""Kernels called from programs of JAX: the values of the formulas, batches, errors, and bad rows."""

import numpy as np
import pytest

from xent import losses
from xent.kernels.cpu.processor import runs_here

jax = pytest.importorskip("jax")
jnp = jax.numpy

from xent.kernels.xla import call_frame, calls, fused  # noqa: E402 - needs jax

pytestmark = pytest.mark.skipif(not runs_here(), reason="kernels do not run here")
ROWS, CLASSES = 80, 1000
DRAW = np.random.default_rng(2)
LOGITS = (3 * DRAW.standard_normal((ROWS, CLASSES))).astype(np.float32)
LABELS = DRAW.integers(0, CLASSES, ROWS)
TARGETS = DRAW.dirichlet(np.ones(CLASSES), ROWS).astype(np.float32)


def both(truth, loss):
    """Value and gradient in a compiled program."""
    value = lambda logits: jnp.sum(loss(logits, truth, validate=False))  # noqa: E731
    return jax.jit(jax.value_and_grad(value))(LOGITS)


@pytest.mark.parametrize(
    ("truth", "loss"),
    [(LABELS, losses.softmax_cross_entropy), (TARGETS, losses.softmax_cross_entropy_of_targets)],
)
def test_a_kernel_in_a_program_gives_what_it_gives_to_numpy(truth, loss):
    value, gradient = both(truth, loss)
    np.testing.assert_allclose(value, np.sum(loss(LOGITS, truth, validate=False)), rtol=1e-6)
    np.testing.assert_array_equal(gradient, loss.gradient(LOGITS, truth, validate=False))


def test_a_program_calls_the_kernel():
    program = jax.jit(lambda z: losses.softmax_cross_entropy(z, LABELS, validate=False))
    assert "xent_softmax_cross_entropy_labels_value" in program.lower(LOGITS).as_text()


def test_small_arrays_and_16_bits_are_left_to_xla():
    from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy

    assert fused.fused_in_xla(softmax_cross_entropy, jnp.zeros((2, 3))) is softmax_cross_entropy
    assert (
        fused.fused_in_xla(softmax_cross_entropy, jnp.zeros((64, 1000), "bfloat16")) is softmax_cross_entropy
    )


def test_batches_are_further_rows():
    loss = lambda z, y: losses.softmax_cross_entropy(z, y, validate=False)  # noqa: E731
    halves = jax.vmap(loss)(LOGITS.reshape(2, -1, CLASSES), LABELS.reshape(2, -1))
    np.testing.assert_array_equal(halves.reshape(-1), loss(LOGITS, LABELS))


def test_second_derivatives_are_those_of_the_formula():
    along = lambda s: jnp.sum(losses.softmax_cross_entropy(LOGITS * s, LABELS, validate=False))  # noqa: E731
    probs = np.exp(LOGITS.astype(float))
    probs /= probs.sum(-1, keepdims=True)
    mean = (probs * LOGITS).sum(-1)
    wanted = ((probs * LOGITS.astype(float) ** 2).sum(-1) - mean**2).sum()
    np.testing.assert_allclose(jax.grad(jax.grad(along))(1.0), wanted, rtol=1e-4)


def test_a_label_out_of_range_is_nan_in_value_and_gradient():
    labels = LABELS.copy()
    labels[3] = CLASSES
    value = lambda z: losses.softmax_cross_entropy(z, labels, validate=False)  # noqa: E731
    assert np.flatnonzero(np.isnan(jax.jit(value)(LOGITS))).tolist() == [3]
    gradient = jax.jit(jax.grad(lambda z: jnp.sum(value(z))))(LOGITS)
    assert np.isnan(gradient).all(-1).nonzero()[0].tolist() == [3]


def test_an_exception_in_a_call_becomes_an_error_of_xla():
    def fails(arguments, results):
        raise ValueError(f"{len(arguments)} arguments, {len(results)} results")

    handler = call_frame.handler_of(fails)
    calls._HANDLERS.append(handler)  # noqa: SLF001 - XLA keeps its address
    jax.ffi.register_ffi_target("xent_test_failure", jax.ffi.pycapsule(handler), platform="cpu")
    shape = jax.ShapeDtypeStruct((2,), np.float32)
    with pytest.raises(jax.errors.JaxRuntimeError, match="xent: ValueError: 1 arguments, 1 results"):
        jax.block_until_ready(jax.ffi.ffi_call("xent_test_failure", shape)(jnp.ones(2)))
