"""
Times of the lab in Chromium: from the start of navigation to its pictures, and of a redraw of each view.

"Stored" is the first paint, which shows the first states that the file stores; "drawn" is the frame in which
the script has drawn every view. A redraw is the handler of one frame after an input was set, without the
paint of the browser. Medians over loads, each in a new context without a cache.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docs.chromium import chromium

from xent.lab.lab_page import VIEWS, lab_page

# The class `live` is set before the views are drawn, in one task: the next frame shows them.
WATCH = """
new MutationObserver((_, watcher) => {
  if (!document.documentElement.classList.contains("live")) return;
  watcher.disconnect();
  requestAnimationFrame(() => { globalThis.drawn = performance.now(); });
}).observe(document, { attributes: true, subtree: true, attributeFilter: ["class"] });
const next = globalThis.requestAnimationFrame.bind(globalThis);
globalThis.frames_ms = [];
globalThis.requestAnimationFrame = (call) => next((time) => {
  const begin = performance.now();
  call(time);
  frames_ms.push(performance.now() - begin);
});
"""
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
STEP = """async (view) => {
  const input = document.querySelector(`#${view} input[type=range]`);
  const low = Number(input.min), high = Number(input.max);
  const times = [];
  for (let n = 0; n < 11; n++) {
    frames_ms.length = 0;
    input.value = low + (high - low) * (n + 1) / 13;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => setTimeout(() => requestAnimationFrame(() => setTimeout(done)), 0));
    times.push(Math.max(...frames_ms));
  }
  return times.sort((a, b) => a - b)[5];
}"""


def main(arguments: list[str]) -> None:
    """Print one line for the loads and one for each view."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks lab", description=__doc__)
    parser.add_argument("--loads", type=int, default=11, help="number of loads (11)")
    loads = parser.parse_args(arguments).loads
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        file = Path(folder) / "lab.html"
        file.write_text(lab_page("en"), encoding="utf-8")
        size = file.stat().st_size
        _say(f"Chromium {browser.version}, load average {os.getloadavg()[0]:.1f}, {size:,} bytes")
        pairs = [_loaded(browser, file.as_uri(), _times) for _ in range(loads)]
        stored, drawn = (statistics.median(column) for column in zip(*pairs, strict=True))
        worst = max(drawn for _, drawn in pairs)
        _say(f"median of {loads} loads: stored after {stored:.0f} ms, drawn after {drawn:.0f} ms")
        _say(f"slowest load: drawn after {worst:.0f} ms")
        for view, spent in _loaded(browser, file.as_uri(), _redraws).items():
            _say(f"redraw of {view}: {spent:.1f} ms")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _loaded(browser: Any, address: str, result: Callable[[Any], Any]) -> Any:
    """Result of a function of the page, loaded in a new context."""
    # Waiting evaluates text, which the policy of the page forbids.
    size = {"width": 1200, "height": 900}
    context = browser.new_context(viewport=size, locale="en", bypass_csp=True)
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_function("globalThis.drawn !== undefined")
    found = result(page)
    context.close()
    return found


def _times(page: Any) -> tuple[float, float]:
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
    return page.evaluate(PAINT), page.evaluate("drawn")


def _redraws(page: Any) -> dict[str, float]:
    return {view: page.evaluate(STEP, view) for view in VIEWS}
