import pytest
from tests.running.project_graph import ProjectGraph

FILES = {
    "room/__init__.py": "from xent.room.sum import total\n",
    "room/sum.py": "from xent.room import half\n",
    "room/half.py": "",
    "room/user.py": "from xent.room import total\n",
    "room/late.py": "def f():\n    from xent import room\n    return room.total(1)\n",
    "room/other.py": "import xent.room.half\n",
    "room/list.py": "".join(f"from xent.room.m{k} import m{k}\n" for k in range(21)),
    "room/of_list.py": "from xent.room.list import m3\n",
    **{f"room/m{k}.py": "" for k in range(21)},
}


@pytest.fixture
def graph(tmp_path):
    for name, text in {"__init__.py": "", **FILES}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return ProjectGraph({"xent": tmp_path})


def test_a_name_from_a_folder_leads_to_the_module_that_defines_it(graph):
    assert graph.imports["xent.room.user"] == {"xent.room.sum"}
    assert graph.imports["xent.room.sum"] == {"xent.room.half"}


def test_an_import_in_a_function_and_an_attribute_of_a_folder_count(graph):
    assert "xent.room.sum" in graph.imports["xent.room.late"]


def test_users_are_found_through_others_but_not_through_folders_and_lists(graph):
    assert graph.users({"xent.room.half"}) == {
        *(f"xent.room.{stem}" for stem in ("half", "sum", "user", "late", "other")),
        "xent.room",
    }
    assert graph.users({"xent.room.m3"}) == {"xent.room.m3", "xent.room.list"}


def test_users_of_a_list_are_found_when_the_list_itself_is_meant(graph):
    assert graph.users({"xent.room.list"}) == {"xent.room.list", "xent.room.of_list"}
