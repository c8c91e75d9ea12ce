from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/jobs/test_stable_archive.py::"
BYTES = TESTS + "test_equal_objects_at_other_addresses_give_the_same_bytes"

MUTANTS = (
    Mutant(
        "addresses as they are",
        "stable_archive:_number",
        "int(numbers.setdefault(str(node['__id__']), str(len(numbers) + 1)))",
        "node['__id__']",
        BYTES,
    ),
    Mutant(
        "times as they are",
        "stable_archive:_member",
        "zipfile.ZipInfo(name, _EARLIEST)",
        "zipfile.ZipInfo(name, (1980 + len(name) % 7, 1, 1, 0, 0, 0))",
        TESTS + "test_no_member_holds_a_time",
    ),
    Mutant(
        "other members left out",
        "stable_archive:write_stable",
        '{_SCHEMA: json.dumps(schema, separators=(",", ":")), **others}',
        '{_SCHEMA: json.dumps(schema, separators=(",", ":"))}',
        TESTS + "test_no_member_holds_a_time",
    ),
)
