"""Changes since a revision of Git: the files, and the functions of a file whose code is another."""

import ast
import subprocess

from tests.running.project_graph import ROOT

__all__ = ["changed_files", "changed_functions"]

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def changed_files(revision):
    """Paths of the files that differ from those of `revision`, new ones among them."""
    differing = _git("diff", "--name-only", "-z", "--no-renames", revision)
    untracked = _git("ls-files", "--others", "--exclude-standard", "-z")
    return {ROOT / name for name in (differing + untracked).split("\0") if name}


def changed_functions(path, revision):
    """
    Qualified names of the functions and classes of a Python file that are new or have other code.

    The name of a class stands for what is outside of its methods, and ``""`` for what is outside of all.
    Comments, docstrings and layout are no code. A file that is gone has no functions.
    """
    if not path.exists():
        return set()
    old = _git("show", f"{revision}:{path.relative_to(ROOT).as_posix()}", or_else="")
    before, after = (dict(_code(ast.parse(text))) for text in (old, path.read_text(encoding="utf-8")))
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _code(node, name=""):
    """Pairs of a qualified name and the code of that name alone."""
    if isinstance(node, (ast.Module, *_SCOPES)) and ast.get_docstring(node, clean=False) is not None:
        node.body[:1] = []
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        for inner in [statement for statement in node.body if isinstance(statement, _SCOPES)]:
            yield from _code(inner, f"{name}.{inner.name}".lstrip("."))
            node.body.remove(inner)
    yield name, ast.dump(node)


def _git(*arguments, or_else=None):
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode and or_else is None:
        raise ValueError(done.stderr.strip())
    return or_else if done.returncode else done.stdout
