import math

import numpy as np
import pytest

from xent.errors import DomainError
from xent.measures.estimators import entropy_interval


def zipf(K):
    return 1 / np.arange(1, K + 1) / (1 / np.arange(1, K + 1)).sum()


SOURCES = {
    "fair coin": np.full(2, 0.5),
    "coin": np.asarray([0.3, 0.7]),
    "rare": np.asarray([0.1, 0.9]),
    "uniform": np.full(4, 0.25),
    "many": np.full(300, 1 / 300),
    "zipf": zipf(10),
    "words": zipf(1000),
}


def covered(source, n, repetitions=30):
    """Intervals given, and those of them that hold the entropy of the source."""
    p, rng = SOURCES[source], np.random.default_rng(1)
    truth = -(p * np.log(p)).sum()
    given = [entropy_interval(rng.multinomial(n, p)) for _ in range(repetitions)]
    given = [one for one in given if not one.reason]
    return len(given), sum(one.low - 1e-12 <= truth <= one.high + 1e-12 for one in given)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "n"),
    [
        ("fair coin", 50),
        ("fair coin", 100_000),
        ("coin", 200),
        ("rare", 1000),
        ("uniform", 50),
        ("zipf", 200),
        ("zipf", 10_000),
    ],
)
def test_intervals_cover_the_entropy_of_the_source(source, n):
    given, hits = covered(source, n)
    assert given == 30
    assert hits >= 25


@pytest.mark.slow
@pytest.mark.parametrize(("source", "n"), [("many", 10_000), ("words", 100_000)])
def test_intervals_of_many_symbols_cover(source, n):
    given, hits = covered(source, n, repetitions=6)
    assert given == 6
    assert hits >= 4


def test_no_interval_is_given_where_symbols_must_be_expected_that_were_not_seen():
    for n in (20, 200, 1000, 10_000):
        assert covered("words", n, repetitions=5)[0] == 0
    for n, words in (
        (20, "fewer than 50"),
        (1000, "fewer than 10 observations for each"),
        (9_000, "seen only once"),
    ):
        drawn = np.random.default_rng(0).multinomial(n, SOURCES["words"])
        found = entropy_interval(drawn)
        assert found.low is None
        assert words in found.reason
    assert entropy_interval([500]).reason == "only one symbol occurs"
    assert entropy_interval([0, 0]).reason == "there are no observations"


def test_two_symbols_have_the_image_of_the_interval_of_their_share():
    from scipy.stats import binomtest

    share = binomtest(30, 200).proportion_ci(0.95, method="exact")
    ends = [-(p * math.log(p) + (1 - p) * math.log1p(-p)) for p in (share.low, share.high)]
    found = entropy_interval([170, 30])
    assert (found.low, found.high) == pytest.approx(ends, rel=1e-9)
    assert entropy_interval([95, 105]).high == math.log(2)


@pytest.mark.parametrize("level", [0.0, 1.0, 1.5, math.nan])
def test_a_level_outside_of_0_to_1_is_refused(level):
    with pytest.raises(DomainError, match="entropy_interval: `level` must lie between 0 and 1; got"):
        entropy_interval([48, 52], level=level)


def test_equal_seeds_give_equal_intervals_and_categories_without_observations_change_nothing():
    assert entropy_interval([50, 30, 40]) == entropy_interval([50, 30, 40])
    assert entropy_interval([50, 0, 30, 40]) == entropy_interval([50, 30, 40])


def test_masked_counts_are_refused():
    counts = np.ma.masked_array([100, 100, 1000], [0, 0, 1])
    with pytest.raises(DomainError, match="`counts` must have no masked entries"):
        entropy_interval(counts)
