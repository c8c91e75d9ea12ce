"""
Ways of computing one operation, as an ordered table: the first way that suits a call runs.

The `WAYS` of an operation stand in its `ways.py`, the fastest first; the last suits every call. A way that
does not suit says why, so a call can be asked which way it takes (`xent.torch.explain`), and a call that asks
for a way by name gets that way or an error with the reason: there is no silent detour.
"""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar

from xent.errors import BackendError, DomainError
from xent.kernels.triton.errors import LaunchError
from xent.torch.explanation import Explanation, Inquiry

__all__ = ["Way", "always", "of_one_rank", "run", "warn_of_failure"]

Request = TypeVar("Request")


class Way(NamedTuple, Generic[Request]):
    """
    One way of computing an operation.

    Parameters
    ----------
    name : str
        Name for the keyword `way` and in explanations.
    reason_not : callable
        Reason why this way does not suit a request, as the end of a sentence; None if it suits. Called before
        each computation, so the tests must be cheap; it may read no value of a tensor.
    run : callable
        Computes a request that this way suits.
    """

    name: str
    reason_not: Callable[[Request], str | None]
    run: Callable[[Request], Any]


def always(request: Any) -> None:
    """None, as no reason is against a way that suits every request."""
    del request


def of_one_rank(
    reason_not: Callable[[Request], str | None], has_ranks: Callable[[Request], bool], subject: str
) -> Callable[[Request], str | None]:
    """
    `reason_not` for a way that cannot compute a request of several ranks.

    Where `has_ranks` is True of a request, the reason is that `subject`, such as "`input`", has the classes
    of one rank only; else it is that of `reason_not`.
    """

    def reason(request: Request) -> str | None:
        if has_ranks(request):
            return f"`process_group` is given, and {subject} has the classes of one rank"
        return reason_not(request)

    return reason


def run(caller: str, ways: tuple[Way[Request], ...], request: Request, asked: str | None) -> Any:
    """
    Result of `request` by the first way that suits, or by the way of the name `asked`; None takes the first.

    A kernel that cannot be launched is a warning, and the next way that suits computes. An `Inquiry` as
    `asked` computes nothing and returns an `Explanation`, which callers return unchanged.

    Raises
    ------
    DomainError
        If no way has the name `asked`.
    BackendError
        If the way of that name, or every way, does not suit the request or cannot be launched; the message
        holds the reason.
    """
    if asked is not None:
        return _run_asked(caller, ways, request, asked)
    # Only the reasons up to the way that runs are computed: this loop is part of every training step.
    for way in ways:
        if way.reason_not(request) is None:
            try:
                return way.run(request)
            except LaunchError as error:
                warn_of_failure(caller, error)
    raise _no_way(caller, {way.name: way.reason_not(request) for way in ways})


def _no_way(caller: str, reasons: dict[str, str | None]) -> BackendError:
    """Error for a call that no way suits, with the reason against each way, by its name."""
    told = "; ".join(f"not {name}, as {reason}" for name, reason in reasons.items())
    return BackendError(caller, "way", "exist for the call", got=f"none: {told}")


def _run_asked(caller: str, ways: tuple[Way[Request], ...], request: Request, asked: str) -> Any:
    """
    Result by the way of the name `asked`, or an `Explanation` for an `Inquiry`.

    Raises `DomainError` for a name that no way has, and `BackendError` if the way, or for an `Inquiry` every
    way, does not suit, or its kernel cannot be launched.
    """
    if isinstance(asked, Inquiry):
        return _explanation(caller, ways, request)
    for way in ways:
        if way.name == asked:
            reason = way.reason_not(request)
            if reason is not None:
                raise _refusal(caller, asked, reason)
            try:
                return way.run(request)
            except LaunchError as error:
                raise _refusal(caller, asked, error.reason) from error
    return _refuse_name(caller, [way.name for way in ways], asked)


def _refusal(caller: str, asked: str, reason: str) -> BackendError:
    """Error for the way of the name `asked`, which does not suit the call, with the reason."""
    return BackendError(
        caller,
        "way",
        "suit the call",
        got=f"{asked!r}, and {reason}",
        hint="Leave `way` at None to take the first way that suits; "
        f"`xent.torch.explain(xent.torch.{caller}, ...)` lists them.",
    )


def warn_of_failure(caller: str, error: LaunchError) -> None:
    """Warn, with a `UserWarning`, that a kernel failed, and that other operations replace it from now on."""
    message = f"{caller}: the kernel cannot run here, and other operations replace it, as {error.reason}."
    warnings.warn(message, UserWarning, stacklevel=3)


def _refuse_name(caller: str, names: list[str], asked: str) -> NoReturn:
    """Raise `DomainError` for `asked`, a name that no way has, with the nearest of `names` if one is near."""
    near = difflib.get_close_matches(str(asked), names, n=1, cutoff=0.5)
    rule = f"be None or one of {', '.join(names)}"
    raise DomainError(caller, "way", rule, got=repr(asked), hint=f"Did you mean {near[0]!r}?" if near else "")


def _explanation(caller: str, ways: tuple[Way[Request], ...], request: Request) -> Explanation:
    """
    First way that suits, and the reason against each other way, in their order; raises `BackendError` if none
    suits.

    The reason against a later way that suits too is that the first one comes first.
    """
    reasons = {way.name: way.reason_not(request) for way in ways}
    taken = next((name for name, reason in reasons.items() if reason is None), None)
    if taken is None:
        raise _no_way(caller, reasons)
    others = {name: reason or f"{taken} comes first" for name, reason in reasons.items() if name != taken}
    return Explanation(caller, taken, others)
