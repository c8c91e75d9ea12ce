"""Functions of `xent.jax`: digits, derivatives, masks, bad input, transforms and dtypes."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from tests.array_libraries import jit
from tests.relative_error import units_apart

from xent import jax as ours
from xent.errors import DomainError, DTypeError, ShapeError

LOGITS = np.asarray([[20.0, 0.0, -1.0], [0.5, 2.0, 1.0]], dtype=np.float32)
LABELS = np.asarray([0, 1])
TARGETS = np.asarray([[1.0, 0.0, 0.0], [0.25, 0.5, 0.25]], dtype=np.float32)


def exact_losses(logits, targets):
    with mpmath.workdps(50):
        rows = [[mpmath.mpf(float(z)) for z in row] for row in logits]
        totals = [mpmath.log(mpmath.fsum(map(mpmath.exp, row))) for row in rows]
        return np.asarray(
            [
                float(mpmath.fsum(float(t) * (total - z) for t, z in zip(ts, row, strict=True)))
                for row, total, ts in zip(rows, totals, targets, strict=True)
            ]
        )


@pytest.fixture(scope="module")
def found():
    """Values of several functions from one compiled program."""

    @jit
    def program(logits, labels, targets):
        loss = ours.softmax_cross_entropy_with_integer_labels
        outside = jnp.asarray([0, 3])
        slope = jax.grad(lambda z: jnp.sum(loss(z, outside)))(logits)
        negative = jnp.asarray([[1.0, -0.5, 0.5], [1.0, 0.0, 0.0]])
        return {
            "labels": loss(logits, labels),
            "targets": ours.softmax_cross_entropy(logits, targets),
            "outside": loss(logits, outside),
            "slope outside": slope,
            "negative": ours.softmax_cross_entropy(logits, negative),
            "events outside": ours.sigmoid_binary_cross_entropy(logits[0], jnp.asarray([-1.0, 1.0, 2.0])),
            "by rows": jax.vmap(loss)(logits, labels),
            "scanned": jax.lax.scan(lambda c, r: (c, loss(*r)), 0, (logits, labels))[1],
            "recomputed": jax.checkpoint(loss)(logits, labels),
            "by columns": loss(logits.T, labels, axis=0),
            "poly": ours.poly_loss_cross_entropy(logits, targets, epsilon=-1.0),
        }

    return jax.tree.map(np.asarray, program(LOGITS, LABELS, TARGETS))


def test_a_sure_label_keeps_its_digits(found):
    one_hot = np.eye(3)[LABELS]
    assert units_apart(found["labels"], exact_losses(LOGITS, one_hot)).max() <= 16
    assert units_apart(found["targets"], exact_losses(LOGITS, TARGETS)).max() <= 16


@pytest.mark.parametrize("name", ["by rows", "scanned", "recomputed", "by columns"])
def test_transforms_and_axes_give_the_same_values(found, name):
    assert units_apart(found[name], found["labels"].astype(float)).max() <= 4


def test_traced_rows_that_break_a_rule_are_nan_with_gradients_of_nan(found):
    assert np.isnan(found["outside"]).tolist() == [False, True]
    assert np.isnan(found["slope outside"]).tolist() == [[False] * 3, [True] * 3]
    assert np.isnan(found["negative"]).tolist() == [True, False]
    assert np.isnan(found["events outside"]).tolist() == [True, False, True]


def test_poly_of_targets_does_not_cancel_for_a_negative_epsilon(found):
    # A surprisal s of a sure label costs s less 1 - exp(-s), which is half of its square.
    surprisal = exact_losses(LOGITS[:1], TARGETS[:1])[0]
    assert found["poly"][0] == pytest.approx(surprisal**2 / 2, rel=1e-5)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: ours.softmax_cross_entropy_with_integer_labels(LOGITS, [0, 3]),
            DomainError,
            "xent.jax.softmax_cross_entropy_with_integer_labels: `labels` must lie in 0..2; got 3",
        ),
        (lambda: ours.softmax_cross_entropy(LOGITS, -TARGETS), DomainError, "`labels` must be >= 0; got -1"),
        (lambda: ours.sigmoid_binary_cross_entropy(LOGITS, 2), DomainError, "`labels` must lie in"),
        (
            lambda: ours.sigmoid_focal_loss(LOGITS, 1, gamma=-1.0),
            DomainError,
            "`gamma` must be finite and >= 0",
        ),
        (
            lambda: ours.poly_loss_cross_entropy(LOGITS, TARGETS, epsilon=-2.0),
            DomainError,
            "`epsilon` must be >=",
        ),
        (
            lambda: ours.poly_loss_cross_entropy(LOGITS, -TARGETS),
            DomainError,
            "`labels` must be >= 0; got -1",
        ),
        (lambda: ours.kl_divergence(LOGITS, -TARGETS), DomainError, "kl_divergence: `targets` must be >= 0"),
        (lambda: ours.smooth_labels(TARGETS, 1.5), DomainError, "`alpha` must lie in"),
        (
            lambda: ours.smooth_labels(TARGETS, np.ones(5)),
            ShapeError,
            "`alpha` must broadcast against `labels`",
        ),
        (
            lambda: ours.smooth_labels(TARGETS, 0.5, where=np.ones((4, *TARGETS.shape))),
            ShapeError,
            "`where` must broadcast against `labels`",
        ),
        (lambda: ours.ntxent(LOGITS, LABELS, temperature=0.0), DomainError, "`temperature` must be positive"),
        (
            lambda: ours.ntxent(LOGITS, LABELS, "0.1"),
            DTypeError,
            "`temperature` must hold real numbers; got str",
        ),
        (lambda: ours.smooth_labels(TARGETS, 1j), DTypeError, "`alpha` must hold real numbers; got complex"),
        (lambda: ours.ntxent(LOGITS, LABELS, np.ones(2)), ShapeError, "`temperature` must have shape ()"),
        (lambda: ours.ntxent(LOGITS[:, 0], LABELS), ShapeError, "`embeddings` must have 2 axes"),
        (
            lambda: ours.softmax_cross_entropy(LOGITS, TARGETS, axis=5),
            DomainError,
            "`axis` must name axes of 2",
        ),
        (lambda: ours.softmax_cross_entropy(LOGITS, np.ones(4)), ShapeError, "`labels` must broadcast"),
        (
            lambda: ours.softmax_cross_entropy(np.ones((2, 3), int), TARGETS),
            DTypeError,
            "`logits` must be real",
        ),
        (
            lambda: ours.kl_divergence(LOGITS, TARGETS, where=np.ones(5)),
            ShapeError,
            "`where` must broadcast against `log_predictions`",
        ),
        (
            lambda: ours.kl_divergence(LOGITS, np.ones((2, 3), int)),
            DTypeError,
            "`targets` must be real floating",
        ),
        (
            lambda: ours.softmax_cross_entropy(LOGITS, TARGETS * 1j),
            DTypeError,
            "xent.jax.softmax_cross_entropy: `labels` must hold real numbers; got complex64",
        ),
        (
            lambda: ours.softmax_cross_entropy(LOGITS[:, :0], TARGETS[:, :0]),
            ShapeError,
            "xent.jax.softmax_cross_entropy: `logits` must have at least one class; got shape (2, 0)",
        ),
        (
            lambda: ours.poly_loss_cross_entropy(LOGITS[:, :0], TARGETS[:, :0]),
            ShapeError,
            "xent.jax.poly_loss_cross_entropy: `logits` must have at least one class",
        ),
        (
            lambda: ours.softmax_cross_entropy_with_integer_labels(LOGITS, [0, 3], where=[True, True]),
            DomainError,
            "`labels` must lie in 0..2 in rows that count; got 3",
        ),
    ],
)
def test_outside_of_jit_an_error_names_the_argument(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)


def test_embeddings_without_rows_have_no_pair_and_those_without_features_are_alike():
    assert jnp.isnan(ours.ntxent(LOGITS[:0], LABELS[:0]))
    assert ours.ntxent(jnp.zeros((4, 0)), jnp.asarray([0, 0, 1, 1])) == pytest.approx(np.log(3), rel=1e-6)


def test_masked_entries_do_not_count_and_a_masked_row_is_zero():
    where = np.asarray([[True, False, True], [False, False, False]])
    rest = ours.softmax_cross_entropy_with_integer_labels(LOGITS[:1, [0, 2]], [0])
    for values in (
        ours.softmax_cross_entropy_with_integer_labels(LOGITS, LABELS, where=where),
        ours.softmax_cross_entropy(LOGITS, TARGETS, where=where),
    ):
        np.testing.assert_allclose(values, [rest[0], 0.0], rtol=1e-6)
    np.testing.assert_array_equal(
        ours.softmax_cross_entropy(LOGITS, TARGETS, where=np.asarray([False, False])), [0, 0]
    )
    np.testing.assert_array_equal(ours.softmax_cross_entropy(LOGITS, TARGETS, where=False), [0, 0])
    pairs = np.stack([LOGITS] * 4)
    masked = ours.softmax_cross_entropy(pairs, TARGETS, where=np.asarray([True, False]))
    assert masked.shape == (4, 2)
    assert (masked[:, 0] > 0).all()
    assert not masked[:, 1].any()


def test_smoothing_gives_masked_classes_no_share():
    found = ours.smooth_labels(TARGETS[0], 0.5, where=np.asarray([True, True, False]))
    np.testing.assert_allclose(found, [0.75, 0.25, 0.0])


def test_the_divergence_in_a_target_has_the_definition_s_derivative():
    logs = jnp.log(jnp.asarray([0.3, 0.7]))
    slope = jax.grad(ours.kl_divergence, argnums=1)
    np.testing.assert_allclose(
        slope(logs, jnp.asarray([0.4, 0.6])), np.log([0.4 / 0.3, 0.6 / 0.7]) + 1, rtol=1e-5
    )
    assert slope(logs, jnp.asarray([0.0, 1.0]))[0] == -np.inf


def test_the_generalised_divergence_does_not_cancel_in_its_gradient():
    with jax.enable_x64(True):
        target = jnp.asarray([0.5, 0.25])
        logs = jnp.asarray([np.log(0.5) + 2.0**-40, np.log(0.25)])
        slope = jax.grad(ours.generalized_kl_divergence)(logs, target)
        gap = float(logs[0]) - np.log(0.5)
        assert slope[1] == 0
        assert units_apart(slope[:1], np.asarray([0.5 * np.expm1(gap)])).max() <= 4


def test_a_target_of_zero_adds_nothing_where_the_model_has_probability_zero():
    logs = jnp.asarray([0.0, -jnp.inf])
    for loss in (ours.kl_divergence, ours.generalized_kl_divergence):
        assert float(loss(logs, jnp.asarray([1.0, 0.0]))) == 0
        assert float(loss(logs, jnp.asarray([0.5, 0.5]))) == np.inf
    assert float(ours.kl_divergence_with_log_targets(logs, logs)) == 0


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_results_have_the_dtype_of_the_logits(dtype):
    logits = jnp.asarray(LOGITS, dtype)
    for value in (
        ours.softmax_cross_entropy_with_integer_labels(logits, LABELS),
        ours.softmax_cross_entropy(logits, jnp.asarray(TARGETS, dtype)),
        ours.sigmoid_focal_loss(logits, 1),
        ours.poly_loss_cross_entropy(logits, jnp.asarray(TARGETS, dtype)),
        ours.kl_divergence(logits, jnp.asarray(TARGETS, dtype)),
    ):
        assert value.dtype == dtype


def test_derivatives_in_all_modes_are_those_of_the_definition():
    logits, label = jnp.asarray(LOGITS[1]), 2
    loss = lambda z: ours.softmax_cross_entropy_with_integer_labels(z, label)  # noqa: E731
    probs = np.exp(LOGITS[1]) / np.exp(LOGITS[1]).sum()
    hessian = np.diag(probs) - np.outer(probs, probs)
    np.testing.assert_allclose(jax.grad(loss)(logits), probs - np.eye(3)[label], rtol=2e-6)
    np.testing.assert_allclose(jax.hessian(loss)(logits), hessian, rtol=1e-5, atol=1e-7)
    change = jax.jvp(loss, (logits,), (jnp.ones_like(logits),))[1]
    assert abs(float(change)) < 1e-6
