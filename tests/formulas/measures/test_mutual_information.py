import functools

import numpy as np
import pytest
from mpmath import mp, mpf
from tests.measures import exact_measures as exact
from tests.measures.exact_measures import assert_units, in_digits, numbers

from xent.formulas.measures import mutual_information

dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@functools.cache
def tables(shape, dtype):
    """Strong dependence, and less and less of it down to what rounding leaves of none."""
    rng = np.random.default_rng(20261202)
    found = [rng.dirichlet(np.full(int(np.prod(shape)), spread)).reshape(shape) for spread in (0.3, 1, 5)]
    for distance in (1e-1, 1e-3, 1e-6, 1e-9, 1e-12, 1e-15, 0):
        parts = (rng.dirichlet(np.full(n, 2.0)) for n in shape)
        product = functools.reduce(np.multiply.outer, parts)
        table = product * (1 + distance * rng.standard_normal(shape))
        found.append(table / table.sum())
    return np.stack(found).astype(dtype)


def assert_tables(xp, function, truth, shape, dtype, units):
    stack = tables(shape, dtype)
    found = xp.call(function, stack)
    assert found.dtype == stack.dtype
    for table, value, text in zip(stack, found, truths(truth, shape, dtype), strict=True):
        assert_units(units, value, text, table)


@functools.cache
def truths(truth, shape, dtype):
    """Of each table, as texts, once for all libraries."""
    return [in_digits(120, truth, table) for table in tables(shape, dtype)]


def of_two(joint, *, xp):
    return mutual_information.total_correlation(joint, variables=2, xp=xp)


def of_three(joint, *, xp):
    return mutual_information.total_correlation(joint, variables=3, xp=xp)


@dtypes
def test_a_dependence_keeps_its_digits_however_weak(xp, dtype):
    # JAX compiles each shape anew, for seconds.
    for shape in ((3, 5),) if xp.name == "jax" else ((2, 2), (3, 5), (20, 20)):
        assert_tables(xp, of_two, exact.mutual_information, shape, dtype, 1)


@dtypes
def test_so_does_that_on_what_is_known(xp, dtype):
    function = mutual_information.conditional_mutual_information
    assert_tables(xp, function, exact.conditional_mutual_information, (2, 3, 2), dtype, 1)


@dtypes
def test_so_does_that_of_three_variables(xp, dtype):
    assert_tables(xp, of_three, exact.total_correlation, (2, 3, 2), dtype, 3)


@dtypes
def test_single_pairs_are_within_a_unit_or_a_squared_one_of_1(xp, dtype):
    stack = tables((3, 5), dtype)
    found = xp.call(mutual_information.pointwise, stack)
    unit = float(np.finfo(dtype).eps)
    for table, values in zip(stack, found, strict=True):
        with mp.workdps(60):
            truths = exact.pointwise_mutual_information(numbers(table))
            for value, truth in zip(values.ravel(), truths, strict=True):
                assert abs(mpf(float(value)) - truth) <= abs(truth) * unit + unit**2, (value, truth)


@dtypes
def test_entropies_of_marginals_are_within_a_unit(xp, dtype):
    stack = np.concatenate([tables((3, 5), dtype), np.zeros((1, 3, 5), dtype=dtype)])
    stack[-1, 0, 0], stack[-1, 1, 2] = 1, 1e-30
    for k, found in enumerate(xp.call(mutual_information.entropies, stack)):
        for table, value in zip(stack, found, strict=True):
            truth = in_digits(120, lambda table, k=k: exact.entropies_of_table(table)[k], table)
            assert_units(1, value, truth, table)


def test_independence_in_all_digits_is_0_whatever_the_sum(xp):
    stack = np.stack([np.outer([3.0, 5.0], [1.0, 2.0, 7.0]), np.outer([0.5, 0.5], [0.25, 0.75, 0])])
    np.testing.assert_array_equal(xp.call(of_two, stack), [0, 0])
    row = np.random.default_rng(0).dirichlet(np.ones(5))
    np.testing.assert_array_equal(xp.call(of_two, row[None, None, :]), [0])


def test_products_of_marginals_that_are_no_floats_have_logarithms():
    tiny = 1e-200
    table = np.asarray([[tiny, 0.0, 0.0], [0.0, tiny, 0.0], [0.0, 0.0, 1.0]])
    truth = in_digits(900, exact.mutual_information, table)
    assert_units(1, of_two(table, xp=np), truth)
