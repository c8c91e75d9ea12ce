"""A second signal at any moment after the first: one line, one exit code, whatever the first had begun."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

# A child of each moment: the first signal comes in the command, the second so many instructions later.
PROGRAM = """
import os, signal, sys
from types import SimpleNamespace
import typer
import xent.cli
from xent.cli.failures import failures_in_one_line

OURS = os.path.dirname(xent.cli.__file__)
left = [0]

def look_at(frame):
    file = frame.f_code.co_filename
    frame.f_trace_opcodes = os.path.dirname(file) == OURS or file.endswith("interruptions.py")
    # From Python 3.13 on, the flag takes effect only for a frame that has a function.
    frame.f_trace = trace

def trace(frame, event, _):
    if event == "call":
        look_at(frame)
    if event == "opcode":
        left[0] -= 1
        if left[0] == 0:
            sys.settrace(None)
            signal.raise_signal(SECOND)
    return trace

def stopped():
    with failures_in_one_line(debug=False) as outcome:
        outcome.kept = "It is in o."
        frame = sys._getframe()
        while frame is not None:
            frame.f_trace, frame = trace, frame.f_back
        signal.signal(FIRST, and_trace(signal.getsignal(FIRST)))
        signal.raise_signal(FIRST)

def and_trace(handler):
    def handle(signum, frame):
        # The second signal comes to the handler itself.
        signal.signal(FIRST, handler)
        sys.settrace(trace)
        while frame is not None:
            look_at(frame)
            frame = frame.f_back
        handler(signum, frame)
    return handle

def ended(moment):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writing, 2)
        left[0] = moment
        # The real one imports every command.
        program = typer.Typer()
        program.command()(stopped)
        sys.modules["xent.cli.app"] = SimpleNamespace(app=program)
        sys.argv = ["xent"]
        ours = xent.cli.program
        end = ours._end
        # The parent learns from a second line that the moment lies after the end.
        ours._end = lambda code: (sys.settrace(None), left[0] > 0 and os.write(2, b"late"), end(code))
        try:
            xent.cli.main()
        except BaseException as error:
            os.write(2, b"escapes: %r" % error)
            os._exit(77)
    os.close(writing)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with os.fdopen(reading) as stream:
        return code, stream.read()

# All imports once, in the parent.
warm = typer.Typer()
warm.command()(lambda: None)
sys.modules["xent.cli.app"] = SimpleNamespace(app=warm)
xent.cli.run([])
moment, line = START, ""
while not line.endswith("late"):
    # Every fifth instruction.
    moment += 5
    code, line = ended(moment)
    # A second signal within the handler of the first is the one that ends the run.
    assert code in (128 + FIRST, 128 + SECOND), (moment, code, line)
    assert line.removesuffix("late") == "Stopped. It is in o." + chr(10), (moment, code, line)
print(moment)
"""


@pytest.mark.parametrize(("first", "second", "start"), [("SIGINT", "SIGINT", -4), ("SIGTERM", "SIGINT", -2)])
def test_a_second_signal_at_any_moment_adds_no_line_and_no_traceback(first, second, start):
    program = PROGRAM.replace("START", str(start))
    program = program.replace("FIRST", f"signal.{first}").replace("SECOND", f"signal.{second}")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100
