"""
One case of a room: drawn from its seed, tried, and told in one line if it falls short.

A room is a module with ``attempt(rng)``, which raises where a result is wrong, and ``KNOWN``, faults that are
listed until they are mended: each with a seed that shows it and words of its line.
"""

import importlib
import re
import warnings
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from xent.errors import XentError

__all__ = [
    "ROOMS",
    "Known",
    "Tally",
    "assert_message",
    "called",
    "fault_of",
    "known_fault",
    "line_of",
    "refusal",
    "room",
]

ROOMS = (
    "kernels",
    "losses",
    "contrastive",
    "torch_calls",
    "jax_losses",
    "measures",
    "estimators",
    "scores",
    "tables",
    "reports",
    "streams",
    "networks",
)
_SHAPE = re.compile(r"^\S[^`]*: `[^`]*` must .+; got .+")
_LONGEST = 1000
_LIBRARIES = {"torch_calls": "torch", "jax_losses": "jax", "networks": "torch"}


@dataclass(frozen=True)
class Known:
    """
    A fault that is known.

    Parameters
    ----------
    seed : int
        Case that shows it.
    words : str
        Regular expression that its line, and no line of another fault, contains.
    reason : str
        The fault, and what has to change.
    """

    seed: int
    words: str
    reason: str


@dataclass
class Tally:
    """Cases tried, of which some fell short: known ones, and others with their lines."""

    tried: int = 0
    known: int = 0
    fallen: int = 0
    lines: tuple = ()

    def add(self, name, seed):
        """Try one case."""
        fault = fault_of(name, seed)
        self.tried += 1
        if fault is None:
            return None
        if known_fault(name, fault) is not None:
            self.known += 1
            return None
        self.fallen += 1
        self.lines = (*self.lines, line_of(name, seed, fault))
        return self.lines[-1]


def room(name):
    """The module of a room; None where its library is not installed."""
    library = _LIBRARIES.get(name)
    if library is not None and find_spec(library) is None:
        return None
    return importlib.import_module(f"tests.fuzz.{name}")


def fault_of(name, seed):
    """Fault of one case, in one line; None where nothing falls short."""
    with warnings.catch_warnings(), np.errstate(all="warn"):
        warnings.simplefilter("error")
        # Numbers beyond the largest float, and those below the smallest, are drawn on purpose.
        warnings.filterwarnings("ignore", "(overflow|underflow) encountered", RuntimeWarning)
        try:
            room(name).attempt(np.random.default_rng(seed))
        except AssertionError as error:
            return _first_line(error)
        except Exception as error:  # noqa: BLE001 - anything that escapes is what is looked for
            return f"{type(error).__name__} escapes: {_first_line(error)}"
    return None


def known_fault(name, fault):
    """The entry of a room's list that a fault belongs to."""
    return next((known for known in room(name).KNOWN if re.search(known.words, fault)), None)


def line_of(name, seed, fault):
    """The line that reproduces a fault."""
    return f"python -m tests.fuzz --room {name} --case {seed}  # {fault}"


def called(function, *arguments, **options):
    """Result of a call and None, or None and the error of this library that it raised, checked."""
    try:
        return function(*arguments, **options), None
    except XentError as error:
        assert_message(error)
        return None, error


def refusal(function, *arguments, **options):
    """The error of this library that a call has to raise."""
    found, error = called(function, *arguments, **options)
    name = getattr(function, "__name__", None) or getattr(function, "name", repr(function))
    assert error is not None, f"not refused: {name} returned {_short(found)}"
    return error


def assert_message(error):
    """Raise if a message is not one line of the usual form."""
    message = str(error)
    assert message.isprintable(), f"{type(error).__name__} with unprintable characters: {message!a}"
    assert len(message) < _LONGEST, f"{type(error).__name__} of {len(message)} characters: {message[:80]}"
    assert _SHAPE.match(message), f"{type(error).__name__} of another form: {message}"


def _first_line(error):
    return _short(" ".join(str(error).split()) or "no message")


def _short(value):
    text = str(value)
    text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return text if len(text) <= 800 else text[:797] + "..."
