"""
Makes what the page of the lab stores: ``python -m docs.lab``.

Rows of real data come from xent. The first state of each view, which a browser without scripts shows, comes
from the page itself in Chromium, and so do the pictures of the README.
"""

from __future__ import annotations

import base64
import io
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import xent
from docs.chromium import chromium
from docs.digit_features import networks
from xent.data import load_builtin
from xent.lab.descent_race import race
from xent.lab.lab_page import LANGUAGES, VIEWS, lab_page

HERE = Path(__file__).parent
PAGE = HERE.parent / "src" / "xent" / "lab" / "page"
ROWS = PAGE / "data" / "rows.json"
PNG = re.compile(r"data:image/png;base64,([^\"]+)")
UNIT = 1 / 512
MOST = 32767

# First state of the views: the canvas, which has no text, as a small picture.
FIRST_STATE = """() => {
  const inner = (root, part) => root.querySelector(part).innerHTML;
  return Object.fromEntries([...document.querySelectorAll(".view")].map((root) => {
    const canvas = root.querySelector("canvas");
    let picture = inner(root, ".picture");
    if (canvas) {
      const image = `<img class="still" alt="" src="${canvas.toDataURL()}">`;
      picture = picture.replace(canvas.outerHTML, image);
    }
    return [root.id, {
      picture,
      numbers: inner(root, ".numbers"),
      answer: inner(root, ".answer"),
      code: inner(root, ".code"),
    }];
  }));
}"""


def main() -> None:
    """Write the stored rows, the first states in each language, and the README's pictures."""
    rows = {"iris": iris(), "digits": digits(), "features": networks()}
    ROWS.write_text(json.dumps(rows) + "\n", encoding="utf-8")
    for language in LANGUAGES:
        text = json.dumps(first_states(language), ensure_ascii=False, indent=1)
        (PAGE / "static" / f"{language}.json").write_text(text + "\n", encoding="utf-8")
    for scheme in ("light", "dark"):
        slopes(scheme)


def iris() -> dict[str, Any]:
    """Petals of two species, standardised, with the fitted weights and the step length of the race."""
    table, target = load_builtin("iris")
    names = np.asarray(table[target].to_pylist())
    kept = names != "setosa"
    petals = [name for name in table.column_names if name.startswith("petal")]
    X = np.column_stack([table[name].to_numpy()[kept] for name in petals])
    X = np.round((X - X.mean(axis=0)) / X.std(axis=0), 4)
    codes = (names[kept] == "virginica").astype(int)
    model = xent.LogisticRegression(C=1.0).fit(X, codes)
    fitted = np.round(np.append(model.coef_[0], model.intercept_), 4)
    length = race(X, codes, fitted[None], "zero").step_length
    return {"X": X.tolist(), "y": codes.tolist(), "fitted": fitted.tolist(), "length": length}


def digits() -> dict[str, Any]:
    """Held-out log-probabilities of the main command's fit, as whole numbers of a small unit."""
    found = xent.fit("digits")
    whole = np.clip(np.round(found.held_out_log_probs / UNIT), -MOST, 0).astype("<i2")
    return {
        "log_probs": base64.b64encode(whole.tobytes()).decode(),
        "labels": found.held_out_codes.tolist(),
        "unit": UNIT,
    }


def first_states(language: str) -> dict[str, Any]:
    """Picture, table, sentence and code of each view, as the page's script draws them."""
    empty = {view: dict.fromkeys(("picture", "numbers", "answer", "code"), "") for view in VIEWS}
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        file = Path(folder) / "lab.html"
        file.write_text(lab_page(language, stills=empty), encoding="utf-8")
        page = browser.new_page(viewport={"width": 1200, "height": 900}, color_scheme="light")
        page.goto(file.as_uri())
        found: dict[str, Any] = page.evaluate(FIRST_STATE)
    for view in found.values():
        view["picture"] = PNG.sub(_smaller, view["picture"])
    return found


def _smaller(found: re.Match[str]) -> str:
    """The picture of a canvas in a tenth of its bytes; browsers store its transparency whole."""
    coded = io.BytesIO()
    image = Image.open(io.BytesIO(base64.b64decode(found[1])))
    image.save(coded, "WEBP", quality=60, alpha_quality=50, method=6)
    return f"data:image/webp;base64,{base64.b64encode(coded.getvalue()).decode()}"


def slopes(scheme: str) -> None:
    """Picture of the view of slopes with its sentence and its table."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        file = Path(folder) / "lab.html"
        file.write_text(lab_page("en"), encoding="utf-8")
        size = {"width": 1100, "height": 900}
        page = browser.new_page(viewport=size, color_scheme=scheme, device_scale_factor=1.25)
        page.goto(file.as_uri())
        page.add_style_tag(content="#slopes h3, #slopes pre { display: none }")
        view = page.locator("#slopes").bounding_box()
        picture = page.locator("#slopes .picture").bounding_box()
        margin = 16
        clip = {
            "x": view["x"] - margin,
            "y": view["y"] + margin,
            "width": view["width"] + 2 * margin,
            "height": picture["y"] + picture["height"] - view["y"],
        }
        shot = Image.open(io.BytesIO(page.screenshot(clip=clip, full_page=True)))
    # A palette is a third of the size, and keeps the few colours of the page.
    shot.convert("RGB").quantize(64).save(HERE / f"lab_{scheme}.png", optimize=True)


if __name__ == "__main__":
    main()
