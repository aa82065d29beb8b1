"""The functions in a session of Python's datafusion, against the catalogue and against slow, plain Python."""

import csv
import datetime
import json
import pathlib
import random

import pytest
from datafusion import SessionContext

from event_log_codes_datafusion import register_all

CODES = pathlib.Path(__file__).parents[3] / "codes.csv"


@pytest.fixture
def context():
    context = SessionContext()
    register_all(context)
    return context


@pytest.fixture(scope="module")
def catalogue():
    with open(CODES, newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def ask(context, sql):
    return context.sql(sql).to_pylist()


def test_every_code_of_the_catalogue(context, catalogue):
    columns = ["status", "section", "portal_text", "explanation", "corrective_action"]
    calls = ", ".join(f"event_code_{column}(code) AS {column}" for column in [*columns, "family"])
    context.register_csv("codes", str(CODES), schema_infer_max_records=0)
    rows = ask(context, f"SELECT code, is_event_code(code) AS known, {calls} FROM codes")
    assert len(rows) == len(catalogue) >= 143
    for row in rows:
        expected = catalogue[row["code"]]
        assert row["known"]
        for column in columns:
            assert row[column] == (expected[column] or None), (row["code"], column)
        assert row["family"] == row["code"].split("_")[0]


def test_other_values_and_other_types(context):
    assert ask(context, "SELECT event_code_status('UPD4_FAIL_999') AS a, is_event_code('UPD4_FAIL_999') AS b, "
                        "event_code_status(NULL) AS c") == [{"a": None, "b": False, "c": None}]
    assert ask(context, "SELECT find_event_codes('SYS_111, then UPD9_FAIL_1') AS codes") == [
        {"codes": ["SYS_111", "UPD9_FAIL_1"]}]
    with pytest.raises(Exception, match="takes text or bytes"):
        ask(context, "SELECT event_code_status(1)")


def outcome(events, catalogue):
    """What became of a device, by the rules, from events that all differ in time."""
    latest, skipped, removed = None, None, False
    for time, code in events:
        status = catalogue[code]["status"]
        if code == "SYS_109":
            removed = True
        elif code == "UPD4_OK_M1":
            pass
        elif status in ("success", "fail"):
            latest = max(latest or (time, status), (time, status))
        elif status == "skipped":
            skipped = max(skipped or time, time)
    if latest is None:
        return "skipped" if removed or skipped is not None else "in-progress"
    if latest[1] == "success":
        return "updated"
    return "skipped" if skipped is not None and skipped > latest[0] else "failed"


@pytest.mark.parametrize("seed", range(5))
def test_outcomes_of_a_fleet(context, catalogue, tmp_path, seed):
    draw = random.Random(seed)
    start = datetime.datetime(2026, 11, 24, tzinfo=datetime.timezone.utc)
    devices = {}
    for file in range(4):
        with open(tmp_path / f"{file}.json", "w") as log:
            for number in range(1_000):
                device, code = f"device-{draw.randrange(600)}", draw.choice(sorted(catalogue))
                seconds = draw.randrange(100_000) * 4 + file + number / 1_000
                devices.setdefault(device, []).append((seconds, code))
                time = (start + datetime.timedelta(seconds=seconds)).isoformat()
                log.write(json.dumps({"device": device, "code": code, "time": time}) + "\n")
    context.register_json("events", str(tmp_path))
    answer = ask(context, "SELECT device, device_outcome(code, event_time(time)) AS it FROM events GROUP BY device")
    assert len(answer) == len(devices)
    for row in answer:
        events = devices[row["device"]]
        it = row["it"]
        assert it["outcome"] == outcome(events, catalogue), events
        assert not it["uncertain"]
        failures = [code for _, code in events if catalogue[code]["status"] == "fail"]
        # A roll-up says that a device failed, not why.
        assert it["outcome"] != "failed" or it["reason"] in failures or "SYS_111" in failures
        first, last = (start + datetime.timedelta(seconds=round(of(events)[0], 3)) for of in (min, max))
        seen = [time.replace(tzinfo=datetime.timezone.utc) for time in (it["first_seen"], it["last_seen"])]
        assert seen == [first, last]
