#!/usr/bin/env python3
"""Proves that all ways give the same answers on a generated fleet log, times them, writes RESULTS.md.

    python3 datafusion/measure.py [--events 10000000] [--files 16] [--rounds 3] [--scale]

Peers are those of `duckdb` and `chdb` that this Python can import; one that it can't is named and left
out, and so is S3 without `moto[server]`. Everything else is built here. Data goes to `measure/` in cargo's
target directory; `--prepare` does no more than that, so that the machine can be quiet afterwards.
"""

import argparse
import contextlib
import csv
import datetime
import gzip
import itertools
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
CODES = ROOT / "codes.csv"
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
SQL = TARGET / "sql" / "event-codes-sql"
SHAPE = "UPD[0-9]_[A-Z]+_[A-Z0-9]+|SYS_[0-9]+"

# What is asked, of which files, and the expression that each engine has for the code.
QUESTIONS = {
    "status of a column": ("events", "event_type"),
    "code in a text, then its status": ("syslog", "line"),
}

# What the directories of the same data end in, and what they hold.
NAMES = {"": "NDJSON", "-gz": "NDJSON, gzip", "-many": "NDJSON, 10,000 files", "-parquet": "Parquet"}
MANY = 10_000
# Of the fleet that `generate-fleet` makes up.
DEVICES = 50_000

OURS = "**`event-codes-sql`**"
ON_BALLISTA = "`event-codes-sql` on Ballista, 2 executors of one core"


def ours(column, files):
    code = column if column == "event_type" else f"find_event_code({column})"
    return f"SELECT event_code_status({code}) AS status, count(*) AS n FROM events GROUP BY status"


def joined(column, files):
    code = column if column == "event_type" else f"regexp_match({column}, '{SHAPE}')[1]"
    return (
        f"CREATE EXTERNAL TABLE codes STORED AS CSV LOCATION '{CODES}' OPTIONS ('format.has_header' 'true');"
        f"SELECT status, count(*) AS n FROM events LEFT JOIN codes ON {code} = codes.code GROUP BY status"
    )


def duckdb(column, files):
    code = column if column == "event_type" else f"regexp_extract({column}, '{SHAPE}')"
    source = (
        f"read_parquet('{files}/*.parquet')"
        if files.name.endswith("parquet")
        else f"read_json('{files}/*.ndjson*', format = 'newline_delimited', columns = {{{column}: 'VARCHAR'}})"
    )
    return (
        f"SELECT status, count(*) AS n FROM {source} AS events "
        f"LEFT JOIN read_csv('{CODES}', header = true) AS codes ON {code} = codes.code GROUP BY status"
    )


def clickhouse(column, files):
    code = column if column == "event_type" else f"extract({column}, '{SHAPE}')"
    source = (
        f"file('{files}/*.parquet', 'Parquet', '{column} String')"
        if files.name.endswith("parquet")
        else f"file('{files}/*.ndjson*', 'JSONEachRow', '{column} String')"
    )
    return (
        f"SELECT status, count(*) AS n FROM (SELECT {code} AS code FROM {source}) AS events "
        f"LEFT ANY JOIN (SELECT code, status FROM file('{CODES}', 'CSVWithNames', 'code String, status String')) "
        "AS codes USING (code) GROUP BY status"
    )


# What an event does, as far as the made-up fleet needs the rules of `event_log_codes::outcome`: no two events of
# a device have the same time in it.
EFFECTS = """
WITH effects AS (
    SELECT campaign_id, device_id, date_time,
        CASE WHEN event_type IN ('UPD4_OK_M1', 'SYS_109') THEN NULL ELSE nullif(event_code_status(event_type), 'info') END
            AS effect,
        event_type = 'SYS_109' AS is_removal
    FROM device_events WHERE device_id IS NOT NULL
)
"""
BY_OUTCOME = """
SELECT campaign_id || ' ' || outcome AS campaign_and_outcome, count(*) AS n FROM devices
WHERE campaign_id IS NOT NULL GROUP BY campaign_id, outcome
"""

# Ways to the number of devices of each campaign by outcome.
OUTCOMES = {
    "**`device_outcome`**": """
WITH devices AS (
    SELECT campaign_id, device_outcome(event_type, date_time, status)['outcome'] AS outcome
    FROM device_events WHERE device_id IS NOT NULL GROUP BY campaign_id, device_id
)""" + BY_OUTCOME,
    "`last_value ... FILTER`": EFFECTS + """,
latest AS (
    SELECT campaign_id,
        last_value(effect ORDER BY date_time) FILTER (WHERE effect IN ('success', 'fail')) AS effect,
        max(date_time) FILTER (WHERE effect IN ('success', 'fail')) AS decided,
        max(date_time) FILTER (WHERE effect = 'skipped') AS skipped,
        bool_or(is_removal) AS is_removed
    FROM effects GROUP BY campaign_id, device_id
),
devices AS (
    SELECT campaign_id, CASE
        WHEN effect = 'success' THEN 'updated'
        WHEN skipped > decided THEN 'skipped'
        WHEN effect = 'fail' THEN 'failed'
        WHEN skipped IS NOT NULL OR is_removed THEN 'skipped'
        ELSE 'in-progress' END AS outcome
    FROM latest
)""" + BY_OUTCOME,
    "window": EFFECTS + """,
ranked AS (
    SELECT campaign_id, effect, date_time, is_removal,
        max(date_time) FILTER (WHERE effect = 'skipped') OVER (PARTITION BY campaign_id, device_id) AS skipped,
        row_number() OVER (PARTITION BY campaign_id, device_id ORDER BY
            CASE WHEN effect IN ('success', 'fail') THEN 0 WHEN effect = 'skipped' OR is_removal THEN 1 ELSE 2 END,
            date_time DESC) AS rank
    FROM effects
),
devices AS (
    SELECT campaign_id, CASE
        WHEN effect = 'success' THEN 'updated'
        WHEN effect = 'fail' AND skipped > date_time THEN 'skipped'
        WHEN effect = 'fail' THEN 'failed'
        WHEN effect = 'skipped' OR is_removal THEN 'skipped'
        ELSE 'in-progress' END AS outcome
    FROM ranked WHERE rank = 1
)""" + BY_OUTCOME,
}

PEERS = {"DuckDB": ("duckdb", duckdb), "ClickHouse (chdb)": ("chdb", clickhouse)}

# Run by a fresh Python for each query. The time is that of the query alone, without start and import.
PEER_RUN = {
    "duckdb": """
import duckdb, json, sys, time
sql = sys.stdin.read(); connection = duckdb.connect()
connection.execute("SET enable_progress_bar = false"); start = time.perf_counter()
rows = connection.sql(sql).fetchall(); seconds = time.perf_counter() - start
print(json.dumps([seconds, [[status or "", n] for status, n in rows]]))
""",
    "chdb": """
import chdb, csv, io, json, sys, time
sql = sys.stdin.read(); start = time.perf_counter()
text = chdb.query(sql, "CSV").bytes().decode(); seconds = time.perf_counter() - start
print(json.dumps([seconds, [[status, int(n)] for status, n in csv.reader(io.StringIO(text))]]))
""",
}


def run(command, **options):
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, **options).stdout


def ask(files, sql, *options, **how):
    """Runs SQL with event-codes-sql: the seconds of the whole process, and the sorted rows."""
    start = time.perf_counter()
    text = run([SQL, files, "--format", "csv", "--sql", sql, *options], **how).decode()
    seconds = time.perf_counter() - start
    return seconds, counts_in(text)


def counts_in(text):
    """The sorted rows of a table of names and counts."""
    return sorted([name, int(n)] for name, n in list(csv.reader(text.splitlines()))[1:])


def ask_and_watch(files, sql, *options, watch=None, **how):
    """As `ask`, with the peak memory of the process in MB, and the most that `watch` ever gave meanwhile."""
    start = time.perf_counter()
    command = [SQL, files, "--format", "csv", "--sql", sql, *options]
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, **how)
    peak, most = 0, 0
    # Linux says it of a process that runs only; what it says of one that has ended includes its parent's.
    while process.poll() is None:
        with contextlib.suppress(OSError, StopIteration):
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines()
            peak = int(next(line for line in status if line.startswith("VmHWM:")).split()[1]) / 1e3
        most = max(most, watch() if watch else 0)
        time.sleep(0.005)
    seconds = time.perf_counter() - start
    assert process.returncode == 0
    return seconds, peak, most, counts_in(process.stdout.read().decode())


def ask_peer(module, sql):
    seconds, rows = json.loads(run([sys.executable, "-c", PEER_RUN[module]], input=sql.encode()))
    return seconds, sorted(rows)


def version(module):
    try:
        return getattr(__import__(module), "__version__")
    except ImportError:
        return None


def locked_version(package):
    lines = (ROOT / "Cargo.lock").read_text().splitlines()
    return lines[lines.index(f'name = "{package}"') + 1].split('"')[1]


def free_ports():
    """The first of two neighbouring ports that nobody listens on."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                second.bind(("127.0.0.1", port + 1))
                return port


def wait_until(holds):
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "waited a minute"
        time.sleep(0.02)


def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def cluster(directory):
    """A scheduler and two executors of one core each: its URL, the executors, their directories."""
    processes = []

    def start(*arguments):
        log = open(directory / f"process-{len(processes)}.log", "wb")
        command = [SQL, *arguments]
        processes.append(subprocess.Popen([str(part) for part in command], stdout=log, stderr=log))
        return processes[-1]

    try:
        port = free_ports()
        start("scheduler", "--bind", f"127.0.0.1:{port}")
        wait_until(lambda: listens(port))
        executors = []
        for number in range(2):
            own = free_ports()
            work = directory / f"executor-{number}"
            work.mkdir()
            executors.append((start("executor", "--scheduler", f"127.0.0.1:{port}", "--bind", f"127.0.0.1:{own}",
                                    "--cores", 1, "--work-dir", work), work))
            wait_until(lambda: listens(own) and listens(own + 1))
        yield f"df://127.0.0.1:{port}", executors
    finally:
        for process in processes:
            process.kill()
            process.wait()


class Report:
    """A file as it grows; also shown while it does."""

    def __init__(self, name):
        self.path = HERE / name
        self.text = ""

    def add(self, text=""):
        self.text += text + "\n"
        print(text, flush=True)
        self.path.write_text(self.text)

    def table(self, head, rows):
        self.add(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
        for row in rows:
            self.add(f"| {' | '.join(str(cell) for cell in row)} |")
        self.add()


def same_answers(report, data, url):
    """Counts of every code, from programs that share as little as possible."""
    report.add("## Same answers\n")
    events = data / "events"
    counts = {}
    grep = f"LC_ALL=C grep -oh '\"event_type\":\"[^\"]*\"' {events}/*.ndjson | awk '{{n[$0]++}} END {{for (t in n) print n[t], t}}'"
    counts["`grep -o` and `awk`"] = sorted(
        [line.split('"')[3], int(line.split()[0])] for line in run(["sh", "-c", grep]).decode().splitlines()
    )
    by_type = "SELECT event_type, count(*) AS n FROM events GROUP BY event_type"
    for kind, files in (("NDJSON", events), ("Parquet", data / "events-parquet")):
        counts[f"DataFusion, {kind}"] = ask(files, by_type)[1]
        counts[f"Ballista, {kind}"] = ask(files, by_type, "--scheduler", url)[1]
    codes_only = [row for row in counts["`grep -o` and `awk`"] if not row[0].startswith("update.")]
    summary = run([TARGET / "release" / "eventcodes", "summary", "--format", "csv", *sorted(events.glob("*.ndjson"))])
    rows = csv.DictReader(summary.decode().splitlines())
    counts["`eventcodes summary`, NDJSON"] = sorted([row["code"], int(row["count"])] for row in rows)
    expected = counts["`grep -o` and `awk`"]
    rows = []
    for way, answer in counts.items():
        agrees = answer == (codes_only if way.startswith("`eventcodes") else expected)
        assert agrees, f"{way} differs"
        rows.append((way, len(answer), f"{sum(n for _, n in answer):,}", "yes"))
    report.table(("way", "event types", "events counted", "every count equal"), rows)
    report.add("`eventcodes summary` counts codes, so it leaves out the type `update.device.device-created`.\n")


def dying_executor(report, data, directory):
    """SIGKILL to one of two executors once it has results that the rest of the query needs."""
    events, (question, column) = data / "events", ("status of a column", "event_type")
    sql = ours(column, events)
    right = ask(events, sql)[1]
    with cluster(directory) as (url, executors):
        doomed, work = executors[1]
        start = time.perf_counter()
        command = [SQL, events, "--format", "csv", "--sql", sql, "--scheduler", url]
        query = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE)
        wait_until(lambda: any(path.is_file() for path in work.rglob("*")))
        assert query.poll() is None, "the query ended before the executor could be killed"
        doomed.send_signal(signal.SIGKILL)
        killed = time.perf_counter() - start
        text = query.communicate(timeout=300)[0].decode()
        seconds = time.perf_counter() - start
        assert query.returncode == 0
        assert counts_in(text) == right
    report.add("## An executor killed in the middle of a query\n")
    report.add(f"Killed {killed:.1f} s after the start of “{question}” over NDJSON, when it had written results that the "
               f"rest of the query needs. The query ended after {seconds:.1f} s with the right answer.\n")


def compare(ways, rounds):
    """The median seconds of every way, run in turn round after round. All have to answer the same.

    A way that takes more than half a minute is run once."""
    times = {way: [] for way in ways}
    answers = {}
    for _ in range(rounds):
        for way, take in ways.items():
            if times[way] and times[way][0] > 30:
                continue
            seconds, answers[way] = take()
            times[way].append(seconds)
    first, *others = answers.values()
    assert first and all(answer == first for answer in others), answers
    return {way: statistics.median(seconds) for way, seconds in times.items()}


def end_to_end(report, data, rounds, url):
    report.add("## End to end\n")
    report.add("Seconds for the same question on the same files, median of "
               f"{rounds} rounds in which every way is run in turn, once if it takes more than 30; all answers equal. "
               "`event-codes-sql` is timed as a whole process, the peers without their start. Over NDJSON it reads only the "
               "fields that are asked for, also for the join.\n")
    for question, (kind, column) in QUESTIONS.items():
        rows = []
        for name in NAMES:
            files = data / f"{kind}{name}"
            if not files.exists():
                continue
            ways = {
                OURS: lambda files=files: ask(files, ours(column, files)),
                "join with `codes.csv` instead of our functions": lambda files=files: ask(files, joined(column, files)),
            }
            for peer, (module, query) in PEERS.items():
                if version(module):
                    ways[peer] = lambda files=files, m=module, q=query: ask_peer(m, q(column, files))
            ways[ON_BALLISTA] = lambda files=files: ask(files, ours(column, files), "--scheduler", url)
            medians = compare(ways, rounds)
            own = medians[OURS]
            rows += [(NAMES[name], way, f"{median:.2f}", f"{median / own:.2f}") for way, median in medians.items()]
        report.add(f"### {question[0].upper()}{question[1:]}\n")
        report.table(("files", "way", "s", "times ours"), rows)


def outcomes(report, data, rounds, url):
    report.add("### What became of the devices\n")
    report.add("`--report outcomes`: no peer has its answer.\n")

    def ask_report(files, *options):
        start = time.perf_counter()
        text = run([SQL, files, "--format", "csv", "--report", "outcomes", *options])
        return time.perf_counter() - start, text

    rows = []
    for name in ("", "-parquet"):
        files = data / f"events{name}"
        ways = {OURS: lambda: ask_report(files), ON_BALLISTA: lambda: ask_report(files, "--scheduler", url)}
        medians = compare(ways, rounds)
        rows += [(NAMES[name], way, f"{median:.2f}", f"{median / medians[OURS]:.2f}") for way, median in medians.items()]
    report.table(("files", "way", "s", "times ours"), rows)

    report.add("The devices of each campaign by outcome, once by `device_outcome` and once in the SQL that one would write "
               "without it, in the same engine. The memory is the peak of the process.\n")
    rows = []
    for name in ("", "-parquet"):
        files = data / f"events{name}"
        peaks = {way: [] for way in OUTCOMES}

        def take(way):
            seconds, peak, _, answer = ask_and_watch(files, OUTCOMES[way])
            peaks[way].append(peak)
            return seconds, answer

        medians = compare({way: lambda way=way: take(way) for way in OUTCOMES}, rounds)
        own = next(iter(OUTCOMES))
        rows += [(NAMES[name], way, f"{median:.2f}", f"{median / medians[own]:.2f}",
                  f"{statistics.median(peaks[way]):,.0f}") for way, median in medians.items()]
    report.table(("files", "way", "s", "times ours", "MB"), rows)


def predicates(report, data, rounds):
    """One code out of a Parquet file that is sorted by them."""
    report.add("## A narrow condition over sorted Parquet\n")
    files = data / "events-sorted"
    number = 218
    with open(CODES, newline="") as codes:
        wanted = [row["code"] for row in csv.DictReader(codes) if row["code"].endswith(f"_{number}")]
    wanted = ", ".join(f"'{code}'" for code in wanted)

    def question(condition, events="events", status="event_code_status(event_type)"):
        return (f"SELECT {status} AS status, count(DISTINCT device_id) AS n FROM {events} WHERE {condition} "
                "GROUP BY status")

    here = f"`event_code_number(event_type) = {number}`"
    ways = {f"**{here}**": lambda: ask(files, question(f"event_code_number(event_type) = {number}"))}
    all_rows = {"DATAFUSION_EXECUTION_PARQUET_PRUNING": "false", "DATAFUSION_EXECUTION_PARQUET_ENABLE_PAGE_INDEX": "false"}
    ways["the same without pruning, so that all rows are read"] = lambda: ask(
        files, question(f"event_code_number(event_type) = {number}"), env={**os.environ, **all_rows})
    if version("duckdb"):
        events = f"read_parquet('{files}/*.parquet')"
        sql = question(f"event_type IN ({wanted})", events, "'fail'")
        ways["DuckDB, with the list of codes"] = lambda: ask_peer("duckdb", sql)
    medians = compare(ways, max(rounds, 9))
    own = next(iter(medians.values()))
    report.table(("condition", "s", "times ours"),
                 [(way, f"{median:.3f}", f"{median / own:.2f}") for way, median in medians.items()])
    start = compare({"": lambda: ask(CODES, "SELECT 'none' AS status, 1 AS n")}, 9)[""]
    report.add(f"A query that reads nothing takes {start:.3f} s: the start of the process, which DuckDB is timed without.\n")


def size_below(directory):
    """The bytes of all files below a directory whose files come and go."""
    size = 0
    for executor in directory.glob("executor-*"):
        for below, _, names in os.walk(executor):
            for name in names:
                with contextlib.suppress(OSError):
                    size += os.stat(os.path.join(below, name)).st_size
    return size


def scale(data, events, directory):
    """What the outcomes of ever more devices cost a cluster, and from that what 10^12 events would: SCALE.md."""
    report = Report("SCALE.md")
    report.add("# Scale\n")
    report.add("Written by `python3 datafusion/measure.py --scale`, unedited.\n")
    parquet = data / "events-parquet"
    files = len(list(parquet.iterdir()))
    every = next(iter(OUTCOMES.values()))
    # Each file is one scan. (Ballista takes its own 16 for a number that nobody chose.)
    environment = {**os.environ, "DATAFUSION_EXECUTION_TARGET_PARTITIONS": str(files + 1),
                   "DATAFUSION_OPTIMIZER_REPARTITION_FILE_SCANS": "false"}
    rows = []
    for share in (16, 4, 1):
        # Devices have consecutive numbers in hexadecimal, so the last digit takes an even part of them.
        digits = "0123456789abcdef"[: 16 // share]
        where = f"device_id IS NOT NULL AND right(device_id, 1) IN ({', '.join(repr(digit) for digit in digits)})"
        pairs = f"SELECT 'n', count(*) FROM (SELECT DISTINCT campaign_id, device_id FROM device_events WHERE {where})"
        devices = ask(parquet, pairs)[1][0][1]
        states = sum(ask(file, pairs)[1][0][1] for file in sorted(parquet.iterdir()))
        work = directory / f"share-{share}"
        work.mkdir()
        with cluster(work) as (url, _):
            sql = every.replace("device_id IS NOT NULL", where)
            _, _, shuffled, _ = ask_and_watch(parquet, sql, "--scheduler", url, env=environment,
                                              watch=lambda: size_below(work))
        a_state = shuffled / states
        rows.append((f"{devices:,}", f"{states:,}", f"{shuffled / 1e6:,.1f}", f"{a_state:.0f}"))
    report.add(f"`device_outcome` for 1/16, 1/4 and all of the devices in {events:,} events, in {files} Parquet files that are "
               "divided by time, each scanned by itself on a cluster of two executors. A state is what one scan knows of a "
               "device in a campaign. What was shuffled is the most that lay on the disks of the executors at once.\n")
    report.table(("devices of campaigns", "states", "MB shuffled", "bytes a state"), rows)

    results = (HERE / "RESULTS.md").read_text()
    megabytes = float(re.search(r"\*\*`device_outcome\(code, time\)`\*\* .* ([0-9.]+) \|", results)[1])
    a_device = megabytes * 1e6 / DEVICES
    rates = {NAMES[name]: events / ask(data / f"events{name}", every)[0] / os.cpu_count() for name in ("", "-parquet")}
    report.add("## 10^12 events on 100 executors of 16 cores\n")
    report.add("**Computed from the above, not measured.** One core reads "
               + " and ".join(f"{rate / 1e6:.1f} million events a second of {name}" for name, rate in rates.items())
               + f", so reading all takes "
               + " and ".join(f"{10**12 / rate / 1600 / 60:,.0f} minutes of {name}" for name, rate in rates.items())
               + f". A state takes {a_state:.0f} bytes on the network, and a device {a_device:.0f} bytes of memory "
               f"({megabytes} MB for {DEVICES:,} devices in [RESULTS.md](RESULTS.md)). A scan sends one state for each device "
               "of a campaign that it meets. So what is shuffled depends on how many scans meet each device: one if files are "
               "divided by device, and up to all of them if by time.\n")
    rows = []
    for zeros in (8, 9, 10):
        for scans in (1, 10, 100):
            sent = min(10**zeros * scans, 10**12) * a_state
            rows.append((f"10^{zeros}", scans, f"{sent / 1e12:,.2f}", f"{sent / 100 / 1e9:,.1f}",
                         f"{10**zeros * a_device / 100 / 1e9:,.1f}"))
    report.table(("devices of campaigns", "scans that meet each", "TB shuffled", "GB an executor sends",
                  "GB an executor holds"), rows)
    report.add("What an executor cannot hold it writes to its disk.\n")


def s3(report, data, rounds):
    """The same files from an S3-compatible server on this machine."""
    report.add("## From S3\n")
    server = pathlib.Path(sys.executable).with_name("moto_server")
    if not server.exists():
        report.add("Not measured: `moto[server]` is not installed.\n")
        return
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "AWS_ENDPOINT_URL": endpoint, "AWS_ALLOW_HTTP": "true",
                   "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}
    moto = subprocess.Popen([server, "-H", "127.0.0.1", "-p", str(port)],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: listens(port))

        def put(path, body=b""):
            # Without a type moto takes it for a form.
            request = urllib.request.Request(f"{endpoint}/{path}", body, {"Content-Type": "text/plain"}, method="PUT")
            urllib.request.urlopen(request, timeout=60).close()

        put("logs")
        rows = []
        for name in ("-parquet", "-gz"):
            files = data / f"events{name}"
            for file in files.iterdir():
                put(f"logs/{files.name}/{file.name}", file.read_bytes())
            sql = ours("event_type", files)
            disk = "**from the disk**"
            ways = {disk: lambda: ask(files, sql), "from moto, an S3 server written in Python, on the same cores":
                    lambda: ask(f"s3://logs/{files.name}/", sql, env=environment)}
            medians = compare(ways, rounds)
            rows += [(NAMES[name], way, f"{median:.2f}", f"{median / medians[disk]:.2f}")
                     for way, median in medians.items()]
        report.table(("files", "way", "s", "times the disk"), rows)
    finally:
        moto.kill()
        moto.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--files", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--built", action="store_true", help="measure what is built already")
    parser.add_argument("--prepare", action="store_true", help="build and write the data, and measure nothing")
    parser.add_argument("--scale", action="store_true", help="write SCALE.md instead")
    arguments = parser.parse_args()

    if not arguments.built:
        cargo = ["cargo", "build", "--quiet"]
        run([*cargo, "--profile", "sql", "-p", "event-log-codes-datafusion", "--bins", "--examples"], cwd=ROOT)
        run([*cargo, "--release", "-p", "event-log-codes-cli"], cwd=ROOT)
    data = TARGET / "measure" / f"{arguments.events}-{arguments.files}"
    if not (data / "complete").exists():
        shutil.rmtree(data, ignore_errors=True)
        run([TARGET / "sql/examples/generate-fleet", data, arguments.files, arguments.events])
        for kind in ("events", "syslog"):
            (data / f"{kind}-parquet").mkdir()
            for file in sorted((data / kind).iterdir()):
                to = data / f"{kind}-parquet" / f"{file.stem}.parquet"
                run([SQL, file, "--sql", f"COPY events TO '{to}'"])
        (data / "events-sorted").mkdir()
        run([SQL, data / "events-parquet", "--sql",
             "COPY (SELECT event_type, device_id, date_time FROM events ORDER BY event_type) "
             f"TO '{data}/events-sorted/0.parquet'"])
        # In other forms only what has the longer lines.
        for name in ("gz", "many"):
            (data / f"events-{name}").mkdir()
        with contextlib.ExitStack() as stack:
            lines = (line for file in sorted((data / "events").iterdir())
                     for line in stack.enter_context(open(file, "rb")))
            each = -(-arguments.events // MANY)
            for number in range(MANY):
                (data / "events-many" / f"{number}.ndjson").write_bytes(b"".join(itertools.islice(lines, each)))
        for file in sorted((data / "events").iterdir()):
            with open(file, "rb") as plain, gzip.open(data / "events-gz" / f"{file.name}.gz", "wb", 6) as compressed:
                shutil.copyfileobj(plain, compressed)
        (data / "complete").touch()
    if arguments.prepare:
        return
    if arguments.scale:
        with tempfile.TemporaryDirectory() as directory:
            scale(data, arguments.events, pathlib.Path(directory))
        return

    sizes = {kind: sum(path.stat().st_size for path in (data / kind).iterdir()) / 1e6
             for kind in ("events", "events-gz", "events-parquet", "syslog", "syslog-parquet")}
    report = Report("RESULTS.md")
    report.add("# Results\n")
    report.add("Written by `python3 datafusion/measure.py`, unedited.\n")
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    versions = [f"DataFusion {locked_version('datafusion')}", f"Ballista {locked_version('ballista')}"]
    absent = []
    for peer, (module, _) in PEERS.items():
        versions.append(f"{peer} {version(module)}") if version(module) else absent.append(peer)
    report.add(f"- {datetime.date.today()}, {os.cpu_count()} cores of {cpu}, {platform.system()}, "
               f"load before {os.getloadavg()[0]:.1f}")
    report.add(f"- {', '.join(versions)}" + (f"; absent here: {', '.join(absent)}" if absent else ""))
    report.add(f"- {arguments.events:,} events in {arguments.files} files: "
               + ", ".join(f"{kind} {size:,.0f} MB" for kind, size in sizes.items()) + "\n")

    with tempfile.TemporaryDirectory() as directory:
        with cluster(pathlib.Path(directory)) as (url, _):
            same_answers(report, data, url)
    with tempfile.TemporaryDirectory() as directory:
        dying_executor(report, data, pathlib.Path(directory))
    report.add("## The functions alone\n")
    report.add("Over batches in memory, one core, asked for in SQL, so that the engine's own work is in every line.\n")
    report.add(run([TARGET / "sql/examples/function-speed"]).decode())
    with tempfile.TemporaryDirectory() as directory:
        with cluster(pathlib.Path(directory)) as (url, _):
            end_to_end(report, data, arguments.rounds, url)
            outcomes(report, data, arguments.rounds, url)
    predicates(report, data, arguments.rounds)
    s3(report, data, arguments.rounds)


if __name__ == "__main__":
    main()
