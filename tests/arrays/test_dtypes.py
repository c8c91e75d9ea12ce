import numpy as np
import pytest

from xent.arrays import accumulation_dtype, class_numbers


@pytest.mark.parametrize(
    ("dtype", "wide"), [(np.float16, "float32"), (np.float32, "float32"), (np.float64, "float64")]
)
def test_sums_are_formed_in_32_bits_or_more(xp, dtype, wide):
    if xp.name == "array-api-strict" and dtype is np.float16:
        pytest.skip("the standard has no half precision")
    given = xp.from_numpy(np.zeros(1, dtype=dtype)).dtype
    assert accumulation_dtype(given, xp=xp.namespace) == getattr(xp.namespace, wide)


@pytest.mark.parametrize("library", ["torch", "jax.numpy"])
def test_bfloat16_is_summed_in_32_bits(library):
    module = pytest.importorskip(library)
    assert accumulation_dtype(module.bfloat16, xp=module) == module.float32


def test_labels_are_counted_in_the_integers_of_the_library(xp):
    labels = xp.from_numpy(np.asarray([3, -100], dtype=np.int8))
    found = class_numbers(labels, xp=xp.namespace)
    assert found.dtype == xp.namespace.arange(3).dtype
    np.testing.assert_array_equal(xp.to_numpy(found), [3, -100])


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "uint32", "uint64"])
def test_a_label_that_is_beyond_the_integers_of_the_library_is_no_other_label(xp, dtype):
    largest = np.iinfo(dtype).max
    labels = xp.from_numpy(np.asarray([3, largest, largest - 99], dtype=dtype))
    found = xp.to_numpy(class_numbers(labels, xp=xp.namespace))
    assert found[0] == 3
    assert found[1] >= found[2] > 100
