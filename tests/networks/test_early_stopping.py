"""Epochs without a lower loss that a training waits for."""

import pytest

from xent.networks.parameters import patience


@pytest.mark.parametrize(
    ("steps_of_epoch", "epochs"),
    [(1, 500), (10, 50), (64, 20), (1000, 20), (2000, 10), (8000, 5), (10**6, 5)],
)
def test_patience_is_twenty_epochs_and_five_hundred_steps_but_not_many_more_steps(steps_of_epoch, epochs):
    assert patience(steps_of_epoch) == epochs
