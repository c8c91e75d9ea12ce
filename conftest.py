"""Options and habits of every run of the tests; each is a plugin of pytest in `tests/running`."""

import os
import signal

# Functions inside kernels have no examples, and their modules import Triton.
collect_ignore_glob = ["src/xent/kernels/triton/*", "src/xent/kernels/*/triton/*"]
# Keras takes its backend from the environment once a process; `tests/keras` runs these doctests for each.
collect_ignore = [] if "KERAS_BACKEND" in os.environ else ["src/xent/keras"]

pytest_plugins = [
    "tests.running.changed",
    "tests.running.collection",
    "tests.running.commands",
    "tests.running.compiled_code",
    "tests.running.digits",
    "tests.running.examples",
    "tests.running.guarded_tolerances",
    "tests.running.lowering_contexts",
    "tests.running.processor_seconds",
    "tests.running.quick",
    "tests.running.short_races",
    "tests.running.waiting_threads",
    "tests.running.without_triton",
    "tests.running.workers",
]

# A shell's background jobs ignore SIGINT, and those of nohup SIGHUP; the tests and what they start shall not.
for _signal, _handler in (
    (signal.SIGINT, signal.default_int_handler),
    (getattr(signal, "SIGHUP", None), signal.SIG_DFL),
):
    if _signal is not None and signal.getsignal(_signal) is signal.SIG_IGN:
        signal.signal(_signal, _handler)
