"""Array libraries for arithmetic of double words: XLA takes minutes to compile it as a whole."""

import dataclasses

import pytest

from tests.array_libraries import array_library

__all__ = ["xp"]


@pytest.fixture(scope="session")
def xp(xp):
    """Each array library, with nothing compiled as a whole."""
    return dataclasses.replace(xp, compile=array_library("numpy").compile)
