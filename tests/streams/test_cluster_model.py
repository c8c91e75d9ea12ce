"""The model of a pass on a cluster agrees with a simulated one, whose sums do not depend on the workers."""

import pytest
from benchmarks.cluster.cluster_model import Cluster, PassPlan
from benchmarks.cluster.simulated_cluster import simulated_pass


@pytest.mark.parametrize("level", [0, None])
def test_the_model_agrees_with_the_simulation_from_1_to_1000_workers(level):
    plan = PassPlan(10**9, 100, 5, level=level)
    totals = set()
    for workers in (1, 10, 100, 1000):
        seconds, total = simulated_pass(plan, Cluster(workers))
        assert seconds == pytest.approx(plan.seconds(Cluster(workers)), rel=0.1)
        totals.add(total)
    assert len(totals) == 1


def test_branches_lift_the_limit_of_the_scheduler():
    cluster = Cluster(1000)
    fragments = PassPlan(10**10, 100, 5, level=0)
    branches = PassPlan(10**10, 100, 5)
    assert max(fragments.limits(cluster), key=fragments.limits(cluster).get) == "scheduler"
    assert max(branches.limits(cluster), key=branches.limits(cluster).get) == "work"
    assert branches.seconds(cluster) < 0.3 * fragments.seconds(cluster)
    assert branches.seconds(cluster) < 1.1 * fragments.work(cluster) * fragments.fragments / 1000


def test_wide_points_have_so_few_tasks_that_the_network_does_not_limit_a_pass():
    cluster = Cluster(1000)
    wide = PassPlan(10**10, 10_000, 100)
    limits = wide.limits(cluster)
    assert max(limits, key=limits.get) == "work"
    assert PassPlan(10**10, 10_000, 100, level=0).limits(cluster)["network"] > 10 * limits["network"]
