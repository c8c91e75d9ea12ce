"""The fuzz itself sees what it is there for."""

from types import SimpleNamespace

import numpy as np
import pytest
from tests.fuzz import rooms
from tests.fuzz.rooms import Known, Tally, assert_message, called, fault_of, refusal

from xent.errors import DomainError


@pytest.fixture
def a_room(monkeypatch):
    """A room whose cases do what a test says."""
    made = SimpleNamespace(KNOWN=(Known(1, "known words", "reason"),), attempt=None)
    monkeypatch.setattr(rooms, "room", lambda _: made)
    return made


def _raising(error):
    def attempt(_):
        raise error

    return attempt


def test_a_wrong_result_an_escaping_error_and_a_warning_fall_short(a_room):
    a_room.attempt = _raising(AssertionError("7 > 4 units\napart"))
    assert fault_of("some", 3) == "7 > 4 units apart"
    a_room.attempt = _raising(KeyError("x"))
    assert fault_of("some", 3) == "KeyError escapes: 'x'"
    a_room.attempt = lambda _: np.asarray(0.0) / 0
    assert fault_of("some", 3).startswith("RuntimeWarning escapes")
    a_room.attempt = lambda _: None
    assert fault_of("some", 3) is None


def test_known_faults_are_counted_apart(a_room):
    tally = Tally()
    a_room.attempt = _raising(AssertionError("known words"))
    assert tally.add("some", 1) is None
    a_room.attempt = _raising(AssertionError("other words"))
    assert tally.add("some", 2) == "python -m tests.fuzz --room some --case 2  # other words"
    assert (tally.tried, tally.known, tally.fallen) == (2, 1, 1)


def test_an_error_has_to_be_ours_and_one_line():
    def refuse(got):
        raise DomainError("f", "x", "be small", got=got)

    assert refusal(refuse, "7").got == "7"
    # An error itself puts the lines of a fact on one, and escapes codes of a terminal.
    assert refusal(refuse, "a\n  b").got == "a b"
    assert str(refusal(refuse, "a\x1b[0m")).isprintable()
    with pytest.raises(AssertionError, match="2027 characters"):
        called(refuse, "x" * 2000)
    with pytest.raises(AssertionError, match="unprintable"):
        assert_message(ValueError("f: `x` must be small; got a\x1b[0m."))
    with pytest.raises(AssertionError):
        refusal(abs, -1)
    with pytest.raises(TypeError):
        called(abs, "a")
