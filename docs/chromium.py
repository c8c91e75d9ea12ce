"""The system's Chromium under Playwright, which brings no browser of its own here."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["MISSING", "chromium", "executable"]

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "no Chromium: install one (Debian: `apt install chromium`), or set XENT_CHROMIUM to its path, "
    "and run `pip install playwright`"
)


def executable() -> str | None:
    """Path of the browser: the variable XENT_CHROMIUM, or the first found on the path; None without one."""
    named = os.environ.get("XENT_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Any]:
    """Run a headless browser for the block."""
    from playwright.sync_api import sync_playwright

    path = executable()
    if path is None:
        raise SystemExit(MISSING)
    with sync_playwright() as driver:
        # A sandbox needs user namespaces, which containers often lack; the pages are our own.
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
