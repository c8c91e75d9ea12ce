import os
import subprocess
import sys

import pytest

CALLS = """
import numpy as np
from xent.kernels import runs_here, sigmoid_cross_entropy, softmax_cross_entropy as softmax
def call_all(dtypes):
    runs_here()
    for dtype in dtypes:
        for K in (3, 200):
            logits, labels = np.zeros((40, K), dtype), np.zeros(40, np.uint64)
            truths = softmax.Labels(labels), softmax.Labels(labels, smoothing=0.1), softmax.Targets(logits)
            for truth in truths:
                softmax.value_and_gradient(logits, truth, np.empty_like(logits))
        sigmoid_cross_entropy.value(logits, logits)
"""
FORKED = """
import os, signal, threading
import llvmlite.binding as llvm
parse, is_compiling, children = llvm.parse_assembly, threading.Event(), []
def parse_and_say_so(text):
    is_compiling.set()
    return parse(text)
llvm.parse_assembly = parse_and_say_so
thread = threading.Thread(target=call_all, args=([np.float64],))
thread.start()
while thread.is_alive():
    if is_compiling.wait(0.1):
        is_compiling.clear()
        child = os.fork()
        if not child:
            signal.alarm(80)
            logits = np.ones((2, 200), np.float32)
            os._exit(not (softmax.value(logits, softmax.Labels(np.zeros(2, int))) > 5).all())
        children.append(child)
thread.join()
assert children
assert [os.waitpid(child, 0)[1] for child in children] == [0] * len(children)
print("equal")
"""
WATCHED = """
import sys
from xent.kernels.cpu.first_use import FIRST_USE
class Watch:
    found = set()
    def find_spec(self, name, path=None, target=None):
        if not FIRST_USE._is_owned():
            self.found.add(name)
sys.meta_path.insert(0, Watch())
call_all([np.float32])
print(sorted(Watch.found))
"""


def run(code):
    """Output of a program that must end by itself."""
    command = [sys.executable, "-W", "ignore", "-c", CALLS + code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_fork_in_the_midst_of_a_compilation_is_safe():
    assert run(FORKED) == "equal"


def test_all_that_a_first_call_imports_is_imported_under_the_lock():
    # A child forked while another thread imports would wait for the lock of that import for ever.
    assert run(WATCHED) == "[]"
