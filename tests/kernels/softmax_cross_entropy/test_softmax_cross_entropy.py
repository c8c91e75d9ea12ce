import os
import subprocess
import sys

import numpy as np
import pytest
from tests.array_libraries import array_library
from tests.formulas.batches import softmax_batches
from tests.kernels.softmax_cross_entropy.rows import hard_rows, truth_of_labels
from tests.relative_error import Exact, assert_within, units_apart

from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy as formula
from xent.kernels import softmax_cross_entropy as kernel
from xent.kernels.cpu import rows_kernel
from xent.kernels.softmax_cross_entropy import Labels, Statistics, Targets

both_precisions = pytest.mark.parametrize("dtype", [np.float32, np.float64])
# Whole tiles and blocks, one more, one less, and the longest row that is a lane of a tile.
sizes = pytest.mark.parametrize("K", [1, 2, 3, 10, 16, 17, 64, 65, 96, 97, 128, 1000])


def value_and_gradient(logits, truth, **options):
    """Both, with the gradient in an array of its own that was full of nan."""
    gradient = np.full_like(logits, 0x7FC0 if logits.dtype == np.uint16 else np.nan)
    return kernel.value_and_gradient(logits, truth, gradient, **options), gradient


def some_rows(dtype, K, N=37, seed=0):
    rng = np.random.default_rng(seed)
    logits = (4 * rng.standard_normal((N, K)) + 0.7).astype(dtype)
    return logits, rng.integers(0, K, N)


# Against the truth ----------------------------------------------------------------------------------


@both_precisions
def test_labels_meet_the_oracle(dtype):
    for batch in softmax_batches(dtype):
        value, gradient = value_and_gradient(batch.logits, Labels(batch.labels))
        assert value.dtype == gradient.dtype == dtype
        assert_within(4, value, batch.truth("of_label", "cross_entropy", "value"))
        assert_within(4, gradient, batch.truth("of_label", "cross_entropy", "gradient"))


@both_precisions
@sizes
def test_hard_rows_are_within_four_units(dtype, K):
    logits, labels = hard_rows(dtype, K)
    true_value, true_gradient = truth_of_labels(logits, labels)
    value, gradient = value_and_gradient(logits, Labels(labels))
    assert_within(4, value, true_value)
    assert_within(4, gradient, true_gradient)


@both_precisions
@pytest.mark.parametrize("K", [2, 10, 97, 1000])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_errors_are_at_most_twice_those_of_the_formula(dtype, K):
    logits, labels = hard_rows(dtype, K)
    xp = array_library("numpy").namespace
    truths = truth_of_labels(logits, labels)
    found = value_and_gradient(logits, Labels(labels))
    plain = formula.value_and_gradient(logits, labels, xp=xp)
    for ours, theirs, truth in zip(found, plain, truths, strict=True):
        bound = max(1.0, 2 * float(units_apart(theirs, truth).max()))
        assert_within(bound, ours, truth)


@both_precisions
def test_rows_of_a_quarter_million_classes_are_within_eight_units(dtype):
    K = 262_144
    rng = np.random.default_rng(11)
    distinct = np.concatenate([(3 * rng.standard_normal(300)), [-40.0, -90.0]]).astype(dtype)
    which = rng.integers(0, 302, (3, K))
    which[1], which[2] = 300, np.where(np.arange(K) % 2, 300, 301)
    logits = distinct[which]
    logits[1:, 12_345] = 0.1
    labels = np.asarray([5, 12_345, 12_345])
    true_value, at_label = truth_of_repeated(logits, labels)
    value, gradient = value_and_gradient(logits, Labels(labels))
    assert_within(8, value, true_value)
    assert_within(8, gradient[np.arange(3), labels], at_label)


def truth_of_repeated(logits, labels):
    """Exact value and gradient at the label of rows in which few numbers stand often."""
    values, slopes = [], []
    for row, label in zip(logits, labels, strict=True):
        distinct, counts = np.unique(row, return_counts=True)
        rows = np.asarray([[row[label], *distinct]])
        # The label's own number stands once by itself, so it is counted once less.
        counts = np.asarray([1, *(counts - (distinct == row[label]))])
        found = truth_with_counts(rows[0], counts)
        values.append(found[0])
        slopes.append(found[1])
    return tuple(
        Exact(np.asarray([hi for hi, _ in part]), np.asarray([lo for _, lo in part]))
        for part in (values, slopes)
    )


def truth_with_counts(numbers, counts):
    from mpmath import mp, mpf

    with mp.workdps(50):
        exact = [mpf(float(number)) for number in numbers]
        peak = max(x for x, count in zip(exact, counts, strict=True) if count)
        top = exact.index(peak)
        left = np.asarray(counts) - (np.arange(len(counts)) == top)
        rest = mp.fsum(int(n) * mp.exp(x - peak) for x, n in zip(exact, left, strict=True))
        own = mp.exp(exact[0] - peak)
        slope = -rest / (1 + rest) if top == 0 else own / (1 + rest) - 1
        return [(float(x), float(x - mpf(float(x)))) for x in (peak - exact[0] + mp.log1p(rest), slope)]


@both_precisions
@pytest.mark.parametrize("K", [10, 1000])
def test_targets_meet_the_truth_in_long_arithmetic(dtype, K):
    logits, _ = some_rows(dtype, K)
    logits[0, 0] = 60
    targets = np.random.default_rng(1).dirichlet(np.full(K, 0.3), len(logits)).astype(dtype)
    targets[0], targets[1] = np.arange(K) == 0, 3 * targets[1]
    assert_targets(logits, targets, *value_and_gradient(logits, Targets(targets)))


@both_precisions
def test_targets_meet_the_oracle(dtype):
    for batch in softmax_batches(dtype, largest=10):
        value, gradient = value_and_gradient(batch.logits, Targets(batch.targets))
        assert_within(4, value, batch.truth("of_targets", "cross_entropy", "value"))
        truth = batch.truth("of_targets", "cross_entropy", "gradient")
        assert_within(4, gradient, truth, scale=scale_of(batch.logits, batch.targets))


def scale_of(logits, targets):
    """The larger of the two terms whose difference is the gradient."""
    t, (probs, complements) = targets.astype(float), probabilities(logits)
    return np.maximum((t.sum(-1)[:, None] - t) * probs, t * complements)


def probabilities(logits):
    """Probabilities and what each lacks to 1, without cancellation, in long arithmetic."""
    z = logits.astype(np.longdouble)
    powers = np.exp(z - z.max(-1, keepdims=True))
    top = np.arange(z.shape[-1]) == z.argmax(-1)[:, None]
    rest = np.where(top, 0, powers).sum(-1, keepdims=True)
    probs = powers / (1 + rest)
    return probs, np.where(top, rest / (1 + rest), 1 - probs)


def assert_targets(logits, targets, value, gradient, *, units=4):
    """Compare with the definition, evaluated in long arithmetic."""
    z, t = logits.astype(np.longdouble), targets.astype(np.longdouble)
    probs, complements = probabilities(logits)
    log_total = -np.log1p(-complements.min(-1, keepdims=True))
    gaps = z.max(-1, keepdims=True) - z + log_total
    others = t.sum(-1, keepdims=True) - t
    assert_within(4, value, np.where(t == 0, 0, t * gaps).sum(-1))
    assert_within(units, gradient, others * probs - t * complements, scale=scale_of(logits, targets))


# Options --------------------------------------------------------------------------------------------


@both_precisions
@pytest.mark.parametrize("K", [10, 1000])
def test_smoothed_and_weighted_labels_are_the_targets_they_stand_for(dtype, K):
    logits, labels = some_rows(dtype, K)
    weights = (0.2 + np.random.default_rng(2).random(K)).astype(dtype)
    truth = Labels(labels, weights, smoothing=0.125)
    wide = weights.astype(np.longdouble)
    targets = 0.875 * wide[labels][:, None] * np.eye(K)[labels] + 0.125 / K * wide
    # The targets themselves are rounded, too.
    assert_targets(logits, targets, *value_and_gradient(logits, truth), units=6)


def test_smoothing_agrees_with_pytorch():
    torch = pytest.importorskip("torch")
    logits, labels = some_rows(np.float64, 7)
    weights = np.random.default_rng(2).random(7)
    z = torch.tensor(logits, requires_grad=True)
    options = {"weight": torch.from_numpy(weights), "label_smoothing": 0.1, "reduction": "none"}
    loss = torch.nn.functional.cross_entropy(z, torch.from_numpy(labels), **options)
    loss.sum().backward()
    value, gradient = value_and_gradient(logits, Labels(labels, weights, smoothing=0.1))
    np.testing.assert_allclose(value, loss.detach(), rtol=1e-13)
    np.testing.assert_allclose(gradient, z.grad, rtol=1e-10)


def test_one_dominating_class_weight_leaves_the_gradient_its_digits():
    logits = np.asarray([[30.0, 0.0]])
    weights = np.asarray([1.0, 1e-20])
    _, gradient = value_and_gradient(logits, Labels(np.asarray([0]), weights, smoothing=0.5))
    p = 1 / (1 + np.exp(-30.0))
    slope = 0.25e-20 * p - 0.75 * np.exp(-30.0) * p
    assert_within(4, gradient, [[slope, -slope]])


@pytest.mark.parametrize("K", [10, 200])
def test_class_weights_scale_value_and_gradient_of_a_row(K):
    logits, labels = some_rows(np.float32, K)
    weights = np.random.default_rng(3).choice([0.5, 2.0, 4.0], K).astype(np.float32)
    plain = value_and_gradient(logits, Labels(labels))
    weighted = value_and_gradient(logits, Labels(labels, weights))
    np.testing.assert_array_equal(weighted[0], plain[0] * weights[labels])
    np.testing.assert_array_equal(weighted[1], plain[1] * weights[labels][:, None])


@pytest.mark.parametrize("K", [10, 200])
@pytest.mark.parametrize("one_for_each_row", [True, False])
def test_factor_scales_the_gradient_only(K, one_for_each_row):
    logits, labels = some_rows(np.float32, K)
    rng = np.random.default_rng(4)
    factor = rng.choice([0.25, -2.0, 8.0], len(labels)).astype(np.float32) if one_for_each_row else -0.5
    plain = value_and_gradient(logits, Labels(labels))
    scaled = value_and_gradient(logits, Labels(labels), factor=factor)
    np.testing.assert_array_equal(scaled[0], plain[0])
    np.testing.assert_array_equal(scaled[1], plain[1] * np.reshape(factor, (-1, 1)))


@pytest.mark.parametrize("K", [10, 200])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_ignored_rows_cost_nothing_and_are_not_read(K, smoothing):
    logits, labels = some_rows(np.float32, K)
    labels[::3] = -100
    others = labels != -100
    logits[~others] = np.nan
    statistics = Statistics(np.empty(37, np.float32), np.empty(37, np.int64))
    truth = Labels(labels, ignored=-100, smoothing=smoothing)
    value, gradient = value_and_gradient(logits, truth, statistics=statistics, z_weight=0.1)
    assert not value[~others].any()
    assert not gradient[~others].any()
    assert np.isnan(statistics.log_normalisers[~others]).all()
    assert (statistics.tops[~others] == -1).all()
    rest = Labels(labels[others], smoothing=smoothing)
    expected = value_and_gradient(logits[others], rest, z_weight=0.1)
    np.testing.assert_array_equal(value[others], expected[0])
    np.testing.assert_array_equal(gradient[others], expected[1])


def test_an_ignored_label_may_be_a_class():
    logits, labels = some_rows(np.float64, 3)
    value, _ = value_and_gradient(logits, Labels(labels, ignored=1))
    np.testing.assert_array_equal(value == 0, labels == 1)


@both_precisions
@pytest.mark.parametrize("K", [10, 200])
@pytest.mark.parametrize("kind", ["labels", "targets", "smoothed"])
def test_z_weight_adds_the_square_of_the_log_normaliser(dtype, K, kind):
    logits, labels = some_rows(dtype, K)
    truths = {"labels": Labels(labels), "smoothed": Labels(labels, smoothing=0.1)}
    truth = truths.get(kind) or Targets(np.eye(K, dtype=dtype)[labels])
    statistics = Statistics(np.empty(37, dtype))
    plain = value_and_gradient(logits, truth, statistics=statistics)
    value, gradient = value_and_gradient(logits, truth, z_weight=0.25)
    z = logits.astype(np.longdouble)
    lse = np.log(np.exp(z).sum(-1))
    assert_within(4, statistics.log_normalisers, lse, scale=np.abs(z).max(-1))
    assert_within(4, value, plain[0] + 0.25 * lse**2)
    pull = 0.5 * lse[:, None] * np.exp(z - lse[:, None])
    size = np.maximum(np.maximum(np.abs(pull), np.abs(plain[1])), 0.1 / K)
    assert_within(8, gradient, plain[1] + pull, scale=size)


@pytest.mark.parametrize("K", [1, 10, 200, 1000])
def test_tops_are_the_first_largest_classes(K):
    logits, labels = some_rows(np.float32, K)
    logits = np.round(logits / 4)
    statistics = Statistics(tops=np.empty(37, np.int64))
    kernel.value(logits, Labels(labels), statistics=statistics)
    np.testing.assert_array_equal(statistics.tops, logits.argmax(-1))


# One pass or several --------------------------------------------------------------------------------


def truths_of(labels, K, dtype):
    weights = (0.5 + np.random.default_rng(5).random(K)).astype(dtype)
    targets = np.random.default_rng(6).random((len(labels), K)).astype(dtype)
    return [
        Labels(labels),
        Labels(labels, weights, ignored=1),
        Labels(labels, smoothing=0.1),
        Targets(targets, weights),
    ]


@both_precisions
@pytest.mark.parametrize("K", [1, 10, 96, 97, 1000])
def test_in_place_and_alone_give_the_same_bits(dtype, K):
    logits, labels = some_rows(dtype, K)
    for truth in truths_of(labels, K, dtype):
        value, gradient = value_and_gradient(logits, truth, z_weight=0.1, factor=0.3)
        np.testing.assert_array_equal(kernel.value(logits, truth, z_weight=0.1), value)
        alone = np.empty_like(logits)
        kernel.gradient(logits, truth, alone, z_weight=0.1, factor=0.3)
        np.testing.assert_array_equal(alone, gradient)
        in_place = logits.copy()
        again = kernel.value_and_gradient(in_place, truth, in_place, z_weight=0.1, factor=0.3)
        np.testing.assert_array_equal(again, value)
        np.testing.assert_array_equal(in_place, gradient)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, np.uint16])
@pytest.mark.parametrize("K", [10, 300])
def test_number_of_threads_and_other_rows_change_no_bit(dtype, K, monkeypatch):
    monkeypatch.setattr(rows_kernel, "_WORTH_A_THREAD", 1)
    logits, labels = some_rows(np.float32, K, N=203)
    logits = bfloat16(logits) if dtype == np.uint16 else logits.astype(dtype)
    found = []
    for threads in (1, 2, 3, 7):
        monkeypatch.setattr(rows_kernel, "number_of_threads", lambda threads=threads: threads)
        found.append(value_and_gradient(logits, Labels(labels)))
    found.append(tuple(map(np.concatenate, zip(*by_row(logits, labels), strict=True))))
    for value, gradient in found[1:]:
        np.testing.assert_array_equal(value, found[0][0])
        np.testing.assert_array_equal(gradient, found[0][1])


@pytest.fixture
def busy_neighbours():
    """Two processes for each processor that do nothing but compute."""
    spinning = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * os.cpu_count())
    ]
    yield spinning
    for process in spinning:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_busy_neighbours_change_no_bit(busy_neighbours):
    logits, labels = some_rows(np.float32, 300, N=4000)
    found = [value_and_gradient(logits, Labels(labels)) for _ in range(20)]
    assert all(process.poll() is None for process in busy_neighbours)
    alone = value_and_gradient(logits[1000:1100], Labels(labels[1000:1100]))
    for value, gradient in found:
        np.testing.assert_array_equal(value, found[0][0])
        np.testing.assert_array_equal(gradient, found[0][1])
    np.testing.assert_array_equal(found[0][0][1000:1100], alone[0])
    np.testing.assert_array_equal(found[0][1][1000:1100], alone[1])


def by_row(logits, labels):
    for k in range(len(logits)):
        yield value_and_gradient(logits[k : k + 1], Labels(labels[k : k + 1]))


# Dtypes ---------------------------------------------------------------------------------------------


def bfloat16(numbers):
    """Bit patterns of the bfloat16 nearest to floats."""
    bits = numbers.astype(np.float32).view(np.uint32)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).astype(np.uint16)


def widened(patterns):
    return (patterns.astype(np.uint32) << 16).view(np.float32)


@pytest.mark.parametrize("K", [10, 300])
@pytest.mark.parametrize("in_place", [True, False])
def test_half_precision_is_single_precision_rounded_once(K, in_place):
    logits, labels = some_rows(np.float32, K)
    cases = [
        (logits.astype(np.float16), lambda x: x.astype(np.float32), lambda x: x.astype(np.float16)),
        (bfloat16(logits), widened, bfloat16),
    ]
    for short, widen, narrow in cases:
        for truth in (Labels(labels), Labels(labels, smoothing=0.1)):
            value, gradient = value_and_gradient(widen(short), truth)
            target = short.copy() if in_place else np.empty_like(short)
            found = kernel.value_and_gradient(target if in_place else short, truth, target)
            assert found.dtype == np.float32
            np.testing.assert_array_equal(found, value)
            np.testing.assert_array_equal(target, narrow(gradient))


@pytest.mark.parametrize("K", [10, 300])
def test_targets_of_half_precision_logits_may_be_short_or_single(K):
    logits, _ = some_rows(np.float16, K)
    targets = np.random.default_rng(6).random(logits.shape).astype(np.float16)
    short = value_and_gradient(logits, Targets(targets))
    single = value_and_gradient(logits, Targets(targets.astype(np.float32)))
    np.testing.assert_array_equal(short[0], single[0])
    np.testing.assert_array_equal(short[1], single[1])


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint8])
def test_labels_may_be_integers_of_any_width(dtype):
    logits, labels = some_rows(np.float32, 100)
    expected = kernel.value(logits, Labels(labels))
    np.testing.assert_array_equal(kernel.value(logits, Labels(labels.astype(dtype))), expected)


# Edges ----------------------------------------------------------------------------------------------


@both_precisions
@pytest.mark.parametrize("K", [4, 200])
def test_rows_without_a_softmax_are_nan(dtype, K):
    logits, labels = some_rows(dtype, K, N=9)
    logits[0] = -np.inf
    logits[1, 2], logits[2, 1] = np.inf, np.nan
    logits[3], logits[4, K - 1] = np.nan, np.inf
    for truth in truths_of(labels * 0, K, dtype):
        statistics = Statistics(np.empty(9, dtype), np.empty(9, np.int64))
        value, gradient = value_and_gradient(logits, truth, statistics=statistics)
        is_bad = np.arange(9) < 5
        np.testing.assert_array_equal(np.isnan(value), is_bad)
        np.testing.assert_array_equal(np.isnan(gradient), np.repeat(is_bad[:, None], K, axis=1))
        np.testing.assert_array_equal(np.isnan(statistics.log_normalisers), is_bad)
        np.testing.assert_array_equal(statistics.tops == -1, is_bad)


@pytest.mark.parametrize("K", [4, 200])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_labels_that_are_no_class_give_nan(K, smoothing):
    logits, labels = some_rows(np.float64, K, N=5)
    labels[:4] = [-1, K, 2**40, -(2**63)]
    value, gradient = value_and_gradient(logits, Labels(labels, smoothing=smoothing))
    np.testing.assert_array_equal(np.isnan(value), [True] * 4 + [False])
    np.testing.assert_array_equal(np.isnan(gradient), [[True] * K] * 4 + [[False] * K])


@pytest.mark.parametrize("K", [4, 200])
def test_masked_classes_have_no_probability(K):
    logits, _ = some_rows(np.float64, K, N=2)
    logits[:, 1] = -np.inf
    value, gradient = value_and_gradient(logits, Labels(np.asarray([0, 1])))
    assert np.isfinite(value[0])
    assert gradient[0, 1] == 0
    assert value[1] == np.inf
    assert gradient[1, 1] == -1
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize("K", [4, 200])
def test_an_impossible_class_of_weight_zero_costs_nothing(K):
    logits, _ = some_rows(np.float64, K, N=2)
    logits[:, 1] = -np.inf
    weights = (np.arange(K) != 1).astype(float)
    for truth in (Labels(np.asarray([1, 1]), weights), Targets(np.eye(K)[[1, 1]], weights)):
        value, gradient = value_and_gradient(logits, truth)
        assert not value.any()
        assert not gradient.any()


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, np.uint16])
def test_one_class_costs_nothing(dtype):
    value, gradient = value_and_gradient(np.full((3, 1), 7, dtype), Labels(np.zeros(3, int)))
    assert not value.any()
    assert not gradient.any()


def test_no_rows_give_no_values():
    value, _ = value_and_gradient(np.empty((0, 5)), Labels(np.empty(0, int)))
    assert value.shape == (0,)


def test_rows_beyond_two_to_the_31_numbers_are_found():
    try:
        # Pages of zeros that nobody reads take no memory.
        logits = np.zeros((2**21 + 2, 1024), np.uint16)
    except MemoryError:
        pytest.skip("the system does not lend memory that is not used")
    logits[-1, 3] = bfloat16(np.float32(5))
    labels = np.full(len(logits), -1)
    labels[-1] = 3
    value = kernel.value(logits, Labels(labels, ignored=-1))
    np.testing.assert_array_equal(np.flatnonzero(value), [len(logits) - 1])
    assert_within(1, value[-1], np.log1p(1023 * np.exp(-5.0)))
