import os
from types import SimpleNamespace

from tests.running.waiting_threads import SLEEPING, pytest_configure


def test_threads_of_this_run_sleep_while_they_wait():
    assert os.environ.keys() >= SLEEPING.keys()


def test_a_policy_of_the_environment_stays_and_ours_ends_with_the_run(monkeypatch):
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    monkeypatch.delenv("OPENBLAS_THREAD_TIMEOUT", raising=False)
    cleanups = []
    pytest_configure(SimpleNamespace(add_cleanup=cleanups.append))
    assert os.environ["OMP_WAIT_POLICY"] == "active"
    assert os.environ["OPENBLAS_THREAD_TIMEOUT"] == SLEEPING["OPENBLAS_THREAD_TIMEOUT"]
    for cleanup in cleanups:
        cleanup()
    assert os.environ["OMP_WAIT_POLICY"] == "active"
    assert "OPENBLAS_THREAD_TIMEOUT" not in os.environ
