"""Fits on the workers of a Dask cluster: the bits of a fit here, whatever happens to a worker."""

import os
import signal
import subprocess
import sys

import pytest
from sklearn.base import clone
from tests.streams.made_rows import assert_same_bits, made_rows, write_parquet

from xent import LogisticRegression
from xent.errors import DataError, DomainError
from xent.jobs.batches import dask_workers
from xent.jobs.batches.dask_workers import dask_executor
from xent.streams import sources
from xent.streams.ordered_map import ordered_map

pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return write_parquet(tmp_path_factory.mktemp("rows") / "rows.parquet", *made_rows(9000))


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as made:
        yield made


def test_a_cluster_gives_the_bits_of_a_fit_here_though_a_worker_is_killed(file, cluster, monkeypatch):
    monkeypatch.setattr(sources, "_FRAGMENT_ROWS", 2000)
    alone = LogisticRegression().fit_batches(file, target="y")
    with dask_executor(cluster.scheduler_address) as executor:
        assert_same_bits(LogisticRegression().fit_batches(file, target="y", executor=executor), alone)
        killed = []

        def kill_one(progress):
            if progress.pass_number == 3 and not killed:
                killed.append(next(iter(cluster.workers.values())).pid)
                os.kill(killed[0], signal.SIGKILL)

        again = LogisticRegression().fit_batches(file, target="y", executor=executor, on_progress=kill_one)
    assert killed
    assert_same_bits(again, alone)


def test_a_worker_killed_in_each_pass_changes_no_bit(file, monkeypatch):
    monkeypatch.setattr(sources, "_FRAGMENT_ROWS", 1000)
    # Two passes beside the first scan: each kill costs the imports of a new worker.
    rough = LogisticRegression(tol=1e-2)
    alone = clone(rough).fit_batches(file, target="y")
    killed = {}
    with distributed.LocalCluster(
        n_workers=3, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:

        def kill_one(progress):
            # After some fragments of the pass, so that the others are under way.
            if progress.pass_number not in killed and progress.rows_done >= 2000:
                workers = [each for each in cluster.workers.values() if each.pid not in killed.values()]
                killed[progress.pass_number] = workers[0].pid
                os.kill(workers[0].pid, signal.SIGKILL)

        with dask_executor(cluster.scheduler_address) as executor:
            model = rough.fit_batches(file, target="y", executor=executor, on_progress=kill_one)
    assert sorted(killed) == list(range(model.n_passes_))
    assert len(set(killed.values())) == model.n_passes_ >= 3
    assert_same_bits(model, alone)


@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_a_frame_of_dask_is_a_source_here_and_on_its_cluster(file, cluster):
    dataframe = pytest.importorskip("dask.dataframe")
    frame = dataframe.read_parquet(file, split_row_groups=1)
    assert frame.npartitions == 9
    model = LogisticRegression().fit_batches(frame, target="y")
    # 9,000 rows of a file are one fragment, and a sum of nine has other rounding errors.
    reference = LogisticRegression().fit_batches(file, target="y")
    assert abs(model.coef_ - reference.coef_).max() < 1e-9
    with dask_executor(cluster.scheduler_address) as executor:
        assert_same_bits(LogisticRegression().fit_batches(frame, target="y", executor=executor), model)


def test_workers_of_other_versions_and_absent_schedulers_are_named(cluster, monkeypatch):
    monkeypatch.setattr(dask_workers, "_SECONDS", 1)
    with (
        pytest.raises(DataError, match="must be the address of a scheduler; got tcp:"),
        dask_executor("tcp://127.0.0.1:9"),
    ):
        pass
    with pytest.raises(DomainError, match="must be local or tcp://HOST:PORT"), dask_executor("9000"):
        pass
    monkeypatch.setattr("xent.version.__version__", "0")
    with (
        pytest.raises(DataError, match=r"same versions; got worker tcp:.* with xent .*, beside 0 here"),
        dask_executor(cluster.scheduler_address),
    ):
        pass


@pytest.fixture
def lone_scheduler():
    """Scheduler in a process of its own with one worker, and the address."""
    with subprocess.Popen(
        [sys.executable, "-c", SCHEDULER], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    ) as process:
        yield process, process.stdout.readline().strip()
        process.kill()


SCHEDULER = """
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, host="127.0.0.1",
                      protocol="tcp", dashboard_address="127.0.0.1:0") as cluster:
        print(cluster.scheduler_address, flush=True)
        input()
"""


def test_a_lost_scheduler_is_one_error_and_the_checkpoint_goes_on(file, lone_scheduler, tmp_path):
    process, address = lone_scheduler
    checkpoint = tmp_path / "fit.checkpoint"

    def kill_it(progress):
        if progress.pass_number == 3:
            process.kill()

    with (
        pytest.raises(DataError, match="`dask` must stay reachable; got tcp:"),
        dask_executor(address) as executor,
    ):
        LogisticRegression().fit_batches(
            file, target="y", executor=executor, checkpoint=checkpoint, on_progress=kill_it
        )
    resumed = LogisticRegression().fit_batches(file, target="y", checkpoint=checkpoint, resume=True)
    assert_same_bits(resumed, LogisticRegression().fit_batches(file, target="y"))


def test_a_scheduler_that_is_gone_when_asked_for_its_workers_is_the_same_error(lone_scheduler, monkeypatch):
    process, address = lone_scheduler
    # The client waits as long for a connection that it makes anew.
    monkeypatch.setattr(dask_workers, "_SECONDS", 1)

    def tasks():
        yield 1
        process.kill()
        process.wait()
        yield 2

    with (
        pytest.raises(DataError, match=r"`dask` must stay reachable; got tcp:"),
        dask_executor(address) as executor,
    ):
        list(ordered_map(int, tasks(), executor))


def test_any_error_after_the_loss_of_the_scheduler_is_the_same_error(lone_scheduler, monkeypatch):
    process, address = lone_scheduler
    monkeypatch.setattr(dask_workers, "_SECONDS", 1)

    def lose():
        process.kill()
        process.wait()
        raise RuntimeError("no such key")

    with (
        pytest.raises(DataError, match=r"`dask` must stay reachable; got tcp:.*says 'no such key'"),
        dask_executor(address),
    ):
        lose()


def test_a_file_that_fails_beside_a_cluster_is_not_blamed_on_it(cluster):
    with pytest.raises(OSError, match="no space"), dask_executor(cluster.scheduler_address):
        raise OSError(28, "no space left")
