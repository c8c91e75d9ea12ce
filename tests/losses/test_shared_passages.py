"""Sentences that the docstrings of losses share (`docs/passage_texts.py`) hold for each of them."""

import numpy as np
import pytest
from tests.losses.every_loss import cases, parametrize

from xent.errors import DomainError

ADJUSTED = [case for case in cases if hasattr(case.loss, "softcap")]
LABELLED = [case for case in cases if case.loss.facts.truth in ("labels", "ordered labels")]


@parametrize(ADJUSTED)
def test_a_row_or_entry_with_nan_gives_nan_and_spoils_no_other(xp, case):
    logits = case.logits.copy()
    logits[0, 0] = np.nan
    value, gradient = xp.call_public(case.loss.value_and_gradient, logits, case.truth)
    is_nan = np.zeros(logits.shape, dtype=bool)
    is_nan[(0, 0) if case.is_elementwise else 0] = True
    np.testing.assert_array_equal(np.isnan(gradient), is_nan)
    np.testing.assert_array_equal(np.isnan(value), is_nan if case.is_elementwise else is_nan[:, 0])


@parametrize(LABELLED)
def test_a_row_of_weight_0_or_of_the_ignored_label_costs_0_whatever_its_label(xp, case):
    labels = np.asarray([99, 0])
    value = xp.call_public(case.loss, case.logits, labels, sample_weight=np.asarray([0.0, 1.0]))
    assert value[0] == 0
    value = xp.call_public(case.loss, case.logits, labels, sample_weight=np.asarray([False, True]))
    assert value[0] == 0
    assert xp.call_public(case.loss, case.logits, labels, ignored_label=99)[0] == 0


@pytest.mark.parametrize("wrong", [0.0, -1.0, np.inf])
@pytest.mark.parametrize("name", ["temperature", "softcap"])
@parametrize(ADJUSTED)
def test_a_temperature_or_softcap_is_positive_and_finite(case, name, wrong):
    with pytest.raises(DomainError, match=f"`{name}` must be positive and finite"):
        case.loss(case.logits, case.truth, **{name: wrong})


@parametrize(ADJUSTED)
def test_softcap_comes_before_temperature_and_both_before_offset(case):
    offset = np.asarray([0.25, -0.5, 0.75])
    by_hand = 2.0 * np.tanh(case.logits / 2.0) / 3.0 + offset
    found = case.loss(case.logits, case.truth, softcap=2.0, temperature=3.0, offset=offset)
    np.testing.assert_allclose(found, case.loss(by_hand, case.truth), rtol=1e-12, atol=1e-15)
