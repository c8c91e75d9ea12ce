"""Other code for modules of the package: given to the functions that exist, or imported anew."""

import contextlib
import gc
import importlib.machinery
import importlib.util
import sys
from types import CodeType, FunctionType

from tests.mutants.edits import SOURCE

__all__ = ["LiveFunctions", "reimported"]


class LiveFunctions:
    """The Python functions of the package that exist in this process, by where their code stands."""

    def __init__(self):
        self._by_place = {}

    def update(self):
        """Take in the functions that were made since the last time."""
        for function in gc.get_objects():
            if type(function) is FunctionType and function.__code__.co_filename.startswith(str(SOURCE)):
                self._by_place.setdefault(_place(function.__code__), []).append(function)
        # The collector, here and in forks, visits frozen objects no more; a visit in a fork would copy pages.
        gc.freeze()

    def patch(self, code):
        """Give functions their code in the compiled module `code`; the number that changed."""
        changed = [
            (function, new)
            for place, new in _codes_by_place(code).items()
            for function in self._by_place.get(place, ())
            if function.__code__ != new
        ]
        for function, new in changed:
            function.__code__ = new
        return len(changed)


@contextlib.contextmanager
def reimported(path, code):
    """Forget the package and its tests, so that they are imported anew, the module at `path` from `code`."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("tests", "xent")]:
        if not name.startswith("tests.mutants"):
            del sys.modules[name]
    finder = _Finder(path, code)
    sys.meta_path.insert(0, finder)
    yield lambda: finder.served
    sys.meta_path.remove(finder)


class _Finder:
    def __init__(self, path, code):
        self.path, self.code, self.served = path, code, False

    def find_spec(self, name, path=None, target=None):
        """The usual specification; for the edited module, with a loader of the edited code."""
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin == str(self.path):
            spec.loader = _Loader(name, spec.origin, self)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name, origin, finder):
        super().__init__(name, origin)
        self.finder = finder

    def get_code(self, _):
        """The edited code."""
        self.finder.served = True
        return self.finder.code


def _place(code):
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _codes_by_place(code):
    """All code in `code`, but that of functions which share a line and a name."""
    found = {}
    for inner in _codes_in(code):
        found.setdefault(_place(inner), []).append(inner)
    return {place: codes[0] for place, codes in found.items() if len(codes) == 1}


def _codes_in(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes_in(constant)
