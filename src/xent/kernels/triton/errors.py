"""Exception of a launch, apart from the others because callers catch it and take another way."""

from __future__ import annotations

from xent.errors import BackendError

__all__ = ["LaunchError"]


class LaunchError(BackendError):
    """
    A kernel that Triton can neither compile nor launch here.

    Parameters
    ----------
    reason : str
        Reason, as the end of a sentence.
    """

    def __init__(self, reason: str) -> None:
        super().__init__("launched", "kernel", "compile and launch here", got=reason)
        self.reason = reason
