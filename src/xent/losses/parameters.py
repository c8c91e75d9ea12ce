"""
Parameters of a loss as keywords of its methods: shown to editors, and refused where they are misspelt.

Every method takes ``**parameters``, so that a loss is written without a signature of its own; here the
signature that readers see is made of the fields of its class.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields
from types import FunctionType
from typing import Any, NoReturn

from xent.arrays import is_array
from xent.errors import DTypeError, ParameterError
from xent.near_names import near_names

__all__ = [
    "METHODS",
    "check_kinds",
    "check_names",
    "check_names_of_class",
    "kinds_of",
    "show_parameters",
    "signature_with_parameters",
]

METHODS = (
    "__call__",
    "gradient",
    "value_and_gradient",
    "hessian_vector_product",
    "hessian",
    "total",
    "mean",
)
_PLAIN = (bool, int, float, str, type(None))
_KINDS = {"float": "a number", "int": "a number", "bool": "True or False", "str": "a word"}
_TYPES: dict[str, tuple[type, ...]] = {"a number": (int, float), "True or False": (int,), "a word": (str,)}


def show_parameters(loss: type) -> None:
    """
    Give a class of losses copies of the methods `METHODS` whose signatures list its parameters.

    The copies share the code of the inherited methods and replace them in the class.

    Examples
    --------
    >>> from xent.losses import focal
    >>> list(inspect.signature(focal).parameters)[:5]
    ['logits', 'truth', 'sample_weight', 'validate', 'gamma']
    """
    for name in METHODS:
        inherited: Any = getattr(loss, name)
        method: Any = FunctionType(
            inherited.__code__, inherited.__globals__, name, inherited.__defaults__, inherited.__closure__
        )
        method.__kwdefaults__ = inherited.__kwdefaults__
        method.__doc__, method.__annotations__ = inherited.__doc__, inherited.__annotations__
        method.__qualname__, method.__module__ = f"{loss.__qualname__}.{name}", loss.__module__
        method.__signature__ = signature_with_parameters(inherited, loss)
        setattr(loss, name, method)


def signature_with_parameters(method: Callable[..., Any], loss: type) -> inspect.Signature:
    """
    Signature of a `method` with the parameters of `loss` as keywords, in place of ``**parameters``.

    ``...`` stands for a default that the class does not have. A name that both have is listed once, with the
    default of the class.
    """
    signature = inspect.signature(method)
    added = {each.name: _as_keyword(each) for each in _parameters(loss)}
    own = [
        each
        for each in signature.parameters.values()
        if each.kind is not each.VAR_KEYWORD and each.name not in added
    ]
    return signature.replace(parameters=[*own, *added.values()])


def check_names(keywords: dict[str, Any], loss: Any, *, caller: str) -> None:
    """
    Raise `ParameterError` for the first of the `keywords` of a call that is not a parameter of the `loss`.

    `caller` is the name of the loss, then a dot and the method's name unless the loss itself is called.

    Examples
    --------
    >>> from xent.losses import focal
    >>> check_names({"gama": 3}, focal, caller="focal")
    Traceback (most recent call last):
        ...
    xent.errors.ParameterError: focal: `gama` must be a parameter of Focal; got gama=3. Did you mean 'gamma'?
    """
    for name, value in keywords.items():
        if name not in loss.__dataclass_fields__:
            method = getattr(type(loss), caller.partition(".")[2] or "__call__")
            options = inspect.signature(method).parameters.values()
            _refuse(name, value, type(loss), [p.name for p in options if p.kind is p.KEYWORD_ONLY], caller)


def kinds_of(annotations: Mapping[str, str]) -> dict[str, tuple[str, bool]]:
    """
    Kind of each parameter that is a number, a truth value or a word, and True if None is allowed, by name.

    `annotations` are texts such as ``"float | None"``; parameters of other types are left out. The kinds are
    ``"a number"``, ``"True or False"`` and ``"a word"``.
    """
    found = {}
    for name, annotation in annotations.items():
        plain = annotation.removesuffix(" | None")
        if plain in _KINDS:
            found[name] = _KINDS[plain], plain != annotation
    return found


def check_kinds(loss: Any, kinds: Mapping[str, tuple[str, bool]]) -> None:
    """
    Raise `DTypeError` for the first parameter of `loss` that is not of the kind that `kinds` gives its name.

    A kind is "a number", "True or False" or "a word", with True if None is allowed. Truth values pass as
    numbers, whole numbers as truth values. Arrays without axes, such as traced numbers, pass as both.

    Examples
    --------
    >>> from xent.losses import focal
    >>> check_kinds(focal, {"gamma": ("a number", False)})
    """
    for name, (kind, is_optional) in kinds.items():
        value = getattr(loss, name)
        if isinstance(value, _TYPES[kind]) or (value is None and is_optional):
            continue
        # Numbers of NumPy count as arrays without axes, as traced ones are.
        if kind == "a word" or not (is_array(value) and value.ndim == 0):
            shape = f" of shape {tuple(value.shape)}" if is_array(value) else ""
            raise DTypeError(type(loss).__name__, name, f"be {kind}", got=f"{type(value).__name__}{shape}")


def check_names_of_class(keywords: dict[str, Any], loss: type) -> None:
    """
    Raise `ParameterError` for the first keyword of a call of the class `loss` that is not a parameter of it.

    Examples
    --------
    >>> from xent.losses import Focal
    >>> check_names_of_class({"gama": 3}, Focal)
    Traceback (most recent call last):
        ...
    xent.errors.ParameterError: Focal: `gama` must be a parameter of Focal; got gama=3. Did you mean 'gamma'?
    """
    known: Any = loss
    for name, value in keywords.items():
        if name not in known.__dataclass_fields__:
            _refuse(name, value, loss, [], loss.__name__)


def _refuse(name: str, value: Any, loss: type, options: list[str], caller: str) -> NoReturn:
    """
    Raise `ParameterError` for the keyword `name` of `caller`; the hint suggests parameters and `options`.

    `value` is shown if it is a number, a word, a truth value or None.
    """
    known = dict.fromkeys([*(each.name for each in _parameters(loss)), *options])
    got = f"{name}={value!r}" if isinstance(value, _PLAIN) else f"a value of type {type(value).__name__}"
    hint = near_names(name, known, what="parameters")
    raise ParameterError(caller, name, f"be a parameter of {loss.__name__}", got=got, hint=hint)


def _parameters(loss: Any) -> list[inspect.Parameter]:
    """Parameters of the class `loss` in the order in which it takes them, those that are fields of it."""
    names = {field.name for field in fields(loss)}
    return [each for each in inspect.signature(loss).parameters.values() if each.name in names]


def _as_keyword(parameter: inspect.Parameter) -> inspect.Parameter:
    """`parameter` as a keyword; ``...`` stands for a default that the class does not have."""
    default = ... if parameter.default is parameter.empty else parameter.default
    return parameter.replace(kind=parameter.KEYWORD_ONLY, default=default)
