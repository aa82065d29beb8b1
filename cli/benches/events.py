"""Writes device events, the same bytes every time: events.py FILE BYTES [SHAPE]

Every shape holds the same events, as far as its size goes. `mixed`, the default, is what a real service
writes; `uniform` has lines that differ in nothing but their values, which flatters every reader that
remembers the line before. Those behind `page` each stress one thing.
"""

import csv
import datetime
import json
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
START = 1_756_425_600_000_000  # 2025-08-29, in microseconds
STEP = 31_337


def main(path, size, shape="mixed"):
    write = SHAPES[shape]
    rng = random.Random(20)
    written = 0
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(HEADS.get(shape, ""))
        for chunk in chunks():
            text = SEPARATORS.get(shape, "\n").join([write(event, rng) for event in chunk])
            if written and shape in SEPARATORS:
                file.write(SEPARATORS[shape])
            file.write(text + ("" if shape in SEPARATORS else "\n"))
            written += len(text)
            if written >= size:
                break
        file.write(TAILS.get(shape, ""))


class Event:
    __slots__ = ("number", "time", "device", "code", "status", "text", "campaign", "name")


def chunks():
    """Events without end, 10,000 at a time."""
    rng = random.Random(20)
    with open(os.path.join(HERE, "../../codes.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows.append({"code": "UPD4_FAIL_227", "status": "fail", "portal_text": "Unknown"})
    codes = [(row["code"], row["status"].upper(), row["portal_text"].rstrip(".")) for row in rows]
    # Some codes are much more frequent than others.
    weights = [1 / (1 + rng.randrange(40)) for _ in rows]
    campaigns = [(f"0198f2{rng.getrandbits(40):010x}0000000000010010{rng.getrandbits(16):04x}"[:32],
                  f"campaign-{number}-firmware-4.{number}.0") for number in range(12)]
    devices = [f"0198e0{rng.getrandbits(40):010x}0000000000010010{number:04x}"[:32] for number in range(60_000)]
    number = 0
    while True:
        events = []
        for code in rng.choices(codes, weights, k=10_000):
            number += 1
            device = rng.randrange(len(devices))
            event = Event()
            event.number, event.time, event.device = number, timestamp(START + number * STEP), devices[device]
            event.code, event.status, event.text = code
            event.campaign, event.name = campaigns[device % len(campaigns)]
            events.append(event)
        yield events


def timestamp(microseconds):
    seconds, fraction = divmod(microseconds, 1_000_000)
    day, second = divmod(seconds, 86_400)
    if day not in DAYS:
        DAYS[day] = (datetime.date(1970, 1, 1) + datetime.timedelta(days=day)).isoformat()
    return f"{DAYS[day]}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.{fraction:06}Z"


DAYS = {}


def uniform(e, _):
    return (
        f'{{"id":"0198f3{e.number:010x}00000000000100100000","date_time":"{e.time}","device_id":"{e.device}",'
        f'"event_type":"{e.code}","event_type_description":"{e.status}","event_type_category":"{e.status}",'
        f'"state_change":false,"description":"{e.text}","changes":{{}},'
        f'"data":{{"campaign_id":"{e.campaign}","campaign_name":"{e.name}"}},'
        f'"object":"device-event","etag":"{e.time}","created_at":"{e.time}"}}'
    )


def mixed(e, rng):
    """Optional keys, another order and escapes in a fifth of the lines, numbers, nulls, two kinds of spacing."""
    chance = rng.getrandbits(16)
    text = e.text
    if chance % 5 == 0:
        text = ESCAPES[chance // 5 % len(ESCAPES)].replace("TEXT", text)
    members = [
        f'"id":"0198f3{e.number:010x}00000000000100100000"',
        f'"date_time":"{e.time}"',
        f'"device_id":"{e.device}"',
        f'"event_type":"{e.code}"',
        f'"event_type_description":"{e.status}"',
        f'"description":"{text}"',
        f'"data":{{"campaign_id":"{e.campaign}","campaign_name":"{e.name}"}}',
        '"object":"device-event"',
        f'"created_at":"{e.time}"',
    ]
    if chance & 1:
        members.append(f'"etag":"{e.time}"')
    if chance & 2:
        members.append(f'"event_type_category":"{e.status}"')
        members.append(f'"state_change":{"true" if chance & 4 else "false"}')
    if chance & 8:
        members.append(f'"changes":{{"firmware_size":{chance * 31},"signal":-{chance % 120}.5,"previous":null}}')
    if chance & 16:
        members.append('"api_version":"v3","retries":[1,2,4],"source":null')
    if chance % 5 == 1:
        rng.shuffle(members)
    return "{" + (", " if chance & 32 else ",").join(members) + "}"


ESCAPES = ['TEXT: \\"hash\\" of C:\\\\fw\\\\4.bin', "TEXT\\n  at step 3\\t(retry)", "\\u00c4nderung: TEXT", "path\\/to\\/x: TEXT"]


def text(e, rng):
    """Lines of syslog; one in ten has a code."""
    if rng.getrandbits(8) % 10:
        return f"{e.time} gw-{e.number % 7} kernel: [{e.number}.000001] eth0: link up, 100Mbps, full-duplex, lpa 0x41E1"
    return (
        f"{e.time} gw-{e.number % 7} updated[{e.number % 9999}]: device_id={e.device} campaign_id={e.campaign} "
        f'event={e.code} msg="{e.text}"'
    )


def camel(e, _):
    return (
        f'{{"eventId":"{e.number}","timestamp":"{e.time}","deviceId":"{e.device}","eventType":"{e.code}",'
        f'"eventTypeDescription":"{e.status}","campaignId":"{e.campaign}","campaignName":"{e.name}"}}'
    )


def pretty(e, rng):
    return json.dumps(json.loads(mixed(e, rng)), indent=2)


def docker(e, rng):
    return json.dumps({"log": mixed(e, rng) + "\n", "stream": "stdout", "time": e.time})


def elastic(e, rng):
    return f'{{"_index":"events-2025","_id":"{e.number}","_score":1.0,"_source":{mixed(e, rng)}}}'


def table(e, rng):
    chance = rng.getrandbits(8)
    description = f'"{e.text}, again"' if "," in e.text or chance % 5 == 0 else e.text
    return (
        f"0198f3{e.number:010x}00000000000100100000,{e.time},{e.device},{e.code},{e.status},FALSE,{description},,"
        f"{e.campaign},{e.name},device-event,{e.time}"
    )


def escaped(e, rng):
    """Nothing but escapes between the fields."""
    return mixed(e, rng)[:-1] + ',"more":"' + '\\"\\\\\\n' * 40 + '"}'


def brackets(e, rng):
    """As many marks of JSON in a line as there can be."""
    return mixed(e, rng)[:-1] + ',"more":[' + ",".join(['{"a":[1,{}]}'] * 20) + "]}"


def near_misses(e, rng):
    return mixed(e, rng)[:-1] + ',"more":"' + "UPD4_UPD4_FAIL_UPD4_FAIL_9999x SYS_SYS_ " * 8 + '"}'


def unlike(e, rng):
    """One line in a hundred is an event; the others are JSON of another kind."""
    if rng.getrandbits(10) % 100 == 0:
        return mixed(e, rng)
    return (
        f'{{"ts":"{e.time}","level":"info","logger":"http","msg":"GET /v3/devices/{e.device}","status":200,'
        f'"duration":{e.number % 997}.5,"headers":{{"accept":"*/*","host":"api"}}}}'
    )


SHAPES = {
    "mixed": mixed, "uniform": uniform, "csv": table, "text": text, "camel": camel, "pretty": pretty, "docker": docker,
    "elastic": elastic, "page": mixed, "escaped": escaped, "brackets": brackets, "near-misses": near_misses,
    "unlike": unlike,
}
HEADS = {
    "csv": "id,date_time,device_id,event_type,event_type_description,state_change,description,changes,"
           "data.campaign_id,data.campaign_name,object,created_at\n",
    "page": '{"object":"list","data":[',
    "elastic": '{"took":3,"hits":{"total":{"value":1},"hits":[',
}
SEPARATORS = {"page": ",", "elastic": ","}
TAILS = {"page": '],"has_more":false,"limit":1000,"order":"ASC"}\n', "elastic": "]}}\n"}

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
