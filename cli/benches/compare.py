"""Measures `eventcodes` beside its peers and writes ../RESULTS.md.

    cargo build --release -p event-log-codes-cli
    python3 cli/benches/compare.py target/release/eventcodes

Needs Python 3.9 and Linux. Peers that are not installed are named and left out: ripgrep, and the Python
packages duckdb, chdb and polars. The inputs are made once, by `events.py`, and lie outside the repository.

The runs of a group take turns, round by round, so that a busy moment of the machine meets all of them. A
ratio is that of two medians. Every peer's answer is compared with ours before anything is timed.
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
CODE = r"\b(UPD[0-9]_[A-Z]+_[A-Z0-9]+|SYS_[0-9]+)\b"
# The first of the events is of midnight; there are about 32 a second.
SINCE = "2025-08-29T01:00:00Z"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("eventcodes", help="the binary to measure")
    arguments.add_argument("--bytes", type=int, default=320_000_000, help="size of most inputs")
    arguments.add_argument("--large", type=int, default=1_000_000_000, help="size of the largest input")
    arguments.add_argument("--rounds", type=int, default=11)
    arguments.add_argument("--only", nargs="*", help="groups to measure, by their titles' first words; prints them only")
    arguments.add_argument("--directory", default=os.path.join(tempfile.gettempdir(), "eventcodes-compare"))
    arguments.add_argument("--python", default=sys.executable, help="an interpreter that has the peers' packages")
    arguments = arguments.parse_args()
    bench = Bench(arguments)
    load_before = os.getloadavg()[0]
    groups = [group for group in bench.groups() if not arguments.only or group.title.split()[0].rstrip(":,") in arguments.only]
    for group in groups:
        group.check()
        group.measure(arguments.rounds)
        group.write(sys.stdout)
    if not arguments.only:
        with open(os.path.join(HERE, "../RESULTS.md"), "w", encoding="utf-8") as file:
            write(file, bench, groups, (load_before, os.getloadavg()[0]))


class Run:
    """A command. `answer` reads its output; `prints_time` if it tells its own time, of the work alone."""

    def __init__(self, title, command, answer=None, shell=False, prints_time=False, is_ours=False):
        self.title, self.command, self.answer = title, command, answer
        self.shell, self.prints_time, self.is_ours = shell, prints_time, is_ours
        self.times, self.processor_times, self.memory = [], [], 0

    def measure(self):
        start = time.perf_counter()
        child = subprocess.Popen(
            self.command, shell=self.shell, text=True, stderr=subprocess.DEVNULL,
            stdout=subprocess.PIPE if self.prints_time else subprocess.DEVNULL,
        )
        output = child.stdout.read() if self.prints_time else ""
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0, self.command
        self.times.append(float(output.splitlines()[0]) if self.prints_time else seconds)
        self.processor_times.append(usage.ru_utime + usage.ru_stime)
        self.memory = max(self.memory, usage.ru_maxrss)

    @property
    def seconds(self):
        return statistics.median(self.times)

    @property
    def processor_seconds(self):
        return statistics.median(self.processor_times)


class Group:
    """Runs on one input, and what is asked of them: (what, how it is reckoned, whether it is enough, the bar)."""

    def __init__(self, title, path, runs, wanted=()):
        self.title, self.path, self.runs, self.wanted = title, path, runs, wanted

    def __getitem__(self, title):
        return next((run for run in self.runs if run.title == title), None)

    def check(self):
        """Stops if a peer answers otherwise than we do: then one of us is wrong, and its time means nothing."""
        for run in self.runs:
            if run.answer:
                output = subprocess.run(run.command, shell=run.shell, capture_output=True, check=True, text=True).stdout
                theirs, ours = run.answer(output)
                assert theirs == ours, f"{self.title}: {run.title} answers otherwise"

    def measure(self, rounds):
        for _ in range(rounds):
            for run in self.runs:
                run.measure()

    def write(self, file):
        size = os.path.getsize(self.path)
        print(f"## {self.title}\n", file=file)
        print(f"{size:,} bytes.\n", file=file)
        print("| run | seconds, median | fastest | GB/s | GB/s a core | peak memory, MB |", file=file)
        print("|---|---:|---:|---:|---:|---:|", file=file)
        for run in self.runs:
            a_core = f"{size / run.processor_seconds / 1e9:.2f}" if run.is_ours and run.processor_seconds else ""
            memory = "" if run.shell else f"{run.memory / 1000:.0f}"
            print(f"| {run.title} | {run.seconds:.4f} | {min(run.times):.4f} | {size / run.seconds / 1e9:.2f} | {a_core} "
                  f"| {memory} |", file=file)
        print(file=file)

    def bars(self):
        for what, reckon, enough, bar in self.wanted:
            try:
                value = reckon(self)
            except (AttributeError, ValueError):
                # A peer is absent.
                continue
            yield what, bar, value, enough(value)


def a_core(title):
    return lambda group: os.path.getsize(group.path) / group[title].processor_seconds / 1e9


def ratio(one, other):
    return lambda group: group[one].seconds / group[other].seconds


def at_least(bar):
    return lambda value: value >= bar, f"at least {bar}"


def at_most(bar):
    return lambda value: value <= bar, f"at most {bar}"


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        self.binary = os.path.abspath(arguments.eventcodes)
        self.absent = []
        self.packages = [package for package in ("duckdb", "chdb", "polars") if self.has(package)]
        if not shutil.which("rg"):
            self.absent.append("ripgrep")

    def has(self, package):
        command = [self.arguments.python, "-c", f"import {package}"]
        found = subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0
        if not found:
            self.absent.append(package)
        return found

    def input(self, shape, size=None, suffix="ndjson"):
        """The path of an input, which is made if it is not there, and read anew into the page cache.

        How long every program takes to read a file depends on how it lies in the page cache, and that on what the
        machine did before.
        """
        size = size or self.arguments.bytes
        directory = self.arguments.directory
        os.makedirs(directory, exist_ok=True)
        path = os.path.join(directory, f"{shape}-{size}.{suffix}")
        if not os.path.exists(path):
            subprocess.run([sys.executable, os.path.join(HERE, "events.py"), path + ".part", str(size), shape], check=True)
            os.rename(path + ".part", path)
        with open(path, "rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        subprocess.run(["cat", path], stdout=subprocess.DEVNULL, check=True)
        return path

    def ours(self, *options, cores=None, title=None):
        title = title or "`eventcodes " + " ".join(option for option in options if "/" not in option) + "`"
        prefix = ["taskset", "-c", cores] if cores else []
        return Run(title, [*prefix, self.binary, *options], is_ours=True)

    def peer(self, title, question, path, expected):
        command = [self.arguments.python, os.path.join(HERE, "peers.py"), question, path]
        without_zeros = lambda answer: {key: count for key, count in answer.items() if count}
        answer = lambda output: (without_zeros(json.loads(output.splitlines()[1])), without_zeros(expected()))
        return Run(title, command, answer, prints_time=True)

    def summary(self, *options):
        command = [self.binary, "summary", "--format", "json", *options]
        return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    def counts(self, path):
        return by_code(self.summary(path), "count")

    def devices(self, path):
        summary = self.summary("--devices", path)
        assert by_code(summary, "count") == self.counts(path), f"codes are lost between the two ways to count {path}"
        return by_code(summary, "devices")

    def outcomes(self, path):
        campaigns = self.summary("--devices", path)["campaigns"]
        outcomes = ("updated", "failed", "skipped", "in_progress")
        return {f"{campaign['id']} {outcome}": campaign[outcome] for campaign in campaigns for outcome in outcomes}

    def groups(self):
        yield self.counting("Counting codes, mixed", self.input("mixed"), peers=True)
        yield self.counting("Large: counting codes, mixed", self.input("mixed", self.arguments.large))
        yield self.compressed(self.input("mixed"))
        yield self.of_devices("Devices, mixed", self.input("mixed"), 1)
        yield self.of_devices("Uniform: devices, lines that are all alike", self.input("uniform"), None)
        yield self.of_devices("CSV: devices", self.input("csv", 39_000_000, "csv"), None)
        yield self.with_times(self.input("mixed"))
        yield self.in_order(self.input("mixed"))
        for shape, what in CLIFFS.items():
            path = self.input(shape, self.arguments.bytes // 5, "log")
            self.devices(path)
            yield Group(f"Cliff: {what}", path, [self.ours("summary", path), self.ours("summary", "--devices", path)])

    def counting(self, title, path, peers=False):
        runs = [Run("`wc -l`", ["wc", "-l", path]), self.ours("summary", path)]
        expected = lambda: self.counts(path)
        if peers and "ripgrep" not in self.absent:
            lines = lambda output: {code: int(count) for count, code in (line.split() for line in output.splitlines())}
            search = f"LC_ALL=C rg --no-filename --no-line-number -o '{CODE}' '{path}'"
            command = search + " | awk '{n[$0]++} END {for (c in n) print n[c], c}'"
            runs.append(Run("`rg -o`, awk", command, lambda output: (lines(output), expected()), shell=True))
        names = {"duckdb": "DuckDB", "chdb": "ClickHouse (chdb)", "polars": "polars"}
        for package in self.packages if peers else []:
            runs.append(self.peer(f"{names[package]}, count by code", package, path, expected))
        wanted = [("`eventcodes summary` / `wc -l`, time", ratio("`eventcodes summary`", "`wc -l`"), *at_most(0.75))]
        for run in runs[2:]:
            wanted.append((f"{run.title} / `eventcodes summary`, time", ratio(run.title, "`eventcodes summary`"), *at_least(5)))
        return Group(title, path, runs, wanted)

    def compressed(self, path):
        zipped = path + ".gz"
        if not os.path.exists(zipped):
            subprocess.run(f"gzip -c '{path}' > '{zipped}.part' && mv '{zipped}.part' '{zipped}'", shell=True, check=True)
        subprocess.run(["cat", zipped], stdout=subprocess.DEVNULL, check=True)
        runs = [Run("`gzip -dc`", ["gzip", "-dc", zipped]), self.ours("summary", zipped)]
        wanted = [("`eventcodes summary` / `gzip -dc`, time", ratio("`eventcodes summary`", "`gzip -dc`"), *at_most(1.2))]
        return Group("Gzip: counting codes", zipped, runs, wanted)

    def of_devices(self, title, path, bar_a_core):
        ours = self.ours("summary", "--devices", path)
        runs, wanted = [ours], []
        if "duckdb" in self.packages:
            devices, outcomes = "DuckDB, distinct devices by code and campaign", "DuckDB, outcome of each device in each campaign"
            runs.append(self.peer(devices, "duckdb_devices", path, lambda: self.devices(path)))
            runs.append(self.peer(outcomes, "duckdb_outcomes", path, lambda: self.outcomes(path)))
            faster = lambda group: min(group[devices].seconds, group[outcomes].seconds) / group[ours.title].seconds
            wanted.append((f"the faster half of DuckDB's / {ours.title}, time", faster, *at_least(2)))
        if bar_a_core:
            wanted.append((f"{ours.title}, GB/s a core", a_core(ours.title), *at_least(bar_a_core)))
        return Group(title, path, runs, wanted)

    def with_times(self, path):
        runs = [self.ours("summary", "--since", SINCE, path), self.ours("report", path)]
        wanted = [(f"{run.title}, GB/s a core", a_core(run.title), *at_least(0.9)) for run in runs]
        return Group("Times, mixed", path, runs, wanted)

    def in_order(self, path):
        runs, wanted = [], []
        for options in (["grep", "-c", "--status", "fail"], ["grep", "--status", "fail"], ["annotate"], ["annotate", "--json"]):
            one = self.ours(*options, path, cores="0", title=f"`eventcodes {' '.join(options)}`, one core")
            two = self.ours(*options, path, cores="0,1", title=f"`eventcodes {' '.join(options)}`, two cores")
            runs += [one, two]
            wanted.append((f"{one.title} / two, time", ratio(one.title, two.title), *at_least(1.7)))
        wanted.append(("`eventcodes annotate --json`, GB/s a core", a_core(runs[-2].title), *at_least(1)))
        return Group("Order: records as they come, mixed", path, runs, wanted)


CLIFFS = {
    "text": "text, one line in ten with a code",
    "unlike": "one line in a hundred is an event, the others are other JSON",
    "camel": "other names of the fields",
    "pretty": "pretty-printed objects",
    "page": "one page in one line",
    "elastic": "one Elasticsearch answer in one line",
    "docker": "JSON in a string of JSON",
    "escaped": "half of each line is escapes",
    "brackets": "half of each line is brackets",
    "near-misses": "half of each line is nearly codes",
}


def by_code(summary, what):
    rows = summary["counts"] + summary["roll_ups"] + summary["uncatalogued"]
    return {row["code"]: row[what] for row in rows}


def write(file, bench, groups, load):
    def out(line=""):
        print(line, file=file)

    out("# What was measured")
    out()
    out("Written by `cli/benches/compare.py`, which says how. Not edited.")
    out()
    out(f"- {datetime.date.today()}, {processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}")
    out(f"- load average before {load[0]:.2f}, after {load[1]:.2f} (the runs themselves make about 2)")
    out(f"- inputs in the page cache, read anew by `cat`; {bench.arguments.rounds} rounds")
    out(f"- {', '.join(versions(bench))}")
    out(f"- absent: {', '.join(bench.absent) if bench.absent else 'no peer'}")
    out()
    out("| what | wanted | measured | |")
    out("|---|---|---:|---|")
    for group in groups:
        for what, bar, value, enough in group.bars():
            out(f"| {group.title.split(':')[0].split(',')[0]}: {what} | {bar} | {value:.2f} | {'' if enough else 'missed'} |")
    out()
    out("Times of DuckDB, ClickHouse and polars are those of the query alone, without the start of Python. GB/s a core are")
    out("the bytes of the input by the processor seconds of all cores, those of the system included. Only the times of a")
    out("quiet machine mean much. The system counts the memory of the script, "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB, as the least of every run.")
    out()
    for group in groups:
        group.write(file)


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def versions(bench):
    first_line = lambda command: subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0].strip()
    versions = [first_line([bench.binary, "--version"])]
    if shutil.which("rg"):
        versions.append(first_line(["rg", "--version"]))
    for package in bench.packages:
        code = f"import importlib.metadata as m; print('{package}', m.version('{package}'))"
        versions.append(first_line([bench.arguments.python, "-c", code]))
    return versions


if __name__ == "__main__":
    main()
