"""Cases of each room, the same in every run; faults that are known are still there."""

import time

import pytest
from tests.fuzz.rooms import ROOMS, Tally, fault_of, known_fault, line_of, room

from xent.kernels import runs_here

# Cases of a room, and seconds after which the rest is left out: a slow machine tries fewer.
_CASES = {
    "kernels": 40,
    "losses": 80,
    "contrastive": 12,
    "torch_calls": 60,
    "jax_losses": 4,
    "measures": 200,
    "estimators": 200,
    "scores": 400,
    "tables": 24,
    "reports": 6,
    "streams": 12,
    "networks": 4,
}
_SECONDS = 20 / len(ROOMS)

_every_room = pytest.mark.parametrize("name", ROOMS)


@pytest.mark.slow
@_every_room
def test_cases_of_a_room_fall_short_in_nothing_that_is_not_known(name):
    _skip_without_its_library(name)
    tally, end = Tally(), time.monotonic() + _SECONDS
    for seed in range(_CASES[name]):
        tally.add(name, seed)
        if time.monotonic() > end:
            break
    assert not tally.lines, "\n".join(tally.lines)


@_every_room
def test_a_known_fault_is_still_one(name):
    # Where this fails something was mended: take the entry out of the list.
    _skip_without_its_library(name)
    for known in room(name).KNOWN:
        fault = fault_of(name, known.seed)
        assert fault is not None, f"mended: {known}"
        assert known_fault(name, fault) == known, line_of(name, known.seed, fault)


def _skip_without_its_library(name):
    libraries = {
        "torch_calls": ("torch",),
        "jax_losses": ("jax",),
        "tables": ("pyarrow", "rich"),
        "reports": ("jinja2", "pyarrow", "rich"),
        "streams": ("sklearn",),
        "networks": ("torch", "safetensors", "sklearn"),
    }
    for library in libraries.get(name, ()):
        pytest.importorskip(library)
    if name == "kernels" and not runs_here():
        pytest.skip("the processor lacks what kernels are made of")
