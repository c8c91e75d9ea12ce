"""Options that are integers refuse floats, truth values and text, and name themselves."""

import numpy as np
import pytest

from xent import measures
from xent.errors import DomainError, DTypeError
from xent.measures import codes, estimators

P = np.asarray([0.2, 0.3, 0.5])
JOINT = np.full((2, 3), 1 / 6)
CUBE = np.full((2, 2, 2), 1 / 8)
COUNTS = np.asarray([3, 5, 2, 1, 1])
X = np.random.default_rng(0).normal(size=(60, 1))
LABELS = np.resize([0, 1, 1, 2], 60)

CALLS = [
    (measures.entropy, (P,), "axis"),
    (measures.surprisal, (P,), "axis"),
    (measures.kl_divergence, (P, P), "axis"),
    (measures.conditional_entropy, (JOINT,), "given_axis"),
    (measures.conditional_mutual_information, (CUBE,), "given_axis"),
    (measures.joint_entropy, (JOINT,), "variables"),
    (measures.total_correlation, (JOINT,), "variables"),
    (codes.huffman_code, (P,), "radix"),
    (codes.huffman_code, (P,), "most_length"),
    (estimators.entropy_from_counts, (COUNTS,), "K"),
    (estimators.cross_entropy_from_samples, (LABELS, LABELS), "K"),
    (estimators.entropy_interval, (COUNTS,), "seed"),
    (estimators.corpus_perplexity, ([-np.ones(5), -np.ones(4)],), "seed"),
    (estimators.corpus_perplexity, ([-np.ones(5), -np.ones(4)],), "resamples"),
    (estimators.one_source_test, (COUNTS, COUNTS), "seed"),
    (estimators.one_source_test, (COUNTS, COUNTS), "permutations"),
    (estimators.mutual_information_from_samples, (LABELS, LABELS), "permutations"),
    (estimators.mutual_information_from_samples, (LABELS, LABELS), "seed"),
    (estimators.kozachenko_leonenko_entropy, (X,), "k"),
    (estimators.ross_mutual_information, (LABELS, X), "k"),
]


@pytest.fixture(params=["numpy", "torch"])
def array_of_any_library(request):
    """Function that makes an array of 64-bit floats of a library."""
    library = pytest.importorskip(request.param)
    return lambda numbers: library.asarray(numbers, dtype=library.float64)


@pytest.mark.parametrize("wrong", [2.5, True, "a", [1]], ids=["fraction", "truth", "text", "list"])
@pytest.mark.parametrize(
    ("measure", "arguments", "option"), CALLS, ids=[f"{call[0].__name__}-{call[2]}" for call in CALLS]
)
def test_an_integer_option_refuses_other_values(measure, arguments, option, wrong):
    with pytest.raises(DTypeError) as caught:
        measure(*arguments, **{option: wrong})
    assert caught.value.argument == option
    assert caught.value.rule == "be an integer"


def test_a_seed_of_jitter_is_an_integer():
    with pytest.raises(DTypeError, match=r"`seed` must be an integer; got 2\.5"):
        estimators.kozachenko_leonenko_entropy(X, jitter=1e-6, seed=2.5)


@pytest.mark.parametrize("base", ["two", [2], {2: 2}], ids=["text", "list", "mapping"])
def test_a_base_is_a_number(base):
    with pytest.raises(DTypeError, match=rf"^entropy: `base` must be a number; got {type(base).__name__}"):
        measures.entropy(P, base=base)
    with pytest.raises(DTypeError, match=f"`base` must be a number; got {type(base).__name__}"):
        estimators.entropy_from_counts(COUNTS, method="plug_in", base=base)


@pytest.mark.parametrize("wrong", [None, "a", [0.5], 1j], ids=["none", "text", "list", "complex"])
def test_a_level_is_a_number(wrong):
    with pytest.raises(DTypeError, match=r"^corpus_perplexity: `level` must be a number; got "):
        estimators.corpus_perplexity([-1.0, -2.0], tokens=[1, 2], level=wrong)
    with pytest.raises(DTypeError, match=r"^entropy_interval: `level` must be a number; got "):
        estimators.entropy_interval(COUNTS, level=wrong)


@pytest.mark.parametrize("wrong", [None, "a", [0.5], 1j], ids=["none", "text", "list", "complex"])
def test_an_order_is_a_number(wrong):
    for measure in (measures.renyi_entropy, measures.tsallis_entropy):
        with pytest.raises(DTypeError, match=rf"^{measure.__name__}: `order` must be a number; got "):
            measure(P, order=wrong)


def test_arrays_as_base_order_or_level_are_refused(array_of_any_library):
    several = array_of_any_library([2.0, 10.0])
    kind = type(several).__name__
    for measure, option in (
        (measures.entropy, "base"),
        (measures.renyi_entropy, "order"),
        (estimators.plug_in_entropy, "base"),
        (estimators.entropy_interval, "level"),
    ):
        of = COUNTS if measure.__module__.startswith(estimators.__name__) else P
        with pytest.raises(
            DTypeError, match=rf"^{measure.__name__}: `{option}` must be a number; got {kind}"
        ):
            measure(of, **{option: several})
    with pytest.raises(DTypeError, match=rf"`prior` must be one of .*; got {kind}"):
        estimators.bayesian_entropy(COUNTS, K=5, prior=several)


def test_an_order_of_any_width_has_the_value_of_its_number(array_of_any_library):
    whole = measures.tsallis_divergence(P, P[::-1], order=2)
    for order in (np.int8(2), np.float32(2), np.longdouble(2), array_of_any_library(2.0)):
        assert measures.tsallis_divergence(P, P[::-1], order=order) == whole


def test_an_integer_beyond_floats_is_no_order_and_no_base():
    for measure, option in ((measures.entropy, "base"), (measures.renyi_entropy, "order")):
        with pytest.raises(DomainError, match=rf"`{option}` must be .*; got an integer beyond the range of"):
            measure(P, **{option: 10**400})


@pytest.mark.parametrize("wrong", [None, [0.5], 1j], ids=["none", "list", "complex"])
def test_a_jitter_is_a_number(wrong):
    with pytest.raises(DTypeError, match="`jitter` must be a number or 'rounding'; got "):
        estimators.kozachenko_leonenko_entropy(X, jitter=wrong, seed=0)
