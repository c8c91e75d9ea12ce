import pytest

from xent.data import read_table
from xent.data.file_facts import facts_of


def notes(tmp_path, text):
    file = tmp_path / "t.csv"
    file.write_text(text, encoding="utf-8")
    return facts_of(read_table(file)).notes


@pytest.mark.parametrize(
    "text",
    [
        "0.80,9,1,g\n1.05,6,5,g\n0.70,5,5,b\n",
        "5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,2.2,virginica\n",
        "2020-01-05,17,a\n2020-01-06,19,a\n2020-01-09,12,b\n",
        "06:30:00,07:00:00\n07:30:00,08:15:00\n",
    ],
)
def test_names_that_look_like_values_are_said(tmp_path, text):
    first = text.partition("\n")[0].replace(",", ", ")
    assert notes(tmp_path, text) == (
        f"The first line ({first}) looks like a row and not like names; if it is a row, give `--no-header`.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n",
        "country,2019,2020,2021\nNorway,1,2,3\nSweden,2,3,4\n",
        "0,1,2,y\n0.5,1,3,a\n0.1,3,1,b\n",
        "class,a\nx,y\nx,z\n",
        "x1,7.5\n1,2\n3,4\n",
        "start,end\n06:30:00,07:00:00\n07:30:00,08:15:00\n",
    ],
)
def test_names_are_not_taken_for_values(tmp_path, text):
    assert notes(tmp_path, text) == ()
