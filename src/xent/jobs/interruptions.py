"""
Signals that end a run: raised as exceptions, and held back during steps that must be completed.

Python raises only SIGINT as an exception. Here SIGTERM and SIGHUP do the same, so that one `finally`
cleans up after all three. A signal that the parent process chose to ignore (`nohup`) stays ignored.
Without `raised_signals`, as in a program that uses the library, the signal handlers stay unchanged.

A second signal changes nothing once the first is being handled: the clean-up and the line of the first are
finished. The signal handler itself decides so, from the exception that is being handled, because a flag that
an `except` block sets would come some instructions too late.

Python discards an exception that is raised in a destructor or in the callback of a weak reference, and prints
it. Here the signal is sent again a moment later, and nothing is printed.
"""

from __future__ import annotations

import _thread
import contextlib
import functools
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

__all__ = [
    "Interruption",
    "hold_signals",
    "interrupts_as_keyboard",
    "raise_pending_signal",
    "raised_signals",
    "uninterrupted",
]

# Seconds after which a signal is sent again; if the destructor still runs then, it is sent once more.
_AGAIN = 0.001
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Interruption(BaseException):
    """
    A signal asked the program to end; `signum` is its number.

    Not a `KeyboardInterrupt`, because the parser of the command line gives that an exit code of its own.
    """

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


@dataclass(slots=True)
class _Requests:
    """
    State that the signal handler reads and writes.

    Depth of blocks that hold signals back, the signal held back, the last one that came; True for `keyboard`
    while SIGINT is raised as `KeyboardInterrupt`, and for `ending` once the run ends by a signal.
    """

    depth: int = 0
    ending: bool = False
    held: int | None = None
    last: int | None = None
    keyboard: bool = False


_requests = _Requests()


@contextmanager
def raised_signals() -> Iterator[None]:
    """
    Context that raises `Interruption` for SIGINT, SIGTERM and SIGHUP; no effect outside the main thread.

    A signal within `uninterrupted` is raised at its end. One that comes while another is handled raises
    nothing; `raise_pending_signal` raises for the last one that came, handled or not. A signal that is
    ignored stays so. An interruption that Python discards, as in a destructor, is sent again. The handlers
    before are restored at the end, and a signal that still waits is dropped.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    earlier = {each: signal.getsignal(each) for each in _SIGNALS}
    caught = [each for each, handler in earlier.items() if handler not in {signal.SIG_IGN, None}]
    _requests.ending = False
    hook = sys.unraisablehook
    try:
        sys.unraisablehook = functools.partial(_send_again, hook)
        for each in caught:
            signal.signal(each, _raise_or_hold)
        yield
    finally:
        sys.unraisablehook = hook
        for each in caught:
            signal.signal(each, earlier[each])
        _requests.held = _requests.last = None
        _requests.ending = False


@contextmanager
def interrupts_as_keyboard() -> Iterator[None]:
    """
    Raise the first SIGINT in the block as `KeyboardInterrupt`, which a training takes as a wish to end early.

    A second one, and one that comes within `uninterrupted`, raise `Interruption` as elsewhere, the latter at
    the end of `uninterrupted`. Without `raised_signals` around it the block changes nothing.
    """
    _requests.keyboard = True
    try:
        yield
    finally:
        _requests.keyboard = False


@contextmanager
def uninterrupted() -> Iterator[None]:
    """
    Hold the signals of `raised_signals` back until the block, or the outermost of nested ones, has ended.

    `Interruption` is then raised for the last signal that arrived, in place of an exception of the block.
    Without `raised_signals` around it nothing is held back.
    """
    _requests.depth += 1
    try:
        yield
    finally:
        _requests.depth -= 1
        signum = _requests.held
        if signum is not None and _requests.depth == 0:
            _requests.held = None
            raise Interruption(signum)


def hold_signals() -> None:
    """
    Hold every further signal back for good: the run ends, and its last line is being written.

    Until `raised_signals` ends, a signal is only noted as the last one.
    """
    _requests.ending = True


def raise_pending_signal() -> None:
    """
    Raise `Interruption` again for the last signal, if one arrived since `raised_signals` began.

    A library may have discarded the exception, or turned it into an error of its own; the run must end all
    the same. A SIGINT that was raised as `KeyboardInterrupt` does not count.
    """
    if _requests.last is not None:
        raise Interruption(_requests.last)


def _raise_or_hold(signum: int, frame: FrameType | None) -> None:
    """
    Handle the signal `signum`: raise `Interruption`, or hold it while the program must not be interrupted.

    SIGINT raises `KeyboardInterrupt` instead, once, within `interrupts_as_keyboard` unless signals are held.
    Once the program is ending, or an interruption is being handled, a signal is only noted as the last one. A
    held signal takes the place of an earlier one.
    """
    del frame
    if _requests.keyboard and signum == signal.SIGINT and not _requests.depth:
        _requests.keyboard = False
        raise KeyboardInterrupt
    _requests.last = signum
    if _requests.ending or _is_interruption_handled():
        return
    if _requests.depth:
        _requests.held = signum
    else:
        raise Interruption(signum)


def _send_again(otherwise: Callable[[Any], object], discarded: Any) -> None:
    """
    Hook for exceptions that Python discards, as in destructors: send the signal of a `discarded` interruption
    again.

    `discarded` is what `sys.unraisablehook` gets. For a `KeyboardInterrupt` SIGINT is sent, to be raised as
    that again. The signal comes a millisecond later, from another thread. Any other exception is passed to
    the hook `otherwise`.
    """
    if isinstance(discarded.exc_value, Interruption):
        signum = discarded.exc_value.signum
    elif isinstance(discarded.exc_value, KeyboardInterrupt):
        _requests.keyboard, signum = True, int(signal.SIGINT)
    else:
        otherwise(discarded)
        return
    # Not `threading.Timer`, whose locks the interrupted code may hold. Without another thread the pending
    # signal is raised before the results are put in place.
    with contextlib.suppress(RuntimeError):
        _thread.start_new_thread(_raise_later, (signum, _thread.get_ident()))


def _raise_later(signum: int, thread: int) -> None:
    """
    Send the signal `signum` to the thread of identifier `thread` after a millisecond.

    Nothing is sent if its handler is no longer `_raise_or_hold`. Without `pthread_kill` it is raised in this
    process.
    """
    time.sleep(_AGAIN)
    if signal.getsignal(signum) is not _raise_or_hold:
        return
    if hasattr(signal, "pthread_kill"):
        # To the interrupted thread, whose wait a signal to this one would not end.
        signal.pthread_kill(thread, signum)
    else:
        signal.raise_signal(signum)


def _is_interruption_handled() -> bool:
    """True within an `except`, `finally` or `__exit__` that runs because of an `Interruption`."""
    error = sys.exception()
    while error is not None and not isinstance(error, Interruption):
        error = error.__context__
    return error is not None
