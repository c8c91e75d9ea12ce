"""Code in pages of documentation prints what they show; explanations are the same in both languages."""

import doctest
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from docs import build

DOCS = Path(build.__file__).parent
# Made by the build of the site. The code of the template is that of the page which is made from it.
MADE = ("_build", "gallery", "reference/api")
PAGES = [
    *sorted(
        path
        for path in DOCS.rglob("*.md")
        if not path.relative_to(DOCS).as_posix().startswith(MADE) and path.name != "losses.template.md"
    ),
    *(DOCS.parent / name for name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md")),
]
TRANSLATED = sorted(path.name for path in (DOCS / "explanations").glob("*.md"))


def code_blocks(path: Path) -> list[str]:
    return re.findall(
        r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )


WITH_CODE = [path for path in PAGES if code_blocks(path)]


@pytest.mark.parametrize("path", WITH_CODE, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_code_of_a_page_prints_what_the_page_shows(path):
    if "import torch" in path.read_text(encoding="utf-8"):
        pytest.importorskip("torch")
    names: dict = {}
    for block in code_blocks(path):
        if ">>>" not in block:
            compile(block, str(path), "exec")
            continue
        example = doctest.DocTestParser().get_doctest(block, names, path.name, str(path), 0)
        found = doctest.DocTestRunner(verbose=False).run(example, out=lambda _: None, clear_globs=False)
        assert found.failed == 0, block
        names = example.globs


def test_a_page_that_shows_another_number_fails(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\n>>> 1 + 1\n3\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError):
        test_the_code_of_a_page_prints_what_the_page_shows(page)


def shell_lines(first):
    """Words of each line of shell code in the pages that begins with `first`, without comments."""
    for path in PAGES:
        for block in re.findall(
            r"^```sh\n(.*?)^```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        ):
            for line in re.split(r"\n|&&", block):
                words = shlex.split(line, comments=True)
                if words[: len(first)] == first:
                    yield words[len(first) :]


def test_every_command_of_a_page_has_the_options_that_it_is_given():
    typer = pytest.importorskip("typer")
    from xent.cli.app import app

    group = typer.main.get_command(app)
    commands = [words for words in shell_lines(["xent"]) if words]
    assert len(commands) > 10
    for name, *arguments in commands:
        # Parses, and runs nothing; an unknown option or a missing argument is an error.
        group.commands[name].make_context(name, arguments)


def test_every_extra_that_a_page_installs_is_declared():
    declared = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))
    extras = {
        extra
        for words in shell_lines(["pip", "install"])
        for extra in re.findall(r"\[(\w+)\]", " ".join(words))
    }
    assert len(extras) > 3
    assert extras <= declared["project"]["optional-dependencies"].keys()


def test_every_explanation_has_a_chinese_page():
    assert sorted(path.name for path in (DOCS / "zh").glob("*.md")) == TRANSLATED


@pytest.mark.parametrize("name", [name for name in TRANSLATED if name != "index.md"])
def test_a_chinese_page_has_the_code_figures_formulas_and_views_of_the_english_one(name):
    english, chinese = DOCS / "explanations" / name, DOCS / "zh" / name
    assert code_blocks(chinese) == code_blocks(english)
    for pattern in (r"\{figure\} (\S+)", r"\{lab\}`(?:[^`<]+<)?([^`>]+)>?`"):
        shown = [re.findall(pattern, path.read_text(encoding="utf-8")) for path in (english, chinese)]
        assert shown[0] == shown[1]
    displays = [path.read_text(encoding="utf-8").count("$$") for path in (english, chinese)]
    assert displays[0] == displays[1]


def test_every_figure_is_on_a_page():
    from docs.figures import scripts

    text = "".join(path.read_text(encoding="utf-8") for path in (DOCS / "explanations").glob("*.md"))
    drawn = {script.stem for script in scripts()}
    assert drawn == set(re.findall(r"figures/(\w+)\.svg", text))
