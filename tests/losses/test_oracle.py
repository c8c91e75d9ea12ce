"""Every loss whose test file holds a `DEFINITION` meets it, in each library and precision."""

import functools
from dataclasses import replace

import numpy as np
import pytest
from tests.oracles import loss_tables, tables
from tests.relative_error import assert_within

from xent.losses.registry import REGISTRY

# Where the truth is beyond the largest float, so is what NumPy computes, and it says so.
pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")

every_stem = pytest.mark.parametrize("stem", loss_tables.stems())


# On JAX most users compute in 32 bits; in 64 bits XLA compiles as it does for other tests of digits.
@pytest.mark.parametrize("dtype", [pytest.param(np.float32, marks=pytest.mark.as_for_users), np.float64])
@every_stem
def test_value_gradient_and_product_meet_the_definition(xp, stem, dtype):
    units = loss_tables.definition_of(stem).units
    # JAX compiles each shape and choice of parameters anew, so it runs on the largest batch.
    some = batches(stem) if xp.name != "jax" else [max(batches(stem), key=lambda batch: len(batch[1]))]
    for parameters, rows, exact in some:
        loss = replace(REGISTRY[stem], **parameters)
        logits, truth, vectors = arrays(rows, dtype)
        value, gradient, product = xp.call_public(quantities(loss), logits, truth, vectors)
        assert value.dtype == gradient.dtype == product.dtype == dtype
        extra = 2 if xp.name == "jax" else 1
        value, scale = value.reshape(exact["value"].hi.shape), None
        if units.get("value beside gradient"):  # next to its minimum the value is what rounding moves it by
            scale = np.abs(exact["value"].hi) + np.abs(exact["gradient"].hi).sum(axis=-1)
        assert_within(extra * units["value"], value, exact["value"], scale=scale, flushes=xp.flushes)
        scale = row_size(exact["gradient"]) if units.get("gradient of rows") else None
        # So may one of a gradient that is a product itself.
        flushes = xp.flushes or bool(units.get("gradient of factors"))
        assert_within(extra * units["gradient"], gradient, exact["gradient"], scale=scale, flushes=flushes)
        scale = row_size(exact["product"])
        if units.get("inflection"):  # terms of the size of the gradient cancel where the curvature is 0
            scale = np.maximum(scale, row_size(exact["gradient"]))
        # A factor of a product may underflow where the product does not.
        assert_within(extra * units["product"], product, exact["product"], scale=scale, flushes=True)


def quantities(loss):
    """Value, gradient and product of a loss in one function, so that JAX compiles once."""

    def of(logits, truth, vectors):
        product = loss.hessian_vector_product(logits, truth, vectors)
        return *loss.value_and_gradient(logits, truth), product

    return of


@every_stem
def test_the_stored_inputs_are_those_of_the_script(stem):
    for row, stored in zip(
        loss_tables.rows(loss_tables.definition_of(stem)), loss_tables.read(stem), strict=True
    ):
        assert {name: stored[name] for name in row} == row


@pytest.mark.slow
@every_stem
def test_twice_the_digits_change_nothing(stem):
    definition = loss_tables.definition_of(stem)
    stored = [row for row in loss_tables.read(stem) if len(row["logits"]) <= 2]
    for row in stored[:: max(1, len(stored) // 4)]:
        again = tables.to_precision(2 * loss_tables.digits(row), loss_tables.truths, definition, row)
        assert {name: row[name] for name in again} == again


def row_size(truth):
    return np.broadcast_to(np.abs(truth.hi).max(axis=-1, keepdims=True), truth.hi.shape)


@functools.cache
def batches(stem):
    """The rows of a table that have the same parameters and number of classes, with their truths."""
    found = {}
    for row in loss_tables.read(stem):
        key = len(row["logits"]), repr(row["parameters"])
        found.setdefault(key, []).append(row)
    return [(rows[0]["parameters"], rows, truths(rows)) for rows in found.values()]


def truths(rows):
    return {name: tables.exact([row[name] for row in rows]) for name in ("value", "gradient", "product")}


def arrays(rows, dtype):
    logits, vectors = (
        tables.floats([row[name] for row in rows]).astype(dtype) for name in ("logits", "vector")
    )
    truth = np.asarray([row["truth"] for row in rows])
    return logits, truth if truth.dtype.kind == "i" else truth.astype(dtype), vectors
