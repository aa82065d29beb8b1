//! Writes `RESULTS.md` and `results.svg` from what the last `cargo bench` measured.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use serde_json::Value;

/// The medians of one group of benches, by name: nanoseconds per lookup, or per byte.
type Group = BTreeMap<String, f64>;

/// A bar: a name, the better and the worse side of the ratio, the least ratio.
struct Bar {
    name: String,
    group: String,
    ours: &'static str,
    peers: &'static [&'static str],
    at_least: f64,
}

const FLOOR: &str = "floor: memchr, absent byte";
const LINES: &str = "floor: memchr_iter(b'\\n')";
const MAPS: &[&str] = &[
    "gperf (C)",
    "HashMap, FxHash",
    "HashMap, foldhash",
    "HashMap, ahash",
    "HashMap, rapidhash",
    "HashMap, std",
    "frozen-collections",
    "hashify",
    "quickphf",
    "length, then PEXT",
    "match",
];
const FINDERS: &[&str] = &[
    "Teddy + lookup",
    "memmem + lookup",
    "memchr(b'_') + lookup",
    "aho-corasick",
    "regex of the shape + phf",
    "regex of all codes",
    "Hyperscan, all codes",
    "Hyperscan, the shape + lookup",
];
const REGEXES: &[&str] = &["regex of the shape + phf", "regex of all codes"];

fn bars() -> Vec<Bar> {
    let mut bars = Vec::new();
    let mut bar = |name: &str, group: String, ours, peers, at_least| {
        bars.push(Bar { name: format!("{group}: {name}"), group, ours, peers, at_least });
    };
    for misses in [0, 10, 50] {
        let group = || format!("lookup, {misses} % misses");
        bar("speed of phf", group(), "from_bytes", &["EVENT_CODES (phf)"][..], 8.0);
        bar("speed of the fastest other map", group(), "from_bytes", MAPS, 2.5);
        bar("share of the floor's speed", group(), "from_bytes", &["floor"][..], 0.65);
        bar(
            "in any case, share of exact case",
            group(),
            "from_bytes_ignore_ascii_case",
            &["from_bytes"][..],
            0.8,
        );
    }
    let polluted = || "lookup, polluted cache".to_owned();
    bar("speed of the fastest other map", polluted(), "from_bytes", MAPS, 1.0);
    for (kind, floor, lines) in [("json", 0.75, 0.45), ("text", 0.55, 0.25), ("sparse", 0.70, 0.40)] {
        let memory = || format!("scan, {kind}, 64 MB");
        let cache = || format!("scan, {kind}, 256 KB");
        bar("share of one memchr pass", memory(), "find_iter", &[FLOOR][..], floor);
        bar("share of memchr_iter over lines", cache(), "find_iter", &[LINES][..], lines);
        for group in [memory(), cache()] {
            if kind == "sparse" {
                bar("speed of the fastest other way", group, "find_iter", FINDERS, 1.0);
            } else {
                bar("speed of the fastest other way", group.clone(), "find_iter", FINDERS, 1.5);
                bar("speed of regex", group, "find_iter", REGEXES, 4.0);
            }
        }
    }
    for kind in ["json", "text", "sparse"] {
        let group = || format!("scan, {kind}, 256 KB, every search");
        let stream = "StreamFinder, 64 KB buffers";
        bar("StreamFinder, share of find_iter", group(), stream, &["find_iter"][..], 0.95);
        let any_case = "find_iter_ignore_ascii_case";
        bar("in any case, share of find_iter", group(), any_case, &["find_iter"][..], 0.7);
    }
    for (kind, share) in [("json", 0.85), ("text", 0.70)] {
        let group = || format!("scan, {kind}, 256 KB, a call a record");
        bar("find, share of one call for all", group(), "find", &["find_iter, one call"][..], 0.7);
        bar(
            "find_iter, share of one call for all",
            group(),
            "find_iter",
            &["find_iter, one call"][..],
            share,
        );
    }
    bars
}

fn main() -> io::Result<()> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| package.join("../target"), PathBuf::from);
    let mut groups = BTreeMap::new();
    read(&target.join("criterion"), &mut groups)?;
    fs::write(
        package.join("RESULTS.md"),
        results(&groups, &fs::read_to_string(package.join("REMARKS.md"))?),
    )?;
    fs::write(package.join("results.svg"), chart(&groups))
}

/// Collects the newest medians below `folder`.
fn read(folder: &Path, groups: &mut BTreeMap<String, Group>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name == "new") {
            let json = |name: &str| -> io::Result<Value> {
                Ok(serde_json::from_slice(&fs::read(path.join(name))?)?)
            };
            let (about, estimates) = (json("benchmark.json")?, json("estimates.json")?);
            let text = |key: &str| about[key].as_str().unwrap_or_default().to_owned();
            let units = about["throughput"].as_object().and_then(|units| units.values().next()?.as_f64());
            let median = estimates["median"]["point_estimate"].as_f64();
            if let (Some(units), Some(median)) = (units, median) {
                groups.entry(text("group_id")).or_default().insert(text("function_id"), median / units);
            }
        } else if path.is_dir() {
            read(&path, groups)?;
        }
    }
    Ok(())
}

fn results(groups: &BTreeMap<String, Group>, remarks: &str) -> String {
    let mut text = format!(
        "# Results\n\nWritten by `benches/run` on {}, {}, {} threads, {}. Medians of one run.\n\n\
         Peers: {}.\n\n## Bars\n\n\
         | what | wanted, at least | reached | |\n|---|---|---|---|\n",
        output("date", &["-u", "+%Y-%m-%d"]),
        cpu(),
        std::thread::available_parallelism().map_or(0, usize::from),
        output("rustc", &["-V"]),
        versions(),
    );
    for bar in bars() {
        let time = |name: &str| groups.get(&bar.group).and_then(|group| group.get(name)).copied();
        let peer = bar.peers.iter().filter_map(|name| time(name)).min_by(f64::total_cmp);
        if let (Some(ours), Some(peer)) = (time(bar.ours), peer) {
            let reached = peer / ours;
            let verdict = if reached >= bar.at_least { "" } else { "missed" };
            _ = writeln!(text, "| {} | {:.2} | {reached:.2} | {verdict} |", bar.name, bar.at_least);
        }
    }
    for (kind, group) in groups.iter().filter(|(name, _)| name.contains("adversarial")) {
        if let Some(ours) = group.get("find_iter") {
            let densest = ["UPD4_ in words", "unknown codes"].iter().any(|densest| kind.ends_with(densest));
            let at_least = if densest { 1.2 } else { 1.0 };
            let reached = 1.0 / ours;
            let verdict = if reached >= at_least { "" } else { "missed" };
            _ = writeln!(text, "| {kind}: GB/s | {at_least:.2} | {reached:.2} | {verdict} |");
        }
    }
    text += &cliffs(groups);
    text += "\n";
    text += remarks;
    for (name, group) in groups {
        let lookup = name.starts_with("lookup");
        let ours = if lookup { "from_bytes" } else { "find_iter" };
        let mut ways: Vec<_> = group.iter().collect();
        ways.sort_by(|(_, one), (_, other)| one.total_cmp(other));
        let unit = if lookup { "ns" } else { "GB/s" };
        _ = writeln!(text, "\n## {name}\n\n| way | {unit} | time, {ours} = 1 |\n|---|---|---|");
        for (way, time) in ways {
            let figure = if lookup { *time } else { 1.0 / time };
            _ = writeln!(text, "| {way} | {figure:.2} | {:.2} |", time / group.get(ours).unwrap_or(time));
        }
    }
    text
}

/// Every input on which another way is faster than ours.
fn cliffs(groups: &BTreeMap<String, Group>) -> String {
    let mut rows = String::new();
    for (name, group) in groups {
        let ours = ["from_bytes", "find_iter"].iter().find_map(|ours| group.get(*ours));
        for (way, time) in group {
            let other = MAPS.contains(&way.as_str()) || FINDERS.contains(&way.as_str());
            if let Some(ours) = ours.filter(|ours| other && time < *ours) {
                _ = writeln!(rows, "| {name} | {way} | {:.2} |", ours / time);
            }
        }
    }
    let table = format!("| input | faster way | its speed, ours = 1 |\n|---|---|---|\n{rows}");
    format!("\n## Performance cliffs\n\n{}", if rows.is_empty() { "None in this run.\n" } else { &table })
}

/// Two bar charts: time of a lookup, and speed of a scan.
fn chart(groups: &BTreeMap<String, Group>) -> String {
    let mut body = String::new();
    let mut y = 0;
    let mut bars = |title: &str, group: &str, figure: fn(f64) -> f64, unit: &str| {
        let Some(group) = groups.get(group) else { return };
        let mut ways: Vec<_> = group.iter().map(|(name, time)| (name, figure(*time))).collect();
        ways.sort_by(|(_, one), (_, other)| one.total_cmp(other));
        let most = ways.last().map_or(1.0, |(_, most)| *most);
        y += 34;
        _ = writeln!(body, r#"<text x="8" y="{y}" class="title">{title}</text>"#);
        for (name, figure) in ways {
            y += 22;
            let class = if ["from_bytes", "find_iter"].contains(&name.as_str()) { "ours" } else { "peer" };
            let (top, width) = (y - 13, 380.0 * figure / most);
            _ = writeln!(
                body,
                r#"<text x="238" y="{y}" text-anchor="end">{name}</text><rect x="246" y="{top}" width="{width:.0}" height="16" class="{class}"/><text x="{:.0}" y="{y}">{figure:.1} {unit}</text>"#,
                252.0 + width,
            );
        }
    };
    bars("One lookup, 10 % misses: time, shorter is better", "lookup, 10 % misses", |time| time, "ns");
    bars(
        "Scanning JSON events in memory: speed, longer is better",
        "scan, json, 64 MB",
        |time| 1.0 / time,
        "GB/s",
    );
    let height = y + 16;
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 {height}" font-family="sans-serif" font-size="13">
<style>text{{fill:#222}}.title{{font-weight:bold}}.ours{{fill:#0a7f5a}}.peer{{fill:#9aa5b1}}@media(prefers-color-scheme:dark){{text{{fill:#ddd}}}}</style>
{body}</svg>
"#
    )
}

/// The peers and their versions, as the lock file has them.
fn versions() -> String {
    const PEERS: &[&str] = &[
        "ahash",
        "aho-corasick",
        "foldhash",
        "frozen-collections",
        "hashify",
        "memchr",
        "phf",
        "quickphf",
        "rapidhash",
        "regex",
        "rustc-hash",
    ];
    let lock =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock")).unwrap_or_default();
    let field = |line: Option<&str>, name: &str| {
        Some(line?.strip_prefix(name)?.trim_matches([' ', '=', '"']).to_owned())
    };
    // Of two versions in the file, the later one is used here.
    let packages: BTreeMap<_, _> = lock
        .split("[[package]]\n")
        .filter_map(|package| {
            let mut lines = package.lines();
            Some((field(lines.next(), "name")?, field(lines.next(), "version")?))
        })
        .collect();
    let versions = PEERS.iter().filter_map(|name| Some(format!("{name} {}", packages.get(*name)?)));
    versions.collect::<Vec<_>>().join(", ")
}

/// Returns the output of a command; empty if there is no such command.
fn output(command: &str, arguments: &[&str]) -> String {
    let output = Command::new(command).args(arguments).output();
    output.map_or(String::new(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn cpu() -> String {
    let about = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = about.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    model.unwrap_or(env::consts::ARCH).to_owned()
}
