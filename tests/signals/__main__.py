"""``python -m tests.signals``: signals and kills at random moments, counted."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.signals.attacks import attack_fits, attack_kernels, attack_library, kill_fits


def main():
    """Send the signals, print a line for each kind of attack, and raise where something does not stand."""
    parser = argparse.ArgumentParser(prog="python -m tests.signals", description=__doc__)
    parser.add_argument("--signals", type=int, default=200, help="signals of each attack (default: 200)")
    parser.add_argument("--kills", type=int, default=50, help="kills (default: 50)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the moments (default: 0)")
    asked = parser.parse_args()
    n, seed = asked.signals, asked.seed
    with tempfile.TemporaryDirectory() as folder:
        for name, attack in (
            (f"{n} signals in kernels", lambda _: f"{attack_kernels(n, seed)} calls ended early"),
            (
                f"{n} alarms in fits of a process",
                lambda at: "{} ended early, {} whole".format(*attack_library(n, seed, at)),
            ),
            (f"{n} signals to fits", lambda at: f"{attack_fits(n, seed, at)} ended early"),
            (f"{asked.kills} kills of fits", lambda at: f"{kill_fits(asked.kills, seed, at)} ended early"),
        ):
            here = Path(folder) / name.replace(" ", "-")
            here.mkdir()
            began = time.monotonic()
            found = attack(here)
            print(f"{name}: {found}; nothing fell short; {time.monotonic() - began:.0f} s", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
