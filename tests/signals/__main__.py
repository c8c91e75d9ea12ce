"""``python -m tests.signals``: signals and kills at random moments, counted."""

import argparse
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from tests.signals.attacks import COMMANDS, attack_commands, attack_kernels, attack_library


def main():
    """Send the signals, print a line for each kind of attack, and raise where something does not stand."""
    parser = argparse.ArgumentParser(prog="python -m tests.signals", description=__doc__)
    parser.add_argument("--signals", type=int, default=200, help="signals of each attack (default: 200)")
    parser.add_argument("--kills", type=int, default=50, help="kills (default: 50)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the moments (default: 0)")
    parser.add_argument("--attack", choices=_ATTACKS, help="this attack alone (default: all)")
    parser.add_argument("--command", choices=COMMANDS, help="command to attack (default: each)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in (asked.attack,) if asked.attack else _ATTACKS:
            count = asked.kills if name == "kills" else asked.signals
            here = Path(folder) / name
            here.mkdir()
            began = time.monotonic()
            found = _ATTACKS[name](count, asked.seed, here, asked.command)
            seconds = time.monotonic() - began
            print(f"{name}: {count} sent to each, {found}; nothing fell short; {seconds:.0f} s", flush=True)  # noqa: T201


def _of_commands(count, seed, folder, name, *, kind):
    names = [name] if name else list(COMMANDS)
    found = attack_commands(names, {kind: count}, seed, folder)
    return "runs that ended early: " + ", ".join(f"{stops} of {name}" for name, (stops,) in found.items())


_ATTACKS = {
    "kernels": lambda n, seed, _, __: f"{attack_kernels(n, seed)} calls ended early",
    "library": lambda n, seed, at, _: "{} fits of a process ended early, {} whole".format(
        *attack_library(n, seed, at)
    ),
    "signals": partial(_of_commands, kind="signals"),
    "kills": partial(_of_commands, kind="kills"),
}

if __name__ == "__main__":
    sys.exit(main())
