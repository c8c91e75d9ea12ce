"""Replacement of the operations of Triton's language, for the whole of a launch that is interpreted."""

import inspect

__all__ = ["replace_once"]


def replace_once(monkeypatch):
    """Replace the operations of a module of the language once a launch, not in each function called."""
    from triton import language
    from triton.runtime import interpreter

    replaced, in_launch = interpreter._patch_lang, set()  # noqa: SLF001 - Triton has no other name for it

    def patch_of_a_launch(function):
        seen = {
            value.__name__
            for value in function.__globals__.values()
            if inspect.ismodule(value) and value in (language, language.core)
        }
        if seen <= in_launch:
            return interpreter._LangPatchScope()  # noqa: SLF001 - same; it restores nothing
        scope = replaced(function)
        if not in_launch:
            restore = scope.restore
            scope.restore = lambda: (in_launch.clear(), restore())
        in_launch.update(seen)
        return scope

    monkeypatch.setattr(interpreter, "_patch_lang", patch_of_a_launch)
