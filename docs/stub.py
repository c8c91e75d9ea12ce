"""
Types of `xent.losses` for editors and type checkers: a stub in which every method names its parameters.

The methods take ``**parameters`` in the code, so that a loss is written without seven signatures of its own.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from xent import losses
from xent.losses.abstract_loss import AbstractLoss
from xent.losses.parameters import METHODS
from xent.losses.registry import REGISTRY

__all__ = ["STUB", "stub"]

STUB = Path(losses.__file__).with_suffix(".pyi")
_HEAD = '''\
"""Made by `python -m docs.build` from the classes of the losses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, final

from xent.arrays import Array
from xent.losses.abstract_loss import AbstractLoss
from xent.losses.facts import LossFacts
from xent.losses.mean import Total
'''


def stub() -> str:
    """The text of the stub."""
    classes = "\n\n".join(_class(type(loss)) for loss in REGISTRY.values())
    objects = [name for name in losses.__all__ if isinstance(getattr(losses, name), AbstractLoss)]
    names = "\n".join(f"{name}: {type(getattr(losses, name)).__name__}" for name in objects)
    public = "".join(f'    "{name}",\n' for name in losses.__all__)
    return "\n".join(
        [
            _HEAD,
            *map(_import, _functions()),
            f"__all__ = [\n{public}]\n",
            classes,
            f"\n{names}\nREGISTRY: Mapping[str, AbstractLoss]\n",
        ]
    )


def _functions() -> list[str]:
    return [name for name in losses.__all__ if inspect.isfunction(getattr(losses, name))]


def _import(name: str) -> str:
    return f"from {getattr(losses, name).__module__} import {name}\n"


def _class(loss: type) -> str:
    own = "".join(f"    {field.name}: {_plain(field.type)}\n" for field in fields(loss))
    methods = "\n".join(f"    {_method(loss, name)}" for name in ("__init__", *METHODS))
    return (
        f"@final\n@dataclass(frozen=True, init=False)\nclass {loss.__name__}(AbstractLoss):\n"
        f"    name: ClassVar[str]\n    facts: ClassVar[LossFacts]\n{own}"
        f"{methods}\n    def problem(self, request: Any) -> Any: ..."
    )


def _method(loss: type, name: str) -> str:
    signature = inspect.signature(getattr(loss, name))
    parts, kind = [], inspect.Parameter.POSITIONAL_ONLY
    for parameter in signature.parameters.values():
        if kind is parameter.POSITIONAL_ONLY and parameter.kind is not kind and name != "__init__":
            parts.append("/")
        if parameter.kind is parameter.KEYWORD_ONLY and kind is not parameter.kind:
            parts.append("*")
        kind = parameter.kind
        parts.append(_argument(parameter))
    return f"def {name}({', '.join(parts)}) -> {_plain(signature.return_annotation)}: ..."


def _argument(parameter: inspect.Parameter) -> str:
    if parameter.annotation is parameter.empty:
        return parameter.name
    has_default = parameter.default is not parameter.empty
    return f"{parameter.name}: {_plain(parameter.annotation)}" + (" = ..." if has_default else "")


def _plain(annotation: Any) -> str:
    """An annotation as the stub can name it: of the abstract classes it knows one."""
    return re.sub(r"\b(Abstract\w+|LossOfTrueClass)", "AbstractLoss", str(annotation))
