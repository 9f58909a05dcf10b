#!/usr/bin/env python3
"""Counts the instructions of one HTTP request in servers such as `benches/http`, with valgrind's callgrind.

Each server runs on one worker. Its clients send a request on every connection, wait for all the answers, and so on; what the
server does until the first counted request is not counted. Only instructions of the program are: the system's come on top.

    cargo bench -p go-runtime --features http --bench http --no-run      # prints the program's path
    scripts/http-instructions.py 'PROGRAM http'... [--connections 1,64] [--top 12] [--lines]

A server is a command that takes `--addr ADDRESS --procs 1`.
"""

import argparse
import glob
import importlib.util
import os
import signal
import socket
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = importlib.util.spec_from_file_location("instructions", os.path.join(HERE, "instructions.py"))
instructions = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(instructions)

REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8901\r\n\r\n"


def connect(port):
    """A connection, as soon as somebody listens."""
    for _ in range(600):
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise SystemExit("nobody listens")


def answer(connection):
    """Reads one answer with a Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += receive(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    while len(body) < length:
        body += receive(connection)


def receive(connection):
    """Some bytes, of which there must be some."""
    data = connection.recv(65536)
    if not data:
        raise SystemExit("the server has closed the connection")
    return data


def ask(connections, requests):
    """Sends as many requests, one after the other on each of the connections."""
    for _ in range(requests // len(connections)):
        for connection in connections:
            connection.sendall(REQUEST)
        for connection in connections:
            answer(connection)


def control(pid, what):
    """Has callgrind do something."""
    subprocess.run(["callgrind_control", what, str(pid)], check=True, capture_output=True)


def free_port():
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def measure(command, connections, requests):
    """What one run costs by function and by line, for each request."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "callgrind.out")
        valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--fair-sched=yes"]
        server = subprocess.Popen(
            valgrind + command.split() + ["--addr", f"127.0.0.1:{port}", "--procs", "1"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            clients = [connect(port) for _ in range(connections)]
            ask(clients, 10 * connections + 500)
            control(server.pid, "--zero")
            ask(clients, requests)
            control(server.pid, "--dump")
            # The part that the dump has written; the server goes on and writes another one at its end.
            functions, lines = instructions.costs(sorted(glob.glob(out + ".*"))[0])
        finally:
            server.send_signal(signal.SIGKILL)
            server.wait()
    return functions, lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("servers", nargs="+")
    parser.add_argument("--connections", default="1,64", help="how many connections are used at the same time")
    parser.add_argument("--requests", type=int, default=6400, help="how many requests are counted")
    parser.add_argument("--top", type=int, default=0, help="how many functions to show")
    parser.add_argument("--lines", action="store_true", help="show source lines too")
    arguments = parser.parse_args()
    widths = [int(number) for number in arguments.connections.split(",")]
    for server in arguments.servers:
        for width in widths:
            functions, lines = measure(server, width, arguments.requests)
            count = sum(functions.values()) / arguments.requests
            print(f"{server} with {width} connections: {count:.0f} instructions a request", flush=True)
            for name, table in (("function", functions), ("line", lines if arguments.lines else {})):
                rows = sorted(table.items(), key=lambda row: -row[1])[: arguments.top]
                for key, cost in rows:
                    shown = instructions.shorten(key) if name == "function" else "/".join(key[0].split("/")[-4:]) + f":{key[1]}"
                    print(f"{cost / arguments.requests:8.1f} {100 * cost / arguments.requests / count:3.0f} %  {shown}")


if __name__ == "__main__":
    main()
