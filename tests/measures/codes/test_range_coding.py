import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xent.errors import BackendError, DomainError, DTypeError, ShapeError
from xent.measures.codes import decode, encode
from xent.measures.codes.range_coding import coder_probs

pytest.importorskip("constriction")

P = np.asarray([0.7, 0.2, 0.08, 0.02])
MODELS = {"true": P, "uniform": np.full(4, 0.25), "wrong": np.asarray([0.4, 0.3, 0.2, 0.1])}


@pytest.fixture(scope="module")
def draws():
    symbols = np.random.default_rng(0).choice(4, size=100_000, p=P)
    assert set(symbols.tolist()) == {0, 1, 2, 3}
    return symbols


@pytest.mark.parametrize("name", MODELS)
def test_the_bits_written_are_the_cross_entropy(name, draws):
    q = MODELS[name]
    message = encode(draws, q)
    empirical = np.bincount(draws, minlength=4) / len(draws)
    cross_entropy = -len(draws) * float(empirical @ np.log2(q))
    assert cross_entropy <= 8 * len(message) <= 1.001 * cross_entropy
    np.testing.assert_array_equal(decode(message, q, length=len(draws)), draws)


def test_a_model_for_each_symbol_writes_the_sum_of_their_surprisals():
    rng = np.random.default_rng(1)
    models = rng.dirichlet(np.ones(7), size=5000)
    symbols = np.asarray([rng.choice(7, p=q) for q in models])
    message = encode(symbols, models)
    surprisal = -np.log2(models[np.arange(5000), symbols]).sum()
    assert surprisal <= 8 * len(message) <= surprisal + 64
    np.testing.assert_array_equal(decode(message, models, length=5000), symbols)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 300), st.integers(0, 200))
def test_what_was_written_is_read(seed, K, n):
    rng = np.random.default_rng(seed)
    q = rng.dirichlet(np.full(K, 0.5))
    symbols = rng.choice(np.flatnonzero(q), size=n)
    found = decode(encode(symbols, q), q, length=n)
    np.testing.assert_array_equal(found, symbols)
    assert found.dtype == np.int64


def test_no_symbols_and_a_single_possible_one_need_no_bytes():
    assert encode([], [0.5, 0.5]) == b""
    assert encode([0] * 9, [1.0]) == b""
    assert decode(b"", [1.0], length=3).tolist() == [0, 0, 0]
    assert decode(b"", [0.5, 0.5], length=0).tolist() == []


def test_a_probability_below_the_models_grain_costs_no_more_than_the_grain():
    tiny = 2.0**-40
    message = encode([1] * 1000, [1 - tiny, tiny])
    assert 22_900 <= 8 * len(message) <= 24_064


def test_messages_are_whole_little_endian_words():
    message = encode([0, 1, 2, 3] * 20, P)
    assert len(message) % 4 == 0
    with pytest.raises(DomainError, match="`message` must be a whole number of 4-byte words; got 3 bytes"):
        decode(b"abc", P, length=1)


def test_a_damaged_message_is_refused_where_it_is_found_out():
    with pytest.raises(
        DomainError, match=r"`message` must be one that `encode` wrote .*; got a damaged one, or"
    ):
        decode(b"\xff" * 8, [0.5, 0.25, 0.25], length=40)


@pytest.mark.parametrize("message", ["abcd", [1, 2, 3, 4], None])
def test_a_message_is_bytes(message):
    with pytest.raises(DTypeError, match=f"`message` must be bytes; got {type(message).__name__}"):
        decode(message, P, length=1)


@pytest.mark.parametrize("length", [2.0, None])
def test_a_length_that_is_no_integer_is_refused(length):
    with pytest.raises(
        DTypeError, match=f"^decode: `length` must be an integer; got {type(length).__name__}"
    ):
        decode(b"", P, length=length)


@pytest.mark.parametrize(
    ("symbols", "probs", "error", "text"),
    [
        ([0.5], P, DTypeError, "`symbols` must be integers; got float64"),
        ([[0]], P, ShapeError, r"`symbols` must have one axis; got \(1, 1\)"),
        ([0, 4], P, DomainError, r"`symbols` must lie in 0\.\.3; got 4, first at index \(1,\)"),
        ([-1], P, DomainError, r"`symbols` must lie in 0\.\.3; got -1"),
        (
            [0, 1],
            [1.0, 0.0],
            DomainError,
            r"have a probability > 0; got 1, of probability 0, first at index \(1,\)",
        ),
        ([0], [0.5, 0.4], DomainError, r"`probs` must sum to 1 along the last axis; got 0\.9"),
        ([0], [[0.5, 0.5], [0.5, 0.4]], DomainError, r"got 0\.9, first at index \(1,\)"),
        ([0], [1.5, -0.5], DomainError, r"`probs` must be finite and >= 0; got -0\.5, first at index \(1,\)"),
        ([0], [np.nan, 1.0], DomainError, "`probs` must be finite and >= 0; got nan"),
        ([0, 0], [[0.5, 0.5]], ShapeError, "`probs` must have 2 rows, one per symbol"),
        ([0], 1.0, ShapeError, r"`probs` must have shape \(K,\) or \(n, K\)"),
        ([0], ["a"], DTypeError, "`probs` must hold real numbers"),
    ],
)
def test_what_cannot_be_coded_is_refused(symbols, probs, error, text):
    with pytest.raises(error, match=text):
        encode(symbols, probs)


def test_a_length_that_is_not_that_of_the_models_is_refused():
    with pytest.raises(DomainError, match="`length` must be the number of rows of `probs`; got 3"):
        decode(b"", [[0.5, 0.5]], length=3)
    with pytest.raises(DomainError, match="`length` must be >= 0; got -1"):
        decode(b"", [0.5, 0.5], length=-1)


def test_a_missing_coder_is_named_with_the_cure(monkeypatch):
    monkeypatch.setitem(sys.modules, "constriction", None)
    with pytest.raises(
        BackendError, match=r'encode: `constriction` must be installed .* Run `pip install "xent\[coding\]"`'
    ):
        encode([0], [0.5, 0.5])


def test_the_coder_takes_as_many_bits_as_its_probabilities_say():
    """The model has a symbol below 2^-24, for which the coder takes fewer bits than -log2 q."""
    q = np.asarray([0.6, 0.4 - 2.0**-40, 2.0**-40, 0.0])
    probs = coder_probs(q)
    assert probs.sum() == pytest.approx(1, rel=1e-15)
    assert probs[3] == 0
    for symbol, count in ((0, 400_000), (1, 200_000), (2, 20_000)):
        bits = 8 * len(encode(np.full(count, symbol), q))
        # The last words have unused bits; the rare symbol's probability is rounded to a multiple of 2^-24.
        assert bits == pytest.approx(-count * np.log2(probs[symbol]), rel=0.05 if symbol == 2 else 1e-3)


def test_probabilities_of_the_coder_refuse_a_masked_entry():
    with pytest.raises(DomainError, match=r"coder_probs: `probs` must have no masked entries"):
        coder_probs(np.ma.masked_array([0.5, 0.5], mask=[False, True]))
