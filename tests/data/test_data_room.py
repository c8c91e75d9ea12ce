import subprocess
import sys

import pytest

import xent.data
from xent.errors import BackendError


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_every_public_name_is_there():
    for name in xent.data.__all__:
        assert getattr(xent.data, name) is not None
    assert set(xent.data.__all__) <= set(dir(xent.data))


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'read_tabel'"):
        xent.data.read_tabel  # noqa: B018 - looking it up is what raises


def test_reading_a_file_loads_no_scikit_learn_and_no_data_frame_library():
    loaded = run(
        "import sys, xent.data.table_files\n"
        "print(*sorted({'sklearn', 'pandas', 'polars'} & set(sys.modules)))"
    )
    assert loaded.strip() == ""


@pytest.mark.parametrize("library", ["pyarrow", "narwhals", "sklearn"])
def test_a_missing_library_says_how_to_install_it(library):
    said = run(
        f"import sys; sys.modules[{library!r}] = None\n"
        "from xent.errors import BackendError\n"
        "try:\n    from xent.data import read_table\nexcept BackendError as error:\n    print(error)"
    )
    assert said.strip() == (
        f"xent.data: `{library}` must be installed to work with tables; got no such package. "
        'Run `pip install "xent[cli]"`.'
    )
    assert issubclass(BackendError, ImportError)
