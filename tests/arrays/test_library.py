import numpy as np
import pytest
from tests.array_libraries import array_library

from xent.arrays import is_array
from xent.arrays.namespace import device_of, is_jax, is_torch


def test_arrays_of_every_library_are_arrays(xp):
    assert is_array(xp.from_numpy(np.zeros(2)))
    assert is_array(xp.from_numpy(np.asarray(1.5)))


@pytest.mark.parametrize("value", [None, True, 1, 1.5, 1j, [1.0], (1.0,), [np.zeros(2)], "text"])
def test_numbers_sequences_and_nothing_are_no_arrays(value):
    assert not is_array(value)


def test_each_framework_knows_its_own(xp):
    array = xp.from_numpy(np.zeros(2))
    assert is_torch(array) == (xp.name == "torch")
    assert is_jax(array) == (xp.name == "jax")


def test_a_traced_array_is_still_one_of_jax():
    jax = pytest.importorskip("jax")
    seen = []
    jax.jit(lambda array: seen.append((is_jax(array), is_array(array), device_of(array))))(np.zeros(2))
    assert seen == [(True, True, None)]


def test_new_arrays_go_to_the_device_of_those_that_have_one():
    pytest.importorskip("torch")
    xp = array_library("torch").namespace
    assert str(device_of(xp.zeros(2, device="meta"))) == "meta"
    assert device_of(np.zeros(2)) is None
