import itertools
import threading

import joblib
import numpy as np
import pytest
from tests.solvers.problems import problem, random_point
from threadpoolctl import threadpool_info

from xent.solvers.threads import each_group, map_groups, one_blas_thread


@pytest.mark.parametrize("heavy", [False, True])
@pytest.mark.parametrize("n", [1, 100, 1025, 8192, 50_001])
def test_groups_make_up_all_rows_in_order(n, heavy):
    groups = map_groups(lambda rows: rows, n, heavy=heavy)
    assert len(groups) == min(8, max(1, n // (512 if heavy else 4096)))
    assert groups[0].start == 0
    assert groups[-1].stop == n
    assert all(a.stop == b.start for a, b in itertools.pairwise(groups))


def test_results_come_in_the_order_of_rows_whichever_thread_is_first():
    first_is_late = threading.Event()

    def function(rows):
        if rows.start == 0 and joblib.cpu_count() > 1:
            first_is_late.wait(timeout=10)
        else:
            first_is_late.set()
        return rows.start

    starts = map_groups(function, 80_000)
    assert starts == sorted(starts)


def test_sums_are_the_same_bits_on_any_number_of_cores(monkeypatch):
    objective = problem(n=30_000, K=3)
    point = random_point(objective)
    results = []
    for cores in (1, 2, 5):
        monkeypatch.setattr(joblib, "cpu_count", lambda cores=cores: cores)
        results.append(objective.evaluate(point))
    for other in results[1:]:
        assert other.loss == results[0].loss
        assert np.array_equal(other.gradient, results[0].gradient)


def test_on_one_core_a_group_is_computed_when_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(joblib, "cpu_count", lambda: 1)
    begun = []
    for count, start in enumerate(each_group(lambda rows: begun.append(rows) or rows.start, 80_000), 1):
        assert len(begun) == count
        assert start == begun[-1].start
    assert len(begun) == 8


def test_an_error_in_a_group_is_raised():
    def fail(rows):
        raise KeyError(rows.start)

    with pytest.raises(KeyError):
        map_groups(fail, 50_000)


def test_blas_has_one_thread_inside_and_as_many_as_before_outside():
    def counts():
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    before = counts()
    with one_blas_thread():
        assert set(counts()) == {1}
    assert counts() == before
