"""Exceptions at any instruction of a call, and threads that cannot be started: memory stays the caller's."""

import subprocess
import sys

import numpy as np
import pytest

from xent.kernels.softmax_cross_entropy.cpu.compiled import scratch_of

START = """
import os, sys, time
import numpy as np
from xent.kernels import softmax_cross_entropy as kernel
from xent.kernels.cpu import rows_kernel
rows_kernel.number_of_threads = lambda: 1
logits = np.random.default_rng(3).standard_normal((2000, 200)).astype(DTYPE)
labels = kernel.Labels(np.arange(2000) % 200)
right = np.empty_like(logits)
kernel.value_and_gradient(logits, labels, right)
rows_kernel.number_of_threads = os.cpu_count = lambda: 4
"""
INTERRUPTED = """
FILES = ("rows_kernel.py", "thread_pool.py", "helper_threads.py", "fused.py", "compiled.py")
class Stop(Exception):
    pass
def tracer(left):
    def trace(frame, event, _):
        if event == "call":
            # Once a frame: without the interpreter's lock each assignment stops all threads.
            frame.f_trace_opcodes = os.path.basename(frame.f_code.co_filename) in FILES
        # From Python 3.13 on, the flag takes effect only for a frame that has a function.
        frame.f_trace = trace
        if event == "opcode":
            left[0] -= 1
            if left[0] == 0:
                sys.settrace(None)
                raise Stop
        return trace
    return trace
stops, is_stopped = 0, True
while is_stopped:
    stops += 1
    source, gradient = logits.copy(), np.zeros_like(logits)
    sys.settrace(tracer([stops]))
    try:
        kernel.value_and_gradient(source, labels, gradient)
        is_stopped = False
    except Stop:
        # The next use of the memory, by the program or, once it was returned, by the system.
        gradient[:], source[:] = 7, 0
        time.sleep(0.0005)
        assert (gradient == 7).all(), f"written to after instruction {stops}"
    finally:
        sys.settrace(None)
time.sleep(0.05)
gradient = np.empty_like(logits)
kernel.value_and_gradient(logits, labels, gradient)
assert np.array_equal(gradient, right)
print(stops)
"""
NO_MORE_THREADS = """
import resource
if os.getuid() == 0:
    os.setgid(65534), os.setuid(65534)
tasks = len(os.listdir("/proc/self/task")) + 1
resource.setrlimit(resource.RLIMIT_NPROC, (tasks, tasks))
for _ in range(20):
    gradient = np.zeros_like(logits)
    kernel.value_and_gradient(logits, labels, gradient)
    assert np.array_equal(gradient, right)
print("equal")
"""


def run(code, dtype="np.float32"):
    """Output of a program that must end by itself."""
    command = [sys.executable, "-c", START.replace("DTYPE", dtype) + code]
    # CPython without the global lock yields the processor up to 40 times where it waits for a lock of its
    # own (Python/lock.c): a program that takes two seconds of processor time takes minutes on a busy machine.
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, (done.returncode, done.stderr)
    return done.stdout.strip()


@pytest.mark.parametrize("dtype", ["np.float32", "np.float16"])
def test_no_memory_is_written_to_after_an_exception_at_any_instruction(dtype):
    assert int(run(INTERRUPTED, dtype)) > 200


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of threads is Linux's")
def test_a_call_finishes_with_the_threads_that_can_be_started():
    assert run(NO_MORE_THREADS) == "equal"


def test_scratch_memory_outlives_a_larger_one_that_a_signal_handler_asks_for():
    memory, _ = scratch_of(1, 100)
    memory[:100] = 5
    larger, _ = scratch_of(2, 10**6)
    larger[:] = 7
    np.testing.assert_array_equal(memory[:100], 5)
