import numpy as np
import pytest

from xent.arrays import accumulation_dtype, index_dtype


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
    assert index_dtype(xp=xp.namespace) == xp.namespace.arange(3).dtype
