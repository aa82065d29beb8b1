//! Inputs to read.

use proptest::prelude::*;

/// What a part of an input may be: whole records of every kind, in whatever shape.
pub fn piece() -> impl Strategy<Value = Vec<u8>> {
    let event = (code(), 0..5_u8, any::<[bool; 6]>()).prop_map(|(code, device, with)| {
        let [time, campaign, spaced, pretty, count, text] = with;
        let mut event = serde_json::Map::new();
        if time {
            event.insert("date_time".into(), format!("2025-08-29T08:14:0{device}Z").into());
        }
        event.insert("event_type".into(), code.clone().into());
        if device > 0 {
            event.insert("device_id".into(), format!("m{device}").into());
        }
        if campaign {
            event
                .insert("data".into(), serde_json::json!({"campaign_id": "c1", "n": [1, 2.5e3, null, true]}));
        }
        if count {
            event.insert("count".into(), 3.into());
        }
        if text {
            event.insert("description".into(), format!("\"{code}\"\n\\ {{}}").into());
        }
        let event = serde_json::Value::from(event);
        let mut json =
            if pretty { serde_json::to_string_pretty(&event) } else { serde_json::to_string(&event) }
                .unwrap();
        if spaced {
            json = json.replace("\":", "\": ").replace(",\"", ", \"");
        }
        json
    });
    let event = event.boxed();
    let json = prop_oneof![
        6 => event.clone(),
        1 => prop::collection::vec(event.clone(), 0..4).prop_map(|events| format!("[{}]", events.join(","))),
        2 => (prop::collection::vec(event.clone(), 0..4), code()).prop_map(|(events, code)| format!(
            "{{\"object\":\"list\",\"data\":[{}],\"note\":\"{code}\",\"campaign_id\":\"outer\"}}",
            events.join(",\n")
        )),
        2 => event.clone().prop_map(|event| {
            format!("{{\"log\":{},\"device\":\"outer\"}}", serde_json::Value::from(event))
        }),
        1 => (code(), code()).prop_map(|(a, b)| {
            format!("{{\"log\":\"device=m1 failed:\\n{a} {b}\",\"time\":\"2025-08-29T08:14:02Z\"}}")
        }),
        1 => code().prop_map(|code| format!(
            "{{\"attributes\":[{{\"key\":\"event_type\",\"value\":{{\"stringValue\":\"{code}\"}}}}]}}"
        )),
    ];
    let text = prop_oneof![
        code().prop_map(|code| format!("2025-08-29T08:14:02Z gw device_id=m1 {code} x\n")),
        event.prop_map(|event| format!("12:00:01 INFO {event} end\n")),
        code().prop_map(|code| format!("id,event_type,device_id\n1,{code},m1\n\"2\",\"{code}\",\"m,2\"\n")),
        code().prop_map(|code| format!("{code}{code}")),
        Just("e_id\":\"m1\"}\n".to_owned()),
    ];
    let garbage = prop::collection::vec(
        prop::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\\",
            ",",
            ":",
            "\n",
            " ",
            "\r\n",
            "\u{1e}",
            "\u{feff}",
            "{\"",
            "\":",
            "1",
            "true",
            "UPD4_FAIL_207",
            "SYS_111",
            "sys_112",
            "a=",
            "event=",
            "\\\"",
            "\\n",
            "[[",
            "{\"a\":[",
            "\u{1b}[31mUPD4_FAIL_207",
            "\\u001b[1;32mSYS_111",
            "^[[0mSYS_111",
            "#033[1mUPD4_FAIL_207",
            "%22SYS_111",
        ]),
        0..8,
    );
    prop_oneof![
        6 => (json, prop::sample::select(vec!["\n", "", ",", "\r\n", " ", "}\n", "\n\n"]))
            .prop_map(|(json, end)| (json + end).into_bytes()),
        3 => text.prop_map(String::into_bytes),
        2 => garbage.prop_map(|parts| parts.concat().into_bytes()),
    ]
}

fn code() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "UPD4_FAIL_207",
        "SYS_111",
        "UPD2_FAIL_15",
        "UPD9_NEW_1",
        "sys_112",
        "UPD4_OK_M1",
    ])
    .prop_map(str::to_owned)
}

/// Inputs of one kind, mixed, and broken at any place.
pub fn input() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::collection::vec(piece(), 0..6).prop_map(|pieces| pieces.concat());
    (pieces, any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..6_u8).prop_map(
        |(mut input, from, to, how)| {
            if !input.is_empty() {
                let (from, to) = (from.index(input.len()), to.index(input.len()));
                match how {
                    0 => drop(input.drain(from.min(to)..from.max(to))),
                    1 => input.truncate(from),
                    2 => drop(input.drain(..from)),
                    _ => {}
                }
            }
            input
        },
    )
}
