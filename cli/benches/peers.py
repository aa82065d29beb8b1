"""Answers a question with a peer; prints the seconds that took, then the answer: peers.py QUESTION FILE

The start of Python and the import of the peer are not part of the time. Columns are named, so that no
peer spends time on finding out what there is.
"""

import json
import sys
import time

COLUMNS = ("id", "date_time", "device_id", "event_type", "event_type_description", "state_change", "description",
           "changes", "data.campaign_id", "data.campaign_name", "object", "created_at")


def source(path):
    if path.endswith(".csv"):
        columns = ", ".join(f"'{column}': 'VARCHAR'" for column in COLUMNS)
        campaign, rows = '"data.campaign_id"', f"read_csv('{path}', header=true, columns={{{columns}}})"
    else:
        columns = ("event_type: 'VARCHAR', device_id: 'VARCHAR', date_time: 'VARCHAR', "
                   "event_type_description: 'VARCHAR', data: 'STRUCT(campaign_id VARCHAR)'")
        campaign, rows = "data.campaign_id", f"read_json('{path}', format='newline_delimited', columns={{{columns}}})"
    return (f"(select event_type as code, device_id, {campaign} as campaign, date_time, "
            f"event_type_description as status from {rows})")


def duckdb(path):
    """Counts by code."""
    import duckdb
    rows = f"read_json('{path}', format='newline_delimited', columns={{event_type: 'VARCHAR'}})"
    return lambda: duckdb.sql(f"select event_type, count(*) from {rows} group by 1").fetchall()


def duckdb_devices(path):
    """Distinct devices by code and campaign. Each device is in one campaign, so the sums are those by code."""
    import duckdb
    query = f"select code, campaign, count(distinct device_id) from {source(path)} group by 1, 2"
    return lambda: [(code, count) for code, _, count in duckdb.sql(query).fetchall()]


def duckdb_outcomes(path):
    """Devices of each campaign by what became of them: see the rules of the library's `outcome`."""
    import duckdb
    query = f"""
        with devices as (
            select campaign, device_id,
                max((date_time, status)) filter (status in ('SUCCESS', 'FAIL') and code <> 'UPD4_OK_M1') as decided,
                max(date_time) filter (status = 'SKIPPED') as skipped,
                bool_or(code = 'SYS_109') as removed
            from {source(path)} group by 1, 2
        )
        select campaign || ' ' || case
            when decided[2] = 'SUCCESS' then 'updated'
            when skipped > decided[1] or decided is null and (skipped is not null or removed) then 'skipped'
            when decided[2] = 'FAIL' then 'failed'
            else 'in_progress' end, count(*)
        from devices group by 1"""
    return lambda: duckdb.sql(query).fetchall()


def chdb(path):
    import chdb
    query = f"select event_type, count() from file('{path}', JSONEachRow, 'event_type String') group by 1"
    return lambda: [json.loads(line) for line in chdb.query(query, "JSONCompactEachRow").bytes().splitlines()]


def polars(path):
    import polars
    rows = polars.scan_ndjson(path, schema={"event_type": polars.String})
    return lambda: rows.group_by("event_type").len().collect(engine="streaming").rows()


if __name__ == "__main__":
    ask = globals()[sys.argv[1]](sys.argv[2])
    start = time.perf_counter()
    rows = ask()
    print(time.perf_counter() - start)
    answer = {}
    for text, count in rows:
        answer[text] = answer.get(text, 0) + int(count)
    print(json.dumps(answer))
