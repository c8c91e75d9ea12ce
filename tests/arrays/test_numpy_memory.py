"""An array of NumPy gives what a plain copy gives, or an error: in losses, measures, estimators, scores."""

from functools import partial
from importlib.util import find_spec

import numpy as np
import pytest
from tests.losses.every_loss import every_loss, random_inputs
from tests.measures.every_measure import every_measure

from xent import losses, measures
from xent.arrays import check_unmasked, numpy_array, plain
from xent.errors import DomainError, DTypeError, ShapeError
from xent.losses.registry import REGISTRY
from xent.measures import codes, estimators
from xent.scoring import judge

rng = np.random.default_rng(20261129)


class Subclass(np.ndarray):
    """An array of another class, whose operators return it."""


def read_only(array):
    array = array.copy()
    array.setflags(write=False)
    return array


def in_records(array):
    records = np.zeros(array.shape, dtype=[("before", "i1"), ("numbers", array.dtype)])
    records["numbers"] = array
    return records["numbers"]


def in_overlapping_windows(array):
    """Rows that are windows on one line of numbers, each written by its own row where they are equal."""
    return np.lib.stride_tricks.as_strided(array[:1], array.shape, (0, *array.strides[1:]))


LAYOUTS = {
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "read-only": read_only,
    "every other": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "negative strides": lambda a: a[..., ::-1].copy()[..., ::-1],
    "misaligned": lambda a: np.frombuffer(b"\0" + a.tobytes(), a.dtype, offset=1).reshape(a.shape),
    "in records": in_records,
    "Fortran order": np.asfortranarray,
    "subclass": lambda a: a.view(Subclass),
    "masked nowhere": np.ma.asarray,
}
# Layouts that NumPy's own operations hide from a formula; kernels and conversions are what the others try.
HIDDEN = {"every other", "in records", "Fortran order", "masked nowhere"}
every_layout = pytest.mark.parametrize(
    "layout",
    [
        pytest.param(layout, id=name, marks=pytest.mark.slow if name in HIDDEN else ())
        for name, layout in LAYOUTS.items()
    ],
)
# Fortran order adds the numbers of a sum over all rows in another order.
UNITS = 32 * np.finfo(np.float64).eps


def leaves(result):
    return [leaf for part in result for leaf in leaves(part)] if isinstance(result, tuple) else [result]


def assert_same(function, arrays, layout):
    """Raise unless each array, and then all, in this layout give the numbers and dtypes of plain ones."""
    truth = leaves(function(*arrays))
    choices = [{place} for place in range(len(arrays))] + [set(range(len(arrays)))]
    for choice in choices:
        given = [layout(a) if place in choice else a for place, a in enumerate(arrays)]
        for found, expected in zip(leaves(function(*given)), truth, strict=True):
            assert not isinstance(found, Subclass)
            assert np.asarray(found).dtype == np.asarray(expected).dtype
            np.testing.assert_allclose(found, expected, rtol=UNITS, atol=0)


@every_layout
@every_loss
def test_every_loss_reads_it(case, layout):
    loss, (logits, truth) = case.loss, random_inputs(case.loss, np.random.default_rng(7), 6)
    weight = np.random.default_rng(8).uniform(0.5, 2, size=loss(logits, truth).shape)

    def values(logits, truth, weight):
        return loss.value_and_gradient(logits, truth, sample_weight=weight)

    assert_same(values, (logits, truth, weight), layout)
    assert_same(loss.value_and_gradient, (logits.astype(np.float32), truth), layout)
    assert_same(loss.hessian_vector_product, (logits, truth, logits[::-1] / 2), layout)
    assert_same(lambda z, t: tuple(loss.total(z, t)), (logits, truth), layout)


@every_layout
@pytest.mark.parametrize("name", [n for n, x in REGISTRY.items() if x.facts.domain == "embeddings"])
def test_every_contrastive_loss_reads_it(name, layout):
    loss, embeddings = REGISTRY[name], rng.standard_normal((6, 4))
    truths = {"groups": np.asarray([0, 1, 0, 1, 2, 2]), "partners": np.asarray([1, 0, 3, 2, 5, 4])}
    truth = truths.get(loss.facts.truth, embeddings[::-1].copy())
    assert_same(loss.value_and_gradient, (embeddings, truth), layout)


@pytest.mark.parametrize("classes", [3, 300])
def test_rows_that_share_their_memory_are_read(classes):
    logits = rng.standard_normal((7, classes)) + 0.3
    labels, targets = np.full(7, 2), rng.dirichlet(np.ones(classes), size=7)
    for share in (in_overlapping_windows, lambda a: np.broadcast_to(a[:1], a.shape)):
        for loss, truth in (
            (losses.softmax_cross_entropy, labels),
            (losses.softmax_cross_entropy_of_targets, targets),
            (losses.focal, labels),
        ):
            given = share(logits), share(truth)
            found, expected = (loss.value_and_gradient(*x) for x in (given, map(np.array, given)))
            np.testing.assert_allclose(found[0], expected[0], rtol=UNITS)
            np.testing.assert_allclose(found[1], expected[1], rtol=UNITS)


@every_layout
@pytest.mark.parametrize("rows", [7, 20_000])
def test_large_arrays_and_long_rows_are_read(rows, layout):
    logits = rng.standard_normal((rows, 140_000 // rows)).astype(np.float32)
    labels = rng.integers(0, logits.shape[1], size=rows)
    for loss in (losses.softmax_cross_entropy, losses.focal):
        found, truth = loss(layout(logits), layout(labels)), loss(logits, labels)
        np.testing.assert_allclose(found, truth, rtol=8 * np.finfo(np.float32).eps)


PARAMETERS = {
    "class_weights": rng.uniform(0.5, 2, size=3),
    "class_mask": np.asarray([True, True, False]),
    "offset": rng.standard_normal(3),
    "temperature": np.asarray(2.0),
    "softcap": np.asarray(5.0),
}


@every_layout
@pytest.mark.parametrize("name", PARAMETERS)
def test_arrays_that_are_parameters_are_read(name, layout):
    logits, labels = rng.standard_normal((4, 3)), np.asarray([0, 1, 1, 0])
    given = PARAMETERS[name]
    # An array without axes has no strides to change.
    changed = layout(given) if given.ndim else given.astype(given.dtype.newbyteorder(">"))
    found = losses.softmax_cross_entropy(logits, labels, **{name: changed})
    np.testing.assert_array_equal(found, losses.softmax_cross_entropy(logits, labels, **{name: given}))


@every_layout
def test_counts_and_matrices_that_are_parameters_are_read(layout):
    logits, labels = rng.standard_normal((4, 3)), np.asarray([0, 1, 1, 0])
    matrix, counts = np.full((3, 3), 0.1) + 0.7 * np.eye(3), np.asarray([9, 3, 1])
    for loss, parameter in (
        (losses.ForwardCorrection, matrix),
        (losses.BackwardCorrection, matrix),
        (losses.LDAM, counts),
        (losses.LogitAdjusted, counts),
    ):
        np.testing.assert_array_equal(
            loss(layout(parameter))(logits, labels), loss(parameter)(logits, labels)
        )
    found = losses.class_balanced_weights(layout(counts), beta=0.9)
    assert found == losses.class_balanced_weights(counts, beta=0.9)


@pytest.mark.slow
@every_layout
@every_measure
def test_every_measure_reads_it(case, layout):
    for dtype in (np.float64, np.float32, np.float16):
        assert_same(case.function, tuple(a.astype(dtype) for a in case.arrays), layout)


SAMPLES, OTHERS = rng.integers(0, 4, size=40), rng.integers(-100, -96, size=40)
POINTS = rng.standard_normal(40)


def judgement(log_probs, labels):
    """The mean loss, and the rows of the largest class by the class they were taken for."""
    found = judge(log_probs, labels, classes=[str(k) for k in range(200)])
    return found.cross_entropy.value, found.confusion[int(labels.max())]


LOG_PROBS = np.log(rng.dirichlet(np.ones(200), size=40))
OF_NUMBERS = {
    "entropy_from_counts": (lambda c: estimators.entropy_from_counts(c).value, (np.asarray([3, 2, 9, 1]),)),
    "entropy_from_samples": (lambda x: estimators.entropy_from_samples(x).value, (SAMPLES,)),
    "cross_entropy_from_samples": (
        lambda x, y: estimators.cross_entropy_from_samples(x, y).value,
        (SAMPLES, SAMPLES[::-1].copy()),
    ),
    "kl_divergence_from_samples": (
        lambda x, y: estimators.kl_divergence_from_samples(x, y).value,
        (SAMPLES, SAMPLES[::-1].copy()),
    ),
    "mutual_information_from_samples": (
        lambda x, y: estimators.mutual_information_from_samples(x, y).value,
        (SAMPLES, OTHERS),
    ),
    "kozachenko_leonenko_entropy": (lambda x: estimators.kozachenko_leonenko_entropy(x).value, (POINTS,)),
    "kraskov_mutual_information": (
        lambda x, y: estimators.kraskov_mutual_information(x, y).value,
        (POINTS, POINTS[::-1].copy()),
    ),
    "ross_mutual_information": (
        lambda x, y: estimators.ross_mutual_information(x, y).value,
        (SAMPLES, POINTS),
    ),
    "gaussian_mutual_information": (
        estimators.gaussian_mutual_information,
        (np.asarray([0.1, -0.5]),),
    ),
    "corpus_perplexity": (
        lambda x, n: estimators.corpus_perplexity(x, tokens=n).per_token.nats,
        (-np.abs(POINTS), SAMPLES + 1),
    ),
    "huffman_code": (
        lambda p: codes.huffman_code(p).expected_length(p),
        (np.asarray([0.5, 0.25, 0.125, 0.125]),),
    ),
    "judge": (
        judgement,
        (LOG_PROBS, SAMPLES + 120),
    ),
}
of_numbers = pytest.mark.parametrize(("function", "arrays"), OF_NUMBERS.values(), ids=OF_NUMBERS)


@every_layout
@of_numbers
def test_every_estimator_code_and_score_reads_it(function, arrays, layout):
    assert_same(function, arrays, layout)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "uint64", ">i2"])
@of_numbers
def test_whole_numbers_of_every_width_are_read(function, arrays, dtype):
    if arrays[0].dtype.kind == "f" and arrays[-1].dtype.kind == "f":
        pytest.skip("takes no whole numbers")
    limits = np.iinfo(dtype)
    narrow = [
        a if a.dtype.kind == "f" or a.min() < limits.min or a.max() > limits.max else a.astype(dtype)
        for a in arrays
    ]
    assert function(*narrow) == function(*arrays)


def test_symbols_of_8_bits_are_read_beside_more_classes():
    pytest.importorskip("constriction")
    symbols, probs = np.asarray([1, 200, 255]), np.full(300, 1 / 300)
    assert codes.encode(symbols.astype(np.uint8), probs) == codes.encode(symbols, probs)


def masked(array):
    mask = np.zeros(array.shape, dtype=bool)
    mask.flat[1] = True
    return np.ma.array(array, mask=mask)


@of_numbers
def test_masked_entries_of_samples_and_counts_are_refused(function, arrays):
    for place in range(len(arrays)):
        given = [masked(a) if k == place else a for k, a in enumerate(arrays)]
        with pytest.raises(
            DomainError, match="must have no masked entries; got a masked one, first at index"
        ):
            function(*given)


@every_measure
def test_masked_entries_of_distributions_are_refused(case):
    for place in range(len(case.arrays)):
        given = [masked(a) if k == place else a for k, a in enumerate(case.arrays)]
        with pytest.raises(DomainError, match="must have no masked entries"):
            case.function(*given)


@every_loss
def test_masked_entries_of_logits_truths_and_weights_are_refused(case):
    loss, logits, truth = case.loss, case.logits, case.truth
    weight = np.ones(loss(logits, truth).shape)
    for act in (
        partial(loss, masked(logits), truth),
        partial(loss, logits, masked(truth)),
        partial(loss, logits, truth, sample_weight=masked(weight)),
        partial(loss.hessian_vector_product, logits, truth, masked(logits)),
    ):
        with pytest.raises(DomainError, match="must have no masked entries"):
            act()


def test_masked_entries_of_parameters_are_refused():
    logits, labels = np.zeros((2, 3)), np.asarray([0, 1])
    for name in ("class_weights", "class_mask", "offset"):
        with pytest.raises(DomainError, match="must have no masked entries"):
            losses.softmax_cross_entropy(logits, labels, **{name: masked(PARAMETERS[name])})
    with pytest.raises(DomainError, match="must have no masked entries"):
        losses.LDAM(masked(np.asarray([9, 3, 1])))


def test_masked_entries_in_a_sequence_of_arrays_are_refused():
    with pytest.raises(DomainError, match=r"entropy: `probs` must have no masked entries"):
        measures.entropy([masked(np.asarray([0.5, 0.5]))])


def test_masked_and_missing_entries_of_arrays_at_any_depth_are_refused():
    with pytest.raises(DomainError, match=r"f: `arrays` must have no masked entries"):
        numpy_array([[masked(np.asarray([0.5, 0.5]))]], caller="f")
    pandas = pytest.importorskip("pandas")
    with pytest.raises(DomainError, match=r"f: `arrays` must have no missing entries"):
        numpy_array([pandas.Series([1, None], dtype="Int64")] * 2, caller="f")


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        pytest.param(
            lambda ragged: codes.encode(ragged, [0.5, 0.5]),
            "symbols",
            marks=pytest.mark.skipif(find_spec("constriction") is None, reason="needs constriction"),
        ),
        (codes.huffman_code, "probs"),
        (estimators.entropy_from_counts, "counts"),
        (lambda ragged: judge(ragged, [0, 1], classes=["a", "b"]), "log_probs"),
    ],
)
def test_ragged_lists_are_refused_in_a_line(call, argument):
    with pytest.raises(
        ShapeError, match=f"`{argument}` must be an array of one shape; got a ragged sequence"
    ):
        call([[1, 2], [3]])


def test_the_message_says_where_the_first_masked_entry_is_and_what_to_do():
    with pytest.raises(DomainError) as caught:
        check_unmasked(masked(np.ones((2, 3))), caller="f", argument="logits")
    assert str(caught.value) == (
        "f: `logits` must have no masked entries; got a masked one, first at index (0, 1). "
        "Drop them with `.compressed()`, or write numbers there with `.filled(number)`."
    )


def test_an_array_that_is_plain_is_not_copied():
    array = np.ones((2, 3)).T
    assert plain(array, caller="f") is array
    assert numpy_array(array, caller="f") is array


@every_layout
def test_what_is_made_plain_is_native_aligned_and_of_the_base_class(layout):
    array = rng.standard_normal((2, 3))
    found = plain(layout(array), caller="f")
    assert type(found) is np.ndarray
    assert found.dtype.isnative
    assert found.flags.aligned
    np.testing.assert_array_equal(found, array)


@pytest.mark.skipif(np.dtype(np.longdouble).itemsize <= 8, reason="long doubles are doubles here")
def test_floats_of_more_than_64_bits_are_refused():
    with pytest.raises(DTypeError, match=r"`probs` must have at most 64 bits a number; got float\d+"):
        measures.entropy(np.asarray([0.5, 0.5], dtype=np.longdouble))
    with pytest.raises(DTypeError, match=r"`probs` must have at most 64 bits a number; got float\d+"):
        measures.entropy([np.longdouble(0.5), np.longdouble(0.5)])
