"""The linear cross-entropy of `xent.jax` beside all logits and their definition."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from xent.errors import BackendError, DomainError, DTypeError, ShapeError
from xent.jax import SparseTargets, linear_softmax_cross_entropy

ROWS, FEATURES, CLASSES = 13, 4, 7
DRAW = np.random.default_rng(5)
HIDDEN, WEIGHT, BIAS = (
    DRAW.standard_normal(shape) for shape in ((ROWS, FEATURES), (CLASSES, FEATURES), (CLASSES,))
)
LABELS = DRAW.integers(0, CLASSES, ROWS)
LABELS[LABELS == 3] = 2
LABELS[4] = -100
TARGETS = DRAW.dirichlet(np.ones(CLASSES), ROWS)
CLASS_WEIGHTS = DRAW.uniform(0.5, 2, CLASSES)
MASK = np.arange(CLASSES) != 3
CHUNK = 3 * CLASSES * 8
ALL = {"label_smoothing": 0.1, "z_loss": 0.01, "softcap": 3.0, "logit_scale": 1.3}
OPTIONS = {
    "plain": {},
    "weighted": {"class_weights": CLASS_WEIGHTS},
    "all": {"class_weights": CLASS_WEIGHTS, "class_mask": MASK, **ALL},
}


def definition(operands, truth, *, class_weights=None, class_mask=None, reduction="mean", **options):
    """Loss of all logits, from its definition."""
    hidden, weight, bias = operands
    logits = hidden @ weight.T + bias
    if "softcap" in options:
        logits = options["softcap"] * jnp.tanh(logits / options["softcap"])
    mask = np.ones(CLASSES, bool) if class_mask is None else class_mask
    weights = np.ones(CLASSES) if class_weights is None else class_weights
    logits = jnp.where(mask, logits * options.get("logit_scale", 1.0), -jnp.inf)
    total = jax.nn.logsumexp(logits, axis=-1)
    surprisals = total[:, None] - jnp.where(mask, logits, total[:, None])
    counts, divisor = np.ones(len(truth), bool), len(truth)
    if truth.ndim > 1:
        targets = truth * weights
    else:
        counts = truth != -100
        labels = np.where(counts, truth, 0)
        targets = np.eye(CLASSES)[labels] * weights[labels][:, None]
        divisor = weights[labels][counts].sum()
    share = options.get("label_smoothing", 0.0)
    targets = (1 - share) * targets + share / mask.sum() * mask * weights
    losses = (targets * surprisals).sum(-1) + options.get("z_loss", 0.0) * total**2
    losses = jnp.where(counts, losses, 0)
    return losses if reduction == "none" else losses.sum() / divisor


def assert_same(found, wanted, rtol=1e-10):
    for ours, theirs in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=1e-12)


@pytest.fixture(autouse=True)
def in_64_bits():
    with jax.enable_x64(True):
        yield


def operands():
    return tuple(map(jnp.asarray, (HIDDEN, WEIGHT, BIAS)))


@pytest.mark.slow
@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("kind", ["labels", "targets"])
def test_values_and_derivatives_are_those_of_all_logits(kind, name):
    options = OPTIONS[name]
    truth = LABELS if kind == "labels" else TARGETS * MASK
    factors = np.sin(np.arange(ROWS) + 1.0)

    def ours(operands, reduction):
        hidden, weight, bias = operands
        return linear_softmax_cross_entropy(
            hidden,
            weight,
            truth,
            bias=bias,
            ignored_label=-100,
            reduction=reduction,
            chunk_bytes=CHUNK,
            **options,
        )

    def quantities(loss):
        def of_rows(given):
            return jnp.sum(loss(given, "none") * factors)

        def along(step):
            return loss(jax.tree.map(lambda array: array * step, operands()), "mean")

        return {
            "mean": jax.value_and_grad(lambda given: loss(given, "mean"))(operands()),
            "rows": jax.value_and_grad(of_rows)(operands()),
            "forward": jax.jvp(along, (1.2,), (1.0,)),
            "second": jax.grad(jax.grad(along))(1.2),
        }

    wanted = jax.jit(lambda: quantities(lambda given, r: definition(given, truth, reduction=r, **options)))()
    assert_same(jax.jit(lambda: quantities(ours))(), wanted)


def test_chunks_add_up_to_the_mean_over_rows_that_count_and_to_its_gradients():
    def ours(weight, bias):
        options = {"ignored_label": -100, "logit_scale": 1.3, "chunk_bytes": CHUNK}
        return linear_softmax_cross_entropy(HIDDEN, weight, LABELS, bias=bias, **options)

    counts = LABELS != -100
    hidden, labels = HIDDEN[counts], np.eye(CLASSES)[LABELS[counts]]
    powers = np.exp(1.3 * (hidden @ WEIGHT.T + BIAS))
    probs = powers / powers.sum(axis=1, keepdims=True)
    slopes = 1.3 * (probs - labels) / len(labels)
    wanted = -np.log((probs * labels).sum(axis=1)).mean(), (slopes.T @ hidden, slopes.sum(axis=0))
    assert_same(jax.jit(jax.value_and_grad(ours, (0, 1)))(WEIGHT, BIAS), wanted)


def test_statistics_and_their_gradients_are_those_of_all_logits():
    labels = np.maximum(LABELS, 0)
    logits = HIDDEN @ WEIGHT.T + BIAS

    def ours(weight):
        return linear_softmax_cross_entropy(
            HIDDEN, weight, labels, bias=BIAS, return_stats=True, top_k=2, chunk_bytes=CHUNK
        )[1]

    def entropy(weight):
        logs = jax.nn.log_softmax(HIDDEN @ weight.T + BIAS)
        return -jnp.sum(jnp.exp(logs) * logs)

    logs = np.asarray(jax.nn.log_softmax(logits))
    found = ours(jnp.asarray(WEIGHT))
    assert_same(found.log_prob, np.take_along_axis(logs, labels[:, None], 1)[:, 0])
    assert_same(found.log_normaliser, jax.nn.logsumexp(logits, axis=-1))
    assert_same(found.entropy, -(np.exp(logs) * logs).sum(-1))
    assert_same(found.top_log_probs, -np.sort(-logs, axis=-1)[:, :2])
    np.testing.assert_array_equal(found.argmax, logs.argmax(-1))
    slope = jax.jit(jax.grad(lambda weight: jnp.sum(ours(weight).entropy)))(jnp.asarray(WEIGHT))
    assert_same(slope, jax.jit(jax.grad(entropy))(jnp.asarray(WEIGHT)))


def test_options_have_derivatives():
    def ours(scale, smoothing):
        return linear_softmax_cross_entropy(
            HIDDEN,
            WEIGHT,
            LABELS,
            bias=BIAS,
            ignored_label=-100,
            logit_scale=scale,
            label_smoothing=smoothing,
        )

    def theirs(scale, smoothing):
        return definition((HIDDEN, WEIGHT, BIAS), LABELS, logit_scale=scale, label_smoothing=smoothing)

    assert_same(jax.jit(jax.grad(ours, (0, 1)))(1.3, 0.1), jax.jit(jax.grad(theirs, (0, 1)))(1.3, 0.1))


def test_sparse_targets_are_dense_ones_and_a_class_named_twice_has_the_sum():
    indices = np.tile([1, 5, 1], (ROWS, 1))
    probs = np.tile([0.2, 0.5, 0.3], (ROWS, 1))
    dense = np.zeros((ROWS, CLASSES))
    dense[:, [1, 5]] = 0.5
    found = linear_softmax_cross_entropy(HIDDEN, WEIGHT, SparseTargets(indices, probs))
    assert_same(found, linear_softmax_cross_entropy(HIDDEN, WEIGHT, dense))


def test_an_ignored_row_is_not_read():
    hidden = HIDDEN.copy()
    hidden[4] = np.nan
    loss = lambda h, w: linear_softmax_cross_entropy(h, w, LABELS, ignored_label=-100)  # noqa: E731
    found = jax.value_and_grad(loss, (0, 1))(jnp.asarray(hidden), jnp.asarray(WEIGHT))
    assert_same(found, jax.value_and_grad(loss, (0, 1))(jnp.asarray(HIDDEN), jnp.asarray(WEIGHT)))


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_a_class_of_weight_0_costs_0_also_where_it_is_masked(smoothing):
    labels, weights = np.where(LABELS == 2, 3, LABELS), np.where(MASK, CLASS_WEIGHTS, 0)
    loss = lambda w, ignored, y: linear_softmax_cross_entropy(  # noqa: E731
        HIDDEN,
        w,
        y,
        class_weights=weights,
        class_mask=MASK,
        ignored_label=ignored,
        label_smoothing=smoothing,
        reduction="sum",
    )
    found = jax.value_and_grad(loss)(jnp.asarray(WEIGHT), -100, labels)
    if smoothing == 0:
        kept = np.where(labels == 3, -100, labels)
        assert_same(found, jax.value_and_grad(loss)(jnp.asarray(WEIGHT), -100, kept))
    assert all(np.isfinite(each).all() for each in found)


def test_an_ignored_label_is_out_of_no_range_where_the_mask_of_rows_is_mapped():
    where = np.arange(ROWS) % 3 != np.arange(2)[:, None]
    options = {"ignored_label": -100, "reduction": "sum"}
    loss = lambda rows: linear_softmax_cross_entropy(HIDDEN, WEIGHT, LABELS, where=rows, **options)  # noqa: E731
    assert_same(jax.vmap(loss)(where), np.asarray([loss(rows) for rows in where]))


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_a_traced_label_out_of_range_is_nan_with_gradients_of_nan(smoothing):
    loss = jax.jit(
        jax.value_and_grad(lambda w, y: linear_softmax_cross_entropy(HIDDEN, w, y, label_smoothing=smoothing))
    )
    value, slope = loss(jnp.asarray(WEIGHT), np.where(LABELS < 0, CLASSES, LABELS))
    assert np.isnan(value)
    assert np.isnan(slope).all()


def test_outside_of_jit_errors_name_the_argument():
    with pytest.raises(DomainError, match=r"linear_softmax_cross_entropy: `labels` must lie in 0\.\.6"):
        linear_softmax_cross_entropy(HIDDEN, WEIGHT, LABELS)
    with pytest.raises(DomainError, match=r"`labels` must lie in 0\.\.6; got -100"):
        linear_softmax_cross_entropy(HIDDEN, WEIGHT, LABELS)
    with pytest.raises(ShapeError, match=r"`weight` must have at least one class; got shape \(0, 4\)"):
        linear_softmax_cross_entropy(HIDDEN, WEIGHT[:0], LABELS)
    with pytest.raises(ShapeError, match=r"`denominator` must have shape \(\); got \(2,\)"):
        linear_softmax_cross_entropy(HIDDEN, WEIGHT, TARGETS, denominator=jnp.ones(2))
    with pytest.raises(DTypeError, match="`out_dtype` must be a dtype; got 'foo'"):
        linear_softmax_cross_entropy(HIDDEN, WEIGHT, TARGETS, out_dtype="foo")
    with pytest.raises(DTypeError, match=r"`labels\.probs` must hold real numbers; got complex"):
        linear_softmax_cross_entropy(
            HIDDEN, WEIGHT, SparseTargets(jnp.zeros((ROWS, 1), int), jnp.ones((ROWS, 1)) * 1j)
        )
    for axis in ("row_axis", "class_axis"):
        with pytest.raises(DomainError, match=f"`{axis}` must name an axis of a mesh; got 'x'. Call"):
            linear_softmax_cross_entropy(HIDDEN, WEIGHT, TARGETS, **{axis: "x"})
    with pytest.raises(ShapeError, match="`weight` must have shape"):
        linear_softmax_cross_entropy(HIDDEN, WEIGHT.T, LABELS)
    with pytest.raises(ShapeError, match="`hidden` must have an axis of features"):
        linear_softmax_cross_entropy(HIDDEN[0, 0], WEIGHT, LABELS[0])
    with pytest.raises(DTypeError, match="`class_mask` must be bool; got int"):
        linear_softmax_cross_entropy(HIDDEN, WEIGHT, TARGETS, class_mask=np.ones(TARGETS.shape, int))
    with pytest.raises(ShapeError, match=r"`class_mask` must have shape \(7,\)"):
        linear_softmax_cross_entropy(HIDDEN, WEIGHT, TARGETS, class_mask=np.asarray(False))
    with pytest.raises(DTypeError, match="`out_dtype` must be real floating; got int32"):
        linear_softmax_cross_entropy(HIDDEN, WEIGHT, TARGETS, out_dtype="int32")
    with pytest.raises(DomainError, match=r"`ignored_label` must be an integer that int.. holds"):
        linear_softmax_cross_entropy(HIDDEN, WEIGHT, LABELS, ignored_label=2**80)
    with pytest.raises(DomainError, match="`z_loss` must be >= 0"):
        linear_softmax_cross_entropy(HIDDEN, WEIGHT, TARGETS, z_loss=-1.0)
    with pytest.raises(DomainError, match=r"`top_k` must lie in 0\.\.7, the number of classes; got 8"):
        linear_softmax_cross_entropy(HIDDEN, WEIGHT, TARGETS, return_stats=True, top_k=8)
    with pytest.raises(DomainError, match="`denominator` must be positive"):
        linear_softmax_cross_entropy(HIDDEN, WEIGHT, LABELS, where=np.zeros(ROWS, bool), on_empty="raise")


@pytest.mark.parametrize("way", ["one_pass", "recomputed"])
def test_empty_axes_are_lengths_like_others(way):
    loss = linear_softmax_cross_entropy(HIDDEN[:, :0], WEIGHT[:, :0], TARGETS, way=way)
    assert loss == pytest.approx(np.log(CLASSES))
    assert jnp.isnan(linear_softmax_cross_entropy(HIDDEN[:0], WEIGHT, TARGETS[:0], way=way))
    few = SparseTargets(jnp.zeros((0, 2), int), jnp.ones((0, 2)))
    assert linear_softmax_cross_entropy(HIDDEN[:0], WEIGHT, few, way=way, reduction="sum") == 0


NUMBERS = ("label_smoothing", "z_loss", "softcap", "logit_scale", "denominator", "class_weights")


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_that_are_not_real_are_refused(name):
    def given(number):
        return {name: [number] * CLASSES if name == "class_weights" else number}

    for number, kind in (("0.5", "str"), (b"1", "bytes"), (1j, "complex"), (np.complex128(1j), "complex128")):
        with pytest.raises(DTypeError, match=f"`{name}` must hold real numbers; got {kind}"):
            linear_softmax_cross_entropy(HIDDEN, WEIGHT, TARGETS, **given(number))
    for array, kind in ((np.asarray("0.5"), "<U3"), (jnp.asarray(1j), "complex"), (object(), "object")):
        with pytest.raises(DTypeError, match=f"`{name}` must hold real numbers; got {kind}"):
            linear_softmax_cross_entropy(HIDDEN, WEIGHT, TARGETS, **{name: array})
    with pytest.raises(DomainError, match=f"`{name}` must lie in the range of floats; got an integer beyond"):
        linear_softmax_cross_entropy(HIDDEN, WEIGHT, TARGETS, **given(10**400))


@pytest.mark.parametrize(
    ("truth", "options", "message"),
    [
        (
            TARGETS,
            {"class_weights": -CLASS_WEIGHTS},
            r"`class_weights` must be finite and >= 0; .*\(0,\)",
        ),
        (TARGETS, {"denominator": -1.0}, "`denominator` must be finite and >= 0; got -1"),
        (TARGETS, {"nonfinite": "skip"}, "`nonfinite` must be one of propagate, raise; got 'skip'"),
        (TARGETS, {"way": "eager"}, "`way` must be one of one_pass, recomputed; got 'eager'"),
        (2 * TARGETS, {}, r"`labels` must sum to 1 over the classes; got 2, first at index \(0,\)"),
        (-TARGETS, {}, r"`labels` must be >= 0; got -0\.\d+, first at index \(0, 0\)"),
        (SparseTargets(LABELS[:, None] * 0, TARGETS[:, :1]), {}, "`labels` must sum to 1 over the classes"),
    ],
)
def test_options_and_targets_out_of_range_are_refused(truth, options, message):
    with pytest.raises(DomainError, match=message):
        linear_softmax_cross_entropy(HIDDEN, WEIGHT, truth, validate_targets=True, **options)


def test_traced_targets_and_options_out_of_range_give_nan():
    loss = jax.vmap(
        lambda targets, class_weights, denominator: linear_softmax_cross_entropy(
            HIDDEN,
            WEIGHT,
            targets,
            class_weights=class_weights,
            denominator=denominator,
            validate_targets=True,
        )
    )
    ones, factors = np.ones((4, 1, 1)), np.ones((4, CLASSES))
    ones[1], factors[2, 0] = 2.0, -1.0
    found = loss(ones * TARGETS, factors, jnp.asarray([1.0, 1.0, 1.0, -1.0]))
    np.testing.assert_array_equal(np.isnan(found), [False, True, True, True])


def test_a_row_without_a_softmax_is_refused_on_request():
    hidden = HIDDEN.copy()
    hidden[[4, 6]] = np.nan
    options = {"ignored_label": -100, "nonfinite": "raise"}
    with pytest.raises(
        DomainError,
        match=r"`hidden` must give each row .* got a log-normaliser of nan, first at index \(6,\)",
    ):
        linear_softmax_cross_entropy(hidden, WEIGHT, LABELS, **options)
    assert np.isnan(linear_softmax_cross_entropy(hidden, WEIGHT, LABELS, ignored_label=-100))
    # An infinite loss has a softmax.
    mask = np.arange(CLASSES) != LABELS[0]
    assert linear_softmax_cross_entropy(HIDDEN, WEIGHT, LABELS, class_mask=mask, **options) == np.inf
    # So has a loss that is nan because of its target.
    targets = np.full((ROWS, CLASSES), np.nan)
    assert np.isnan(linear_softmax_cross_entropy(HIDDEN, WEIGHT, targets, nonfinite="raise"))


def test_a_way_that_does_not_suit_is_refused_with_its_reason():
    with pytest.raises(
        BackendError, match="`way` must suit the call; got 'one_pass', and `reduction` is 'none'"
    ):
        linear_softmax_cross_entropy(HIDDEN, WEIGHT, TARGETS, way="one_pass", reduction="none")


def test_both_ways_give_the_same_value_and_gradients():
    of = lambda way: jax.value_and_grad(  # noqa: E731
        lambda h, w: linear_softmax_cross_entropy(h, w, TARGETS, way=way), (0, 1)
    )(jnp.asarray(HIDDEN), jnp.asarray(WEIGHT))
    assert_same(of("recomputed"), of("one_pass"))


def test_a_mean_over_nothing_follows_its_rule():
    none = np.zeros(ROWS, bool)
    assert np.isnan(linear_softmax_cross_entropy(HIDDEN, WEIGHT, LABELS, where=none))
    assert float(linear_softmax_cross_entropy(HIDDEN, WEIGHT, LABELS, where=none, on_empty="zero")) == 0


def test_gradients_of_16_bits_are_summed_in_32():
    rows = 4096
    hidden = np.ones((rows, 1))
    weight = jnp.zeros((2, 1), "bfloat16")
    loss = lambda w, **options: linear_softmax_cross_entropy(  # noqa: E731
        jnp.asarray(hidden, "bfloat16"), w, np.zeros(rows, int), chunk_bytes=64, **options
    )
    # 2,048 halves: added one after the other, sums of bfloat16 stop growing at 128.
    assert jax.grad(lambda w: loss(w, reduction="sum"))(weight)[1, 0] == rows / 2
    assert jax.grad(lambda w: jnp.sum(loss(w, reduction="none")))(weight)[1, 0] == rows / 2


def test_the_mean_of_many_rows_does_not_overflow_in_float16():
    hidden, weight = jnp.full((4096, 1), 100, "float16"), jnp.zeros((2, 1), "float16")
    loss = lambda w: linear_softmax_cross_entropy(hidden, w, np.zeros(4096, int))  # noqa: E731
    # The sum of the gradients, 204,800, is beyond float16.
    assert jax.grad(loss)(weight)[1, 0] == 50
