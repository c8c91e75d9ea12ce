"""A sum by a fixed tree has the same bits whatever branches are tasks."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tests.streams.made_rows import assert_same_bits, made_rows, write_parquet

from xent import LogisticRegression
from xent.streams import sources, summation_tree
from xent.streams.summation_tree import SummationTree, branch_level


def summed(nodes, level=0):
    tree = SummationTree(lambda a, b: a + b)
    for node in nodes:
        tree.add(level, node)
    return tree.total()


def by_definition(values):
    """Node of the least level that holds all values: the sum of its left half, a power of 2, and the rest."""
    if len(values) == 1:
        return values[0]
    half = 1 << (len(values) - 1).bit_length() - 1
    return by_definition(values[:half]) + by_definition(values[half:])


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 23, 64, 100])
def test_any_level_of_branches_gives_the_sum_by_definition(count):
    generator = np.random.default_rng(count)
    values = (generator.normal(size=count) * 10.0 ** generator.integers(-9, 9, count)).tolist()
    expected = by_definition(values)
    for level in range(8):
        size = 1 << level
        branches = [summed(values[k : k + size]) for k in range(0, count, size)]
        assert summed(branches, level) == expected
    assert summed([]) is None


def test_a_node_is_the_sum_of_its_left_and_its_right_part():
    tree = SummationTree(lambda a, b: f"({a}{b})")
    for letter in "abcdefg":
        tree.add(0, letter)
    assert tree.total() == "(((ab)(cd))((ef)g))"


def test_a_tree_rounds_less_than_a_sum_from_left_to_right():
    values = np.random.default_rng(1).uniform(1, 2, 1 << 14)
    from math import fsum

    exact = fsum(values)
    from_left = float(np.add.accumulate(values)[-1])
    assert abs(summed(values.tolist()) - exact) <= 14 * 2.0**-53 * exact
    assert abs(summed(values.tolist()) - exact) < abs(from_left - exact)


def test_a_pass_has_so_few_tasks_that_neither_scheduler_nor_network_limits_it():
    assert branch_level(0, 4000) == branch_level(8192, 4000) == 0
    for fragments in (8193, 40_000, 10**6):
        assert 4096 < -(-fragments // 2 ** branch_level(fragments, 4000)) <= 8192
        assert 128 < -(-fragments // 2 ** branch_level(fragments, 1 << 26)) <= 256


def test_branches_as_tasks_give_the_bits_of_a_fit_without_executor(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "_FRAGMENT_ROWS", 500)
    path = write_parquet(tmp_path / "rows.parquet", *made_rows(6600), group=500)
    serial = LogisticRegression().fit_batches(path, target="y")
    monkeypatch.setattr(summation_tree, "_LEAST_TASKS", 2)
    told = []
    with ThreadPoolExecutor(2) as executor:
        for most in (2, 6):
            monkeypatch.setattr(summation_tree, "_MOST_TASKS", most)
            model = LogisticRegression().fit_batches(
                path, target="y", executor=executor, on_progress=told.append
            )
            assert_same_bits(model, serial)
    # 14 fragments are 2 branches of 8, or 4 of 4, in each pass.
    assert {each.rows_done for each in told if each.pass_number == 1} == {4000, 6600, 2000, 6000}
