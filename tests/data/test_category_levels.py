import numpy as np
import pyarrow as pa
import pytest

from xent.data.category_levels import fewest_rows, pooled_levels


def pooled(counts, **options):
    levels = list(counts)
    codes = np.repeat(np.arange(len(levels), dtype=np.int32), list(counts.values()))
    return pooled_levels(np.random.default_rng(0).permutation(codes), pa.array(levels), **options)


@pytest.mark.parametrize(
    ("rows", "fewest"),
    [(1, 2), (100, 2), (299, 2), (300, 3), (1_000, 10), (10_000, 10), (11_000, 11), (1_000_000, 1_000)],
)
def test_how_rare_is_rare_grows_with_the_rows(rows, fewest):
    assert fewest_rows(rows) == fewest


def test_levels_at_the_limit_are_kept_and_those_below_are_pooled():
    split = pooled({"c": 10, "b": 9, "a": 981, "d": 0})
    assert (split.kept, split.pooled) == (("a", "c"), 1)


def test_the_commonest_levels_are_kept_and_ties_fall_by_name():
    assert pooled({"d": 20, "a": 20, "c": 20, "b": 30}, most=3).kept == ("a", "b")
    assert pooled({"d": 40, "a": 20, "c": 20, "b": 30}, most=3).kept == ("b", "d")


def test_as_many_levels_as_there_is_room_for_are_all_kept():
    assert pooled({"a": 5, "b": 5, "c": 5}, most=3).kept == ("a", "b", "c")
    assert pooled({"a": 5, "b": 5, "c": 5, "d": 1}, most=3).kept == ("a", "b")


def test_missing_cells_are_no_level_but_count_as_rows():
    codes = np.asarray([0] * 9 + [1] * 500 + [-1] * 491, dtype=np.int32)
    split = pooled_levels(codes, pa.array(["a", "b"]))
    assert (split.kept, split.pooled) == (("b",), 1)
