"""Tables of pandas, and citations, in the pages of the site."""

import pytest
from docs.page_repairs import repaired


def test_no_header_of_a_table_of_pandas_is_empty():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"age": [25, 70], "city": ["Bern", "Zug"]}, index=["first", "second"])
    html = frame._repr_html_()
    assert "<th></th>" in html
    found = repaired(html)
    assert "<th></th>" not in found
    assert found.count("<th>") == html.count("<th>") - 1
    assert "<th>first</th>" in found


def test_a_citation_is_an_item_of_its_list():
    assert repaired('<div role="doc-biblioentry">') == '<div role="listitem">'
