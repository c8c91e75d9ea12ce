import ctypes
import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from xent.kernels import softmax_cross_entropy
from xent.kernels.cpu import rows_kernel, thread_pool
from xent.kernels.cpu.forked_process import is_forked
from xent.kernels.softmax_cross_entropy import Labels

# Functions that are called, perhaps late.
KEPT = []


@pytest.fixture(params=["PyTorch's", "Python's"])
def each_team(request, monkeypatch):
    """Whose threads are asked."""
    if request.param == "Python's":
        monkeypatch.setattr(thread_pool, "team_of_pytorch", lambda: None)
    else:
        pytest.importorskip("torch")
        if thread_pool.team_of_pytorch() is None or is_forked(os.getpid()):
            pytest.skip("PyTorch's threads have no entry by this name here, or may be another process's")


def entries_of(function):
    """A Python function of an address in the place of all functions of a job."""
    KEPT.append(ctypes.CFUNCTYPE(None, ctypes.c_void_p)(function))
    return thread_pool.Entries(*[ctypes.cast(KEPT[-1], ctypes.c_void_p).value] * 3)


@pytest.mark.usefixtures("each_team")
def test_every_thread_is_given_the_address():
    seen, job = [], ctypes.create_string_buffer(8)
    both = threading.Barrier(2, timeout=30)
    entries = entries_of(lambda job: seen.append((job, threading.get_ident())) or both.wait())
    thread_pool.in_threads(entries, job, 2)
    assert [address for address, _ in seen] == [ctypes.addressof(job)] * 2
    assert len({ident for _, ident in seen}) == 2


@pytest.mark.usefixtures("each_team")
def test_one_thread_is_the_calling_one():
    seen = []
    entries = entries_of(lambda _: seen.append(threading.get_ident()))
    thread_pool.in_threads(entries, ctypes.create_string_buffer(8), 1)
    assert seen == [threading.get_ident()]


def test_number_of_threads_is_never_odd(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    processors = thread_pool.number_of_threads()
    odd = ("", "0", "-3", "2.5", "1e3", "1_0", "x", ",2", "0x2")
    for given, expected in {**dict.fromkeys(odd, processors), "007": 7, " 2 ": 2, "9" * 5000: 1024}.items():
        monkeypatch.setenv("OMP_NUM_THREADS", given)
        assert thread_pool.number_of_threads() == expected, given


RULES = {
    "OMP_NUM_THREADS": ("3", "3"),
    "a list for nested teams": ("2,4", "2"),
    "nonsense": ("many", str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0)),
}


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system has no affinity of processors")
@pytest.mark.parametrize("rule", RULES)
def test_number_of_threads_is_that_of_the_environment(rule):
    given, expected = RULES[rule]
    code = "from xent.kernels.cpu.thread_pool import number_of_threads; print(number_of_threads())"
    environment = {**os.environ, "OMP_NUM_THREADS": given}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == expected


def test_number_of_threads_is_that_of_pytorch():
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(5)
        assert thread_pool.number_of_threads() == 5
    finally:
        torch.set_num_threads(before)


# Threads, forks and new processes ------------------------------------------------------------------


def loss_of_a_shared_problem():
    """The sum of a loss that is worth several threads."""
    logits = np.random.default_rng(15).standard_normal((4096, 100)).astype(np.float32)
    return float(softmax_cross_entropy.value(logits, Labels(np.arange(4096) % 100)).sum(dtype=float))


@pytest.mark.usefixtures("each_team")
def test_threads_may_call_at_once(monkeypatch):
    monkeypatch.setattr(rows_kernel, "number_of_threads", lambda: 3)
    expected, found = loss_of_a_shared_problem(), []
    threads = [
        threading.Thread(target=lambda: found.extend(loss_of_a_shared_problem() for _ in range(5)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 20


def test_bits_stay_while_pytorch_changes_the_number_of_threads():
    torch = pytest.importorskip("torch")
    logits = np.random.default_rng(16).standard_normal((3001, 100)).astype(np.float32)
    expected, before = gradient_of(logits), torch.get_num_threads()
    found = []

    def call(seed):
        for step in range(8):
            # It is a setting of each thread.
            torch.set_num_threads(1 + (seed + step) % 7)
            torch.ones(200_000).exp().sum()
            found.append(gradient_of(logits))

    threads = [threading.Thread(target=call, args=(seed,)) for seed in range(4)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        torch.set_num_threads(before)
    assert len(found) == 32
    assert all(np.array_equal(one, expected) for one in found)


def gradient_of(logits):
    """Gradient of a loss of each row."""
    gradient, labels = np.empty_like(logits), np.arange(len(logits)) % logits.shape[1]
    softmax_cross_entropy.gradient(logits, Labels(labels), gradient)
    return gradient


PROBLEM = """
import sys, threading, multiprocessing as mp
import numpy as np
from xent.kernels import softmax_cross_entropy as kernel
from xent.kernels.cpu import rows_kernel
rows_kernel.number_of_threads = lambda: 3
def loss(_=None, dtype=np.float32):
    logits = np.random.default_rng(15).standard_normal((4096, 100)).astype(dtype)
    return float(kernel.value(logits, kernel.Labels(np.arange(4096) % 100)).sum(dtype=float))
"""
CHILDREN = """
if __name__ == "__main__":
    expected = loss()
    # One process: each but a forked one imports all that this program does.
    with mp.get_context(sys.argv[1]).Pool(1) as pool:
        assert pool.map(loss, range(2)) == [expected] * 2
    assert loss() == expected
    print("equal")
"""


BESIDE_PYTORCH = {"alone": "", "beside PyTorch": "import torch\n"}


def run(code, *arguments, folder):
    """Output of a program that must end by itself."""
    file = folder / "program.py"
    file.write_text(code, encoding="utf-8")
    command = [sys.executable, "-W", "ignore", str(file), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("beside", BESIDE_PYTORCH)
@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_processes_that_are_forked_or_spawned_find_the_same(method, beside, tmp_path):
    if beside != "alone":
        pytest.importorskip("torch")
    if method != "spawn" and not hasattr(os, "fork"):
        pytest.skip("the system has no fork")
    assert run(BESIDE_PYTORCH[beside] + PROBLEM + CHILDREN, method, folder=tmp_path) == "equal"


def test_a_call_while_the_interpreter_shuts_down_still_works(tmp_path):
    late = "import atexit\natexit.register(lambda: print(loss() > 0))\nloss()\n"
    assert run(PROBLEM + late, folder=tmp_path) == "True"


# The first call -------------------------------------------------------------------------------------


def test_kernels_are_imported_without_llvm_or_numba():
    code = "import sys, xent.kernels; print([m for m in ('llvmlite', 'numba', 'torch') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
