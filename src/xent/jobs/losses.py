"""`losses`: the list of all losses, and the facts about one."""

from __future__ import annotations

from dataclasses import asdict

from xent.drawing.plain_mathematics import plain_mathematics
from xent.errors import DomainError
from xent.losses.definition import definition_of, gradient_of
from xent.losses.registry import REGISTRY
from xent.near_names import near_names
from xent.report.losses.loss_findings import LossFindings, LossList

__all__ = ["all_losses", "one_loss"]


def all_losses() -> LossList:
    """Facts about every loss of the registry, in its order, each as `one_loss` gives them."""
    return LossList(tuple(map(one_loss, REGISTRY)))


def one_loss(name: str) -> LossFindings:
    """
    Facts about the loss called `name`, or known under this name elsewhere; case and punctuation do not count.

    Raises
    ------
    DomainError
        If no loss has this name.

    Examples
    --------
    >>> one_loss("focal").source
    'Lin et al. 2017, equation 4'
    >>> one_loss("AM-Softmax").name
    'cosface'
    """
    known = {_plain(one): one for one in REGISTRY}
    known |= {_plain(also): one for one, loss in REGISTRY.items() for also in loss.facts.also}
    if _plain(name) not in known:
        hint = near_names(name, REGISTRY, what="losses")
        raise DomainError("xent losses", "NAME", "be a loss", got=repr(name), hint=hint)
    own = known[_plain(name)]
    kind = type(REGISTRY[own])
    return LossFindings(
        name=own,
        **asdict(REGISTRY[own].facts),
        definition=plain_mathematics(definition_of(kind)),
        gradient=plain_mathematics(gradient_of(kind)),
    )


def _plain(name: str) -> str:
    """Letters and digits of a name, in lower case: AM-Softmax and am_softmax are one name."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())
