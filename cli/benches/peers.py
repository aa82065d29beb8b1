"""Answers a question with a peer; prints the seconds that took, then the answer: peers.py QUESTION FILE

The start of Python and the import of the peer are not part of the time.
"""

import json
import sys
import time


def duckdb(path):
    import duckdb
    return lambda: duckdb.sql(
        f"select event_type, count(*) from read_json('{path}', format='newline_delimited') group by 1").fetchall()


DEVICES = """
    select code, sum(devices) filter (campaign is null) from (
        select code, campaign, count(distinct device_id) as devices from events
        group by grouping sets ((code), (code, campaign))
    ) group by 1"""

OUTCOMES = """
    with courses as (
        select campaign, device_id, arg_max(status, (date_time, code in ('SYS_111', 'SYS_112'), code))
            filter (status <> 'INFO' and code <> 'UPD4_OK_M1' or code = 'SYS_109') as verdict
        from events group by 1, 2
    )
    select campaign || ' ' || case verdict when 'SUCCESS' then 'updated' when 'FAIL' then 'failed'
        when 'SKIPPED' then 'skipped' when 'INFO' then 'skipped' else 'in_progress' end, count(*)
    from courses group by 1"""


def events(kind, path):
    import duckdb
    connection = duckdb.connect()
    return lambda: connection.execute(
        f"create or replace {kind} events as select event_type as code, device_id, data.campaign_id as campaign, "
        "date_time, event_type_description as status "
        f"from read_json('{path}', format='newline_delimited')")


def duckdb_devices(path):
    """Distinct devices by code and campaign, and by code over all campaigns."""
    return lambda view=events("view", path): view().execute(DEVICES).fetchall()


def duckdb_outcomes(path):
    """Devices of each campaign by what became of them: the last event that decides, the roll-up after its reason."""
    return lambda view=events("view", path): view().execute(OUTCOMES).fetchall()


def duckdb_both(path):
    """Both questions about the same file, which is read once."""
    def ask(table=events("temp table", path)):
        connection = table()
        connection.execute(DEVICES).fetchall()
        return connection.execute(OUTCOMES).fetchall()
    return ask


def chdb(path):
    import chdb
    query = f"select event_type, count() from file('{path}', JSONEachRow, 'event_type String') group by 1"
    return lambda: [json.loads(line) for line in chdb.query(query, "JSONCompactEachRow").bytes().splitlines()]


def polars(path):
    import polars
    return lambda: polars.scan_ndjson(path).group_by("event_type").len().collect(engine="streaming").rows()


if __name__ == "__main__":
    ask = globals()[sys.argv[1]](sys.argv[2])
    start = time.perf_counter()
    rows = ask()
    print(time.perf_counter() - start)
    print(json.dumps([[text, int(count)] for text, count in rows]))
