//! The shapes: add one here, and every test reads it.

use jiff::tz::{TimeZone, offset};

use super::events::Event;
use super::shape::{Shape, Time};

/// The microsecond at which times without a year are read: two days after the last event.
pub const REFERENCE: i64 = 1_756_455_242_123_456 + 2 * 86_400_000_000;

pub fn shapes(events: &[Event]) -> Vec<Shape> {
    [json_lines(events), json(events), envelopes(events), strings_of_json(events), names(events)]
        .into_iter()
        .chain([times(events), text(events), other_programs(events), in_one_line(events)])
        .chain([tables(events), escapes(events), reported(events)])
        .flatten()
        .collect()
}

/// Members of an object: a key, and a value as JSON.
type Members = Vec<(&'static str, String)>;

/// What the service writes of an event.
fn members(event: &Event) -> Members {
    let time = string(&event.rfc3339());
    vec![
        ("id", string("0173bc9420f0000000000001001033cf")),
        ("date_time", time.clone()),
        ("device_id", string(&event.device)),
        ("event_type", string(&event.code)),
        ("event_type_description", string(event.status())),
        ("event_type_category", string("FAIL_SERVICE")),
        ("state_change", "false".to_owned()),
        ("description", string(&event.description)),
        ("changes", "{}".to_owned()),
        ("data", object(&campaign(event))),
        ("object", string("device-event")),
        ("etag", string("2001-01-01T00:00:00Z")),
        ("created_at", string("2001-01-01T00:00:00Z")),
    ]
}

fn campaign(event: &Event) -> Members {
    vec![("campaign_id", string(&event.campaign)), ("campaign_name", string(&event.campaign_name))]
}

/// The least that makes an event.
fn short(event: &Event) -> Members {
    let mut members = campaign(event);
    members.push(("device_id", string(&event.device)));
    members.push(("event_type", string(&event.code)));
    members
}

fn without_time(event: &Event) -> Members {
    members(event).into_iter().filter(|(key, _)| !matches!(*key, "date_time" | "created_at")).collect()
}

fn string(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn object(members: &[(&str, String)]) -> String {
    object_with(members, ",", ":")
}

fn object_with(members: &[(&str, String)], comma: &str, colon: &str) -> String {
    let members: Vec<String> =
        members.iter().map(|(key, value)| format!("{}{colon}{value}", string(key))).collect();
    format!("{{{}}}", members.join(comma))
}

/// As the service writes it.
fn event(event: &Event) -> String {
    object(&members(event))
}

/// With other keys: `renamed` pairs each key of the service with the one that takes its place.
fn renamed(event: &Event, renamed: &[(&str, &'static str)]) -> Members {
    let rename = |key| renamed.iter().find(|(from, _)| *from == key).map_or(key, |(_, to)| *to);
    members(event).into_iter().map(|(key, value)| (rename(key), value)).collect()
}

/// With another time.
fn at(event: &Event, time: String) -> String {
    let mut members = members(event);
    members[1].1 = time;
    object(&members)
}

fn pretty(json: &str) -> String {
    serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(json).unwrap()).unwrap()
}

fn lines(events: &[Event], line: impl Fn(&Event) -> String) -> String {
    events.iter().map(|event| line(event) + "\n").collect()
}

fn joined(events: &[Event], separator: &str, item: impl Fn(&Event) -> String) -> String {
    events.iter().map(item).collect::<Vec<_>>().join(separator)
}

/// `key=value` as text has it.
fn pairs(event: &Event) -> String {
    format!("device_id={} event_type={} campaign_id={}", event.device, event.code, event.campaign)
}

fn json_lines(events: &[Event]) -> Vec<Shape> {
    vec![
        Shape::new("NDJSON", lines(events, event)),
        Shape::new("NDJSON with spaces", lines(events, |e| object_with(&members(e), ", ", ": "))),
        Shape::new("NDJSON with odd spaces", lines(events, |e| object_with(&members(e), " ,\t", "  : "))),
        Shape::new(
            "NDJSON, keys in the other order",
            lines(events, |e| {
                let mut members = members(e);
                members.reverse();
                object(&members)
            }),
        ),
        Shape::new("NDJSON, CRLF", lines(events, |e| event(e) + "\r")),
        Shape::new("NDJSON, byte-order mark", "\u{feff}".to_owned() + &lines(events, event)),
        Shape::new("NDJSON without a last line end", lines(events, event).trim_end().to_owned()),
        Shape::new("NDJSON, blank lines", lines(events, |e| event(e) + "\n\n")),
        Shape::new("NDJSON, a comma after each line", lines(events, |e| event(e) + ",")),
        Shape::new("RFC 7464", lines(events, |e| format!("\x1e{}", event(e)))),
        Shape::new("zero bytes between", joined(events, "\0", event)),
        Shape::new("zero bytes at the ends of lines", lines(events, |e| event(e) + "\0\0")),
        Shape::new("several objects on a line", joined(events, "", event)),
        Shape::new("several objects on a line, spaces", joined(events, " ", event)),
        Shape::new(
            "NDJSON, numbers and nulls, no data",
            lines(events, |e| {
                let mut members = short(e);
                members
                    .extend([("date_time", string(&e.rfc3339())), ("count_of_retries", "null".to_owned())]);
                members.extend([("size", "-1.5e+3".to_owned()), ("tags", "[1,[],{}]".to_owned())]);
                object(&members)
            }),
        ),
    ]
}

fn json(events: &[Event]) -> Vec<Shape> {
    let array = format!("[{}]", joined(events, ",", event));
    let page = |events: &[Event]| {
        format!(
            r#"{{"object":"list","data":[{}],"has_more":true,"limit":50,"order":"DESC","after":"x"}}"#,
            joined(events, ",", event)
        )
    };
    let pages: Vec<String> = events.chunks(10).map(page).collect();
    vec![
        Shape::new("an array", array.clone()),
        Shape::new("an array, pretty-printed", pretty(&array)),
        Shape::new("an array, one object a line", format!("[\n{}\n]\n", joined(events, ",\n", event))),
        Shape::new(
            "arrays, one a line",
            events.chunks(10).map(|e| format!("[{}]\n", joined(e, ",", event))).collect::<String>(),
        ),
        Shape::new("pretty-printed objects", lines(events, |e| pretty(&event(e)))),
        Shape::new("pretty-printed objects behind compact ones", {
            let half = events.len() / 2;
            lines(&events[..half], event) + &lines(&events[half..], |e| pretty(&event(e)))
        }),
        Shape::new("pretty-printed objects in the text of a log", {
            let banner = "gateway 7, version 1.2\n[main] started\nresponse:\n".to_owned();
            banner + &joined(events, "\nINFO next\n", |e| pretty(&event(e))) + "\nINFO done\n"
        }),
        Shape::new("pretty-printed objects with commas", joined(events, ",\n", |e| pretty(&event(e)))),
        Shape::new("a page", page(events)),
        Shape::new("a page, pretty-printed", pretty(&page(events))),
        Shape::new("pages, one a line", pages.join("\n")),
        Shape::new("pages without line breaks", pages.concat()),
        Shape::new("pages, pretty-printed", pages.iter().map(|page| pretty(page) + "\n").collect::<String>()),
    ]
}

fn envelopes(events: &[Event]) -> Vec<Shape> {
    let hit = |e: &Event| format!(r#"{{"_index":"events","_id":"1","_score":1.0,"_source":{}}}"#, event(e));
    let pair = |key: &str, value: &str| {
        format!(r#"{{"key":{},"value":{{"stringValue":{}}}}}"#, string(key), string(value))
    };
    let otlp = |e: &Event| {
        format!(
            r#"{{"timeUnixNano":"{}000","severityText":"ERROR","body":{{"stringValue":{}}},"attributes":[{},{},{},{}]}}"#,
            e.micros,
            string(&e.description),
            pair("event.type", &e.code),
            pair("device.id", &e.device),
            pair("campaign.id", &e.campaign),
            pair("campaign.name", &e.campaign_name),
        )
    };
    vec![
        Shape::new(
            "Elasticsearch answer",
            format!(
                r#"{{"took":3,"timed_out":false,"hits":{{"total":{{"value":55}},"hits":[{}]}}}}"#,
                joined(events, ",", hit)
            ),
        ),
        Shape::new("Elasticsearch hits, one a line", lines(events, hit)),
        Shape::new(
            "Elasticsearch bulk",
            lines(events, |e| format!("{{\"index\":{{\"_index\":\"x\"}}}}\n{}", event(e))),
        ),
        Shape::new("Records[]", format!(r#"{{"Records":[{}]}}"#, joined(events, ",", event))),
        Shape::new("device-events[]", format!(r#"{{"device-events":[{}]}}"#, joined(events, ",", event))),
        Shape::new(
            "Splunk HEC",
            lines(events, |e| {
                format!(
                    r#"{{"time":{}.{:06},"host":"gw-7","source":"x","event":{}}}"#,
                    e.micros / 1_000_000,
                    e.micros % 1_000_000,
                    object(&without_time(e)),
                )
            }),
        ),
        Shape::new(
            "device and campaign in the envelope",
            lines(events, |e| {
                format!(
                    r#"{{"device_id":{},"data":{},"event":{{"event_type":{},"date_time":{}}}}}"#,
                    string(&e.device),
                    object(&campaign(e)),
                    string(&e.code),
                    string(&e.rfc3339()),
                )
            }),
        ),
        Shape::new(
            "the event before its envelope's fields",
            lines(events, |e| {
                format!(
                    r#"{{"event":{{"event_type":{}}},"device_id":{},"date_time":{},"data":{}}}"#,
                    string(&e.code),
                    string(&e.device),
                    string(&e.rfc3339()),
                    object(&campaign(e)),
                )
            }),
        ),
        Shape::new(
            "the inner value wins",
            lines(events, |e| {
                format!(
                    r#"{{"device_id":"gateway","timestamp":"2001-01-01T00:00:00Z","campaign_id":"none","payload":{}}}"#,
                    event(e),
                )
            }),
        ),
        Shape::new(
            "CloudEvents",
            lines(events, |e| {
                format!(
                    r#"{{"specversion":"1.0","type":"com.example.event","source":"/x","id":"1","time":"2001-01-01T00:00:00Z","data":{}}}"#,
                    event(e),
                )
            }),
        ),
        Shape::new(
            "OTLP",
            format!(
                r#"{{"resourceLogs":[{{"resource":{{"attributes":[{}]}},"scopeLogs":[{{"scope":{{}},"logRecords":[{}]}}]}}]}}"#,
                pair("service.name", "updates"),
                joined(events, ",", otlp),
            ),
        ),
        Shape::new(
            "a device with its events",
            events
                .iter()
                .map(|e| {
                    format!(
                        r#"{{"device":{{"id":{}}},"events":[{{"event_type":{},"date_time":{},"data":{}}}]}}"#,
                        string(&e.device),
                        string(&e.code),
                        string(&e.rfc3339()),
                        object(&campaign(e)),
                    ) + "\n"
                })
                .collect::<String>(),
        ),
        Shape::new(
            "server-sent events",
            lines(events, |e| format!("id: 7\nevent: update\ndata: {}\n", event(e))),
        ),
        Shape::new("CRI", lines(events, |e| format!("2001-01-01T00:00:00.123456789Z stdout F {}", event(e)))),
        Shape::new(
            "a time of day before the object",
            lines(events, |e| format!("12:00:01 INFO {}", event(e))),
        ),
        Shape::new(
            "syslog before the object",
            lines(events, |e| format!("<14>Jan  1 00:00:00 gw-7 app[1]: {}", event(e))),
        ),
        Shape::new("a topic before the object", lines(events, |e| format!("devices/7/events\t{}", event(e)))),
        Shape::new(
            "the time before the object",
            lines(events, |e| format!("{} INFO {}", e.rfc3339(), object(&without_time(e)))),
        ),
        Shape::new("text after the object", lines(events, |e| format!("INFO {} (1 of 2)", event(e)))),
    ]
}

fn strings_of_json(events: &[Event]) -> Vec<Shape> {
    let loki = |e: &Event| format!(r#"["{}000",{}]"#, e.micros, string(&object(&without_time(e))));
    vec![
        Shape::new(
            "Docker",
            lines(events, |e| {
                format!(
                    r#"{{"log":{},"stream":"stdout","time":"2001-01-01T00:00:00.123456789Z"}}"#,
                    string(&(event(e) + "\n")),
                )
            }),
        ),
        Shape::new(
            "Logstash",
            lines(events, |e| {
                format!(
                    r#"{{"@timestamp":"2001-01-01T00:00:00Z","@version":"1","host":{{"name":"gw"}},"message":{}}}"#,
                    string(&event(e)),
                )
            }),
        ),
        Shape::new(
            "Vector, the time outside",
            lines(events, |e| {
                format!(
                    r#"{{"host":"gw","message":{},"timestamp":"{}"}}"#,
                    string(&object(&without_time(e))),
                    e.rfc3339(),
                )
            }),
        ),
        Shape::new(
            "journald",
            lines(events, |e| {
                format!(
                    r#"{{"__REALTIME_TIMESTAMP":"{}","_HOSTNAME":"gw","MESSAGE":{},"PRIORITY":"3"}}"#,
                    e.micros,
                    string(&object(&without_time(e))),
                )
            }),
        ),
        Shape::new(
            "Splunk export",
            lines(events, |e| {
                format!(
                    r#"{{"preview":false,"offset":0,"result":{{"_raw":{},"_time":"2001-01-01T00:00:00.000+00:00","host":"gw"}}}}"#,
                    string(&event(e)),
                )
            }),
        ),
        Shape::new(
            "CloudWatch",
            format!(
                r#"{{"events":[{}],"nextToken":"x"}}"#,
                joined(events, ",", |e| format!(
                    r#"{{"timestamp":{},"message":{},"ingestionTime":978307200000}}"#,
                    e.micros / 1000,
                    string(&object(&without_time(e))),
                ))
            ),
        )
        .millis(),
        Shape::new(
            "Loki",
            format!(
                r#"{{"status":"success","data":{{"resultType":"streams","result":[{{"stream":{{"job":"x"}},"values":[{}]}}]}}}}"#,
                joined(events, ",", loki),
            ),
        ),
        Shape::new(
            "a string in a string",
            lines(events, |e| {
                format!(
                    r#"{{"Records":[{{"body":{}}}]}}"#,
                    string(&format!(r#"{{"Message":{}}}"#, string(&event(e)))),
                )
            }),
        ),
        Shape::new(
            "data as a string",
            lines(events, |e| {
                let mut members = members(e);
                members[9].1 = string(&object(&campaign(e)));
                object(&members)
            }),
        ),
        Shape::new(
            "text in a string, with its fields",
            lines(events, |e| {
                format!(
                    r#"{{"log":{},"time":"{}"}}"#,
                    string(&format!("update failed {}\n", pairs(e))),
                    e.rfc3339(),
                )
            }),
        )
        .unnamed(),
        Shape::new(
            "text in a string, the fields beside it",
            lines(events, |e| {
                format!(
                    r#"{{"message":{},"device_id":{},"timestamp":"{}"}}"#,
                    string(&format!("update failed: {}", e.code)),
                    string(&e.device),
                    e.rfc3339(),
                )
            }),
        )
        .without_campaign(),
        Shape::new(
            "Loki, text and labels",
            format!(
                r#"{{"data":{{"result":[{}]}}}}"#,
                joined(events, ",", |e| format!(
                    r#"{{"stream":{{"device_id":{}}},"values":[["{}000",{}]]}}"#,
                    string(&e.device),
                    e.micros,
                    string(&format!("update failed: {}", e.code)),
                ))
            ),
        )
        .without_campaign(),
    ]
}

/// A cell of a table, whose quotes are doubled.
fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// What other programs make of events: some with the type of each value, some that are no JSON.
fn other_programs(events: &[Event]) -> Vec<Shape> {
    // Each value in an object that says its type; that of the time is the first.
    let typed = |types: [&'static str; 2], time: fn(&Event) -> String| {
        lines(events, |e| {
            let value = |type_name: &str, value: String| format!("{{{}:{value}}}", string(type_name));
            object(&[
                ("timestamp", value(types[0], time(e))),
                ("device_id", value(types[1], string(&e.device))),
                ("event_type", value(types[1], string(&e.code))),
                ("campaign_id", value(types[1], string(&e.campaign))),
                ("campaign_name", value(types[1], string(&e.campaign_name))),
            ])
        })
    };
    let splunk = |raw: &dyn Fn(&Event) -> String| {
        let rows = lines(events, |e| {
            let time = e.time("%Y-%m-%dT%H:%M:%S.%3f+0000");
            format!("{},\"gw-7\",{}", cell(&time), cell(&raw(e)))
        });
        format!("\"_time\",\"host\",\"_raw\"\n{rows}")
    };
    let tracing = |name: &str, value: &str| format!("\x1b[3m{name}\x1b[0m\x1b[2m=\x1b[0m{value:?}");
    vec![
        Shape::new("unions of Avro", typed(["long", "string"], |e| (e.micros / 1000).to_string())).millis(),
        Shape::new("DynamoDB", typed(["N", "S"], |e| string(&e.micros.to_string()))),
        Shape::new("Firestore", typed(["timestampValue", "stringValue"], |e| string(&e.rfc3339()))),
        Shape::new(
            "dates of MongoDB",
            lines(events, |e| {
                let mut members = short(e);
                members.push(("ts", format!("{{\"$date\":{}}}", string(&e.rfc3339()))));
                object(&members)
            }),
        ),
        Shape::new(
            "the serial number of the device in an object",
            lines(events, |e| {
                let mut members = campaign(e);
                members.push(("event_type", string(&e.code)));
                members.push(("time", string(&e.rfc3339())));
                members.push(("device", object(&[("model", string("x")), ("serial", string(&e.device))])));
                object(&members)
            }),
        ),
        Shape::new(
            "Elastic's schema, with the time of reading",
            lines(events, |e| {
                let read = ("created", string("2001-01-01T00:00:00Z"));
                object(&[
                    ("@timestamp", string(&e.rfc3339())),
                    ("event", object(&[("code", string(&e.code)), read])),
                    ("device", object(&[("id", string(&e.device))])),
                    ("campaign", object(&[("id", string(&e.campaign))])),
                ])
            }),
        )
        .unnamed(),
        Shape::new(
            "Azure's event hub",
            lines(events, |e| {
                object(&[("EnqueuedTimeUtc", string(&e.rfc3339())), ("Body", object(&short(e)))])
            }),
        ),
        Shape::new("an export of Splunk", splunk(&|e| object(&short(e)))).millis(),
        Shape::new(
            "an export of Splunk, of key=value",
            splunk(&|e| format!("campaign_name=\"{}\" {}", e.campaign_name, pairs(e))),
        )
        .millis(),
        Shape::new("a column of JSON", {
            let rows = lines(events, |e| {
                let mut members = short(e);
                members.push(("date_time", string(&e.rfc3339())));
                format!("17,{}", cell(&object(&members)))
            });
            format!("id,payload\n{rows}")
        }),
        Shape::new(
            "Fluent Bit on standard output",
            lines(events, |e| {
                format!(
                    "[0] log: [1756455242.5, {{\"time\"=>\"{}\", \"device_id\"=>\"{}\", \"event_type\" => \"{}\", \
                     \"campaign_id\"=>\"{}\"}}]",
                    e.rfc3339(),
                    e.device,
                    e.code,
                    e.campaign,
                )
            }),
        )
        .unnamed(),
        Shape::new(
            "elements of XML",
            lines(events, |e| {
                format!(
                    "<event><time>{}</time><device_id>{}</device_id><x/><event_type> {} </event_type>\
                     <campaign_id a=\"b\">{}</campaign_id></event>",
                    e.rfc3339(),
                    e.device,
                    e.code,
                    e.campaign,
                )
            }),
        )
        .unnamed(),
        Shape::new(
            "LEEF",
            lines(events, |e| {
                format!(
                    "LEEF:1.0|V|P|1|{}|devTime={}\tdeviceId={}\tcampaign_name={}\tcampaign_id={}\tmsg=a = b",
                    e.code, e.micros, e.device, e.campaign_name, e.campaign,
                )
            }),
        ),
        Shape::new(
            "LEEF with a delimiter",
            lines(events, |e| {
                format!(
                    "<13>{} gw-7 LEEF:2.0|V|P|1|{}|x5E|deviceId={}^campaign_name={}^campaign_id={}",
                    e.time("%b %e %H:%M:%S"),
                    e.code,
                    e.device,
                    e.campaign_name,
                    e.campaign,
                )
            }),
        )
        .seconds(),
        Shape::new(
            "Rust's tracing",
            lines(events, |e| {
                let fields = [
                    tracing("device_id", &e.device),
                    tracing("event", &e.code),
                    tracing("campaign_id", &e.campaign),
                    tracing("campaign_name", &e.campaign_name),
                ];
                format!(
                    "\x1b[2m{}\x1b[0m \x1b[33m WARN\x1b[0m update: {}",
                    e.rfc3339(),
                    fields.join(" ")
                )
            }),
        ),
        Shape::new(
            "a URL",
            lines(events, |e| {
                let name = e.campaign_name.replace(' ', "+").replace(',', "%2C").replace('\u{e9}', "%C3%a9");
                let query = pairs(e).replace(' ', "&");
                format!("{} GET /x?{query}&campaign_name={name}&x=%zz HTTP/1.1", e.rfc3339())
            }),
        ),
    ]
}

/// Several events in each line.
fn in_one_line(events: &[Event]) -> Vec<Shape> {
    let groups = |separator: &str, item: &dyn Fn(&Event) -> String| {
        let line = |group: &[Event]| joined(group, separator, item) + "\n";
        events.chunks(3).map(line).collect::<String>()
    };
    let time = Event::rfc3339;
    vec![
        Shape::new("several events in a line", groups("; ", &|e| format!("{} time={}", pairs(e), time(e))))
            .unnamed(),
        Shape::new(
            "several events in a line, the time first",
            groups(" ", &|e| format!("time={} {}", time(e), pairs(e))),
        )
        .unnamed(),
        Shape::new(
            "several events in a line, the event type first",
            groups(" ", &|e| format!("event={} device={} ts={}", e.code, e.device, time(e))),
        )
        .without_campaign(),
        Shape::new(
            "a list of Python",
            groups(", ", &|e| {
                let (device, code) = (&e.device, &e.code);
                format!("{{'time': '{}', 'device_id': '{device}', 'event_type': '{code}'}}", time(e))
            }),
        )
        .without_campaign(),
        Shape::new(
            "XML in one line",
            groups("", &|e| {
                let (device, code) = (&e.device, &e.code);
                format!("<event date_time=\"{}\" device_id=\"{device}\" event_type=\"{code}\"/>", time(e))
            }),
        )
        .without_campaign(),
        Shape::new(
            "zero bytes end lines",
            joined(events, "\0", |e| format!("{} {}", time(e), pairs(e))) + "\0\n",
        )
        .unnamed(),
        Shape::new("carriage returns end lines", {
            joined(events, "\r", |e| format!("{} {}", time(e), pairs(e))) + "\r\n"
        })
        .unnamed(),
    ]
}

/// As the service writes it, with the names that are given for its own, in its order.
fn named(names: [&'static str; 5]) -> impl Fn(&Event) -> String {
    move |e| {
        let [event_type, device_id, date_time, campaign_id, campaign_name] = names;
        let names = [("event_type", event_type), ("device_id", device_id), ("date_time", date_time)];
        let mut members = renamed(e, &names);
        members[9].1 =
            object(&[(campaign_id, string(&e.campaign)), (campaign_name, string(&e.campaign_name))]);
        object(&members)
    }
}

fn names(events: &[Event]) -> Vec<Shape> {
    let flat = |e: &Event, id: &'static str, name: &'static str| {
        let mut members: Members = members(e).into_iter().filter(|(key, _)| *key != "data").collect();
        members.extend([(id, string(&e.campaign)), (name, string(&e.campaign_name))]);
        object(&members)
    };
    vec![
        Shape::new("camelCase", lines(events, named(["eventType", "deviceId", "dateTime", "campaignId", "campaignName"]))),
        Shape::new("Title Case", lines(events, named(["Event type", "Device ID", "Date", "Campaign ID", "Campaign name"]))),
        Shape::new("UPPER_CASE", lines(events, named(["EVENT_TYPE", "DEVICE_ID", "DATE_TIME", "CAMPAIGN_ID", "CAMPAIGN_NAME"]))),
        Shape::new("dotted", lines(events, named(["event.type", "device.id", "event.time", "campaign.id", "campaign.name"]))),
        Shape::new("endpoint_name, timestamp", lines(events, named(["event", "endpoint_name", "timestamp", "campaign", "campaignName"]))),
        Shape::new("device, @timestamp", lines(events, named(["event_code", "device", "@timestamp", "campaign_id", "campaign_name"]))),
        Shape::new("ts", lines(events, named(["type", "device_uuid", "ts", "campaignId", "campaignName"]))),
        Shape::new("campaign_id beside the others", lines(events, |e| flat(e, "campaign_id", "campaign_name"))),
        Shape::new("data.campaign_id as a key", lines(events, |e| flat(e, "data.campaign_id", "data.campaign_name"))),
        Shape::new("one object for each field", lines(events, |e| format!(
            r#"{{"event":{{"type":{},"time":{}}},"device":{{"id":{}}},"campaign":{{"id":{},"name":{}}}}}"#,
            string(&e.code), string(&e.rfc3339()), string(&e.device), string(&e.campaign), string(&e.campaign_name),
        ))),
        Shape::new("GELF", lines(events, |e| format!(
            r#"{{"version":"1.1","host":"gw","short_message":"x","timestamp":{}.{:06},"_device_id":{},"_event_type":{},"_campaign_id":{}}}"#,
            e.micros / 1_000_000, e.micros % 1_000_000, string(&e.device), string(&e.code), string(&e.campaign),
        ))).unnamed(),
        Shape::new("names that the user gives", lines(events, named(["Meldung", "Ger\u{e4}t", "Zeitpunkt", "Aktion", "Titel"])))
            .field("event=Meldung")
            .field("device=Ger\u{e4}t")
            .field("time=Zeitpunkt")
            .field("campaign=Aktion")
            .field("campaign-name=Titel"),
        Shape::new("a name that the user gives wins", lines(events, |e| {
            let mut members = members(e);
            members.push(("serial", string(&e.device)));
            members[2].1 = string("gateway");
            object(&members)
        }))
        .field("device=serial"),
    ]
}

fn times(events: &[Event]) -> Vec<Shape> {
    let east = || TimeZone::fixed(offset(2));
    let written = |name, format: &str| Shape::new(name, lines(events, |e| at(e, string(&e.time(format)))));
    let east_written =
        |name, format: &str| Shape::new(name, lines(events, |e| at(e, string(&e.time_in(east(), format)))));
    let number = |name, unit: i64| Shape::new(name, lines(events, |e| at(e, (e.micros / unit).to_string())));
    let digits =
        |name, unit: i64| Shape::new(name, lines(events, |e| at(e, format!("\"{}\"", e.micros / unit))));
    vec![
        written("RFC 3339, seconds", "%Y-%m-%dT%H:%M:%SZ").seconds(),
        written("RFC 3339, milliseconds", "%Y-%m-%dT%H:%M:%S.%3fZ").millis(),
        written("RFC 3339, nanoseconds", "%Y-%m-%dT%H:%M:%S.%9fZ"),
        written("RFC 3339, lower case", "%Y-%m-%dt%H:%M:%S.%6fz"),
        written("a comma before the fraction", "%Y-%m-%d %H:%M:%S,%6f"),
        written("UTC", "%Y-%m-%d %H:%M:%S.%6f UTC"),
        written("ISO 8601, basic", "%Y%m%dT%H%M%S.%6fZ"),
        east_written("an offset", "%Y-%m-%dT%H:%M:%S.%6f%:z"),
        east_written("an offset without a colon", "%Y-%m-%dT%H:%M:%S.%6f%z"),
        east_written("a space before the offset", "%Y-%m-%d %H:%M:%S.%6f %z"),
        east_written("a time zone that the user gives", "%Y-%m-%d %H:%M:%S.%6f")
            .in_time_zone("Europe/Berlin"),
        number("seconds", 1_000_000).seconds(),
        number("milliseconds", 1000).millis(),
        number("microseconds", 1),
        digits("seconds in a string", 1_000_000).seconds(),
        digits("milliseconds in a string", 1000).millis(),
        digits("microseconds in a string", 1),
        Shape::new("nanoseconds", lines(events, |e| at(e, format!("{}000", e.micros)))),
        Shape::new("nanoseconds in a string", lines(events, |e| at(e, format!("\"{}000\"", e.micros)))),
        Shape::new(
            "seconds with a fraction",
            lines(events, |e| at(e, format!("{}.{:06}", e.micros / 1_000_000, e.micros % 1_000_000))),
        ),
        written("RFC 2822", "%a, %d %b %Y %H:%M:%S +0000").seconds(),
        written("RFC 3164", "%b %e %H:%M:%S").seconds(),
        written("common log format", "%d/%b/%Y:%H:%M:%S +0000").seconds(),
        written("Go", "%Y/%m/%d %H:%M:%S").seconds(),
        written("klog", "I%m%d %H:%M:%S.%6f"),
        written("American", "%m/%d/%Y %I:%M:%S %p").seconds(),
        written("day first, the day above 12", "%d/%m/%Y %H:%M:%S").seconds(),
        written("asctime", "%a %b %e %H:%M:%S %Y").seconds(),
    ]
}

fn text(events: &[Event]) -> Vec<Shape> {
    let logfmt =
        |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\t', "\\t"));
    vec![
        Shape::new("syslog of old, key=value", lines(events, |e| {
            format!("<14>{} gw-7 updated[12]: {}", e.time("%b %e %H:%M:%S"), pairs(e))
        }))
        .unnamed()
        .seconds(),
        Shape::new("syslog with structured data", lines(events, |e| {
            format!(
                "<165>1 {} gw-7 updated 12 ID47 [ev@1 device_id=\"{}\" event_type=\"{}\"][c@1 campaign_id=\"{}\" campaign_name=\"{}\"] x",
                e.rfc3339(), e.device, e.code, e.campaign, e.campaign_name,
            )
        })),
        Shape::new("syslog, the code is the message's name", lines(events, |e| {
            format!("<165>1 {} gw-7 updated 12 {} [ev@1 device_id=\"{}\"] x", e.rfc3339(), e.code, e.device)
        }))
        .without_campaign(),
        Shape::new("logfmt", lines(events, |e| {
            format!(
                "ts={} level=error msg={} device={} event={} campaign_id={} campaign_name={}",
                e.rfc3339(), logfmt(&e.description), e.device, e.code, e.campaign, logfmt(&e.campaign_name),
            )
        })),
        Shape::new("CEF", lines(events, |e| {
            format!(
                "CEF:0|Vendor|Product|1.0|{}|{}|7|rt={} deviceExternalId={} cs1Label=campaign_id cs1={} cs2Label=campaign_name cs2={} msg=a \\= b",
                e.code, e.description.replace('\\', "\\\\").replace('|', "\\|"), e.micros / 1000, e.device, e.campaign, e.campaign_name,
            )
        }))
        .millis(),
        Shape::new("CEF in syslog", lines(events, |e| {
            format!(
                "<14>{} gw-7 CEF:0|V|P|1|{}|x|7|deviceExternalId={} campaignId={}",
                e.time("%b %e %H:%M:%S"), e.code, e.device, e.campaign,
            )
        }))
        .unnamed()
        .seconds(),
        Shape::new("a sentence with key=value", lines(events, |e| {
            format!("{} gw-7 update of device_id={} (campaign_id={}) failed: {}", e.rfc3339(), e.device, e.campaign, e.code)
        }))
        .unnamed(),
        Shape::new("nginx", lines(events, |e| {
            format!("{} [error] 7#7: *1 {}, client: 10.0.0.1", e.time("%Y/%m/%d %H:%M:%S"), pairs(e))
        }))
        .unnamed()
        .seconds(),
        Shape::new("klog", lines(events, |e| {
            format!("E{}   12345 update.go:12] failed {}", e.time("%m%d %H:%M:%S.%6f"), pairs(e))
        }))
        .unnamed(),
        Shape::new("an access log", lines(events, |e| {
            format!(
                "10.0.0.1 - - [{}] \"GET /x?device_id={}&event_type={}&campaign_id={} HTTP/1.1\" 200 5",
                e.time("%d/%b/%Y:%H:%M:%S +0000"), e.device, e.code, e.campaign,
            )
        }))
        .unnamed()
        .seconds(),
        Shape::new("Apache", lines(events, |e| {
            format!("[{}] [error] [client 10.0.0.1] {}", e.time("%a %b %d %H:%M:%S.%6f %Y"), pairs(e))
        }))
        .unnamed(),
        Shape::new("log4j", lines(events, |e| format!("{} - WARN  [main:x@7] - {}", e.time("%Y-%m-%d %H:%M:%S,%3f"), pairs(e))))
            .unnamed()
            .millis(),
        Shape::new("colours", lines(events, |e| {
            format!(
                "\x1b[90m{}\x1b[0m \x1b[31mERR\x1b[0m failed \x1b[36mdevice_id=\x1b[0m{} \x1b[36mevent=\x1b[0m\x1b[1;31m{}\x1b[0m",
                e.rfc3339(), e.device, e.code,
            )
        }))
        .without_campaign(),
        Shape::new("Python", lines(events, |e| {
            format!(
                "{} ERROR {{'device_id': '{}', 'event_type': '{}', 'campaign_id': '{}', 'ok': False}}",
                e.time("%Y-%m-%d %H:%M:%S,%3f"), e.device, e.code, e.campaign,
            )
        }))
        .unnamed()
        .millis(),
        Shape::new("the text in JSON, escaped", lines(events, |e| {
            format!("{} body: {}", e.rfc3339(), string(&object(&short(e))))
        })),
    ]
}

/// A table of the events.
fn table(events: &[Event], header: &[&str], delimiter: u8, row: impl Fn(&Event) -> Vec<String>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(header).unwrap();
    for event in events {
        writer.write_record(row(event)).unwrap();
    }
    writer.into_inner().unwrap()
}

fn tables(events: &[Event]) -> Vec<Shape> {
    const HEADER: [&str; 8] = [
        "id",
        "date_time",
        "device_id",
        "event_type",
        "description",
        "data.campaign_id",
        "data.campaign_name",
        "created_at",
    ];
    let row = |e: &Event| {
        let cells = [
            "7",
            &e.rfc3339(),
            &e.device,
            &e.code,
            &e.description,
            &e.campaign,
            &e.campaign_name,
            "2001-01-01T00:00:00Z",
        ];
        cells.map(str::to_owned).to_vec()
    };
    let portal = table(events, &HEADER, b',', row);
    let text = String::from_utf8(portal.clone()).unwrap();
    let bare =
        |e: &Event| format!("{},{},{},5\" disk, 3\" disk,{}", e.rfc3339(), e.device, e.code, e.campaign);
    vec![
        Shape::new("CSV", portal),
        Shape::new("CSV, semicolons", table(events, &HEADER, b';', row)),
        Shape::new("CSV, tabs", table(events, &HEADER, b'\t', row)),
        Shape::new("CSV, byte-order mark and CRLF", "\u{feff}".to_owned() + &text.replace('\n', "\r\n")),
        Shape::new("CSV for Excel", {
            let rows = String::from_utf8(table(events, &HEADER, b';', row)).unwrap();
            "\u{feff}sep=;\r\n".to_owned() + &rows.replace('\n', "\r\n")
        }),
        Shape::new(
            "CSV, comments and blank lines before the header",
            "\n# exported\n\n#\n".to_owned() + &text,
        ),
        Shape::new("the table of a database", {
            let rule = "+----+---+-----+--+\n";
            let line = |cells: [&str; 4]| format!("| {} |\n", cells.join(" | "));
            let header = line(["time", "device_id", "event_type", "campaign_id"]);
            let rows: String = events
                .iter()
                .map(|e| line([&e.time("%Y-%m-%d %H:%M:%S.%6f"), &e.device, &e.code, &e.campaign]))
                .collect();
            format!("{rule}{header}{rule}{rows}{rule}")
        })
        .unnamed(),
        Shape::new("CSV, everything in quotes", {
            let mut writer =
                csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            writer.write_record(HEADER).unwrap();
            events.iter().for_each(|e| writer.write_record(row(e)).unwrap());
            writer.into_inner().unwrap()
        }),
        Shape::new(
            "CSV, other names",
            table(
                events,
                &["#", "Date", "Device ID", "Event type", "Text", "Campaign ID", "Campaign name", "Created"],
                b';',
                row,
            ),
        ),
        Shape::new(
            "CSV, bare quotes",
            format!("date_time,device_id,event_type,text,more,campaign_id\n{}", lines(events, bare),),
        )
        .unnamed(),
        Shape::new(
            "CSV, line ends in cells",
            table(events, &["event_type", "text", "device_id", "time", "campaign_id"], b',', |e| {
                vec![
                    e.code.clone(),
                    format!("{}\nand more", e.description),
                    e.device.clone(),
                    e.rfc3339(),
                    e.campaign.clone(),
                ]
            }),
        )
        .unnamed(),
        Shape::new(
            "CSV, date and time of day",
            table(events, &["Date", "Time", "Device", "Event", "Campaign"], b',', |e| {
                vec![
                    e.time("%Y-%m-%d"),
                    e.time("%H:%M:%S.%6f"),
                    e.device.clone(),
                    e.code.clone(),
                    e.campaign.clone(),
                ]
            }),
        )
        .unnamed(),
    ]
}

fn escapes(events: &[Event]) -> Vec<Shape> {
    let all_escaped = |text: &str| {
        let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        format!("\"{units}\"")
    };
    let text = |name, escape: &str| {
        Shape::new(
            name,
            lines(events, |e| {
                format!(
                    r#"{{"log":"failed:{escape}{} device_id={}","time":"{}"}}"#,
                    e.code,
                    e.device,
                    e.rfc3339(),
                )
            }),
        )
        .without_campaign()
    };
    vec![
        Shape::new(
            "every character escaped",
            lines(events, |e| {
                let mut members = members(e);
                members[1].1 = all_escaped(&e.rfc3339());
                members[2].1 = all_escaped(&e.device);
                members[3].1 = all_escaped(&e.code);
                members[9].1 = object(&[
                    ("campaign_id", all_escaped(&e.campaign)),
                    ("campaign_name", all_escaped(&e.campaign_name)),
                ]);
                object(&members)
            }),
        ),
        text("a line feed before the code", "\\n"),
        text("a tab before the code", "\\t"),
        text("a carriage return before the code", "\\r\\n"),
        text("a colour before the code", "\\u001b[1;31m"),
        Shape::new(
            "an octal escape before the code",
            lines(events, |e| format!("{} gw-7 failed:#012{} device_id={}", e.rfc3339(), e.code, e.device)),
        )
        .without_campaign(),
        Shape::new(
            "percent-encoding around the code",
            lines(events, |e| format!("{} GET /x?device_id={}&q=%22{}%22", e.rfc3339(), e.device, e.code)),
        )
        .without_campaign(),
        Shape::new(
            "codes in lower case",
            lines(events, |e| {
                let mut members = members(e);
                members[3].1 = string(&e.code.to_lowercase());
                object(&members)
            }),
        ),
    ]
}

/// Shapes that leave something open, which has to show.
fn reported(events: &[Event]) -> Vec<Shape> {
    let time = |name, format: &str| {
        Shape::new(name, lines(events, |e| at(e, string(&e.time(format))))).time(Time::Unreadable)
    };
    vec![
        time("a date", "%Y-%m-%d"),
        time("a time of day", "%H:%M:%S"),
        time("a year of two digits", "%y/%m/%d %H:%M:%S"),
        time("an abbreviation of several zones", "%Y-%m-%d %H:%M:%S CST"),
        Shape::new("May or June", lines(events, |e| at(e, string("05/06/2025 08:14:02"))))
            .time(Time::Unreadable),
        Shape::new("a small number", lines(events, |e| at(e, "12345".to_owned()))).time(Time::Unreadable),
        Shape::new(
            "text without a device",
            lines(events, |e| format!("{} gw-7 update failed: {}", e.rfc3339(), e.code)),
        )
        .without_device()
        .without_campaign(),
        Shape::new("text without a time", lines(events, |e| format!("update failed {}", pairs(e))))
            .unnamed()
            .time(Time::Missing),
        Shape::new(
            "a time of day in text",
            lines(events, |e| format!("{} update failed {}", e.time("%H:%M:%S"), pairs(e))),
        )
        .unnamed()
        .time(Time::Unreadable),
    ]
}
