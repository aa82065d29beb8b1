"""What the package saves beside a dict and a regular expression; prints medians of rounds that alternate.

    pip install ./bindings/python pyarrow && python bindings/python/measure.py
"""

import csv
import re
import statistics
import time
from pathlib import Path

import pyarrow
import pyarrow.compute

import event_log_codes

ROUNDS = 15
LINES = 100_000

with open(Path(__file__).resolve().parents[2] / "codes.csv", newline="") as file:
    STATUS = {row["code"]: row["status"] for row in csv.DictReader(file)}

PATTERN = re.compile(r"\b(?:UPD[0-9]_[A-Z]+_[A-Z0-9]+|SYS_[0-9]+)\b")
NAMES = [list(STATUS)[number * 37 % len(STATUS)] for number in range(LINES)]
MESSAGES = [f"gw-7 update[311]: device {number:08x} reported {name} after 12 s" for number, name in enumerate(NAMES)]


def by_dict(messages):
    found = [PATTERN.search(message) for message in messages]
    return [match and STATUS.get(match.group()) for match in found]


def by_dict_on_arrow(array):
    return pyarrow.array(by_dict(array.to_pylist()))


def ours(messages):
    return event_log_codes.status(event_log_codes.find(messages))


def names_by_dict(names):
    return [STATUS.get(name) for name in names]


def names_by_dict_on_arrow(array):
    return pyarrow.array(names_by_dict(array.to_pylist()))


def compare(what, values, theirs, ours):
    plain = lambda result: result.to_pylist() if isinstance(result, pyarrow.Array) else result
    assert plain(theirs(values)) == plain(ours(values)), what
    times = {theirs: [], ours: []}
    for _ in range(ROUNDS):
        for function in (theirs, ours):
            start = time.perf_counter()
            function(values)
            times[function].append(time.perf_counter() - start)
    theirs, ours = (statistics.median(times[function]) / len(values) * 1e9 for function in (theirs, ours))
    print(f"{what:<44}{theirs:>10.0f}{ours:>10.0f}{theirs / ours:>9.1f}")


print(f"{'ns per value':<44}{'dict, re':>10}{'ours':>10}{'times':>9}")
compare("status of the code in a message, list", MESSAGES, by_dict, ours)
compare("status of the code in a message, Arrow", pyarrow.array(MESSAGES), by_dict_on_arrow, ours)
compare("status of a code, list", NAMES, names_by_dict, event_log_codes.status)
compare("status of a code, Arrow", pyarrow.array(NAMES), names_by_dict_on_arrow, event_log_codes.status)
compare(
    "status of a code, Arrow dictionary",
    pyarrow.array(NAMES).dictionary_encode(),
    names_by_dict_on_arrow,
    event_log_codes.status,
)
