import math

import numpy as np
import pytest

from xent.errors import DomainError, DTypeError, ShapeError
from xent.measures.estimators import corpus_perplexity


def test_bits_per_byte_and_byte_perplexity_are_a_published_pair():
    found = corpus_perplexity([-math.log(1.5015845643537054) * 700], bytes=[700]).per_byte
    assert found.bits == pytest.approx(0.5864857250704371, rel=1e-15)
    assert found.perplexity == pytest.approx(1.5015845643537054, rel=1e-15)


def test_every_token_counts_the_same():
    found = corpus_perplexity([-2 * math.log(1000), -98 * math.log(2)], tokens=[2, 98])
    assert found.per_token.nats == pytest.approx((2 * math.log(1000) + 98 * math.log(2)) / 100, rel=1e-15)
    assert found.per_token.perplexity == pytest.approx(math.exp(found.per_token.nats), rel=1e-15)
    assert (found.documents, found.per_token.units) == (2, 100)
    assert (found.per_byte, found.per_character) == (None, None)


def test_log_likelihoods_of_tokens_are_summed_and_counted():
    documents = [[-1.0, -2.0], np.asarray([-0.5]), [-3.0, -1.0, -4.0]]
    found = corpus_perplexity(documents, bytes=[5, 2, 9])
    sums = corpus_perplexity([-3.0, -0.5, -8.0], tokens=[2, 1, 3], bytes=[5, 2, 9])
    assert found == sums
    assert corpus_perplexity(documents, tokens=[2, 1, 3], bytes=[5, 2, 9]) == sums
    words = corpus_perplexity([sum(document) for document in documents], tokens=[1, 1, 2])
    assert words.per_token.nats == pytest.approx(11.5 / 4)


def test_rows_of_a_table_are_documents_of_as_many_tokens():
    table = -np.random.default_rng(3).random((4, 6))
    assert corpus_perplexity(table) == corpus_perplexity(list(table))
    assert corpus_perplexity(table).per_token.units == 24
    assert corpus_perplexity(table, tokens=np.full(4, 6)) == corpus_perplexity(table)


def test_a_perplexity_beyond_floats_is_inf_and_its_logarithm_is_not():
    found = corpus_perplexity([-7200.0, -7400.0], tokens=[10, 10]).per_token
    assert found.nats == 730
    assert found.perplexity == math.inf
    assert found.perplexity_interval == (math.inf, math.inf)
    assert np.isfinite(found.bits_interval).all()


def test_an_impossible_token_makes_the_corpus_impossible():
    found = corpus_perplexity([-1.0, -math.inf, -2.0], tokens=[1, 1, 1]).per_token
    assert (found.nats, found.high, found.perplexity) == (math.inf, math.inf, math.inf)
    assert math.isfinite(found.low)


def test_a_certain_corpus_has_perplexity_1():
    found = corpus_perplexity([0.0, 0.0], tokens=[3, 4]).per_token
    assert (found.nats, found.perplexity, found.perplexity_interval) == (0, 1, (1, 1))


def test_a_single_document_has_no_interval():
    found = corpus_perplexity([-3.0], tokens=[2]).per_token
    assert math.isnan(found.low)
    assert math.isnan(found.high)


@pytest.mark.parametrize("documents", [200, 12_000])
def test_the_interval_is_as_wide_as_the_delta_method_says(documents):
    rng = np.random.default_rng(1)
    tokens = rng.integers(1, 50, size=documents)
    losses = tokens * rng.gamma(4, 0.5, size=documents)
    found = corpus_perplexity(-losses, tokens=tokens, seed=3, resamples=1000).per_token
    residual = losses - found.nats * tokens
    error = math.sqrt(np.sum(residual**2)) / tokens.sum()
    assert (found.high - found.low) / (2 * 1.96 * error) == pytest.approx(1, abs=0.1)
    assert found.low < found.nats < found.high


def test_the_interval_covers_the_truth_as_often_as_it_claims():
    rng = np.random.default_rng(2)
    covered = 0
    for seed in range(150):
        tokens = rng.integers(1, 30, size=60)
        found = corpus_perplexity(
            -tokens * rng.gamma(4, 0.5, size=60), tokens=tokens, level=0.9, resamples=300, seed=seed
        )
        covered += found.per_token.low <= 2 <= found.per_token.high
    # 90 % with a standard deviation of 2.4 %, and a little less because 60 documents are few.
    assert 0.80 < covered / 150 < 0.98


def test_an_interval_is_repeated_by_its_seed():
    rng = np.random.default_rng(3)
    losses, tokens = -rng.gamma(4, 0.5, size=40), np.ones(40, dtype=int)
    found = [corpus_perplexity(losses, tokens=tokens, seed=seed).per_token for seed in (1, 1, 2)]
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize(
    ("log_likelihoods", "options", "error", "text"),
    [
        ([], {"tokens": []}, DomainError, "`log_likelihoods` must hold at least one document; got none."),
        ([-1.0, 2.0], {"tokens": [1, 1]}, DomainError, "must be <= 0; got 2, first at index (1,). They are"),
        ([[-1.0], [-1.0, math.nan]], {}, DomainError, "must be <= 0; got nan, first at index (1, 1)."),
        ([-1.0], {}, DomainError, "`tokens` must be given, or `bytes` or `characters`; got None."),
        (
            [-1.0],
            {"bytes": [0]},
            DomainError,
            "`bytes` must be >= 1; got 0, first at index (0,). Leave empty",
        ),
        (
            [-1.0],
            {"bytes": [1, 2]},
            ShapeError,
            "`bytes` must have shape (1,), one number for each document;",
        ),
        ([[-1.0], -1.0], {}, ShapeError, "got shape (), first at index (1,)."),
        (np.zeros((2, 2, 2)), {}, ShapeError, "of one array for each document; got shape (2, 2, 2)."),
        (
            -np.ones((2, 3)),
            {"tokens": [3, 2]},
            DomainError,
            "`tokens` must be the number of log-likelihoods of each document, here 3; got 2, first at index ",
        ),
        (
            np.ma.array([[-1.0, -2.0]], mask=[[False, True]]),
            {},
            DomainError,
            "`log_likelihoods` must have no masked entries; got a masked one, first at index (0, 1).",
        ),
        (
            np.asarray(["1960-01-01"], dtype="datetime64[D]"),
            {"tokens": [1]},
            DTypeError,
            "`log_likelihoods` must be real numbers; got datetime64[D].",
        ),
        (["x"], {"tokens": [1]}, DTypeError, "`log_likelihoods` must be real numbers; got could not convert"),
        ([-1.0], {"bytes": [1.5]}, DomainError, "`bytes` must be whole numbers up to 2**53; got 1.5"),
        ([-1.0], {"tokens": [1], "level": 1}, DomainError, "`level` must lie between 0 and 1; got 1."),
        ([-1.0], {"tokens": [1], "resamples": 0}, DomainError, "`resamples` must be an integer >= 1; got 0."),
    ],
)
def test_errors_name_the_argument_the_rule_and_the_cure(log_likelihoods, options, error, text):
    with pytest.raises(error) as caught:
        corpus_perplexity(log_likelihoods, **options)
    assert text in str(caught.value)
