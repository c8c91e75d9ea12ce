"""Shared passages of docstrings are literal, complete, and those that `docs.passages` writes."""

import math
import re

import pytest
from docs.passage import LossKind
from docs.passage_texts import parameters, raised, returned
from docs.passages import files, kind_of, rewritten

from xent.losses.registry import REGISTRY

OF_LABELS = LossKind("logits", "labels", "softmax", 0.0, frozenset({"class_weights", "softcap", "gamma"}))
SOURCE = '''class Made:
    r"""
    Loss of a kind, one value per row, in nats.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities, real floating, of the wild.
    gamma : float
        Exponent.
    class_weights, softcap
        As for `SoftmaxCrossEntropy`.

    Returns
    -------
    array of shape (...)
        New array of losses in nats. Here a loss may be 7.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As for `SoftmaxCrossEntropy`; if `gamma` is 3.

    Notes
    -----
    None.
    """
'''


def test_every_loss_has_the_passages_that_would_be_written():
    stale = [path.name for path, text in files().items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run `python -m docs.build`"


@pytest.mark.parametrize("name", REGISTRY)
def test_every_shared_parameter_has_an_entry_of_its_own(name):
    loss = REGISTRY[name]
    for parameter in parameters(kind_of(loss)):
        assert re.search(rf"^    {parameter} : ", type(loss).__doc__, flags=re.MULTILINE), parameter


def test_a_reference_becomes_the_text_and_own_sentences_and_entries_stay():
    found = rewritten(SOURCE, OF_LABELS)
    assert "As for" not in found
    assert (
        "        Exponent.\n    class_weights : array of shape (K,), optional\n        Factor of each"
        in found
    )
    assert "in the dtype of `logits`; never negative. Here a loss may be 7." in found
    assert "Also if `gamma` is 3." in " ".join(found.split())
    assert "of the wild" not in found
    assert rewritten(found, OF_LABELS) == found


def test_an_entry_that_opens_otherwise_is_the_loss_s_own():
    own = SOURCE.replace("Unnormalised log-probabilities, real", "Products of unit vectors, real")
    assert "Products of unit vectors, real floating, of the wild." in rewritten(own, OF_LABELS)


def test_a_slip_in_a_passage_is_mended():
    whole = rewritten(SOURCE, OF_LABELS)
    assert rewritten(whole.replace("finite and >= 0, for the rows", "finite, for rows"), OF_LABELS) == whole


def test_no_line_is_too_long_and_no_literal_is_split():
    for text in files().values():
        assert max(map(len, text.splitlines())) <= 110
    assert "``softcap * tanh(z / softcap)``" in rewritten(SOURCE, OF_LABELS)


def test_no_passage_holds_the_words_that_open_own_sentences():
    for loss in REGISTRY.values():
        kind = kind_of(loss)
        passages = [*parameters(kind).values(), *raised(kind).values(), *returned(kind, in_nats=True)]
        assert not [p for p in passages if re.search(r"\. (Here|Also)\b", p.text)]


def test_a_loss_that_may_be_negative_has_its_own_words_on_its_results():
    assert returned(LossKind("logits", "labels", "softmax", -math.inf, frozenset()), in_nats=True) == []
