import importlib.util
import zipfile

import pytest

from xent.data import read_table
from xent.data.file_facts import facts_of
from xent.data.files import spreadsheets
from xent.data.files.named_file import table_file
from xent.errors import BackendError, DataError, DomainError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ROWS = [
    ["a title of two words"],
    ["zip", "x", "when", "ok"],
    ["02139", 1.5, 45000, True],
    ["10115", 2, None, False],
]
# Built-in formats of cells, by their numbers in the standard of the file.
FORMATS = {"instant": 22, "duration": 46, "time": 20, "scientific": 11}


@pytest.fixture
def calamine():
    return pytest.importorskip("python_calamine")


def excel(path, sheets):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", _types(len(sheets)))
        archive.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        parts = "".join(
            f'<sheet name="{name}" sheetId="{k}" r:id="r{k}"/>' for k, name in enumerate(sheets, 1)
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{parts}</sheets></workbook>',
        )
        links = [("worksheet", f"worksheets/s{k}.xml") for k in range(1, len(sheets) + 1)]
        archive.writestr("xl/_rels/workbook.xml.rels", _relations(links))
        kinds = "".join(f'<xf numFmtId="{kind}" applyNumberFormat="1"/>' for kind in FORMATS.values())
        date = f'<cellXfs><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>{kinds}</cellXfs>'
        archive.writestr("xl/styles.xml", f'<styleSheet xmlns="{MAIN}">{date}</styleSheet>')
        for k, rows in enumerate(sheets.values(), 1):
            cells = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
            archive.writestr(
                f"xl/worksheets/s{k}.xml",
                f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>',
            )
    return path


def _types(count):
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/s{k}.xml" ContentType="{kind}.worksheet+xml"/>'
        for k in range(1, count + 1)
    )
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{sheets}</Types>'
    )


def _relations(links):
    parts = "".join(
        f'<Relationship Id="r{k}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for k, (kind, target) in enumerate(links, 1)
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{parts}</Relationships>'


def _cell(value):
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    if isinstance(value, tuple):
        return f'<c s="{2 + list(FORMATS).index(value[0])}"><v>{value[1]}</v></c>'
    return f'<c s="{int(value > 40000)}"><v>{value}</v></c>'


def open_document(path, rows):
    def cell(value):
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        manifest = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest {manifest}/>")
        archive.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet>"
            f'<table:table table:name="one">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


@pytest.mark.usefixtures("calamine")
def test_an_excel_sheet_is_read_by_the_rules_of_delimited_text(tmp_path):
    table = read_table(excel(tmp_path / "t.xlsx", {"one": ROWS, "two": [["q"], [1]], "three": []}))
    rows = table.to_pylist()
    assert [row["zip"] for row in rows] == ["02139", "10115"]
    assert [row["x"] for row in rows] == [1.5, 2]
    assert [row["ok"] for row in rows] == [True, False]
    assert [str(row["when"]) for row in rows] == ["2023-03-15", "None"]
    assert facts_of(table).notes == (
        "Sheet 'one' is read, the first of 2; 'two' not.",
        "The 1 line above the header is skipped; `--skip 0` reads it.",
    )
    assert facts_of(table).place(0) == "on line 3"


@pytest.mark.usefixtures("calamine")
def test_durations_are_hours_and_the_columns_are_named(tmp_path):
    spans = [[("duration", 1.25), ("duration", 0.5)], [("duration", 0.0625), ("duration", 0)]]
    table = read_table(excel(tmp_path / "t.xlsx", {"one": [["spent", "idle"], *spans]}))
    assert table.to_pylist() == [{"spent": 30.0, "idle": 12}, {"spent": 1.5, "idle": 0}]
    assert facts_of(table).notes == ("Durations are read as hours: columns A, B.",)


@pytest.mark.usefixtures("calamine")
def test_times_of_a_day_or_more_are_hours_and_not_dates_of_1900(tmp_path):
    rows = [["shift", "day"], *([("time", days), ("instant", 45000.5)] for days in (0.25, 1.25, 2, 40.5))]
    table = read_table(excel(tmp_path / "t.xlsx", {"one": rows}))
    assert table.column("shift").to_pylist() == [6, 30, 48, 972]
    assert table.column("day").to_pylist()[0].year == 2023
    assert facts_of(table).notes == ("Durations are read as hours: column A.",)


@pytest.mark.usefixtures("calamine")
def test_times_beside_dates_of_today_stay_what_they_are(tmp_path):
    rows = [["when"], [("time", 0.25)], [("instant", 45000.5)]]
    table = read_table(excel(tmp_path / "t.xlsx", {"one": rows}))
    assert "1899" not in str(table.to_pylist())
    assert facts_of(table).notes == ()


@pytest.mark.usefixtures("calamine")
def test_a_column_of_instants_has_one_notation_though_one_is_at_midnight(tmp_path):
    rows = [
        ["when", "day", "start"],
        [("instant", 45000), ("instant", 45000), ("time", 0)],
        [("instant", 45000.25), 45001, ("time", 0.25)],
    ]
    sheet, _ = spreadsheets.sheet_as_text(table_file(excel(tmp_path / "t.xlsx", {"one": rows})))
    assert b"".join(sheet.blocks()).decode().split() == [
        "when,day,start",
        "2023-03-15T00:00:00,2023-03-15,00:00:00",
        "2023-03-15T06:00:00,2023-03-16,06:00:00",
    ]


@pytest.mark.usefixtures("calamine")
def test_numbers_beyond_the_whole_ones_keep_their_exponent(tmp_path):
    rows = [["x"], [2], [("scientific", 1e300)], [2.5]]
    sheet, _ = spreadsheets.sheet_as_text(table_file(excel(tmp_path / "t.xlsx", {"one": rows})))
    assert b"".join(sheet.blocks()).decode().split() == ["x", "2", "1e+300", "2.5"]


@pytest.mark.usefixtures("calamine")
def test_columns_are_named_as_spreadsheets_name_them(tmp_path):
    header = [f"c{place}" for place in range(703)]
    row = [("duration", 1.0) if place in {25, 26, 701, 702} else 2 for place in range(703)]
    _, notes = spreadsheets.sheet_as_text(table_file(excel(tmp_path / "t.xlsx", {"one": [header, row]})))
    assert notes == ("Durations are read as hours: columns Z, AA, ZZ, AAA.",)


@pytest.mark.usefixtures("calamine")
def test_an_open_document_sheet_is_read(tmp_path):
    file = open_document(tmp_path / "t.ods", [["a", "b"], [1.5, "x, y"], [2, None]])
    assert read_table(file).to_pylist() == [{"a": 1.5, "b": "x, y"}, {"a": 2.0, "b": None}]


@pytest.mark.usefixtures("calamine")
def test_a_damaged_or_empty_workbook_is_refused(tmp_path):
    file = excel(tmp_path / "t.xlsx", {"one": []})
    with pytest.raises(DataError, match=r"must hold a table; got t.xlsx, of which every sheet is empty"):
        read_table(file)
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(
        DataError, match=r"must be a readable Excel file; got t.xlsx, of which the reader says"
    ):
        read_table(file)


@pytest.mark.usefixtures("calamine")
def test_an_archive_that_unpacks_to_gigabytes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheets, "_MOST_BYTES", 100)
    with pytest.raises(DataError, match="must unpack to at most"):
        read_table(excel(tmp_path / "t.xlsx", {"one": ROWS}))


@pytest.mark.usefixtures("calamine")
@pytest.mark.parametrize(
    ("offset", "byte", "words"), [(0, b"X", "Bad magic number"), (6, b"\xff", "version")]
)
def test_a_workbook_with_a_damaged_directory_is_refused(tmp_path, offset, byte, words):
    path = excel(tmp_path / "t.xlsx", {"one": ROWS})
    content = bytearray(path.read_bytes())
    place = content.rfind(b"PK\x01\x02") + offset
    content[place : place + 1] = byte
    path.write_bytes(content)
    with pytest.raises(DataError, match=f"be a readable Excel file; got t.xlsx, of which .*{words}"):
        read_table(path)


def test_without_the_library_the_extra_is_named(tmp_path, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        spreadsheets, "find_spec", lambda name: None if name == "python_calamine" else find(name)
    )
    with pytest.raises(
        BackendError, match=r"needs python-calamine; got t.ods. Run `pip install \"xent\[spread"
    ):
        read_table(open_document(tmp_path / "t.ods", [["a"], [1]]))


@pytest.mark.usefixtures("calamine")
def test_a_sheet_takes_the_options_of_its_lines_alone(tmp_path):
    file = tmp_path / "t.xlsx"
    excel(file, {"first": ROWS[1:]})
    assert read_table(file, header=False).num_rows == 3
    for option, value in {"delimiter": ",", "encoding": "utf-8"}.items():
        with pytest.raises(
            DomainError, match=f"`{option}` must be left out for an Excel file; got {value!r}"
        ):
            read_table(file, **{option: value})
