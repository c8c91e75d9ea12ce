"""Errors that inherit the exception that PyTorch raises in the same place as well."""

from __future__ import annotations

from xent.errors import DomainError

__all__ = ["LabelError"]


class LabelError(DomainError, IndexError):
    """A label out of range: a `DomainError` here, an ``IndexError`` in PyTorch."""
