"""Array libraries for arithmetic of double words: XLA takes minutes to compile it as a whole."""

import dataclasses

import pytest

from tests.array_libraries import array_library

__all__ = ["without_jax", "xp"]


@pytest.fixture(scope="session")
def xp(xp):
    """Each array library, with nothing compiled as a whole."""
    return dataclasses.replace(xp, compile=array_library("numpy").compile)


@pytest.fixture(scope="session")
def without_jax(xp):
    """Each array library but JAX, on which these formulas take minutes even step by step."""
    if xp.name == "jax":
        pytest.skip("minutes of compilation")
    return xp
