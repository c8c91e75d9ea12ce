"""Links to the documentation of other libraries, by rule, so that the site builds without a network."""

from __future__ import annotations

import pkgutil
from typing import Any

__all__ = ["resolve"]

_PAGES = {
    "torch": "https://docs.pytorch.org/docs/stable/generated/{name}.html",
    "sklearn": "https://scikit-learn.org/stable/modules/generated/{name}.html",
    "numpy": "https://numpy.org/doc/stable/reference/generated/{name}.html",
    "scipy": "https://docs.scipy.org/doc/scipy/reference/generated/{name}.html",
    "jax": "https://docs.jax.dev/en/latest/_autosummary/{name}.html",
    "keras": "https://keras.io/api/",
    "optax": "https://optax.readthedocs.io/en/latest/api/losses.html",
    "collections": "https://docs.python.org/3/library/collections.html",
    "fractions": "https://docs.python.org/3/library/fractions.html",
}
# Modules of PyTorch have a page of another name than their functions and classes.
_MODULES = {
    "torch.func": "https://docs.pytorch.org/docs/stable/func.html",
    "torch.nn": "https://docs.pytorch.org/docs/stable/nn.html",
    "torch.nn.functional": "https://docs.pytorch.org/docs/stable/nn.functional.html",
}


def resolve(app: Any, env: Any, node: Any, content: Any) -> Any:
    """
    The node for a name in backticks that has no page on this site, for Sphinx's event `missing-reference`.

    Parameters
    ----------
    app, env : Sphinx
        Not used.
    node : pending_xref
        Reference whose `reftarget` is the name.
    content : Node
        Text of the reference.

    Returns
    -------
    Node or None
        A link for a name of a library in `_PAGES`; `content` for a name without a dot, which is a parameter
        or an attribute, for the path of a file, and for a name of this library that exists but is not
        public; None for any other name, which fails the build.
    """
    from docutils.nodes import reference

    name = node.get("reftarget", "")
    url = _MODULES.get(name) or _PAGES.get(name.partition(".")[0], "").format(name=name)
    if "." in name and url:
        return reference("", "", content, internal=False, refuri=url)
    known = "." not in name or "/" in name or (name.startswith("xent.") and _exists(name))
    return content if node.get("reftype") == "obj" and known else None


def _exists(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (AttributeError, ImportError):
        return False
    return True
