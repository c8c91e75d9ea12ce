"""Options and habits of every run of the tests; each is a plugin of pytest in `tests/running`."""

pytest_plugins = [
    "tests.running.changed",
    "tests.running.compiled_code",
    "tests.running.quick",
    "tests.running.workers",
]
