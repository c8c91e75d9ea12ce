import os
import subprocess
import sys

import pytest

from xent.kernels.cpu import forked_process

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the flag of a fork is Linux's")
STATES = {
    "its own program": (b"7 (python) S 1 7 7 0 -1 4194304 100 0", False),
    "a fork": (b"7 (python) S 1 7 7 0 -1 4194368 100 0", True),
    "a name that misleads": (b"7 (a) S 1 7 7 0 -1 64 1) S 1 7 7 0 -1 4194304 100 0", False),
    "an emulation": (b"7 (python) S 1 7 7 0 -1 0 100 0", True),
    "another system": (b"?", True),
}


@pytest.fixture
def _asked_anew():
    forked_process.is_forked.cache_clear()
    yield
    forked_process.is_forked.cache_clear()


@pytest.mark.usefixtures("_asked_anew")
@pytest.mark.parametrize("state", STATES)
def test_a_process_is_a_fork_unless_the_system_says_it_is_not(state, tmp_path, monkeypatch):
    written, expected = STATES[state]
    file = tmp_path / "stat"
    file.write_bytes(written)
    monkeypatch.setattr(forked_process, "_STATE", file)
    assert forked_process.is_forked(os.getpid()) == expected


@pytest.mark.usefixtures("_asked_anew")
def test_a_process_is_a_fork_where_the_system_says_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(forked_process, "_STATE", tmp_path / "none")
    assert forked_process.is_forked(os.getpid())


# A parent that has used PyTorch's team; children and grandchildren, with and without an import in the parent.
GENERATIONS = """
import os, signal, sys
import torch
torch.set_num_threads(2)
torch.randn(500, 2000).softmax(-1).sum()
torch.manual_seed(1)
logits, labels = torch.randn(4000, 200), torch.arange(4000) % 200
def loss():
    from xent.kernels.cpu.forked_process import is_forked
    from xent.torch import cross_entropy
    losses = cross_entropy(logits, labels, reduction="none")
    return float(losses[::100].double().sum()), is_forked(os.getpid())
def in_child(function):
    child = os.fork()
    if not child:
        signal.alarm(60)
        os._exit(function() or 0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
def child():
    first = loss()
    in_child(lambda: first != loss())
    return first != (expected, True)
"""
FIRST_IMPORT = """
expected = float(sys.argv[1])
in_child(child)
in_child(lambda: in_child(child))
assert loss() == (expected, False)
in_child(child)
in_child(lambda: in_child(child))
print("equal")
"""


def run(code, *arguments):
    """Output of a program that must end by itself."""
    command = [sys.executable, "-W", "ignore", "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@LINUX
def test_children_compute_whoever_imported_first():
    torch = pytest.importorskip("torch")
    from xent.torch import cross_entropy

    logits = torch.randn(4000, 200, generator=torch.Generator().manual_seed(1))
    losses = cross_entropy(logits, torch.arange(4000) % 200, reduction="none")
    expected = float(losses[::100].double().sum())
    assert run(GENERATIONS + FIRST_IMPORT, repr(expected)) == "equal"


LOADER = """
import torch
from torch.utils.data import DataLoader, Dataset
class Losses(Dataset):
    def __init__(self):
        # Made here: in a forked worker PyTorch's own loops would wait for its lost threads.
        self.logits, self.labels = torch.arange(400_000.0).reshape(2000, 200).sin(), torch.arange(2000) % 200
    def __len__(self):
        return 4
    def __getitem__(self, index):
        from xent.torch import cross_entropy
        torch.set_num_threads(3)
        return cross_entropy(self.logits, self.labels, reduction="none")[:50]
if __name__ == "__main__":
    torch.randn(500, 2000).softmax(-1).sum()
    found = list(DataLoader(Losses(), batch_size=1, num_workers=1, multiprocessing_context=METHOD))
    assert all(torch.equal(batch[0], Losses()[0]) for batch in found)
    print("equal")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.parametrize("method", ["fork", "forkserver"])
def test_workers_of_a_loader_compute(method, tmp_path):
    pytest.importorskip("torch")
    file = tmp_path / "loader.py"
    file.write_text(LOADER.replace("METHOD", repr(method)), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(file)], capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "equal"
