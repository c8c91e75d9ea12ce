"""Refusal of `torch.jit.script`, whose compiler reads sources of Python that a loss is not written in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn, TypeVar

from xent.errors import BackendError

__all__ = ["refuse_script", "unscriptable"]

Function = TypeVar("Function", bound=Callable[..., Any])


def refuse_script(caller: str) -> NoReturn:
    """Raise `BackendError`, always, with the compilers that a loss, of the name `caller`, can be given to."""
    raise BackendError(
        caller,
        "compiler",
        "be `torch.compile`, `torch.export` or `torch.jit.trace`",
        got="torch.jit.script",
        hint="Script the model without its loss, or compile both with `torch.compile`.",
    )


def unscriptable(function: Function) -> Function:
    """
    `function` itself, changed in place so that `torch.jit.script` raises `BackendError` where it would
    compile it.
    """
    # PyTorch's hook, called for a function that is scripted, or called by one that is.
    function.__prepare_scriptable__ = partial(refuse_script, function.__name__)  # type: ignore[attr-defined]
    return function
