"""Errors that are also what PyTorch raises in the same place."""

from __future__ import annotations

from xent.errors import DomainError

__all__ = ["LabelError"]


class LabelError(DomainError, IndexError):
    """A label that is no class: an error of domain here, an ``IndexError`` in PyTorch."""
