"""Refusal of a loss that Keras calls, seen on a stack with frames that bear Keras' names."""

import pytest

from xent.arrays.calls_by_keras import refuse_call_by_keras
from xent.errors import DTypeError


def loss_of(module):
    """A loss of that module, which asks as losses do."""
    names = {"__name__": module, "refuse": refuse_call_by_keras}
    exec("def loss(truth, scores):\n    refuse('loss', 'logits')\n    return scores", names)  # noqa: S102
    return names["loss"]


def called_by_keras(fn, depth=0, attribute="fn"):
    """The loss, called from a method of Keras that has it as an attribute, through `depth` functions."""
    names = {"__name__": "keras.src.losses.loss", "through": through, "depth": depth}
    exec(  # noqa: S102 - the name of the module of a frame is that of its globals
        f"class Loss:\n    def call(self):\n        return through(self.{attribute}, depth)", names
    )
    loss = names["Loss"]()
    setattr(loss, attribute, fn)
    return loss.call()


def is_refused(loss):
    try:
        called_by_keras(loss)
    except DTypeError:
        return True
    return False


def through(function, depth):
    return through(function, depth - 1) if depth else function(0.0, 1.0)


@pytest.mark.parametrize("attribute", ["fn", "_fn"])
def test_a_loss_of_this_package_is_refused_from_a_loss_and_from_a_metric(attribute):
    with pytest.raises(DTypeError, match=r"loss: `logits` must come first; got the truth.*`xent\.keras`"):
        called_by_keras(loss_of("xent.losses.focusing.focal"), attribute=attribute)


def test_a_loss_for_keras_and_a_function_of_the_users_own_are_not_refused():
    for module in ("xent.keras.categorical", "__main__", "xentropy.losses"):
        assert not is_refused(loss_of(module))


def test_a_call_that_is_not_by_keras_is_not_refused():
    assert loss_of("xent.losses.focusing.focal")(0.0, 1.0) == 1.0


@pytest.mark.parametrize(("depth", "is_seen"), [(3, True), (20, False)])
def test_the_nearest_frames_alone_are_looked_at(depth, is_seen):
    loss = loss_of("xent.losses.focusing.focal")
    if is_seen:
        with pytest.raises(DTypeError):
            called_by_keras(loss, depth)
    else:
        assert called_by_keras(loss, depth) == 1.0
