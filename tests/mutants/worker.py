"""
Runs the jobs in a folder, each on its edit of the copy of ``src`` there, and writes the verdicts.

One process serves many jobs: what was imported of the package and of the tests is forgotten between them,
while NumPy and its like stay loaded.
"""

import json
import os
import sys
from pathlib import Path

import pytest

__all__ = ["main"]


class Record:
    """A pytest plugin that keeps why tests failed."""

    def __init__(self):
        self.ran = 0
        self.failures = []

    def pytest_runtest_logreport(self, report):
        """Count the tests that ran."""
        self.ran += report.when == "call"

    def pytest_exception_interact(self, node, call, report):
        """Keep the exception of a test or of a file that cannot be collected."""
        by_assertion = report.when == "call" and _is_assertion(call.excinfo.value)
        self.failures.append("assertion" if by_assertion else f"{node.nodeid}: {call.excinfo.value!r}"[:500])

    def verdict(self, wanted):
        """What happened, in one line."""
        if self.failures:
            return max(self.failures, key="assertion".__ne__)
        return "passed" if self.ran >= wanted else f"{self.ran} tests ran, at least {wanted} were named"


def main(folder):
    """Do the jobs of `folder`."""
    source = folder / "src" / "xent"
    found = []
    for job in json.loads((folder / "jobs.json").read_text(encoding="utf-8")):
        path = source / job.get("file", "__init__.py")
        original = path.read_text(encoding="utf-8")
        if "old" in job:
            path.write_text(original.replace(job["old"], job["new"]), encoding="utf-8")
        found.append(_run(job["tests"], source))
        path.write_text(original, encoding="utf-8")
    (folder / "verdicts.json").write_text(json.dumps(found), encoding="utf-8")


def _run(tests, source):
    for name in [name for name in sys.modules if name.partition(".")[0] in ("tests", "xent")]:
        if name != __name__:
            del sys.modules[name]
    record = Record()
    options = [
        "-c",
        os.devnull,
        "--rootdir",
        str(Path.cwd()),
        "--import-mode=importlib",
        "-p",
        "no:cacheprovider",
    ]
    pytest.main(["-q", "--tb=no", "--assert=plain", *options, *tests], plugins=[record])
    loaded = Path(sys.modules["xent"].__file__)
    assert loaded.is_relative_to(source), f"tested {loaded}, not the copy in {source}"
    return record.verdict(len(tests))


def _is_assertion(error):
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_assertion, error.exceptions))
    return isinstance(error, (AssertionError, pytest.fail.Exception))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
