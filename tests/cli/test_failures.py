import signal
import time

import pytest
import typer

from xent.cli.failures import failures_in_one_line
from xent.errors import DataError
from xent.jobs.interruptions import Interruption, interrupts_as_keyboard, raised_signals


def failing(error, *, debug=False, kept=None):
    with failures_in_one_line(debug=debug) as outcome:
        outcome.kept = kept or outcome.kept
        raise error


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (
            DataError("f", "data", "be [b]good[/b]", got="bad"),
            2,
            "error: `data` must be [b]good[/b]; got bad.",
        ),
        (
            DataError("f", "data", "be named", got="'a\nb\x1b[2J'"),
            2,
            "error: `data` must be named; got 'a b\\x1b[2J'.",
        ),
        (KeyboardInterrupt(), 130, "Stopped. Nothing was written."),
        (Interruption(signal.SIGTERM), 143, "Stopped. Nothing was written."),
        (Interruption(signal.SIGHUP), 129, "Stopped. Nothing was written."),
        (MemoryError(), 2, "error: the machine has too little free memory for this. Nothing was written."),
        (
            RuntimeError("first\nsecond"),
            1,
            (
                "error: xent itself failed (RuntimeError: first). Nothing was written. "
                "Run it again with --debug, and report what it prints."
            ),
        ),
    ],
)
def test_whatever_goes_wrong_is_one_line_and_a_code(error, code, line, capsys):
    with pytest.raises(typer.Exit) as caught:
        failing(error)
    assert caught.value.exit_code == code
    assert capsys.readouterr().err == f"{line}\n"


@pytest.mark.parametrize("error", [DataError("f", "a", "b", got="c"), RuntimeError(), MemoryError()])
def test_debug_lets_errors_through(error):
    with pytest.raises(type(error)):
        failing(error, debug=True)


@pytest.mark.parametrize(
    ("error", "code"),
    [(KeyboardInterrupt(), 130), (DataError("f", "a", "b", got="c"), 2), (MemoryError(), 2), (OSError(), 1)],
)
def test_files_that_were_written_are_told_of(error, code, capsys):
    with pytest.raises(typer.Exit) as caught:
        failing(error, kept="It is in o.")
    assert caught.value.exit_code == code
    assert "It is in o." in capsys.readouterr().err


@pytest.mark.parametrize(("kept", "line"), [(None, ""), ("It is in o.", "It is in o.\n")])
def test_a_closed_pipe_is_no_error_and_tells_of_files_alone(kept, line, capsys):
    with pytest.raises(typer.Exit) as caught:
        failing(BrokenPipeError(), kept=kept)
    assert caught.value.exit_code == 141
    assert capsys.readouterr().err == line


def test_an_interruption_that_a_library_made_an_error_of_is_still_one(capsys):
    def interrupted():
        with raised_signals():
            try:
                signal.raise_signal(signal.SIGTERM)
            except Interruption:
                failing(RuntimeError("cancelled"))

    with pytest.raises(typer.Exit) as caught:
        interrupted()
    assert caught.value.exit_code == 143
    assert capsys.readouterr().err == "Stopped. Nothing was written.\n"


class SignalledWhenDestroyed:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)


def destroyed():
    SignalledWhenDestroyed()
    time.sleep(60)


# Python discards the exception, prints "Exception ignored in", and pytest makes an error of that.
def test_a_signal_in_a_destructor_ends_the_run_a_moment_later():
    with raised_signals(), pytest.raises(Interruption) as caught:
        destroyed()
    assert caught.value.signum == signal.SIGINT


def test_a_signal_in_a_destructor_ends_a_training_early():
    with raised_signals(), interrupts_as_keyboard(), pytest.raises(KeyboardInterrupt):
        destroyed()
