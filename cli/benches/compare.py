"""Compares `eventcodes` with its peers on one large file and writes ../RESULTS.md.

    cargo build --release -p event-log-codes-cli
    python3 cli/benches/compare.py target/release/eventcodes

Needs Python 3.9. Peers that are not installed are named and left out: ripgrep, and the Python
packages duckdb, chdb and polars. The input is made once and lies outside the repository.

The runs take turns, so that a busy moment of the machine meets everyone. A ratio is that of the
two times of a round; the table shows the median of the rounds. Every peer's counts are compared with
ours before anything is timed.
"""

import argparse
import datetime
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SHAPE = r"\b(UPD[0-9]_[A-Z]+_[A-Z0-9]+|SYS_[0-9]+)\b"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("eventcodes", help="the binary to measure")
    arguments.add_argument("--bytes", type=int, default=1_000_000_000, help="size of the input")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--directory", default=os.path.join(tempfile.gettempdir(), "eventcodes-compare"))
    arguments.add_argument("--python", default=sys.executable, help="an interpreter that has the peers' packages")
    arguments = arguments.parse_args()
    binary = os.path.abspath(arguments.eventcodes)

    path = make_input(arguments.directory, arguments.bytes)
    runs, absent = commands(binary, path, arguments.python)
    check_answers(binary, path, runs)
    load_before = os.getloadavg()[0]
    times = {name: [] for name in runs}
    memory = dict.fromkeys(runs, 0)
    processor_times = {name: [] for name in runs}
    for _ in range(arguments.rounds):
        for name, run in runs.items():
            seconds, usage = measure(run)
            times[name].append(seconds)
            memory[name] = max(memory[name], usage.ru_maxrss)
            processor_times[name].append(usage.ru_utime + usage.ru_stime)
    with open(os.path.join(HERE, "../RESULTS.md"), "w", encoding="utf-8") as file:
        write(file, arguments, path, runs, absent, times, processor_times, memory, (load_before, os.getloadavg()[0]))


def make_input(directory, size):
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, f"events-{size}.ndjson")
    if not os.path.exists(path):
        subprocess.run([sys.executable, os.path.join(HERE, "events.py"), path + ".part", str(size)], check=True)
        os.rename(path + ".part", path)
    if not os.path.exists(path + ".gz"):
        subprocess.run(f"gzip -c '{path}' > '{path}.part' && mv '{path}.part' '{path}.gz'", shell=True, check=True)
    for name in (path, path + ".gz"):
        subprocess.run(["cat", name], stdout=subprocess.DEVNULL, check=True)
    return path


class Run:
    """A command; `counts` reads the counts by code off its output, `timed` if it tells its own time."""

    def __init__(self, command, counts=None, shell=False, timed=False):
        self.command, self.counts, self.shell, self.timed = command, counts, shell, timed


def commands(binary, path, python):
    peers = os.path.join(HERE, "peers.py")
    runs = {
        "wc -l": Run(["wc", "-l", path]),
        "eventcodes summary": Run([binary, "summary", path]),
        "eventcodes summary --devices": Run([binary, "summary", "--devices", path]),
        "gzip -dc": Run(["gzip", "-dc", path + ".gz"]),
        "eventcodes summary, gzip": Run([binary, "summary", path + ".gz"]),
        "start-up: eventcodes explain": Run([binary, "explain", "UPD4_FAIL_207"]),
    }
    absent = []
    if shutil.which("rg"):
        search = f"LC_ALL=C rg --no-filename --no-line-number -o '{SHAPE}' '{path}'"
        runs["rg -o, awk"] = Run(search + " | awk '{n[$0]++} END {for (c in n) print n[c], c}'", counted_lines, shell=True)
        runs["rg -o, sort, uniq -c"] = Run(search + " | sort | uniq -c", counted_lines, shell=True)
    else:
        absent.append("ripgrep")
    for name, package in [
        ("duckdb", "duckdb"),
        ("duckdb_devices", "duckdb"),
        ("duckdb_outcomes", "duckdb"),
        ("duckdb_both", "duckdb"),
        ("chdb", "chdb"),
        ("polars", "polars"),
    ]:
        if subprocess.run([python, "-c", f"import {package}"], stderr=subprocess.DEVNULL).returncode == 0:
            runs[name] = Run([python, peers, name, path], peer_counts, timed=True)
        elif package not in absent:
            absent.append(package)
    return runs, absent


def counted_lines(output):
    return {code: int(count) for count, code in (line.split() for line in output.splitlines())}


def peer_counts(output):
    return dict(json.loads(output.splitlines()[1]))


def check_answers(binary, path, runs):
    """Stops if a peer counts otherwise than we do: then one of us is wrong, and its time means nothing."""
    output = subprocess.run([binary, "summary", "--devices", "--format", "json", path], capture_output=True, check=True).stdout
    summary = json.loads(output)
    rows = summary["counts"] + summary["roll_ups"] + summary["uncatalogued"]
    ours = {"count": {row["code"]: row["count"] for row in rows}, "devices": {row["code"]: row["devices"] for row in rows}}
    plain = json.loads(subprocess.run([binary, "summary", "--format", "json", path], capture_output=True, check=True).stdout)
    rows = plain["counts"] + plain["roll_ups"] + plain["uncatalogued"]
    assert {row["code"]: row["count"] for row in rows} == ours["count"]
    outcomes = {"count": {}}
    for campaign in summary["campaigns"]:
        for outcome in ("updated", "failed", "skipped", "in_progress"):
            outcomes["count"][campaign["id"] + " " + outcome] = campaign[outcome]
    for name, run in runs.items():
        if run.counts:
            output = subprocess.run(run.command, shell=run.shell, capture_output=True, check=True, text=True).stdout
            expected = {"duckdb_devices": ours["devices"], "duckdb_outcomes": outcomes["count"], "duckdb_both": outcomes["count"]}.get(name, ours["count"])
            theirs = {code: count for code, count in run.counts(output).items() if count}
            assert theirs == {code: count for code, count in expected.items() if count}, f"{name} counts otherwise"


def measure(run):
    """Seconds of one run, and what the system counted of it."""
    start = time.perf_counter()
    child = subprocess.Popen(
        run.command, shell=run.shell, stdout=subprocess.PIPE if run.timed else subprocess.DEVNULL, text=True
    )
    output = child.stdout.read() if run.timed else ""
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, run.command
    return float(output.splitlines()[0]) if run.timed else seconds, usage


COMPARISONS = [
    ("eventcodes summary", "wc -l", "at most 1.5"),
    ("rg -o, awk", "eventcodes summary", "at least 5"),
    ("rg -o, sort, uniq -c", "eventcodes summary", "at least 5"),
    ("duckdb", "eventcodes summary", "at least 5"),
    ("chdb", "eventcodes summary", "at least 5"),
    ("polars", "eventcodes summary", "at least 5"),
    ("eventcodes summary, gzip", "gzip -dc", "at most 1.2"),
    ("duckdb_both", "eventcodes summary --devices", "at least 2"),
    ("duckdb_devices", "eventcodes summary --devices", "(a part of it)"),
    ("duckdb_outcomes", "eventcodes summary --devices", "(a part of it)"),
]

WHAT = {
    "duckdb": "DuckDB, `read_json`, count by code",
    "duckdb_devices": "DuckDB, distinct devices by code and by campaign",
    "duckdb_outcomes": "DuckDB, outcome of each device in each campaign",
    "duckdb_both": "DuckDB, both of those from one reading of the file",
    "chdb": "ClickHouse (chdb), count by code",
    "polars": "polars, count by code",
}


def write(file, arguments, path, runs, absent, times, processor_times, memory, load):
    def out(line=""):
        print(line, file=file)

    out("# What was measured")
    out()
    out("Written by `cli/benches/compare.py`, which says how. Not edited.")
    out()
    out(f"- {datetime.date.today()}, {processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}")
    out(f"- load average before {load[0]:.2f}, after {load[1]:.2f} (the runs themselves make about 2)")
    out(f"- input: {os.path.getsize(path):,} bytes of NDJSON device events, in the page cache; {arguments.rounds} rounds")
    out(f"- {', '.join(versions(arguments))}")
    out(f"- absent: {', '.join(absent) if absent else 'no peer'}")
    out()
    out("| run | seconds, median | fastest | processor seconds | peak memory, MB |")
    out("|---|---:|---:|---:|---:|")
    for name in runs:
        peak = "" if runs[name].shell else f"{memory[name] / 1000:.0f}"
        title = WHAT.get(name, f"`{name}`")
        median, processor_median = statistics.median(times[name]), statistics.median(processor_times[name])
        out(f"| {title} | {median:.4f} | {min(times[name]):.4f} | {processor_median:.4f} | {peak} |")
    out()
    out("| ratio of times, median of the rounds | wanted | measured |")
    out("|---|---|---:|")
    for one, other, wanted in COMPARISONS:
        if one in times and other in times:
            ratio = statistics.median(a / b for a, b in zip(times[one], times[other]))
            out(f"| {WHAT.get(one, f'`{one}`')} / `{other}` | {wanted} | {ratio:.2f} |")
    out()
    out("Times of DuckDB, ClickHouse and polars are those of the query alone, without the start of Python; processor")
    out("seconds are those of all cores and of the whole process. Only the times of a quiet machine mean much. The")
    out(f"system counts the memory of this script, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB, as the least of every run.")


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def versions(arguments):
    first_line = lambda command: subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0].strip()
    versions = [first_line([arguments.eventcodes, "--version"])]
    if shutil.which("rg"):
        versions.append(first_line(["rg", "--version"]))
    for package in ("duckdb", "chdb", "polars"):
        code = f"import importlib.metadata as m; print('{package}', m.version('{package}'))"
        run = subprocess.run([arguments.python, "-c", code], capture_output=True, text=True)
        if run.returncode == 0:
            versions.append(run.stdout.strip())
    return versions


if __name__ == "__main__":
    main()
