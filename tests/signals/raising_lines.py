"""
An exception at each line of the code that writes results, as a signal handler of a program may raise it.

`attacks.py` draws the moments at random; here each line is one. A program of its own, because it forks for
each line, which libraries with threads do not bear.
"""

import os
import shutil
import sys
from pathlib import Path

from xent.jobs import lab
from xent.jobs.lab import write_lab
from xent.jobs.manifest import files_not_ours, write_manifest
from xent.jobs.output_directory import output_directory
from xent.streams.unfinished import write_whole

_FILES = ("output_directory.py", "leftovers.py", "manifest.py", "interruptions.py", "unfinished.py", "lab.py")
# The page of the lab takes a hundred times as long to make as to write; these stand for it.
_MARK = '<meta name="generator" content="xent lab">'
_LANGUAGES = {"earlier": "en", "new": "zh"}


class Raised(BaseException):
    pass


class Tracer:
    """Trace function that raises at a line of these files, counted from 1 in the order of execution."""

    def __init__(self, line):
        self.line = line
        self.count = 0

    def __call__(self, frame, event, _):
        if not frame.f_code.co_filename.endswith(_FILES) or _is_finalizer(frame):
            return None
        if event == "line":
            self.count += 1
            if self.count == self.line:
                raise Raised
        return self


def _is_finalizer(frame):
    """True within a finalizer: what it raises Python prints, and goes on."""
    while frame is not None and frame.f_code.co_name not in {"_remove_by_maker", "__del__"}:
        frame = frame.f_back
    return frame is not None


def write_directory(out, text):
    with output_directory(out, caller="xent fit") as folder:
        (folder / "metrics.json").write_text(text)
        (folder / "report.html").write_text(text)
        write_manifest(folder)


def write_file(out, text):
    write_whole(out, lambda stream: stream.write(text.encode()))


def write_page(out, text):
    write_lab(out, _LANGUAGES[text])


def content(out):
    """The text that `out` was written with; None if it does not exist."""
    if not out.exists():
        return None
    if not out.is_dir():
        text = out.read_text().removeprefix(_MARK)
        return {value: key for key, value in _LANGUAGES.items()}.get(text, text)
    assert files_not_ours(out) == []
    return (out / "metrics.json").read_text()


def raises_at(line, write, out, text):
    """
    Write in a fork that raises at a line; True if it has come to that line.

    A fork, because Python 3.11 keeps an error that is being suppressed for good if a trace function raises at
    that moment, and with it the locks in its frames.
    """
    child = os.fork()
    if child == 0:
        sys.settrace(Tracer(line))
        code = 1
        try:
            write(out, text)
            code = 0
        except Raised:
            code = 2
        finally:
            sys.settrace(None)
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in {0, 2}
    return code == 2


def lines_of(write, folder, *, is_earlier):
    """
    Raise at each line in turn and look at the folder; the number of lines.

    `is_earlier` is True if an earlier result lies at the place.
    """
    if write is not write_directory:
        folder.mkdir(parents=True)
    out = folder / "out"
    line = 1
    while True:
        if is_earlier and content(out) != "earlier":
            write(out, "earlier")
        if not raises_at(line, write, out, "new"):
            break
        assert content(out) in ({"earlier", "new"} if is_earlier else {None, "new"}), line
        assert not folder.exists() or {path.name for path in folder.iterdir()} <= {"out"}, line
        if not is_earlier:
            _remove(out)
        line += 1
    assert content(out) == "new"
    return line - 1


def _remove(out: Path):
    if out.is_dir():
        shutil.rmtree(out)
    else:
        out.unlink(missing_ok=True)


if __name__ == "__main__":
    lab.lab_page = lambda language: _MARK + language
    for each in (write_directory, write_file, write_page):
        for earlier in (True, False):
            place = Path(sys.argv[1], f"{each.__name__}-{earlier}")
            sys.stdout.write(f"{lines_of(each, place, is_earlier=earlier)}\n")
