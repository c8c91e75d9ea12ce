"""Results of tasks in their order, and executors that lose them."""

from concurrent.futures import Executor, Future, ThreadPoolExecutor

import pytest

from xent.streams.ordered_map import ordered_map


def test_a_future_that_a_closed_client_leaves_without_end_is_an_error(monkeypatch):
    monkeypatch.setattr("xent.streams.ordered_map._PATIENCE", 0.01)

    class Client:
        status = "running"

        def nthreads(self):
            return {"worker": 1}

    class Lost(Executor):
        _client = Client()

        def submit(self, *_):
            self._client.status = "closed"
            return Future()

    with pytest.raises(ConnectionError, match="the client of Dask is closed"):
        list(ordered_map(int, [1, 2], Lost()))


def test_a_timeout_that_a_task_raises_is_its_own_error(monkeypatch):
    monkeypatch.setattr("xent.streams.ordered_map._PATIENCE", 0.01)

    def late(_):
        raise TimeoutError("of the task")

    with ThreadPoolExecutor(1) as executor, pytest.raises(TimeoutError, match="of the task"):
        list(ordered_map(late, [1, 2, 3], executor))


def test_a_task_that_outlasts_many_looks_is_waited_for(monkeypatch):
    import time

    monkeypatch.setattr("xent.streams.ordered_map._PATIENCE", 0.001)

    def slow(value):
        time.sleep(0.02)
        return value

    with ThreadPoolExecutor(2) as executor:
        assert list(ordered_map(slow, range(4), executor)) == [0, 1, 2, 3]
