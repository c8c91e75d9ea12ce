"""
Registry of all losses by name, the source of lists in tests, documentation and the command line.

The losses are those that `xent.losses` exports, in its order; a class with an `example` is listed with it.
"""

from __future__ import annotations

from types import MappingProxyType

# The package imports this module last: all its losses are there already.
from xent import losses
from xent.losses.abstract_loss import AbstractLoss
from xent.losses.parameters import show_parameters

__all__ = ["REGISTRY"]


def _exported() -> list[AbstractLoss]:
    """
    Object of each class of losses that `xent.losses` exports, in the order of the exports.

    It is made with the class's `example`, or else the exported object itself.
    """
    exports = list(vars(losses).values())
    objects = {type(export): export for export in exports if isinstance(export, AbstractLoss)}
    classes = [export for export in exports if isinstance(export, type) and issubclass(export, AbstractLoss)]
    return [loss(**loss.example) if loss.example else objects[loss] for loss in classes]


for _loss in _exported():
    show_parameters(type(_loss))

REGISTRY = MappingProxyType({loss.name: loss for loss in _exported()})
