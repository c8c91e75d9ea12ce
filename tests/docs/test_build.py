"""The page of losses is the one that the losses themselves give, and every loss is on it with a picture."""

import re
from pathlib import Path

import pytest
from docs.pictures import draw
from docs.stub import STUB, stub

from docs import build
from xent import losses
from xent.losses.registry import REGISTRY

DOCS = Path(build.__file__).parent


def test_the_page_is_up_to_date():
    assert build.PAGE.read_text(encoding="utf-8") == build.page(), "run `python -m docs.build`"


def test_the_types_of_the_losses_are_up_to_date():
    assert STUB.read_text(encoding="utf-8") == stub(), "run `python -m docs.build`"


@pytest.mark.parametrize("name", REGISTRY)
def test_every_loss_has_a_section_and_a_picture(name):
    assert f"\n### {name}\n" in build.page()
    assert (DOCS / "losses" / f"{name}.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_no_picture_is_left_of_a_loss_that_is_gone():
    assert {path.stem for path in (DOCS / "losses").glob("*.svg")} == set(REGISTRY)


def test_every_link_within_the_page_leads_somewhere():
    page = build.page()
    titles = re.findall(r"^#+ (.*)$", page, flags=re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    links = set(re.findall(r"\]\(#(.*?)\)", page))
    assert links
    assert links <= anchors


def test_every_public_function_of_the_room_is_named_on_the_page():
    page = build.page()
    functions = [name for name in losses.__all__ if name.islower()]
    assert len(functions) > 20
    assert [name for name in functions if name not in page] == []


def test_a_picture_is_the_same_bytes_in_every_run(tmp_path):
    for name in ("first.svg", "second.svg"):
        draw(REGISTRY["focal"], tmp_path / name)
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()
