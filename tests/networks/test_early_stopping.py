"""Epochs without a lower loss that a training waits for, and the rows that end it."""

import numpy as np
import pytest

from xent.networks.early_stopping import held_out_rows
from xent.networks.parameters import patience
from xent.report.fit.network_findings import EpochFinding, NetworkTraining
from xent.report.fit.network_sentences import ending


@pytest.mark.parametrize(
    ("steps_of_epoch", "epochs"),
    [(1, 500), (10, 50), (64, 20), (1000, 20), (2000, 10), (8000, 5), (10**6, 5)],
)
def test_patience_is_twenty_epochs_and_five_hundred_steps_but_not_many_more_steps(steps_of_epoch, epochs):
    assert patience(steps_of_epoch) == epochs


@pytest.mark.parametrize(("groups", "held_out"), [(5, 0), (6, 100)])
def test_a_tenth_of_few_groups_is_none(groups, held_out):
    codes, members = np.arange(100 * groups) % 2, np.arange(100 * groups) // 100
    inside, outside = held_out_rows(codes, 0.1, seed=0, groups=members, wanted=True)
    assert (len(inside), len(outside)) == (100 * groups - held_out, held_out)


@pytest.mark.parametrize(
    ("best", "said"), [(2, "later epochs were no better."), (3, "it is the last one, and none was better.")]
)
def test_a_report_says_what_followed_the_kept_epoch(best, said):
    epochs = tuple(EpochFinding(number, 0.4, 0.3) for number in (1, 2, 3))
    training = NetworkTraining(epochs, best, 50, False, "focal", 9, "cpu", "", 0.1, 0.1)
    assert ending(training, str).endswith(f"held out from training for this; {said}")


def test_a_report_says_why_no_epoch_was_chosen():
    training = NetworkTraining((None,) * 100, 100, 0, False, "focal", 9, "cpu", "", 0.1, 0.1)
    said = ending(training, str)
    assert said.endswith(
        "no rows were held out to choose one: there are too few, or too few groups, or the number of epochs "
        "was given."
    )
