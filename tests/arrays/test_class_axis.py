import numpy as np
import pytest
from tests.array_libraries import array_library

from xent.arrays import class_indices, entry_of_class, one_hot, unit_vectors


def test_classes_are_numbered_along_the_last_axis(xp):
    np.testing.assert_array_equal(xp.call(class_indices, np.ones((2, 1, 3))), [[[0, 1, 2]], [[0, 1, 2]]])


def test_what_is_made_lies_in_memory_as_the_logits_do():
    logits, labels = np.asfortranarray(np.ones((4, 3))), np.zeros(4, dtype=int)
    assert class_indices(logits, xp=np).flags.f_contiguous
    assert one_hot(labels, logits, xp=np).flags.f_contiguous


def test_a_label_is_coded_in_the_dtype_of_the_logits_and_no_class_is_coded_by_zeros(xp):
    labels, logits = np.asarray([2, -1, 3, 0]), np.ones((4, 3), dtype=np.float32)
    coded = xp.call(one_hot, labels, logits)
    assert coded.dtype == np.float32
    np.testing.assert_array_equal(coded, [[0, 0, 1], [0, 0, 0], [0, 0, 0], [1, 0, 0]])


def test_the_entry_at_the_label_is_found_and_that_of_no_class_is_nan(xp):
    array = np.asarray([[1.0, -np.inf], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])
    found = xp.call(entry_of_class, array, np.asarray([1, 0, 2, -1]))
    np.testing.assert_array_equal(found, [-np.inf, 3, np.nan, np.nan])


def test_unit_vectors_are_the_identity(xp):
    found = xp.call(unit_vectors, np.ones((5, 3), dtype=np.float32))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, np.eye(3))


def test_all_are_made_on_the_device_of_the_logits():
    pytest.importorskip("torch")
    xp = array_library("torch").namespace
    logits = xp.empty((2, 3), device="meta")
    assert class_indices(logits, xp=xp).device.type == "meta"
    assert unit_vectors(logits, xp=xp).device.type == "meta"
