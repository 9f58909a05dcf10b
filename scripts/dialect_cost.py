#!/usr/bin/env python3
"""Measures what the dialect costs to compile: a block of `golang!` of about 3,000 lines against the same program by hand.

By hand means `async fn`, `.await` and the macros, with `#[go::func]` where a call is deferred. A third program has ordinary
functions throughout, whose deferred calls run at the end of their blocks: less than what the other two do.

    scripts/dialect_cost.py [--functions 100] [--rounds 5] [--keep FOLDER]

The programs are generated into a package of their own, in a temporary folder. Each round compiles them one after the other,
without incremental compilation; the figures are processor time of cargo and the compiler, the medians of the rounds.
"""

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

# A function that defers a call, ranges over a channel, selects and sends; and one that it waits for.
DIALECT = """
    fn step{i}(n: i64, numbers: Receiver<i64>, out: Sender<i64>, done: Receiver<bool>) -> i64 {{
        defer note{i}(n);
        sum := 0;
        for v := range numbers {{
            sum += helper{i}(v);
            if sum > 1_000 {{
                break;
            }}
        }}
        select {{
            case out <- sum:
                sum += 1;
            case <-done:
                return sum;
        }}
        w := helper{i}(sum);
        out <- w;
        return sum + w;
    }}

    fn helper{i}(n: i64) -> i64 {{
        if n > {i} {{
            return n - 1;
        }}
        runtime::gosched();
        return n + {i};
    }}

    fn note{i}(n: i64) {{ NOTES.add(n); }}
"""
BY_HAND = """
{attribute}async fn step{i}(n: i64, numbers: Receiver<i64>, out: Sender<i64>, done: Receiver<bool>) -> i64 {{
    defer!(note{i}(n));
    let mut sum = 0;
    while let Some(v) = numbers.recv().await {{
        sum += helper{i}(v).await;
        if sum > 1_000 {{
            break;
        }}
    }}
    select! {{
        case out <- sum:
            sum += 1;
        case <-done:
            return sum;
    }}
    let w = helper{i}(sum).await;
    out.send(w).await;
    return sum + w;
}}

async fn helper{i}(n: i64) -> i64 {{
    if n > {i} {{
        return n - 1;
    }}
    runtime::gosched().await;
    return n + {i};
}}

fn note{i}(n: i64) {{
    NOTES.add(n);
}}
"""
PROGRAMS = ["dialect", "by_hand", "ordinary"]
CALL = "sum += step{i}({i}, numbers.receiver(), out.sender(), done.receiver()){wait};"


def program(functions, name):
    """The text of one of the programs."""
    dialect = name == "dialect"
    text, wait = (DIALECT, "") if dialect else (BY_HAND, ".await")
    attribute = "#[go::func]\n" if name == "by_hand" else ""
    steps = "".join(text.format(i=i, attribute=attribute) for i in range(functions))
    calls = "\n".join("        " + CALL.format(i=i, wait=wait) for i in range(functions))
    start = "numbers, out, done := chan!(i64), chan!(i64, 9), chan!(bool);" if dialect else (
        "let (numbers, out, done) = (chan!(i64), chan!(i64, 9), chan!(bool));")
    main = f"""
    {'' if dialect else '#[go::main] async '}fn main() {{
        {start}
        numbers.close();
        done.close();
        let mut sum = 0;
{calls}
        println!("{{sum}}");
    }}
"""
    static = "static NOTES: sync::atomic::Int64 = sync::atomic::Int64::new(0);\n"
    body = f"golang! {{\n{static}{steps}{main}}}\n" if dialect else f"{static}{steps}{main}"
    return f"#![allow(clippy::all)]\nuse go::prelude::*;\n\n{body}"


def seconds(command, folder):
    """The processor time of a command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, env={**os.environ, "CARGO_INCREMENTAL": "0"}, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--functions", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", help="generate the programs here and leave them")
    parser.add_argument("--cargo", default="cargo")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(options.keep or temporary)
        source = folder / "src" / "bin"
        source.mkdir(parents=True, exist_ok=True)
        (folder / "Cargo.toml").write_text(
            '[package]\nname = "dialect-cost"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n'
            f'[dependencies]\ngo-runtime = {{ path = "{ROOT / "go-runtime"}" }}\n\n[profile.dev]\ndebug = "line-tables-only"\n')
        (folder / "Cargo.lock").write_bytes((ROOT / "Cargo.lock").read_bytes())
        for name in PROGRAMS:
            text = program(options.functions, name)
            (source / f"{name}.rs").write_text(text)
            print(f"{name}: {len(text.splitlines())} lines")
        print("\n| | dialect | by hand | ratio | ordinary functions | ratio |\n| --- | ---: | ---: | ---: | ---: | ---: |")
        for command in ("check", "build"):
            # The dependencies are not measured.
            for name in PROGRAMS:
                seconds([options.cargo, command, "--quiet", "--bin", name], folder)
            times = {name: [] for name in PROGRAMS}
            for _ in range(options.rounds):
                for name in PROGRAMS:
                    os.utime(source / f"{name}.rs")
                    times[name].append(seconds([options.cargo, command, "--quiet", "--bin", name], folder))
            line = f"| `cargo {command}` | {statistics.median(times['dialect']):.2f} s"
            for name in PROGRAMS[1:]:
                ratio = statistics.median(one / other for one, other in zip(times["dialect"], times[name]))
                line += f" | {statistics.median(times[name]):.2f} s | {ratio:.2f}"
            print(f"{line} |", flush=True)


if __name__ == "__main__":
    main()
