import numpy as np
import pytest

from xent.scoring.clusters import clusters_of
from xent.scoring.shares import share_of_part, share_of_rows
from xent.scoring.wilson import wilson_interval


def ends(found):
    return found.low, found.high


def shares(happened, **given):
    """Share of all rows by either function."""
    clusters = clusters_of(len(happened), **given)
    yield share_of_rows(happened, clusters)
    yield share_of_part(happened, np.arange(len(happened)), clusters)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_of_0_or_1_counts_all_units_of_many(share):
    happened = np.full(9000, share == 1)
    of_units = wilson_interval(share * 4500, 4500)
    for found in shares(happened, groups=np.repeat(np.arange(4500), 2)):
        assert ends(found) == pytest.approx(ends(of_units), rel=1e-12)


@pytest.mark.parametrize("share", [0.0, 1.0])
@pytest.mark.parametrize("grouped", [True, False])
def test_a_share_of_0_or_1_counts_weighted_units_at_their_effective_number(share, grouped):
    weights = np.repeat([0.0, 1.0, 30.0], [2000, 4000, 40])
    of_units = wilson_interval(share * 5200**2 / 40_000, 5200**2 / 40_000)
    for found in shares(
        np.full(6040, share == 1), weights=weights, **({"groups": np.arange(6040)} if grouped else {})
    ):
        assert ends(found) == pytest.approx(ends(of_units), rel=1e-12)


def test_rows_without_weight_do_not_change_the_interval_of_a_part():
    happened, weights = np.arange(40) % 3 == 0, np.repeat([1.0, 2.0, 0.0], [10, 10, 20])
    found = share_of_part(happened, np.arange(40), clusters_of(40, weights=weights))
    kept = share_of_part(happened[:20], np.arange(20), clusters_of(20, weights=weights[:20]))
    assert ends(found) == pytest.approx(ends(kept), rel=1e-12)


@pytest.mark.parametrize("groups", [None, np.arange(50_000) // 2])
def test_few_heavy_units_of_many_count_at_their_effective_number(groups):
    weights = np.repeat([1.0, 1000.0], [49_800, 200])
    masses = weights if groups is None else np.bincount(groups, weights=weights)
    found = clusters_of(50_000, weights=weights, groups=groups).effective
    assert found == pytest.approx(masses.sum() ** 2 / (masses @ masses), rel=1e-12)
    assert found < 320
