"""
Print the requirements that pyproject.toml declares, one a line.

``declared.py test --lowest --without torch`` prints those of the package and of its extra `test`, with the
extras that it names, each at the least version declared: an environment made of them cannot drift from the
declaration. ``declared.py --pythons`` prints the Pythons that the classifiers name.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

PROJECT = tomllib.loads(Path(__file__).parents[1].joinpath("pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
EXTRAS = PROJECT["optional-dependencies"]
REQUIREMENT = re.compile(r"([\w.-]+)(>=|==)([\d.]+)")
EXTRA = re.compile(rf"{PROJECT['name']}\[([\w-]+)\]")
PYTHON = re.compile(r"Programming Language :: Python :: (3\.\d+)")


def requirements(*extras: str, without: frozenset[str] = frozenset()) -> Iterator[tuple[str, str, str]]:
    """Yield name, relation and version of each requirement that `without` does not name."""
    for line in (*PROJECT["dependencies"], *(line for extra in extras for line in EXTRAS[extra])):
        if inner := EXTRA.fullmatch(line):
            if inner[1] not in without:
                yield from requirements(inner[1], without=without)
        elif (parts := REQUIREMENT.fullmatch(line)) is None:
            raise SystemExit(f"pyproject.toml: {line!r} must read NAME>=VERSION or NAME==VERSION")
        elif parts[1] not in without:
            yield parts[1], parts[2], parts[3]


def pythons() -> list[str]:
    """Return the Pythons of the classifiers, as in ``3.11``."""
    return [found[1] for line in PROJECT["classifiers"] if (found := PYTHON.fullmatch(line))]


def main() -> None:
    """Print what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extras", nargs="*", choices=[*EXTRAS, []], metavar="EXTRA")
    parser.add_argument("--lowest", action="store_true", help="the least version of each")
    parser.add_argument(
        "--without", nargs="+", default=[], metavar="NAME", help="packages and extras to leave out"
    )
    parser.add_argument("--pythons", action="store_true", help="the Pythons of the classifiers instead")
    chosen = parser.parse_args()
    if chosen.pythons:
        lines = pythons()
    else:
        found = sorted(set(requirements(*chosen.extras, without=frozenset(chosen.without))))
        lines = [f"{name}{'==' if chosen.lowest else relation}{version}" for name, relation, version in found]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
