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


def duckdb_devices(path):
    """Distinct devices by code and campaign, and by code over all campaigns."""
    import duckdb
    return lambda: duckdb.sql(
        "select code, sum(devices) filter (campaign is null) from ("
        "select event_type as code, data.campaign_id as campaign, count(distinct device_id) as devices "
        f"from read_json('{path}', format='newline_delimited') "
        "group by grouping sets ((event_type), (event_type, data.campaign_id))) group by 1").fetchall()


def duckdb_outcomes(path):
    """Devices of each campaign by what became of them: the last event that decides, the roll-up after its reason."""
    import duckdb
    return lambda: duckdb.sql(f"""
        with courses as (
            select data.campaign_id as campaign, device_id, arg_max(
                event_type_description, (date_time, event_type in ('SYS_111', 'SYS_112'), event_type)
            ) filter (event_type_description <> 'INFO' and event_type <> 'UPD4_OK_M1' or event_type = 'SYS_109') as verdict
            from read_json('{path}', format='newline_delimited')
            group by 1, 2
        )
        select campaign || ' ' || case verdict when 'SUCCESS' then 'updated' when 'FAIL' then 'failed'
            when 'SKIPPED' then 'skipped' when 'INFO' then 'skipped' else 'in_progress' end, count(*)
        from courses group by 1""").fetchall()


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
