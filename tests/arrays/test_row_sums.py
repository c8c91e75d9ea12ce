"""Sums of a row keep their digits in every library, whatever its compiler makes of them."""

import math

import numpy as np
import pytest
from tests.array_libraries import array_library, jit
from tests.relative_error import assert_within

from xent.arrays import row_sum

pytestmark = pytest.mark.as_for_users


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1, 17), (7, 64), (9, 64), (2, 1000), (8, 500), (1, 32_000), (3, 32_000)])
def test_sums_of_equal_and_of_unequal_numbers_are_within_3_units(xp, shape, dtype):
    rng = np.random.default_rng(20261203)
    for scale in (0.0, 1.0, 10.0):
        array = np.exp(scale * rng.standard_normal(shape) - rng.random()).astype(dtype)
        truth = np.asarray([math.fsum(row) for row in array.astype(float)])
        assert_within(3, xp.call(row_sum, array), truth)


def test_a_row_without_entries_sums_to_0_and_nan_stays_nan(xp):
    np.testing.assert_array_equal(xp.call(row_sum, np.zeros((2, 0))), [0, 0])
    np.testing.assert_array_equal(xp.call(row_sum, np.zeros((1, 100))), [0])
    array = np.ones((2, 100))
    array[0, 70] = np.nan
    np.testing.assert_array_equal(xp.call(row_sum, array), [np.nan, 100])


def test_its_derivatives_are_those_of_a_sum():
    jax = pytest.importorskip("jax")
    array = np.random.default_rng(1).random((1, 300))
    slope = jit(jax.grad(lambda x: (row_sum(x, xp=jax.numpy) ** 2).sum()))(array)
    np.testing.assert_allclose(slope, np.full((1, 300), 2 * array.sum()), rtol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_of_any_length_keep_their_digits_in_an_exported_program(dtype):
    torch = pytest.importorskip("torch")
    namespace = array_library("torch").namespace

    class Sum(torch.nn.Module):
        def forward(self, array):
            return row_sum(array, xp=namespace)

    length = torch.export.Dim("length", min=2, max=100_000)
    given = torch.ones(2, 5, dtype=getattr(torch, np.dtype(dtype).name))
    program = torch.export.export(Sum(), (given,), dynamic_shapes=({1: length},)).module()
    for count in (3, 64, 32_000):
        array = np.random.default_rng(count).random((2, count)).astype(dtype)
        truth = np.asarray([math.fsum(row) for row in array.astype(float)])
        assert_within(1, program(torch.from_numpy(array)).numpy(), truth)
