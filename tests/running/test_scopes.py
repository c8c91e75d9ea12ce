from tests.running.scopes import scope_of, words_of


def test_a_scope_is_a_file_and_the_module_that_the_parameters_name():
    assert (
        scope_of("tests/losses/test_oracle.py::test_x[jax-focal-float32]")
        == "tests/losses/test_oracle.py::focal"
    )
    assert scope_of("tests/losses/test_oracle.py::test_x[torch-float32]") == "tests/losses/test_oracle.py"
    assert scope_of("tests/losses/test_oracle.py::test_x") == "tests/losses/test_oracle.py"


def test_files_that_share_what_takes_long_to_make_are_one_scope():
    files = ["architecture/test_sizes.py", "architecture/test_rooms.py"]
    assert {scope_of(f"tests/{file}::test_x[focal]") for file in files} == {"syntax trees"}
    files = ["torch/test_sharded.py", "torch/test_data_parallel.py"]
    assert {scope_of(f"tests/{file}::test_x") for file in files} == {"process groups"}


def test_words_are_those_of_the_parameters():
    assert words_of("a/b.py::test_x[array-api-strict-k1]") == {"array", "api", "strict", "k1"}
    assert words_of("a/b.py::test_x") == set()
