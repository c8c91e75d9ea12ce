import numpy as np
import pytest

from xent.errors import DomainError, DTypeError, ShapeError
from xent.kernels import sigmoid_cross_entropy, softmax_cross_entropy
from xent.kernels.softmax_cross_entropy import Labels, Statistics, Targets

LOGITS = np.zeros((4, 3))
LABELS = Labels(np.zeros(4, int))
value, value_and_gradient = softmax_cross_entropy.value, softmax_cross_entropy.value_and_gradient


def read_only():
    array = np.zeros((4, 3))
    array.setflags(write=False)
    return array


REFUSED = {
    "dtype": (
        lambda: value(LOGITS.astype(int), LABELS),
        DTypeError,
        "`logits` must be float64, float32, float16 or, for bfloat16, uint16; got int64.",
    ),
    "byte order": (
        lambda: value(LOGITS.astype(">f4"), LABELS),
        DTypeError,
        "`logits` must be float64, float32, float16 or, for bfloat16, uint16; got >f4.",
    ),
    "layout": (
        lambda: value(LOGITS.T, Labels(np.zeros(3, int))),
        DomainError,
        (
            "`logits` must be C-contiguous and aligned; got strides (8, 24). "
            "Copy it with `numpy.ascontiguousarray`."
        ),
    ),
    "axes": (
        lambda: value(np.zeros(3), LABELS),
        ShapeError,
        "`logits` must have 2 axes; got shape (3,).",
    ),
    "no class": (
        lambda: value(np.zeros((4, 0)), LABELS),
        ShapeError,
        "`logits` must have at least 1 class; got shape (4, 0).",
    ),
    "labels": (
        lambda: value(LOGITS, Labels(np.zeros(5, int))),
        ShapeError,
        "`labels` must have shape (4,); got (5,).",
    ),
    "ignored label": (
        lambda: value(LOGITS, Labels(np.zeros(4, int), ignored=2**64)),
        DomainError,
        "`ignored` must be an integer of 64 bits; got 18446744073709551616.",
    ),
    "float labels": (
        lambda: value(LOGITS, Labels(np.zeros(4))),
        DTypeError,
        "`labels` must be integers; got float64.",
    ),
    "targets": (
        lambda: value(LOGITS, Targets(np.zeros((4, 2)))),
        ShapeError,
        "`targets` must have shape (4, 3); got (4, 2).",
    ),
    "dtype of targets": (
        lambda: value(LOGITS, Targets(np.zeros((4, 3), np.float32))),
        DTypeError,
        "`targets` must be float64; got float32.",
    ),
    "class weights": (
        lambda: value(LOGITS, Labels(np.zeros(4, int), np.ones(4))),
        ShapeError,
        "`class_weights` must have shape (3,); got (4,).",
    ),
    "factor": (
        lambda: value_and_gradient(LOGITS, LABELS, np.empty((4, 3)), factor=np.ones(3)),
        ShapeError,
        "`factor` must have shape (4,); got (3,).",
    ),
    "shape of the gradient": (
        lambda: value_and_gradient(LOGITS, LABELS, np.empty((3, 3))),
        ShapeError,
        "`gradient` must have shape (4, 3); got (3, 3).",
    ),
    "dtype of the gradient": (
        lambda: value_and_gradient(LOGITS, LABELS, np.empty((4, 3), np.float32)),
        DTypeError,
        "`gradient` must be float64; got float32.",
    ),
    "read-only gradient": (
        lambda: value_and_gradient(LOGITS, LABELS, read_only()),
        DomainError,
        "`gradient` must be writeable; got a read-only array. Copy it with `.copy()`.",
    ),
    "statistics": (
        lambda: value(LOGITS, LABELS, statistics=Statistics(tops=np.empty(4, np.int32))),
        DTypeError,
        "`tops` must be int64; got int32.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_memory_that_does_not_fit_is_refused(case):
    act, error, message = REFUSED[case]
    with pytest.raises(error) as caught:
        act()
    assert str(caught.value) == f"softmax_cross_entropy: {message}"


def test_gradient_may_not_overlap_the_logits():
    memory = np.zeros((5, 3))
    with pytest.raises(DomainError, match="be the logits themselves or share no memory with them"):
        value_and_gradient(memory[:4], LABELS, memory[1:])


def test_gradient_may_not_be_written_over_the_targets():
    targets = np.ones((4, 3))
    for act, truth in ((value_and_gradient, Targets(targets)), (sigmoid_cross_entropy.gradient, targets)):
        with pytest.raises(DomainError, match="`gradient` must share no memory with `targets`"):
            act(LOGITS, truth, targets)


def test_sigmoid_refuses_other_shapes():
    with pytest.raises(ShapeError, match=r"sigmoid_cross_entropy: `targets` must have shape \(4, 3\)"):
        sigmoid_cross_entropy.value(LOGITS, np.zeros(4))
    with pytest.raises(ShapeError, match=r"`positive_weight` must have shape \(3,\)"):
        sigmoid_cross_entropy.value(LOGITS, LOGITS, positive_weight=np.ones(4))
