import numpy as np
import pytest

from xent.options.mean import total_weight

WEIGHTS = np.asarray([1.0, 10.0, 100.0])


def test_without_class_weights_every_row_that_is_not_ignored_counts_1():
    labels = np.asarray([0, 2, -100, 1, -100])
    assert total_weight(labels, None, ignored=-100) == 3
    assert total_weight(labels, None, ignored=None) == 5


def test_class_weights_are_taken_at_the_labels():
    assert total_weight(np.asarray([2, 2, 0]), WEIGHTS, ignored=None) == 201


def test_ignored_rows_and_labels_out_of_range_weigh_nothing():
    assert total_weight(np.asarray([1, 0, 5, -3]), WEIGHTS, ignored=0) == 10


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int32, np.int64])
def test_labels_may_be_integers_of_any_width(dtype):
    assert total_weight(np.asarray([1, 2], dtype), WEIGHTS, ignored=-100) == 110


def test_a_label_of_a_narrow_type_is_not_taken_for_an_ignored_one_modulo_its_range():
    labels = np.asarray([156, 0], np.uint8)
    assert total_weight(labels, None, ignored=-100) == 2


def test_weights_of_half_precision_are_summed_in_64_bits():
    weights = np.asarray([2048.0], np.float16)
    assert total_weight(np.zeros(100, int), weights, ignored=None) == 204_800
