"""What all measures do alike: libraries, dtypes, axes, bases, checks."""

import numpy as np
import pytest
from tests.array_libraries import array_library
from tests.measures.every_measure import TABLE, P, Q, cases, every_measure, of_one, of_pairs, of_tables
from tests.relative_error import assert_within

from xent import measures
from xent.errors import DomainError, DTypeError, ShapeError

some = pytest.mark.parametrize(
    "case", [*of_one[:2], of_one[3], *of_pairs[:6], of_pairs[10], of_tables[1], of_tables[3]], ids=str
)


def test_every_public_name_has_a_case():
    tried = {case.name.partition("-")[0] for case in cases}
    elsewhere = {
        "BinaryCrossEntropy",
        "BinaryEntropy",
        "binary_cross_entropy",
        "binary_entropy",
        "codes",
        "estimators",
        "f_divergence",
        "pointwise_mutual_information",
        "surprisal",
    }
    assert set(measures.__all__) == tried | elsewhere


@every_measure
def test_every_library_finds_the_same(xp, case):
    found = xp.call_public(case.function, *case.arrays)
    assert found.dtype == np.float64
    assert found.shape == (2,)
    assert_within(8, found, case.function(*case.arrays))


@every_measure
def test_results_have_the_dtype_of_the_arguments(case):
    for dtype in (np.float32, np.float16):
        found = case.function(*(array.astype(dtype) for array in case.arrays))
        assert found.dtype == dtype
        np.testing.assert_allclose(found, case.function(*case.arrays), rtol=8 * np.finfo(dtype).eps)


def test_half_precision_is_summed_in_32_bits():
    p = np.full(4096, 2.0**-12, dtype=np.float16)
    assert measures.entropy(p) == np.float16(12 * np.log(2))


def test_bfloat16_is_computed_in_32_bits():
    torch = pytest.importorskip("torch")
    found = measures.entropy(torch.full((4096,), 2.0**-12, dtype=torch.bfloat16))
    assert found.dtype == torch.bfloat16
    assert abs(float(found) - 12 * np.log(2)) <= 2**-5


def test_of_two_dtypes_the_wider_one_counts():
    found = measures.kl_divergence(P, Q.astype(np.float32))
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, measures.kl_divergence(P, Q))


@every_measure
def test_nothing_is_written_into_an_argument(case):
    copies = [array.copy() for array in case.arrays]
    case.function(*copies)
    for copy, array in zip(copies, case.arrays, strict=True):
        np.testing.assert_array_equal(copy, array)


@every_measure
def test_a_batch_is_its_rows_one_by_one(case):
    together = case.function(*case.arrays)
    for k in range(2):
        np.testing.assert_array_equal(case.function(*(array[k] for array in case.arrays)), together[k])
    assert case.function(*(array[:0] for array in case.arrays)).shape == (0,)


@pytest.mark.parametrize("case", [*of_one[:4], *of_pairs[:4]], ids=str)
def test_the_axis_and_the_kept_axis_are_those_asked_for(xp, case):
    found = case.function(*(xp.from_numpy(array.T) for array in case.arrays), axis=0, keepdims=True)
    assert_within(8, xp.to_numpy(found)[0], case.function(*case.arrays, keepdims=False))
    assert case.function(*case.arrays, keepdims=True).shape == (2, 1)


@pytest.mark.parametrize("case", of_tables, ids=str)
def test_a_joint_table_keeps_the_axes_of_its_variables(case):
    kept = case.function(*case.arrays, keepdims=True)
    assert kept.shape == (2, *(1,) * (case.arrays[0].ndim - 1))
    np.testing.assert_array_equal(kept.ravel(), case.function(*case.arrays))


def test_leading_axes_broadcast():
    found = measures.kl_divergence(P[0], Q)
    np.testing.assert_array_equal(found, [measures.kl_divergence(P[0], q) for q in Q])
    assert measures.cross_entropy(P[:, None], Q).shape == (2, 2)


@pytest.mark.parametrize("base", [2, 10, 0.5, 3.7])
def test_the_base_divides_by_its_logarithm(base):
    for name in ("entropy", "surprisal"):
        function = getattr(measures, name)
        np.testing.assert_allclose(function(P[0], base=base), function(P[0]) / np.log(base), rtol=1e-15)
    for name in ("kl_divergence", "cross_entropy", "js_divergence"):
        function = getattr(measures, name)
        np.testing.assert_allclose(function(P, Q, base=base), function(P, Q) / np.log(base), rtol=1e-15)
    np.testing.assert_allclose(
        measures.mutual_information(TABLE, base=base),
        measures.mutual_information(TABLE) / np.log(base),
        rtol=1e-15,
    )


def test_lists_and_integers_are_numbers():
    assert measures.entropy([0, 1]) == 0
    assert measures.entropy([0, 1]).dtype == np.float64
    assert measures.entropy([[1, 1, 2], [4, 0, 0]], normalize=True, base=2).tolist() == [1.5, 0]


@pytest.mark.parametrize(
    "name", ["kl_divergence", "js_divergence", "chi_squared_divergence", "hellinger_distance"]
)
@pytest.mark.parametrize("library", ["numpy", "array_api_strict", "torch"])
def test_close_counts_in_32_bits_keep_their_digits_when_they_are_normalised(library, name):
    xp = pytest.importorskip(library)
    rng = np.random.default_rng(0)
    counts = rng.integers(1, 1000, 5).astype(np.float32)
    others = (1.5 * counts * (1 + 1e-4 * rng.normal(size=5))).astype(np.float32)
    measure = getattr(measures, name)
    truth = measure(counts.astype(np.float64), others.astype(np.float64), normalize=True)
    found = measure(xp.asarray(counts), xp.asarray(others), normalize=True)
    assert found.dtype == xp.float32
    assert float(found) == pytest.approx(float(truth), rel=1.2e-7, abs=0)


def test_normalize_divides_by_the_sum_in_every_space():
    counts = np.asarray([[4.0, 2.0, 2.0], [1.0, 0.0, 7.0]])
    np.testing.assert_array_equal(
        measures.kl_divergence(counts, Q, normalize=True), measures.kl_divergence(P, Q)
    )
    logs = np.log(np.asarray([4.0, 2.0, 2.0]))
    assert_within(4, measures.entropy(log_probs=logs, normalize=True), measures.entropy(P[0]))
    assert_within(
        4, measures.mutual_information(7 * TABLE, normalize=True), measures.mutual_information(TABLE)
    )


def test_logs_and_logits_are_ways_to_write_probabilities(xp):
    with np.errstate(divide="ignore"):
        log_p, log_q = np.log(P), np.log(Q)
    for name in ("entropy", "perplexity"):
        function = getattr(measures, name)
        for space, array in (("log_probs", log_p), ("logits", log_p + 3)):
            found = function(**{space: xp.from_numpy(array)})
            np.testing.assert_allclose(xp.to_numpy(found), function(P), rtol=1e-14)
    for name in ("cross_entropy", "kl_divergence", "js_divergence", "js_distance"):
        function = getattr(measures, name)
        for space, arrays in (("log_probs", (log_p, log_q)), ("logits", (log_p + 1, log_q - 5))):
            found = function(**{space: tuple(map(xp.from_numpy, arrays))})
            np.testing.assert_allclose(xp.to_numpy(found), function(P, Q), rtol=1e-14)
    for order in (0, 0.5, 1, 2, np.inf):
        for name in ("renyi_entropy", "tsallis_entropy"):
            function = getattr(measures, name)
            found = function(log_probs=xp.from_numpy(log_p), order=order)
            np.testing.assert_allclose(xp.to_numpy(found), function(P, order=order), rtol=1e-13)
        found = measures.renyi_divergence(xp.from_numpy(P), log_probs=xp.from_numpy(log_q), order=order)
        truth = measures.renyi_divergence(P, Q, order=order)
        np.testing.assert_allclose(xp.to_numpy(found), truth, rtol=1e-13)


@some
def test_torch_and_jax_differentiate(case):
    torch = pytest.importorskip("torch")
    jax = pytest.importorskip("jax")
    array_library("jax")
    arrays = [0.9 * array + 0.1 / array[0].size for array in case.arrays]
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    case.function(*tensors).sum().backward()
    slopes_of = jax.grad(lambda *arrays: case.function(*arrays).sum(), argnums=tuple(range(len(arrays))))
    # An operation at a time JAX would compile each of them.
    slopes = jax.jit(slopes_of)(*arrays)
    for k, (tensor, slope) in enumerate(zip(tensors, slopes, strict=True)):
        np.testing.assert_allclose(tensor.grad, slope, rtol=1e-10, atol=1e-12)
        step = np.zeros_like(arrays[k])
        step[0].flat[0], step[0].flat[1] = 1e-6, -1e-6
        moved = [[a + (sign * step if i == k else 0) for i, a in enumerate(arrays)] for sign in (1, -1)]
        rise = case.function(*moved[0]).sum() - case.function(*moved[1]).sum()
        np.testing.assert_allclose((np.asarray(slope) * step).sum() * 2, rise, rtol=1e-6, atol=1e-14)


# Refusals ----------------------------------------------------------------------------------------------


def assert_refused(kind, text, function, *args, **keywords):
    with pytest.raises(kind) as caught:
        function(*args, **keywords)
    assert str(caught.value) == text


def test_a_sum_that_is_not_1_is_refused_with_its_index_and_the_cure(xp):
    wrong = np.full((5, 2), 0.5)
    wrong[3, 1] = 0.4
    text = (
        "{}: `{}` must sum to 1 along {}; got 0.9, first at index (3,). "
        "Pass `normalize=True` to divide by the sum."
    )
    right = xp.from_numpy(np.full((5, 2), 0.5))
    args = ("entropy", "probs", "the last axis")
    assert_refused(DomainError, text.format(*args), measures.entropy, xp.from_numpy(wrong))
    args = ("kl_divergence", "q", "the last axis")
    assert_refused(DomainError, text.format(*args), measures.kl_divergence, right, xp.from_numpy(wrong))
    args = ("entropy", "probs", "axis 0")
    assert_refused(DomainError, text.format(*args), measures.entropy, xp.from_numpy(wrong.T), axis=0)
    args = ("js_divergence", "probs[1]", "the last axis")
    assert_refused(DomainError, text.format(*args), measures.js_divergence, right, xp.from_numpy(wrong))


def is_refused(probs):
    try:
        measures.entropy(probs)
    except DomainError:
        return True
    return False


def test_the_sum_is_checked_to_half_the_digits_of_the_dtype():
    for dtype, slack in ((np.float32, 3e-4), (np.float64, 1e-8)):
        assert not is_refused(np.asarray([0.5, 0.5 + slack], dtype=dtype))
        assert is_refused(np.asarray([0.5, 0.5 + 2 * slack], dtype=dtype))


@pytest.mark.parametrize(("entry", "shown"), [(-0.25, "-0.25"), (np.nan, "nan")])
def test_entries_that_are_no_probabilities_are_refused(xp, entry, shown):
    wrong = np.asarray([[0.5, 0.5], [1 - entry, entry]])
    text = f"{{}}: `{{}}` must be >= 0; got {shown}, first at index (1, {0 if np.isnan(entry) else 1})."
    text += " Pass logits as `logits=`, logarithms as `log_probs=`."
    assert_refused(DomainError, text.format("entropy", "probs"), measures.entropy, xp.from_numpy(wrong))
    args = xp.from_numpy(wrong), xp.from_numpy(wrong)
    assert_refused(DomainError, text.format("kl_divergence", "p"), measures.kl_divergence, *args)


def test_who_takes_probabilities_only_gives_no_advice_on_logits():
    args = np.asarray([1.0, 0.0]), np.asarray([2.0, -1.0])
    text = "total_variation: `q` must be >= 0; got -1, first at index (1,)."
    assert_refused(DomainError, text, measures.total_variation, *args)


def test_counts_without_a_sum_cannot_be_normalised():
    assert_refused(
        DomainError,
        "entropy: `probs` must sum to a positive finite number along the last axis; got 0.",
        measures.entropy,
        [0.0, 0.0],
        normalize=True,
    )


def test_logarithms_that_are_none_are_refused():
    assert_refused(
        DomainError,
        "entropy: `log_probs` must have exponentials that sum to 1 along the last axis; got 2. "
        "Pass `normalize=True` to divide by the sum.",
        measures.entropy,
        log_probs=np.zeros(2),
    )
    assert_refused(
        DomainError,
        "entropy: `log_probs` must be logarithms of probabilities; got nan, first at index (1,).",
        measures.entropy,
        log_probs=np.asarray([0.0, np.nan]),
    )


def test_without_validation_no_value_is_looked_at():
    assert np.isfinite(measures.entropy([0.5, 0.25], validate=False))
    assert np.isnan(measures.entropy([np.nan, 0.5], validate=False))
    with pytest.raises(DTypeError):
        measures.entropy([True, False], validate=False)


def test_traced_values_are_not_looked_at():
    jax = pytest.importorskip("jax")
    assert np.isfinite(jax.jit(measures.entropy)(np.asarray([0.5, 0.25])))


def test_a_base_without_a_logarithm_is_refused():
    for base, shown in ((1, "1"), (0, "0"), (-2, "-2"), (np.inf, "inf"), (np.nan, "nan")):
        text = f"entropy: `base` must be > 0, finite and not 1; got {shown}."
        assert_refused(DomainError, text, measures.entropy, P, base=base)


def test_one_space_has_to_be_chosen():
    text = "{}: `{}` must be given in one space: as probabilities, as `log_probs` or as `logits`; got {}."
    assert_refused(DomainError, text.format("entropy", "probs", "none"), measures.entropy)
    several = {"log_probs": np.zeros(1), "logits": np.zeros(1)}
    assert_refused(DomainError, text.format("entropy", "probs", "several"), measures.entropy, **several)
    assert_refused(DomainError, text.format("kl_divergence", "q", "none"), measures.kl_divergence, P)
    assert_refused(DomainError, text.format("entropy", "probs", "several"), measures.entropy, P, logits=P)
    text = "kl_divergence: `logits` must be a tuple of 2 arrays; got ndarray."
    assert_refused(ShapeError, text, measures.kl_divergence, logits=P)


def test_shapes_that_do_not_fit_are_refused():
    text = "kl_divergence: `q` must have as many outcomes as `p`, 3; got 2."
    assert_refused(ShapeError, text, measures.kl_divergence, P, [0.5, 0.5])
    text = "kl_divergence: `q` must have leading axes that broadcast with (2,), those of `p`; got (3,)."
    assert_refused(ShapeError, text, measures.kl_divergence, P, np.full((3, 3), 1 / 3))
    text = "entropy: `axis` must name an axis of `probs`; got 2 for 2 axes."
    assert_refused(ShapeError, text, measures.entropy, P, axis=2)
    text = "entropy: `axis` must be an integer; got NoneType."
    assert_refused(DTypeError, text, measures.entropy, P, axis=None)
    text = "entropy: `probs` must have at least one outcome; got shape (2, 0)."
    assert_refused(ShapeError, text, measures.entropy, np.zeros((2, 0)))
    text = "mutual_information: `joint` must have at least 2 axes, one for each variable; got shape (2,)."
    assert_refused(ShapeError, text, measures.mutual_information, [0.5, 0.5])


def test_dtypes_and_libraries_are_checked():
    text = "entropy: `probs` must be real floating or integral; got bool."
    assert_refused(DTypeError, text, measures.entropy, [True, False])
    strict, torch = pytest.importorskip("array_api_strict"), pytest.importorskip("torch")
    with pytest.raises(DTypeError, match="kl_divergence: `arrays` must be arrays of one library; got array"):
        measures.kl_divergence(torch.tensor(P), strict.asarray(Q))


def test_numpy_arrays_join_the_library_of_the_others():
    torch = pytest.importorskip("torch")
    joined = measures.kl_divergence(torch.tensor(P), Q)
    assert isinstance(joined, torch.Tensor)
    np.testing.assert_array_equal(joined, measures.kl_divergence(torch.tensor(P), torch.tensor(Q)))


def test_a_tuple_of_arrays_where_one_array_is_due_is_refused():
    p = np.asarray([0.25, 0.75])
    for space in ("log_probs", "logits"):
        with pytest.raises(
            ShapeError, match=rf"^kl_divergence: `{space}` must be one array; got a tuple of 2"
        ):
            measures.kl_divergence(p, **{space: (np.log(p), np.log(p))})
        with pytest.raises(ShapeError, match=rf"^entropy: `{space}` must be one array; got a tuple of 1"):
            measures.entropy(**{space: (np.log(p),)})
    assert measures.kl_divergence(p, logits=(np.log(0.25), np.log(0.75))) < 1e-30


@pytest.mark.parametrize(
    ("weights", "kind", "said"),
    [
        ("ab", ShapeError, "`weights` must have 2 entries, one for each distribution; got str"),
        (0.5, ShapeError, "`weights` must have 2 entries, one for each distribution; got float"),
        (
            np.asarray(0.5),
            ShapeError,
            "`weights` must have 2 entries, one for each distribution; got ndarray",
        ),
        (["a", "b"], DTypeError, "`weights` must hold real numbers; got could not convert"),
        ([0.5, None], DTypeError, "`weights` must hold real numbers; got "),
    ],
    ids=["text", "number", "array of no axes", "list of text", "none within"],
)
def test_weights_of_a_mixture_that_are_no_numbers_are_refused(weights, kind, said):
    p = np.asarray([0.25, 0.75])
    with pytest.raises(kind, match=rf"^js_divergence: {said}"):
        measures.js_divergence(p, p, weights=weights)


@pytest.mark.parametrize("space", ["log_probs", "logits"])
@pytest.mark.parametrize("value", [0.5, iter([1])], ids=["number", "iterator"])
def test_distributions_of_a_mixture_come_as_a_tuple(space, value):
    with pytest.raises(ShapeError, match=rf"^js_divergence: `{space}` must be a tuple of arrays; got "):
        measures.js_divergence(**{space: value})


def test_a_distance_has_no_unit_of_a_base_below_1():
    p, q = np.asarray([0.25, 0.75]), np.asarray([0.5, 0.5])
    assert measures.js_divergence(p, q, base=0.5) == -measures.js_divergence(p, q, base=2)
    with pytest.raises(DomainError, match=r"^js_distance: `base` must be > 1 for a square root; got 0.5"):
        measures.js_distance(p, q, base=0.5)
