import numpy as np
import pytest

from xent.models import class_codes as module
from xent.models.class_codes import class_codes

LABELS = {
    "few": [3, 1, 1, 7, 3],
    "negative": [-5, 2, -5, 0],
    "far from zero": [2**62, 2**62 + 3, 2**62],
    "spread": [0, 10**15, 5],
    "the whole range": [-(2**63), 2**63 - 1, 0],
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS.keys())
def test_integers_are_coded_as_by_a_sort(labels):
    y = np.asarray(labels)
    classes, codes = class_codes(y)
    expected, inverse = np.unique(y, return_inverse=True)
    assert classes.dtype == y.dtype
    assert classes.tolist() == expected.tolist()
    assert codes.tolist() == inverse.tolist()


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "uint64", "bool", "<U2", "O"])
def test_labels_of_any_dtype_keep_it(dtype):
    y = np.asarray([1, 0, 1, 1]).astype(dtype)
    classes, codes = class_codes(y)
    assert classes.dtype == y.dtype
    assert np.array_equal(classes[codes], y)


def test_unsigned_labels_beyond_the_signed_range_are_coded():
    y = np.asarray([2**64 - 1, 2**64 - 3, 2**63 - 1, 2**63 + 5], dtype=np.uint64)
    for part in (y, y[:2], y[2:], y[1:3]):
        classes, codes = class_codes(part)
        assert np.array_equal(classes[codes], part)
        assert np.array_equal(classes, np.unique(part))


def test_small_integers_are_not_sorted(monkeypatch):
    monkeypatch.setattr(module.np, "unique", None)
    assert class_codes(np.asarray([4, 2, 4]))[1].tolist() == [1, 0, 1]
