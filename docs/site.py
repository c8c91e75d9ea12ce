"""Builds the site offline: ``python -m docs.site [--out FOLDER]``; any warning fails the build."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

from xent.lab.lab_page import lab_page

__all__ = ["build"]

HERE = Path(__file__).parent
OUT = HERE / "_build" / "html"


def main() -> None:
    """Build the site and say where it lies."""
    parser = argparse.ArgumentParser(prog="python -m docs.site", description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, help="folder of the pages (docs/_build/html)")
    out = parser.parse_args().out
    build(out)
    sys.stdout.write(f"{out / 'index.html'}\n")


def build(out: Path = OUT) -> None:
    """
    Build all pages into `out`: references, figures, tutorials, explanations, and the lab in two languages.

    Parameters
    ----------
    out : Path
        Folder of the pages; made if it is missing.

    Raises
    ------
    SystemExit
        If Sphinx is not installed, or if the build has a warning: a name, a link or a page that is missing.
    """
    if find_spec("sphinx") is None:
        sys.exit('docs: sphinx is not installed. Run `pip install -e ".[docs]"`.')
    from sphinx.cmd.build import build_main

    if build_main(["-q", "-n", "-W", "--keep-going", "-b", "html", str(HERE), str(out)]):
        sys.exit("docs: the site has warnings")
    for language, name in (("en", "lab.html"), ("zh", "lab_zh.html")):
        (out / name).write_text(lab_page(language), encoding="utf-8")


if __name__ == "__main__":
    main()
