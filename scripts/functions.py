#!/usr/bin/env python3
"""Counts the instructions of a call of a Go function, with valgrind's callgrind, beside those of an ordinary `async fn`.

    cargo bench -p go-runtime --bench functions --no-run      # prints the program's path
    scripts/functions.py PROGRAM
"""

import os
import re
import subprocess
import sys
import tempfile

KINDS = {
    "plain": "an `async fn`",
    "without": "`#[go::func]` without a deferred call",
    "dialect": "a function of `golang!` without a deferred call",
    "call": "with a deferred call",
    "block": "with a deferred block that recovers",
}
CALLS = (1_000, 101_000)


def instructions(program, kind, calls):
    """The instructions of the whole program."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program, kind, str(calls)]
        subprocess.run(command, check=True, capture_output=True)
        with open(out) as records:
            return int(re.search(r"^(?:summary|totals): (\d+)", records.read(), re.MULTILINE)[1])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print("| | instructions a call |\n| --- | ---: |")
    for kind, name in KINDS.items():
        few, many = (instructions(sys.argv[1], kind, calls) for calls in CALLS)
        print(f"| {name} | {(many - few) / (CALLS[1] - CALLS[0]):.1f} |", flush=True)


if __name__ == "__main__":
    main()
