"""Paragraphs of a loss's docstring, for documentation pages and the command line."""

from __future__ import annotations

import inspect
import re

__all__ = ["definition_of", "gradient_of"]


def definition_of(loss: type) -> str:
    r"""
    Definition paragraph from the docstring of the class `loss`, in reStructuredText without indentation.

    The bold heading is left out; formulas stay.

    Raises
    ------
    ValueError
        If the docstring has no paragraph ``**Definition.**`` under Notes.

    Examples
    --------
    >>> from xent.losses import Focal
    >>> definition_of(Focal).splitlines()[-1]
    '.. math:: \\ell = -w (1 - u)^\\gamma \\log u .'
    """
    return _part(loss, "Definition")


def gradient_of(loss: type) -> str:
    r"""
    Gradient paragraph from the docstring of the class `loss`, as `definition_of` gives the definition.

    Raises ValueError if there is no such paragraph.

    Examples
    --------
    >>> from xent.losses import SquaredError
    >>> gradient_of(SquaredError)
    ':math:`w (m - y)`; the second derivative is :math:`w`.'
    """
    return _part(loss, "Gradient")


def _part(loss: type, name: str) -> str:
    """
    Paragraphs of the docstring of `loss` from the bold `name`, which is left out, up to the next bold name.

    Raises ValueError if there is none.
    """
    match = re.search(rf"\*\*{name}\.\*\*(.*?)\n\*\*", inspect.getdoc(loss) or "", flags=re.DOTALL)
    if match is None:
        raise ValueError(f"{loss.__name__} has no **{name}.** under Notes")
    return match[1].strip()
