"""Writes device events as NDJSON, the same bytes every time: events.py FILE BYTES"""

import csv
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
START = 1_756_425_600_000_000  # 2025-08-29, in microseconds


def main(path, size):
    rng = random.Random(20)
    with open(os.path.join(HERE, "../../codes.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows.append({"code": "UPD4_FAIL_227", "status": "fail", "portal_text": "Unknown"})
    # Some codes are much more frequent than others.
    weights = [1 / (1 + rng.randrange(40)) for _ in rows]
    campaigns = [(f"0198f2{rng.getrandbits(40):010x}0000000000010010{rng.getrandbits(16):04x}",
                  f"campaign-{number}-firmware-4.{number}.0") for number in range(12)]
    devices = [f"0198e0{rng.getrandbits(40):010x}0000000000010010{number:04x}"[:32] for number in range(60_000)]
    events = []
    for row in rows:
        events.append((
            f'"event_type":"{row["code"]}","event_type_description":"{row["status"].upper()}",'
            f'"event_type_category":"{row["status"].upper()}","state_change":false,'
            f'"description":"{row["portal_text"].rstrip(".")}","changes":{{}},'
        ))
    written, number = 0, 0
    with open(path, "w", encoding="ascii", newline="\n") as file:
        while written < size:
            lines = []
            for event in rng.choices(events, weights, k=10_000):
                number += 1
                device = rng.randrange(len(devices))
                campaign, name = campaigns[device % len(campaigns)]
                time = timestamp(START + number * 31_337)
                lines.append(
                    f'{{"id":"0198f3{number:010x}00000000000100100000","date_time":"{time}",'
                    f'"device_id":"{devices[device]}",{event}'
                    f'"data":{{"campaign_id":"{campaign}","campaign_name":"{name}"}},'
                    f'"object":"device-event","etag":"{time}","created_at":"{time}"}}\n'
                )
            text = "".join(lines)
            file.write(text)
            written += len(text)


def timestamp(microseconds):
    seconds, fraction = divmod(microseconds, 1_000_000)
    day, second = divmod(seconds, 86_400)
    if day not in DAYS:
        import datetime
        DAYS[day] = (datetime.date(1970, 1, 1) + datetime.timedelta(days=day)).isoformat()
    return f"{DAYS[day]}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.{fraction:06}Z"


DAYS = {}

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
