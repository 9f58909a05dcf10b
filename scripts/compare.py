#!/usr/bin/env python3
"""Compares this project with Go, and with any program that speaks the same command line.

    scripts/compare.py run   --out FILE.jsonl [--rounds 5] [--procs 2,1] [--only REGEX] [--add PROGRAM]... [--scale REGEX=F]...
    scripts/compare.py table FILE.jsonl... [--note SENTENCE]     # writes the results into README.md and docs/guide/speed.md
    scripts/compare.py workers FILE.jsonl... [--key cpu_ns_op]    # prints the results by the number of workers
    scripts/compare.py scale --out FILE.jsonl [--rounds 3]     # goroutines by the ten thousand, hundred thousand and million
    scripts/compare.py plot  FILE.jsonl        # draws them: docs/guide/scale.svg

`run` and `scale` build `benches/compare` and its Go twin first; `GO` names the Go command. Rounds are interleaved: every
program runs once in a round, and a ratio is the median over the rounds of the ratios within one round, so that it
survives a machine whose speed changes. Absolute times do not.
"""

import argparse
import collections
import datetime
import json
import os
import platform
import re
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OURS, GO = "go-runtime", "go"

# What a reader looks for first: these rows stand in the README, all of them in the guide.
ROWS = {
    "pingpong_unbuf": "two goroutines, a value there and back",
    "spsc_unbuf": "unbuffered channel, one to one",
    "spsc_buf128": "buffered channel, one to one",
    "mpmc_buf128": "buffered channel, four to four",
    "token_ring": "a token round 1,000 goroutines, one hop",
    "sieve": "prime sieve, one number through one filter",
    "select2": "select over 2 channels",
    "select8": "select over 8 channels",
    "select_default": "select with a default, nothing ready",
    "spawn_join": "start a goroutine and wait for it",
    "mutex_contended": "mutex, 8 goroutines",
    "ctx_child_cancel": "context: make a child and cancel it",
    "ctx_cancel_wake": "context: cancel with 100,000 waiting, each",
    "timers": "100,000 sleepers, each",
    "time_after": "receive with a timeout",
    "memory": "a million blocked goroutines, each",
}


def build():
    """Builds both programs; the paths of ours and Go's."""
    command = ["cargo", "bench", "-p", "go-runtime", "--bench", "compare", "--no-run", "--message-format=json"]
    built = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    messages = [json.loads(line) for line in built.splitlines() if line.startswith("{")]
    (ours,) = [
        message["executable"]
        for message in messages
        if message.get("executable") and message["target"]["name"] == "compare"
    ]
    twin = os.path.join(os.path.dirname(ours), "compare-go")
    folder = os.path.join(ROOT, "go-runtime/benches/compare/twin")
    subprocess.run([os.environ.get("GO", "go"), "build", "-buildvcs=false", "-o", twin, "."], cwd=folder, check=True)
    return ours, twin


def answer(command):
    """The first line that a command prints; empty if it cannot be run."""
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.partition("\n")[0].strip()
    except OSError:
        return ""


def machine():
    """Where and with what the measurement is made."""
    processor = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as file:
            processor = next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), processor)
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
        "processor": processor,
        "cores": os.cpu_count(),
        "system": platform.system(),
        "go": answer([os.environ.get("GO", "go"), "env", "GOVERSION"]).removeprefix("go"),
        "rust": answer(["rustc", "--version"]).split(" ")[1:2],
    }


def measure(program, workload, implementation, procs, scale, timeout):
    """Runs one workload; what it printed, or how it failed."""
    command = program.split() + [workload, implementation, "--procs", str(procs), "--scale", str(scale)]
    result = {"workload": workload, "impl": implementation, "procs": int(procs)}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
        pairs = dict(pair.split("=", 1) for pair in done.stdout.strip().splitlines()[-1].split())
        result.update({key: value if key in ("workload", "impl") else float(value) for key, value in pairs.items()})
    except (subprocess.TimeoutExpired, IndexError, ValueError) as error:
        # A hang or a crash is a result too.
        result["error"] = type(error).__name__
    return result


def run(arguments):
    programs = [*build()[::-1], *arguments.add]
    scales = [scale.rsplit("=", 1) for scale in arguments.scale]
    rows = collections.OrderedDict()
    for program in programs:
        for line in subprocess.run(program.split() + ["list"], capture_output=True, text=True, check=True).stdout.splitlines():
            workload, implementation = line.split()
            if re.search(arguments.only, workload):
                rows.setdefault(workload, []).append((program, implementation))
    with open(arguments.out, "a") as out:
        out.write(json.dumps({"machine": machine(), "rounds": arguments.rounds}) + "\n")
        for number in range(arguments.rounds):
            for workload, implementations in rows.items():
                for procs in arguments.procs.split(","):
                    for program, implementation in implementations:
                        pair = f"{workload} {implementation}"
                        scale = next((float(scale) for regex, scale in scales if re.match(regex, pair)), 1.0)
                        result = measure(program, workload, implementation, procs, scale, arguments.timeout)
                        out.write(json.dumps({**result, "round": number}) + "\n")
                        out.flush()
            print(f"round {number + 1} of {arguments.rounds} done", file=sys.stderr)


def scale(arguments):
    programs = build()[::-1]
    with open(arguments.out, "a") as out:
        out.write(json.dumps({"machine": machine(), "rounds": arguments.rounds}) + "\n")
        for number in range(arguments.rounds):
            for factor in (0.01, 0.1, 1):
                for program, implementation in zip(programs, (GO, OURS)):
                    result = measure(program, "memory", implementation, 2, factor, 120)
                    out.write(json.dumps({**result, "round": number, "goroutines": int(1_000_000 * factor)}) + "\n")
                    out.flush()


def read(files):
    """The machine, and the results of each workload, number of workers, implementation and round."""
    where, results = {}, {}
    for name in files:
        with open(name) as lines:
            for line in map(json.loads, lines):
                if "machine" in line:
                    where = line
                else:
                    key = line["workload"], int(line["procs"])
                    results.setdefault(key, {}).setdefault(line["impl"], {})[line["round"]] = line
    return where, results


def median(rounds, key="ns_op"):
    """The median over the rounds; None if there is none."""
    values = [result[key] for result in rounds.values() if key in result]
    return statistics.median(values) if values else None


def ratio(ours, other, key="ns_op"):
    """The median over the rounds of the ratio within a round; None if there is none."""
    ratios = [
        ours[number][key] / other[number][key]
        for number in ours
        if key in ours[number] and other.get(number, {}).get(key)
    ]
    return statistics.median(ratios) if ratios else None


def figure(value):
    """A time in nanoseconds for people."""
    if value is None:
        return ""
    for limit, unit, name in ((1e3, 1, "ns"), (1e6, 1e3, "µs"), (1e99, 1e6, "ms")):
        if value < limit:
            value /= unit
            return f"{value:.1f} {name}" if value < 10 else f"{value:.0f} {name}"


def best_peer(implementations):
    """The fastest other implementation that gives the same guarantees and loses nothing: its name and time."""
    times = []
    for name, rounds in implementations.items():
        # `~` marks a weaker guarantee, such as a buffer of one for a channel without.
        valid = "~" not in name and not any(result.get("lost") for result in rounds.values())
        if name not in (OURS, GO) and valid and median(rounds) is not None:
            times.append((median(rounds), name))
    return min(times, default=(None, ""))


def rows(results, procs, wanted):
    """The lines of the table."""
    lines = ["| | Go | here | here : Go | other Rust |", "| --- | ---: | ---: | ---: | --- |"]
    for workload in wanted:
        implementations = results.get((workload, procs))
        if not implementations or OURS not in implementations or GO not in implementations:
            continue
        ours, go = implementations[OURS], implementations[GO]
        time, name = best_peer(implementations)
        share = ratio(ours, go)
        lines.append(
            f"| {ROWS.get(workload, f'`{workload}`')} | {figure(median(go))} | {figure(median(ours))} | "
            f"{'failed' if share is None else f'{share:.2f}'} | {f'{name} {figure(time)}' if name else ''} |"
        )
        if median(ours, "bytes_op"):
            memory = [median(rounds, "bytes_op") for rounds in (go, ours)]
            lines.append(
                f"| … and its memory | {memory[0]:.0f} B | {memory[1]:.0f} B | {memory[1] / memory[0]:.2f} | |"
            )
    return lines


def put(path, text):
    """Replaces what lies between the markers of a file."""
    path = os.path.join(ROOT, path)
    begin, end = "<!-- results: scripts/compare.py table -->", "<!-- end of results -->"
    with open(path) as file:
        whole = file.read()
    if begin not in whole or end not in whole:
        sys.exit(f"{path}: no `{begin}` … `{end}`")
    head, tail = whole.partition(begin)[0], whole.partition(end)[2]
    with open(path, "w") as file:
        file.write(f"{head}{begin}\n{text}\n{end}{tail}")


def table(arguments):
    where, results = read(arguments.files)
    at = where.get("machine", {})
    rounds = max((len(rounds) for row in results.values() for rounds in row.values()), default=0)
    rust = "".join(at.get("rust", []))
    said = (
        f"{at.get('date', '')}, {at.get('processor', '')}, {at.get('cores', '')} cores, {at.get('system', '')}, Go {at.get('go', '')}, "
        f"Rust {rust}; medians of {rounds} interleaved rounds, two workers, time an operation. \"here : Go\" is the "
        "median of the ratios within a round."
    )
    if arguments.note:
        said += f" {arguments.note}"
    everything = [workload for workload, procs in results if procs == 2]
    put("README.md", "\n".join(["", *rows(results, 2, ROWS), "", said, ""]))
    full = ["", said, "", *rows(results, 2, dict.fromkeys([*ROWS, *everything]))]
    one = [workload for workload, procs in results if procs == 1]
    if one:
        full += ["", "On one worker:", "", *rows(results, 1, one)]
    put("docs/guide/speed.md", "\n".join([*full, ""]))


def workers(arguments):
    """Prints a row for each workload and a column for each number of workers."""
    _, results = read(arguments.files)
    counts = sorted({procs for _, procs in results})
    print("| |" + "".join(f" {count} |" for count in counts) + "\n| --- |" + " ---: |" * len(counts))
    for workload in dict.fromkeys(workload for workload, _ in results):
        cells = []
        for count in counts:
            implementations = results.get((workload, count), {})
            values = [median(implementations.get(name, {}), arguments.key) for name in (OURS, GO)]
            cells.append(", ".join(figure(value) for value in values))
        print(f"| `{workload}` | " + " | ".join(cells) + " |")


def plot(arguments):
    """Draws bars on a logarithmic scale: bytes, and the times to create and to release, for each number of goroutines."""
    results = collections.defaultdict(list)
    with open(arguments.file) as lines:
        for line in map(json.loads, lines):
            if "goroutines" in line and "bytes_op" in line:
                results[line["goroutines"], line["impl"]].append(line)
    panels = [
        ("memory, bytes each", "bytes_op"),
        ("start until blocked, ns each", "create_ns"),
        ("wake and end, ns each", "release_ns"),
    ]
    counts = sorted({count for count, _ in results})
    colours = {GO: "#6b7280", OURS: "#2563eb"}
    width, height, left, base = 280, 250, 20, 210
    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{3 * width + left}" height="{height + 30}" '
        'font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for at, (title, key) in enumerate(panels):
        x0 = left + at * width
        values = {pair: statistics.median(line[key] for line in lines) for pair, lines in results.items()}
        top = max(values.values(), default=1)
        svg.append(f'<text x="{x0}" y="20" font-weight="bold">{title}</text>')
        svg.append(f'<line x1="{x0}" y1="{base}" x2="{x0 + width - 30}" y2="{base}" stroke="#9ca3af"/>')
        for group, count in enumerate(counts):
            x = x0 + 8 + group * 84
            for bar, implementation in enumerate((GO, OURS)):
                value = values.get((count, implementation))
                if value is None:
                    continue
                tall = max(1, (base - 50) * value / top)
                svg.append(
                    f'<rect x="{x + bar * 36}" y="{base - tall:.1f}" width="32" height="{tall:.1f}" '
                    f'fill="{colours[implementation]}"/>'
                )
                svg.append(
                    f'<text x="{x + bar * 36 + 16}" y="{base - tall - 4:.1f}" text-anchor="middle" '
                    f'font-size="10">{value:.0f}</text>'
                )
            svg.append(f'<text x="{x + 34}" y="{base + 16}" text-anchor="middle">{count:,}</text>')
    for bar, (implementation, colour) in enumerate(colours.items()):
        x = left + bar * 120
        svg.append(f'<rect x="{x}" y="{height}" width="12" height="12" fill="{colour}"/>')
        svg.append(f'<text x="{x + 18}" y="{height + 11}">{implementation}</text>')
    svg.append(f'<text x="{left + 260}" y="{height + 11}">goroutines blocked on one channel, two workers</text>')
    svg.append("</svg>\n")
    with open(os.path.join(ROOT, "docs/guide/scale.svg"), "w") as file:
        file.write("\n".join(svg))
    print("| goroutines | | bytes each | start until blocked | wake and end |\n| ---: | --- | ---: | ---: | ---: |")
    for count in counts:
        for implementation in (GO, OURS):
            lines = results[count, implementation]
            bytes_each, create, release = (statistics.median(line[key] for line in lines) for _, key in panels)
            print(f"| {count:,} | {implementation} | {bytes_each:.0f} | {figure(create)} | {figure(release)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("run")
    command.set_defaults(function=run)
    command.add_argument("--out", required=True)
    command.add_argument("--rounds", type=int, default=5)
    command.add_argument("--procs", default="2")
    command.add_argument("--only", default="")
    command.add_argument("--add", action="append", default=[])
    command.add_argument("--scale", action="append", default=[])
    command.add_argument("--timeout", type=float, default=60)
    command = commands.add_parser("table")
    command.set_defaults(function=table)
    command.add_argument("--note", help="a sentence on the circumstances")
    command.add_argument("files", nargs="+")
    command = commands.add_parser("workers")
    command.set_defaults(function=workers)
    command.add_argument("--key", default="ns_op")
    command.add_argument("files", nargs="+")
    command = commands.add_parser("scale")
    command.set_defaults(function=scale)
    command.add_argument("--out", required=True)
    command.add_argument("--rounds", type=int, default=3)
    command = commands.add_parser("plot")
    command.set_defaults(function=plot)
    command.add_argument("file")
    arguments = parser.parse_args()
    arguments.function(arguments)


main()
