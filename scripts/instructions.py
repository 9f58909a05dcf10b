#!/usr/bin/env python3
"""Counts the instructions of one operation of each workload of `benches/compare`, with valgrind's callgrind.

Unlike times, the numbers are the same on a busy machine. Each workload runs on one worker at two scales; the difference
of the counts is divided by the difference of the operations, so that start and end cancel out.

    cargo bench -p go-runtime --bench compare --no-run      # prints the program's path
    scripts/instructions.py PROGRAM [--only REGEX] [--top 12] [--lines] [--save FILE] [--against FILE]

`--top` adds the functions that cost most themselves, `--lines` the source lines, which tells what was inlined.
`--save` keeps the counts, `--against` compares with counts that were kept.
"""

import argparse
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

# Operations that cost so little that the usual scale drowns in noise, or so much that it takes minutes.
SCALES = {
    "once": (0.01, 0.03),
    "ctx_err": (0.01, 0.03),
    "sieve": (0.1, 0.2),
    "worker_pool": (0.01, 0.03),
    "worker_pool_unbuf": (0.01, 0.03),
    "timers": (0.1, 0.3),
    "sem_chan": (0.1, 0.3),
}
USUAL_SCALES = (0.02, 0.06)


def costs(path):
    """The instructions of each function and of each source line, without what they call."""
    names = {}
    functions, lines = collections.Counter(), collections.Counter()
    function = file = None
    skip = False
    number = 0

    def name(text):
        # `(12) name` the first time, `(12)` from then on.
        match = re.match(r"\((\d+)\)(?: (.*))?$", text)
        if match is None:
            return text
        if match[2] is not None:
            names[kind, match[1]] = match[2]
        return names[kind, match[1]]

    with open(path) as records:
        for record in records:
            record = record.rstrip("\n")
            if record.startswith("fn="):
                kind = "fn"
                function = name(record[3:])
            elif record[:3] in ("fl=", "fi=", "fe="):
                kind = "fl"
                file = name(record[3:])
            elif record.startswith("cfn="):
                kind = "fn"
                name(record[4:])
            elif record[:4] in ("cfi=", "cfl="):
                kind = "fl"
                name(record[4:])
            elif record.startswith("calls="):
                # The next line is the cost of the call, which is not this function's own.
                skip = True
            elif record[:1] in tuple("0123456789+-*"):
                at, _, cost = record.partition(" ")
                if at.startswith("+"):
                    number += int(at[1:])
                elif at.startswith("-"):
                    number -= int(at[1:])
                elif at != "*":
                    number = int(at)
                if not skip:
                    functions[function] += int(cost)
                    lines[file, number] += int(cost)
                skip = False
    return functions, lines


def run(program, workload, implementation, scale):
    """Runs a workload; its number of operations, and what `costs` says."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "callgrind.out")
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program]
        command += [workload, implementation, "--procs", "1", "--scale", str(scale)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        match = re.search(r"\bops=(\d+)", done.stdout)
        if done.returncode != 0 or match is None:
            sys.exit(f"{workload} failed:\n{done.stdout}{done.stderr}")
        return (int(match[1]), *costs(out))


def shorten(text):
    """A function's name without the parameters of its types, which make it unreadable."""
    # `<T as Trait>::f` keeps its head; everything nested deeper goes.
    short, depth = [], 0
    for at, char in enumerate(text):
        if char == "<" and at > 0:
            depth += 1
        elif char == ">" and depth > 0 and text[at - 1] != "-":
            depth -= 1
        elif depth == 0:
            short.append(char)
    return re.sub(r"::h[0-9a-f]{16}$", "", "".join(short))[:110]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--implementation", default="go-runtime")
    parser.add_argument("--only", default="", help="a regular expression that the workloads match")
    parser.add_argument("--top", type=int, default=0, help="how many functions to show for each workload")
    parser.add_argument("--lines", action="store_true", help="show source lines too")
    parser.add_argument("--save", help="a file for the counts")
    parser.add_argument("--against", help="a file of counts to compare with")
    arguments = parser.parse_args()

    listed = subprocess.run([arguments.program, "list"], capture_output=True, text=True, check=True).stdout
    pairs = [line.split() for line in listed.splitlines()]
    before = json.load(open(arguments.against)) if arguments.against else {}
    counts, details = {}, []
    print(f"| workload | instructions an operation |{' before | now/before |' if before else ''}")
    print(f"| --- | ---: |{' ---: | ---: |' if before else ''}")
    for workload, implementation in pairs:
        if implementation != arguments.implementation or not re.search(arguments.only, workload):
            continue
        low, high = (
            run(arguments.program, workload, implementation, scale) for scale in SCALES.get(workload, USUAL_SCALES)
        )
        ops = high[0] - low[0]
        count = (sum(high[1].values()) - sum(low[1].values())) / ops
        counts[workload] = count
        old = before.get(workload)
        print(f"| {workload} | {count:.1f} |" + (f" {old:.1f} | {count / old:.2f} |" if old else ""), flush=True)
        details.append((workload, count, ops, low, high))

    for workload, count, ops, low, high in details if arguments.top else ():
        print(f"\n## {workload}: {count:.1f}\n\n```text")
        for function, cost in (high[1] - low[1]).most_common(arguments.top):
            print(f"{cost / ops:8.1f} {100 * cost / ops / count:3.0f} %  {shorten(function)}")
        if arguments.lines:
            print()
            for (file, line), cost in (high[2] - low[2]).most_common(arguments.top):
                print(f"{cost / ops:8.1f} {100 * cost / ops / count:3.0f} %  {'/'.join(file.split('/')[-4:])}:{line}")
        print("```")
    if arguments.save:
        with open(arguments.save, "w") as file:
            json.dump(counts, file, indent=1)


if __name__ == "__main__":
    main()
