//! `eventcodes report` end to end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::Digest;

use crate::common::{eventcodes, sample};

fn report(directory: &Path) -> PathBuf {
    let path = directory.join("report.html");
    eventcodes().args(["report", "--title", "Fleet <1>", "-o"]).arg(&path).arg(sample("")).assert().success();
    path
}

#[test]
fn tells_totals_failures_campaigns_and_what_is_missing() {
    let directory = tempfile::tempdir().unwrap();
    let page = fs::read_to_string(report(directory.path())).unwrap();
    for text in [
        "<h1>Fleet &lt;1&gt;</h1>",
        "<dt>devices</dt><dd>26</dd>",
        "20 roll-ups",
        "<code>UPD4_FAIL_218</code> 3 times, on 3 devices",
        "Manifest rejected, invalid manifest format (DER format)",
        "<strong>What to do: </strong>Check manifest generation",
        "<h3><bdi>gateway-fw-7.1-emea</bdi></h3>",
        "Uncatalogued codes (2)",
        "<code>SYS_140</code>",
        "<svg id=\"timeline\"",
        "1 code has no device",
    ] {
        assert!(page.contains(text), "{text:?} is not in the page");
    }
    assert!(!page.contains("This report is partial"));
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = bytes.chunks(3).flat_map(|chunk| {
        let bits = chunk.iter().fold(0, |bits, &byte| bits << 8 | u32::from(byte)) << (24 - 8 * chunk.len());
        (0..4).map(move |digit| match digit <= chunk.len() {
            true => char::from(DIGITS[(bits >> (18 - 6 * digit)) as usize & 63]),
            false => '=',
        })
    });
    digits.collect()
}

#[test]
fn needs_no_network() {
    let directory = tempfile::tempdir().unwrap();
    let page = fs::read_to_string(report(directory.path())).unwrap();
    for text in ["http://", "https://", "url(", "@import", "src="] {
        assert!(!page.contains(text), "{text:?} is in the page");
    }
    assert!(page.contains("default-src 'none'"));
    // The only script is the one whose hash the policy has.
    let script = page.split("<script>").nth(1).unwrap().split("</script>").next().unwrap();
    let hash = sha2::Sha256::digest(script);
    let hash: String = base64(&hash);
    assert!(page.contains(&format!("script-src 'sha256-{hash}'")), "expected {hash}");
    assert_eq!(page.matches("<script").count(), 1);
}

#[test]
fn what_records_hold_is_text_and_never_markup() {
    let event = r#"{"event_type":"UPD4_FAIL_207","device_id":"d","data":{"campaign_id":"c","campaign_name":"<script>alert(1)</script>"}}"#;
    let output = eventcodes().arg("report").write_stdin(event).assert().success().get_output().clone();
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_eq!(page.matches("<script").count(), 1, "the page's own");
}

#[test]
fn a_page_says_how_many_campaigns_it_leaves_out() {
    let campaigns = 0..10_003;
    let events: String = campaigns
        .map(|number| {
            format!(r#"{{"event_type":"UPD4_OK_100","device_id":"d","data":{{"campaign_id":"c{number}"}}}}"#)
                + "\n"
        })
        .collect();
    let output = eventcodes().arg("report").write_stdin(events).assert().success().get_output().clone();
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(page.contains("3 further campaigns are not on this page"));
    assert_eq!(page.matches("<td class=\"name\">").count(), 10_000);
}

#[test]
fn an_empty_input_is_a_page_too() {
    let output = eventcodes().arg("report").write_stdin("").assert().success().get_output().clone();
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(page.contains("<p>None.</p>"));
    assert!(!page.contains("<svg id=\"timeline\""));
}

/// Runs a headless Chromium; what it writes to standard output.
fn browse(directory: &Path, arguments: &[&str], page: &Path) -> Vec<u8> {
    let browser = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|browser| Command::new(browser).arg("--version").output().is_ok())
        .expect("a Chromium must be installed for this test");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync", "--no-first-run", "--hide-scrollbars"])
        .args(["--enable-logging=stderr", "--virtual-time-budget=5000"])
        .arg(format!("--user-data-dir={}", directory.join("profile").display()))
        .args(arguments)
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{log}");
    assert!(!log.contains(":CONSOLE"), "{log}");
    output.stdout
}

/// How wide and how high the page is in a frame of a width, in pixels.
fn size(directory: &Path, page: &str, width: u32) -> (u32, u32) {
    let page = page.replace('&', "&amp;").replace('"', "&quot;");
    let frame = directory.join("frame.html");
    let script = "onload = () => { const { scrollWidth, scrollHeight } = \
                  document.querySelector('iframe').contentDocument.documentElement; \
                  document.querySelector('p').textContent = `size ${scrollWidth} ${scrollHeight}.`; }";
    let html = format!(
        "<!DOCTYPE html><p></p><iframe width={width} height=100 style='border:0' srcdoc=\"{page}\"></iframe><script>{script}</script>"
    );
    fs::write(&frame, html).unwrap();
    let dom = String::from_utf8(browse(directory, &["--dump-dom"], &frame)).unwrap();
    let size = dom.split("<p>size ").nth(1).expect("the script ran").split('.').next().unwrap();
    let (width, height) = size.split_once(' ').unwrap();
    (width.parse().unwrap(), height.parse().unwrap())
}

#[test]
#[ignore = "needs Chromium; run by .ci/run"]
fn browsers_show_the_page_within_a_few_screens() {
    let directory = tempfile::tempdir().unwrap();
    let many = directory.path().join("many.html");
    eventcodes().arg("report").arg("-o").arg(&many).arg(many_events()).assert().success();
    for (path, highest) in [(report(directory.path()), 3000), (many, 4000)] {
        let page = fs::read_to_string(&path).unwrap();
        for (frame, factor) in [(1280, 1), (390, 2)] {
            let (width, height) = size(directory.path(), &page, frame);
            assert!(width <= frame, "{width} wide in {frame}");
            assert!((800..=highest * factor).contains(&height), "{height} high in {frame}");
        }
        let dom = String::from_utf8(browse(directory.path(), &["--dump-dom"], &path)).unwrap();
        assert!(dom.contains("<svg id=\"timeline\""));
        for (name, arguments) in [
            ("light.png", &["--window-size=1280,2400"][..]),
            ("dark.png", &["--window-size=1280,2400", "--blink-settings=preferredColorScheme=0"]),
        ] {
            let picture = directory.path().join(name);
            let screenshot = format!("--screenshot={}", picture.display());
            browse(directory.path(), &[&[screenshot.as_str()], arguments].concat(), &path);
            assert!(fs::metadata(&picture).unwrap().len() > 50_000, "{name} shows next to nothing");
        }
        let [light, dark] =
            ["light.png", "dark.png"].map(|name| fs::read(directory.path().join(name)).unwrap());
        assert!(light != dark, "the dark page looks as the light one");
    }
}

fn many_events() -> &'static Path {
    crate::questions::many().file.path()
}
