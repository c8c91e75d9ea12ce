from collections import Counter

import numpy as np
import pytest

from xent.errors import DomainError, DTypeError, ShapeError
from xent.measures import entropy
from xent.measures.codes import huffman_code
from xent.measures.estimators import entropy_from_counts, entropy_from_samples
from xent.measures.estimators.category_codes import category_codes, symbol_counts

ABRACADABRA = {"a": 5, "b": 2, "r": 2, "c": 1, "d": 1}


@pytest.mark.parametrize(
    ("samples", "counts"),
    [
        ("abracadabra", ABRACADABRA),
        (list("abracadabra"), ABRACADABRA),
        (np.asarray(list("abracadabra")), ABRACADABRA),
        (iter("abracadabra"), ABRACADABRA),
        (np.asarray(list("abracadabra"), dtype=object), ABRACADABRA),
        ([3, -1, 3], {3: 2, -1: 1}),
        (np.asarray([3, -1, 3], dtype=np.int8), {3: 2, -1: 1}),
        (np.asarray([-128, 127], dtype=np.int8), {-128: 1, 127: 1}),
        ([0, 2**62, 2**62], {0: 1, 2**62: 2}),
        ([0, 2**70, 2**70], {0: 1, 2**70: 2}),
        (np.asarray([2**64 - 1, 2**64 - 2, 2**64 - 1], dtype=np.uint64), {2**64 - 1: 2, 2**64 - 2: 1}),
        ([True, False, True], {1: 2, 0: 1}),
        ([1, "1", None, (1, 2), (1, 2)], {1: 1, "1": 1, None: 1, (1, 2): 2}),
        (["a", "a\0"], {"a": 1, "a\0": 1}),
        ([(1, 2), (3, 4), (1, 2)], {(1, 2): 2, (3, 4): 1}),
        (np.asarray(["2026-01-01", "2026-01-02"], dtype="datetime64[D]").tolist(), None),
        # NumPy makes floats of these, and one float of the first two.
        ([2**63, 2**63 + 1, -1], {2**63: 1, 2**63 + 1: 1, -1: 1}),
    ],
)
def test_samples_of_any_kind_are_counted(samples, counts):
    found = symbol_counts(samples, caller="f")
    assert found == counts if counts is not None else sorted(found.values()) == [1, 1]


def test_labels_of_a_few_large_integers_are_counted_without_a_large_table():
    codes = category_codes(np.asarray([0, 10**15]), caller="f")
    assert codes.size == 2


def test_entropy_is_that_of_the_counts():
    found = entropy_from_samples("abracadabra", method="chao_shen", base=2)
    assert found == entropy_from_counts([5, 2, 2, 1, 1], method="chao_shen", base=2)


def test_code_0_stands_for_the_first_symbol_also_where_codes_start_above_0():
    # Small integers are not shifted, so that code and symbol are one.
    found = category_codes(np.asarray([5, 7]), caller="f")
    assert found.codes.tolist() == [5, 7]
    assert found.observed_only().symbols.tolist() == [5, 7]


@pytest.mark.parametrize("low", [70_000, -3])
def test_large_and_negative_integers_are_shifted_to_begin_at_0(low):
    found = category_codes(np.asarray([low, low + 2]), caller="f")
    assert found.codes.tolist() == [0, 2]
    assert (found.size, found.symbols) == (3, low)


@pytest.mark.parametrize(
    ("samples", "error", "text"),
    [
        (
            [0.5, 1.5],
            DTypeError,
            "`samples` must hold no floats; got 0.5, first at index (0,). For continuous",
        ),
        (np.asarray([0.5]), DTypeError, "`samples` must be integers, strings or hashables; got float64. For"),
        ([1, 2, np.nan], DTypeError, "got nan, first at index (2,)."),
        ([1, np.float32(1.5)], DTypeError, "`samples` must hold no floats; got"),
        ([[1], [2]], DTypeError, "`samples` must be integers, strings or hashables; got unhashable type"),
        (np.zeros((2, 2), dtype=int), ShapeError, "`samples` must have one axis; got shape (2, 2)."),
        ([], DomainError, "`samples` must hold at least one observation; got none."),
        (None, DTypeError, "`samples` must hold one entry for each observation; got NoneType."),
        (
            Counter("abab"),
            DTypeError,
            "`samples` must hold observations; got Counter. If it counts them, pass",
        ),
        (
            np.ma.array([1, 2], mask=[0, 1]),
            DomainError,
            "`samples` must have no masked entries; got a masked one, first at index (1,).",
        ),
    ],
)
def test_errors_name_the_argument_the_rule_and_the_cure(samples, error, text):
    with pytest.raises(error) as caught:
        entropy_from_samples(samples)
    assert text in str(caught.value)


@pytest.mark.parametrize("dtype", ["Int64", "boolean", "string", "str"])
def test_missing_entries_of_a_nullable_column_are_refused_as_what_they_are(dtype):
    pandas = pytest.importorskip("pandas")
    column = pandas.Series([1, None, 0] if dtype in ("Int64", "boolean") else ["a", None, "b"], dtype=dtype)
    if not hasattr(column.dtype, "na_value"):
        pytest.skip("this version of pandas has no such dtype")
    with pytest.raises(DomainError) as caught:
        entropy_from_samples(column)
    text = "entropy_from_samples: `samples` must have no missing entries; got one, first at index (1,)."
    assert str(caught.value).startswith(text)
    assert entropy_from_samples(column.dropna()).n == 2


def test_counts_in_a_counter_are_its_values():
    text = "abracadabra"
    found = entropy_from_counts(Counter(text), method="miller_madow")
    assert found == entropy_from_samples(text, method="miller_madow")
    with pytest.raises(
        DTypeError, match=r"huffman_code: `probs` must be numbers in order; got Counter\. Pass its"
    ):
        huffman_code(Counter(text), normalize=True)
    with pytest.raises(DTypeError, match=r"entropy: `probs` must be numbers in order; got dict\."):
        entropy({"a": 0.5, "b": 0.5})


def test_counts_in_a_nullable_column_are_its_numbers():
    pandas = pytest.importorskip("pandas")
    with pytest.raises(DomainError, match="`counts` must have no missing entries; got one, first at index"):
        entropy_from_counts(pandas.Series([5, None, 5], dtype="Int64"))
    assert entropy_from_counts(pandas.Series([5, 3], dtype="Int64")) == entropy_from_counts([5, 3])
