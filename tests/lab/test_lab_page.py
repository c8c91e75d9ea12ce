"""The text of the page: size, languages, policy, and what it is put together from."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

import xent.lab.lab_page as lab
from xent.errors import DomainError, OutputError
from xent.jobs.lab import cache_folder, write_lab
from xent.lab import script_modules
from xent.lab.script_modules import bundle, module_names

PAGE = Path(lab.__file__).parent / "page"
SCRIPTS = sorted((PAGE / "script").glob("*.js"))
ENGLISH, CHINESE = lab.catalogue("en"), lab.catalogue("zh")


def test_the_page_has_less_than_400_kilobytes_and_names_no_other_address():
    for language in (None, "en", "zh"):
        text = lab.lab_page(language)
        assert len(text.encode()) < 400_000
        assert not re.search(r"""(?:src|href)=["'](?!#|data:)""", text)
        assert "http" not in re.sub(r"http-equiv|httpEquiv", "", text).replace("http://www.w3.org", "")


def test_the_policy_allows_the_script_of_the_page_by_its_hash_and_nothing_else():
    text = lab.lab_page()
    script = re.search(r'<script type="module">(.*?)</script>', text, flags=re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="(.*?)"', text)[1]
    assert f"default-src 'none'; script-src 'sha256-{digest}';" in policy
    assert "unsafe-eval" not in policy
    assert not re.search(r"\son\w+=", re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL))


def test_both_languages_have_the_same_keys_and_the_same_places_for_numbers():
    assert ENGLISH.keys() == CHINESE.keys()
    for key, text in ENGLISH.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", CHINESE[key])), key


def keys_named(text):
    """Keys in the script and the template; one with a computed part is a pattern."""
    for key in re.findall(rf"""["`]((?:page|{"|".join(lab.VIEWS)})\.[\w.${{}}() ,?:-]*?)["`]""", text):
        yield re.compile(re.sub(r"\\\$\\{.*?\\}", r"[\\w.]*", re.escape(key)))


def test_every_text_is_used():
    sources = "".join(path.read_text(encoding="utf-8") for path in [*SCRIPTS, PAGE / "page.html"])
    patterns = list(keys_named(sources))
    controls = re.compile(r"name: \"(\w+)\"").findall(sources)
    from_controls = {f"{view}.{name}" for view in lab.VIEWS for name in controls}
    from_template = {f"{view}.{part}" for view in lab.VIEWS for part in ("title", "question", "hint", "note")}
    unused = [
        key
        for key in ENGLISH
        if not any(pattern.fullmatch(key) for pattern in patterns)
        and key not in from_controls | from_template | set(re.findall(r"text\['(.*?)'\]", sources))
        and key.rpartition(".")[0] not in from_controls
    ]
    assert unused == []


def test_every_text_that_a_script_names_exists():
    for path in SCRIPTS:
        for pattern in keys_named(path.read_text(encoding="utf-8")):
            assert any(pattern.fullmatch(key) for key in ENGLISH), (path.name, pattern.pattern)
    options = re.compile(r'name: "(\w+)", kind: "choice", options: \[(.*?)\]')
    for path in SCRIPTS:
        view = path.stem.removesuffix("_view")
        for name, values in options.findall(path.read_text(encoding="utf-8")):
            assert {f"{view}.{name}.{value}" for value in re.findall(r'"(\w+)"', values)} <= ENGLISH.keys()


def test_every_script_is_part_of_the_page_and_exports_what_others_import():
    assert set(module_names()) == {path.stem for path in SCRIPTS}
    exported = {
        path.stem: set(re.findall(r"^export (?:function|const) (\w+)", path.read_text("utf-8"), re.MULTILINE))
        for path in SCRIPTS
    }
    for path in SCRIPTS:
        text = path.read_text(encoding="utf-8")
        for names, module in re.findall(r'^import \{([^}]*)\} from "\./(\w+)\.js";', text, re.MULTILINE):
            wanted = {name.strip() for name in names.split(",") if name.strip()}
            assert wanted <= exported[module], (path.name, module)
            assert all(re.search(rf"\b{name}\b", text.replace(names, "")) for name in wanted), path.name
    assert not re.search(r"^(import|export) ", bundle(), re.MULTILINE)


def test_scripts_that_import_each_other_are_refused(monkeypatch):
    sources = {name: f'import {{f}} from "./{other}.js";\n' for name, other in ("ab", "bc", "cb")}
    monkeypatch.setattr(script_modules, "_source", sources.__getitem__)
    with pytest.raises(ValueError, match="got a -> b -> c -> b"):
        module_names("a")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.stem}.js")
def test_a_script_has_less_than_250_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 250


def test_the_first_states_are_those_of_all_views_in_both_languages():
    for language in lab.LANGUAGES:
        stored = json.loads((PAGE / "static" / f"{language}.json").read_text(encoding="utf-8"))
        assert list(stored) == list(lab.VIEWS)
        assert all(text for parts in stored.values() for text in parts.values())


def test_a_language_that_the_page_has_not_is_an_error():
    with pytest.raises(DomainError, match=r"lab_page: `language` must be one of en, zh; got 'fr'."):
        lab.lab_page("fr")
    with pytest.raises(DomainError, match=r"xent lab: `lang` must be one of en, zh; got 'fr'."):
        write_lab(language="fr")
    with pytest.raises(DomainError, match=r"lab_page: `language` must be one of en, zh; got \['en'\]\."):
        lab.lab_page(["en"])


def test_first_states_without_a_view_or_a_piece_are_refused():
    with pytest.raises(DomainError, match=r"`stills` must map each view .*; got NoneType for 'slopes'\."):
        lab.lab_page(stills={})
    with pytest.raises(DomainError, match=r"`stills` must map each view .*; got dict for 'slopes'\."):
        lab.lab_page(stills={view: {"picture": ""} for view in lab.VIEWS})


def test_the_file_is_written_to_the_cache_or_where_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert cache_folder() == tmp_path / "cache" / "xent"
    assert write_lab() == tmp_path / "cache" / "xent" / "lab.html"
    named = write_lab(tmp_path / "here.html", "zh")
    assert '<html lang="zh-Hans" data-fixed-language>' in named.read_text(encoding="utf-8")
    assert write_lab(named).read_text(encoding="utf-8") == lab.lab_page()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "here.html"]


def test_another_file_is_not_overwritten(tmp_path):
    mine = tmp_path / "notes.html"
    mine.write_text("<p>mine</p>", encoding="utf-8")
    with pytest.raises(OutputError, match="must be a new file, or an earlier lab"):
        write_lab(mine)
    assert mine.read_text(encoding="utf-8") == "<p>mine</p>"
    with pytest.raises(OutputError, match="no such file or directory"):
        write_lab(tmp_path / "nowhere" / "lab.html")
