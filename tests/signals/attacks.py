"""
Signals at random moments of kernels and of commands, and what stands afterwards.

A handler that raises may do so between any two instructions of Python. Kernels read and write memory that
belongs to the caller, in threads of their own: after an exception nothing may write to it. A fit writes a
directory of results, and the other commands write a directory, a file or nothing: the results are whole, the
earlier ones or the new ones, and nothing lies beside them. A fit in passes and a fit of a network may leave
their checkpoint, with which the next run goes on.
"""

import os
import random
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from xent.jobs.manifest import files_not_ours

__all__ = [
    "COMMANDS",
    "assert_whole",
    "attack_commands",
    "attack_kernels",
    "attack_library",
    "standing",
]

_PROGRAM = [sys.executable, "-c", "from xent.cli import main; main()"]
_FIT = ["fit", "t.csv", "--target", "y", "--C", "1", "-q", "--out", "o"]
_RESULTS = ["manifest.json", "metrics.json", "model.skops", "predictions.parquet", "report.html"]


@dataclass(frozen=True)
class Command:
    """
    A command that is attacked.

    Parameters
    ----------
    arguments : list of str
        Its arguments.
    kept : str or None
        File that an attack may leave; the next run goes on from it and removes it.
    is_forked : bool
        True if runs may be forks of a process that has imported everything: the import is nine tenths of a
        short run, and a signal in it is of little interest. PyTorch's threads do not survive a fork.
    """

    arguments: list
    kept: str | None = None
    is_forked: bool = True


_TABLE = ["t.csv", "-t", "y", "--out", "o", "-q"]
_PREDICTIONS = ["p.csv", "-t", "y", "--out", "o", "--json", "--probs", "a_"]
COMMANDS = {
    "fit": Command(_FIT),
    "fit --stream": Command(["fit", *_TABLE, "--C", "1", "--stream", "--resume"], "o.checkpoint"),
    "fit --model network": Command(
        ["fit", *_TABLE, "--model", "network", "--resume"], "o.checkpoint", is_forked=False
    ),
    "fit --stream --model network": Command(
        ["fit", *_TABLE, "--model", "network", "--stream", "--resume"], "o.checkpoint", is_forked=False
    ),
    "judge": Command(["judge", "m", "t.csv", "--out", "o", "-q"]),
    "judge --stream": Command(["judge", "m", "t.csv", "--out", "o", "-q", "--stream"]),
    "score": Command(["score", *_PREDICTIONS]),
    "compare": Command(["compare", *_PREDICTIONS, "--probs", "b_"]),
    "calibrate": Command(["calibrate", *_PREDICTIONS, "--force"]),
    "columns": Command(["columns", "t.csv", "--json"]),
    "losses": Command(["losses", "focal"]),
    "lab": Command(["lab", "--no-open", "--out", "lab.html"]),
}
_SECONDS = 1800

_RAISING = """
import os, random, signal, sys, threading, time
import numpy as np
class Stop(BaseException):
    pass
armed = [False]
def stop(*_):
    if armed[0]:
        armed[0] = False
        raise Stop
for each in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
    signal.signal(each, stop)
draw = random.Random(SEED)
def after(seconds):
    armed[0] = True
    kind = draw.choice((signal.SIGINT, signal.SIGTERM, signal.SIGALRM))
    if kind == signal.SIGALRM:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        return
    timer = threading.Timer(seconds, os.kill, (os.getpid(), kind))
    timer.daemon = True
    timer.start()
"""
_KERNELS = """
from xent.kernels import sigmoid_cross_entropy, softmax_cross_entropy
from xent.kernels.softmax_cross_entropy import Labels, Targets
rng = np.random.default_rng(SEED)
def calls():
    for dtype in (np.float32, np.float64, np.float16):
        z = rng.standard_normal((3000, 300)).astype(dtype)
        labels, targets = Labels(np.arange(3000) % 300), np.full(z.shape, 1 / 300, dtype)
        yield z, lambda z, out, labels=labels: softmax_cross_entropy.value_and_gradient(z, labels, out)
        yield z, lambda z, out, t=Targets(targets): softmax_cross_entropy.value_and_gradient(z, t, out)
        yield z, lambda z, out, t=targets: sigmoid_cross_entropy.value_and_gradient(z, t, out)
cases = []
for z, call in calls():
    right, began = np.zeros_like(z), time.perf_counter()
    value = call(z, right)
    began = time.perf_counter()
    call(z, right)
    cases.append((z, call, right, value, time.perf_counter() - began))
stops = 0
while stops < COUNT:
    z, call, right, value, usual = draw.choice(cases)
    source, gradient = z.copy(), np.zeros_like(z)
    try:
        after(max(1e-6, draw.uniform(0, 2 * usual)))
        while armed[0]:
            call(source, gradient)
    except Stop:
        stops += 1
    # The next use of the memory, by the program or, once it was returned, by the system.
    gradient[:], source[:] = 7, 0
    time.sleep(0.002)
    assert (gradient == 7).all(), "written to after an exception"
    again = np.zeros_like(z)
    assert np.array_equal(call(z, again), value) and np.array_equal(again, right), "other numbers afterwards"
print(stops)
"""
_LIBRARY = """
import xent
from xent.cli import run
stops, whole = 0, 0
def fit():
    code = run(ARGUMENTS)
    assert code == 0, code
fit()
began = time.perf_counter()
fit()
usual = time.perf_counter() - began
before = sorted(os.listdir("."))
while stops < COUNT:
    assert whole < 10 * COUNT + 100, "alarms come too late"
    try:
        armed[0] = True
        signal.setitimer(signal.ITIMER_REAL, draw.uniform(0, usual))
        fit()
        armed[0] = False
        whole += 1
    except Stop:
        stops += 1
    finally:
        armed[0] = False
        signal.setitimer(signal.ITIMER_REAL, 0)
    assert sorted(os.listdir(".")) == before, sorted(os.listdir("."))
    assert sorted(os.listdir("o")) == RESULTS, sorted(os.listdir("o"))
    assert xent.load_model("o").target == "y"
fit()
print(stops, whole)
"""

_FORKS = """
import contextlib, importlib, os, random, signal, sys, time
from pathlib import Path
from tests.signals.attacks import assert_whole, standing
# The largest libraries, else imported twice: by the first run, and here for the modules that it names.
import matplotlib.figure, pyarrow.dataset, scipy.optimize, skops.io, sklearn.model_selection
from xent.cli import main, program
def started(arguments):
    reading, writing = os.pipe()
    listening, ready = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writing, 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.argv = ["xent", *arguments]
        # The first step after the handlers stand; a signal before it would be Python's own.
        program._check_libraries = lambda: os.write(ready, b".")
        main()
    os.read(listening, 1)
    for each in (writing, listening, ready):
        os.close(each)
    return child, reading
def ended(child, reading):
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with os.fdopen(reading) as stream:
        return code, stream.read()
def whole_run(arguments):
    began = time.perf_counter()
    assert (found := ended(*started(arguments))) == (0, ""), (arguments, found)
    return time.perf_counter() - began
def modules_of(arguments):
    child = os.fork()
    if child == 0:
        program._end = lambda code: (Path("modules").write_text(" ".join(sys.modules)), os._exit(code))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.argv = ["xent", *arguments]
        main()
    assert os.waitpid(child, 0)[1] == 0, arguments
    names = Path("modules").read_text().split()
    Path("modules").unlink()
    return names
def attack(arguments, kept):
    for name in modules_of(arguments):
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    usual = whole_run(arguments)
    return [stops_of(arguments, kept, usual, standing("."), *attack) for attack in ATTACKS]
def stops_of(arguments, kept, usual, before, count, signals, codes):
    stops = 0
    for k in range(count):
        process = started(arguments)
        time.sleep(draw.uniform(0, usual))
        os.kill(process[0], signals[k % len(signals)])
        code, error = ended(*process)
        assert code in codes or (code == -signals[k % len(signals)] and not error), (arguments, code, error)
        assert error.count(chr(10)) <= 1, (arguments, error)
        stops += code != 0
        assert_whole(".", before, kept=kept, is_killed=signal.SIGKILL in signals)
        if k % 10 == 9 or k == count - 1:
            whole_run(arguments)
            assert_whole(".", before)
    return stops
draw = random.Random(SEED)
start = Path.cwd()
for place, (arguments, kept) in enumerate(RUNS):
    # The first makes the model that others judge with.
    folder = start / str(place) if place else start
    folder.mkdir(exist_ok=True)
    for name in ("t.csv", "p.csv", "m"):
        if folder != start and not (folder / name).exists():
            (folder / name).symlink_to(start / name)
    os.chdir(folder)
    print(*attack(arguments, kept), flush=True)
"""


def attack_kernels(count, seed):
    """Signals raised in calls of kernels; the number of calls that ended early."""
    return int(_run(_RAISING + _KERNELS, {"COUNT": count, "SEED": seed}, Path.cwd()))


def attack_library(count, seed, folder):
    """Alarms whose handler raises in fits of one process; how many ended early, and how many not."""
    _write_table(folder)
    names = {"COUNT": count, "SEED": seed, "ARGUMENTS": _FIT, "RESULTS": _RESULTS}
    return tuple(map(int, _run(_RAISING + _LIBRARY, names, folder).split()))


def attack_commands(names, counts, seed, folder):
    """
    Signals and kills of commands; of each command, the number of runs that each of the attacks ended early.

    `counts` says how many "signals" and how many "kills" are sent. A signal ends a command by its code and
    leaves nothing; after a kill the next run cleans up.
    """
    # Signals, and the codes with which a run may then end.
    sent = {
        "signals": ([*map(int, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))], {0, 129, 130, 143}),
        "kills": ([int(signal.SIGKILL)], {0, -int(signal.SIGKILL)}),
    }
    attacks = [(count, *sent[kind]) for kind, count in counts.items()]
    _write_inputs(folder)
    found = {}
    for name in [name for name in names if not COMMANDS[name].is_forked]:
        found[name] = _attack_processes(COMMANDS[name], attacks, seed, folder)
    forked = [name for name in names if COMMANDS[name].is_forked]
    if forked:
        model = (Command([*_FIT[:-1], "m"]).arguments, None)
        runs = [model, *((COMMANDS[name].arguments, COMMANDS[name].kept) for name in forked)]
        lines = _run(_FORKS, {"ATTACKS": attacks, "SEED": seed, "RUNS": runs}, folder).splitlines()
        found |= {name: [*map(int, line.split())] for name, line in zip(forked, lines[1:], strict=True)}
    return found


def standing(folder):
    """Names of all files in a folder, without what the program keeps of its cache."""
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*"))


def assert_whole(folder, before, *, kept=None, is_killed=False):
    """Raise if the files of a folder are not those of a whole run, but for what an attack may leave."""
    now = standing(folder)
    if is_killed:
        now = [name for name in now if not re.match(r"\.[^/]+\.xent-[0-9a-f]{16}\.(part|old)", name)]
        # Of a run that was killed between two renames the next one puts the results back.
        before = [name for name in before if not name.startswith("o/") or Path(folder, "o").exists()]
    now = [name for name in now if name != kept]
    _check(now == before, "not whole", now, before)
    manifest = Path(folder, "o", "manifest.json")
    if manifest.exists():
        _check(not list(files_not_ours(manifest.parent)), "changed results", now)


def _attack_processes(command, attacks, seed, folder):
    _whole_run(command, folder)
    began = time.monotonic()
    _whole_run(command, folder)
    usual, draw = time.monotonic() - began, random.Random(seed)  # noqa: S311 - moments, not secrets
    return [_stops_of(command, usual, draw, folder, *attack) for attack in attacks]


def _stops_of(command, usual, draw, folder, count, signals, codes):
    before, ended = standing(folder), 0
    for k in range(count):
        process = subprocess.Popen(
            [*_PROGRAM, *command.arguments],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        # Most of a short run goes by before the program is imported; later moments are drawn more often.
        time.sleep(usual * draw.uniform(0, 1) ** 0.5)
        process.send_signal(signals[k % len(signals)])
        _, error = process.communicate(timeout=_SECONDS)
        is_told = process.returncode in codes and error.count("\n") <= 1
        is_early = process.returncode < 0 and (not error or _is_of_import(error))
        _check(is_told or is_early, process.returncode, error)
        ended += process.returncode != 0
        assert_whole(folder, before, kept=command.kept, is_killed=signal.SIGKILL in signals)
        if k % 10 == 9 or k == count - 1:
            _whole_run(command, folder)
            assert_whole(folder, before)
    return ended


def _is_of_import(error):
    """True of Python's own traceback of Ctrl-C while it imports the program: nothing of ours runs yet."""
    return error.endswith("KeyboardInterrupt\n") and "in main" not in error


def _whole_run(command, folder):
    done = subprocess.run(
        [*_PROGRAM, *command.arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    _check(done.returncode == 0 and not done.stderr, done.returncode, done.stderr)


def _run(program, names, folder):
    for name, value in names.items():
        program = program.replace(name, repr(value))
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, filter(None, sys.path)))},
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    _check(done.returncode == 0, done.returncode, done.stderr[-2000:])
    return done.stdout


def _check(holds, *facts):
    if not holds:
        raise AssertionError(" ".join(map(str, facts)))


def _write_inputs(folder):
    """Table, and predictions of two models, for whichever command is attacked."""
    _write_table(folder)
    rows = []
    for k in range(120):
        a, b = 0.05 + 0.9 * (k * 37 % 120) / 120, 0.05 + 0.9 * (k * 53 % 120) / 120
        rows.append(f"{'yes' if k % 3 else 'no'},{1 - a},{a},{1 - b},{b}")
    (folder / "p.csv").write_text("\n".join(["y,a_no,a_yes,b_no,b_yes", *rows]) + "\n")


def _write_table(folder):
    rows = [f"{k / 20 - 1},{'yes' if k % 3 else 'no'}" for k in range(40)]
    (folder / "t.csv").write_text("\n".join(["x,y", *rows]) + "\n")
