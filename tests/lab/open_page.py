"""A page of the lab that records what it must not do: messages, errors, requests."""

import json

import numpy as np

WATCHED = {}
# The page's pauses, in a tenth of their time.
SHORT_PAUSES = "(later => { window.setTimeout = (call, pause) => later(call, pause / 10); })(setTimeout)"


def watched_page(context):
    page = context.new_page()
    page.add_init_script(SHORT_PAUSES)
    said = WATCHED.setdefault(page, [])
    page.on("console", lambda message: said.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on(
        "request",
        lambda request: said.append(f"request: {request.url}") if request.url.startswith("http") else None,
    )
    return page


def heard(page):
    """Return the messages, errors and requests of a page since the last call."""
    found = WATCHED[page][:]
    WATCHED[page].clear()
    return found


def settled(page):
    """Wait until what was set is drawn: inputs of one frame are drawn in the next."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def drawn(page, expression, value=None):
    """Value of a JavaScript expression in `given` once the page has drawn what it was given before."""
    # The page has asked for its frame before this, so it draws first.
    script = f"(given) => new Promise((done) => requestAnimationFrame(() => done({expression})))"
    return page.evaluate(script, value)


def address(page):
    """Fragment of the page, after the pause of 150 ms in which it follows the state."""
    settled(page)
    # A timer that the page started before this one, for less time, ends before it.
    return page.evaluate("() => new Promise((done) => setTimeout(() => done(location.hash), 160))")


def go(page, fragment):
    """Follow a link within the page, as a person does who changes the address; the page draws at once."""
    page.evaluate(
        """(fragment) => new Promise((done) => {
          addEventListener("hashchange", done, { once: true });
          const before = location.hash;
          location.hash = fragment;
          if (location.hash === before) done();
        })""",
        fragment,
    )


def answer(page, view):
    return drawn(page, "document.querySelector(given).innerText", f"#{view} .answer")


def table(page, view):
    """Rows of the table of a view, each as its cells."""
    rows = "[...document.querySelectorAll(given)].map((row) => [...row.cells].map((cell) => cell.innerText))"
    return drawn(page, rows, f"#{view} .numbers tbody tr")


def press(page, selector, *keys):
    for key in keys:
        page.locator(selector).press(key)
    settled(page)


def computed(page, body, *columns):
    """Values of a JavaScript expression in the names a, b at the rows of `columns`."""
    rows = list(zip(*(np.asarray(one).tolist() for one in columns), strict=True))
    # As text, which passes between the processes in a tenth of the time.
    script = (
        f"(text) => {{ const x = xent; return JSON.stringify(JSON.parse(text).map(([a, b]) => {body})); }}"
    )
    # JSON has no infinities: they arrive as None, and become nan.
    return np.asarray(json.loads(page.evaluate(script, json.dumps(rows))), dtype=float)
