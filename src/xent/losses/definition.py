"""Definition paragraph of a docstring, for documentation pages and the command line."""

from __future__ import annotations

import inspect
import re

__all__ = ["definition_of"]


def definition_of(loss: type) -> str:
    r"""
    Definition paragraph from the docstring of a loss, in reStructuredText without indentation.

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
    found = re.search(r"\*\*Definition\.\*\*(.*?)\n\*\*", inspect.getdoc(loss) or "", flags=re.DOTALL)
    if found is None:
        raise ValueError(f"{loss.__name__} has no **Definition.** under Notes")
    return found[1].strip()
