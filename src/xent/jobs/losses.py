"""`losses`: the list of all losses, and the facts about one."""

from __future__ import annotations

import re
from dataclasses import asdict

from xent.errors import DomainError
from xent.losses.definition import definition_of
from xent.losses.registry import REGISTRY
from xent.near_names import near_names
from xent.report.losses.loss_findings import LossFindings, LossList

__all__ = ["all_losses", "one_loss"]


def all_losses() -> LossList:
    """Facts about every loss of the registry."""
    return LossList(tuple(map(one_loss, REGISTRY)))


def one_loss(name: str) -> LossFindings:
    """
    Facts about the loss called `name`.

    Raises
    ------
    DomainError
        If no loss has this name.

    Examples
    --------
    >>> one_loss("focal").source
    'Lin et al. 2017, equation 4'
    """
    if name not in REGISTRY:
        hint = near_names(name, REGISTRY, what="losses")
        raise DomainError("xent losses", "NAME", "be a loss", got=repr(name), hint=hint)
    loss = REGISTRY[name]
    return LossFindings(name=name, **asdict(loss.facts), definition=_plain_text(definition_of(type(loss))))


def _plain_text(definition: str) -> str:
    """A definition without the markup of its mathematics."""
    text = re.sub(r"\.\. math::\s*", "    ", definition)
    return re.sub(r":math:`(.*?)`", r"\1", text, flags=re.DOTALL)
