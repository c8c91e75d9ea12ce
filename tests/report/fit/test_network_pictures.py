import math

import pytest

from xent.report.fit.network_findings import EpochFinding, NetworkTraining
from xent.report.fit.network_pictures import learning_curves


def training(seen, held_out):
    epochs = tuple(EpochFinding(k + 1, *losses) for k, losses in enumerate(zip(seen, held_out, strict=True)))
    return NetworkTraining(epochs, 1, 100, False, "softmax_cross_entropy", 10, "cpu", "", 0.5, 0.1)


@pytest.mark.parametrize("lost", [math.nan, math.inf, 0.0])
def test_learning_curves_without_a_loss_of_rows_trained_on_have_the_other_curve(lost):
    picture = learning_curves(training([lost, lost], [0.5, 0.75]))
    assert "after each of 2 epochs, of rows held out from training: epoch 1 was kept" in picture
    both = learning_curves(training([0.25, lost], [0.5, 0.75]))
    assert "of rows trained on and of rows held out from training" in both
    assert picture.count("<path") < both.count("<path")


@pytest.mark.parametrize("lost", [math.nan, math.inf, 0.0])
def test_learning_curves_without_a_loss_of_the_kept_epoch_are_empty(lost):
    assert learning_curves(training([0.25, 0.25], [lost, 0.75])) == ""
