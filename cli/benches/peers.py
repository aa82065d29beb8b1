"""Counts codes with a peer and prints the seconds that took, then the counts: peers.py PEER FILE

The import of the peer is not part of the time.
"""

import json
import sys
import time


def duckdb(path):
    import duckdb
    return lambda: duckdb.sql(
        f"select event_type, count(*) from read_json('{path}', format='newline_delimited') group by 1").fetchall()


def duckdb_devices(path):
    import duckdb
    return lambda: duckdb.sql(
        "select event_type, count(distinct device_id) from ("
        "select event_type, device_id, data.campaign_id as campaign "
        f"from read_json('{path}', format='newline_delimited')) group by 1").fetchall()


def duckdb_devices_by_campaign(path):
    import duckdb
    return lambda: duckdb.sql(
        "select event_type, data.campaign_id, count(distinct device_id) "
        f"from read_json('{path}', format='newline_delimited') group by 1, 2").fetchall()


def chdb(path):
    import chdb
    query = f"select event_type, count() from file('{path}', JSONEachRow, 'event_type String') group by 1"
    return lambda: [json.loads(line) for line in chdb.query(query, "JSONCompactEachRow").bytes().splitlines()]


def polars(path):
    import polars
    return lambda: (polars.scan_ndjson(path).group_by("event_type").len().collect(engine="streaming").rows())


if __name__ == "__main__":
    query = globals()[sys.argv[1]](sys.argv[2])
    start = time.perf_counter()
    rows = query()
    seconds = time.perf_counter() - start
    print(seconds)
    print(json.dumps([[row[0], int(row[-1])] for row in rows] if len(rows[0]) == 2 else []))
