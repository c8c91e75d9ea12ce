"""A page of the lab that records what it must not do: messages, errors, requests."""

import json

import numpy as np

WATCHED = {}


def watched_page(context, address):
    page = context.new_page()
    heard = WATCHED.setdefault(page, [])
    page.on("console", lambda message: heard.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: heard.append(f"error: {error}"))
    page.on(
        "request",
        lambda request: heard.append(f"request: {request.url}") if request.url.startswith("http") else None,
    )
    page.goto(address)
    return page


def settled(page):
    """Wait until what was set is drawn: inputs of one frame are drawn in the next."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def address(page):
    """Fragment of the page, after the pause of 150 ms in which it follows the state."""
    settled(page)
    # A timer that the page started before this one, for less time, ends before it.
    return page.evaluate("() => new Promise((done) => setTimeout(() => done(location.hash), 160))")


def go(page, fragment):
    """Follow a link within the page, as a person does who changes the address."""
    page.evaluate("(fragment) => { location.hash = fragment; }", fragment)
    settled(page)


def answer(page, view):
    settled(page)
    return page.locator(f"#{view} .answer").inner_text()


def table(page, view):
    """Rows of the table of a view, each as its cells."""
    settled(page)
    rows = page.locator(f"#{view} .numbers tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


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
