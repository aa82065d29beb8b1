//! A scheduler and two executors, each a process of its own on loopback, against plain counts.

mod fleet;
mod oracle;
mod process;
mod reports;

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use process::{Process, command, output, wait_until};
use reports::{REPORTS, expected, log, parse, rows, write_ndjson};

/// One cluster at a time, so that none takes the ports that another has found free.
static TURN: Mutex<()> = Mutex::new(());

struct Cluster {
    _turn: MutexGuard<'static, ()>,
    url: String,
    _scheduler: Process,
    executors: [Process; 2],
    work: [tempfile::TempDir; 2],
}

impl Cluster {
    fn start() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let port = free_ports();
        let scheduler_address = format!("127.0.0.1:{port}");
        let scheduler = start(&["scheduler", "--bind", &scheduler_address]);
        wait_for(port);
        let work = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let executors = [0, 1].map(|n: usize| {
            let port = free_ports();
            let bind = format!("127.0.0.1:{port}");
            let work = work[n].path().to_str().unwrap();
            let arguments = ["executor", "--scheduler", &scheduler_address, "--bind", &bind];
            let executor = start(&[&arguments[..], &["--cores", "1", "--work-dir", work]].concat());
            wait_for(port);
            wait_for(port + 1);
            executor
        });
        Self { _turn: turn, url: format!("df://{scheduler_address}"), _scheduler: scheduler, executors, work }
    }

    fn command(&self) -> Command {
        let mut command = command();
        command.args(["--scheduler", &self.url]);
        command
    }
}

fn start(arguments: &[&str]) -> Process {
    Process::start(command().args(arguments))
}

/// The first of two neighbouring ports that nobody listens on.
fn free_ports() -> u16 {
    let listen = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    loop {
        let first = listen(0).unwrap();
        let port = first.local_addr().unwrap().port();
        if port.checked_add(1).is_some_and(|next| listen(next).is_ok()) {
            return port;
        }
    }
}

fn wait_for(port: u16) {
    wait_until("somebody listens", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
}

#[test]
fn reports_and_functions() {
    let log = log(5, 1_200);
    let directory = tempfile::tempdir().unwrap();
    write_ndjson(directory.path(), &log);
    let cluster = Cluster::start();
    for report in REPORTS {
        let actual = rows(cluster.command().arg(directory.path()).args(["--report", report]));
        assert_eq!(actual, expected(report, &log), "{report}");
    }

    // Functions that no report uses, the table in a join, and texts that travel between processes.
    let sql =
        "SELECT event_codes.explanation, event_code_section(find_event_code(device_id || '/' || event_type)),
                      event_code_family(event_type), event_code_number(find_event_codes(event_type)[1]),
                      event_code_from_lwm2m(10252, 3, event_codes.number), count(*)
               FROM events LEFT JOIN event_codes ON code = event_type
               GROUP BY 1, 2, 3, 4, 5 ORDER BY 6, 1, 2, 3, 4, 5";
    let here = rows(command().arg(directory.path()).args(["--sql", sql]));
    assert!(here.len() > 50);
    assert_eq!(rows(cluster.command().arg(directory.path()).args(["--sql", sql])), here);

    // Compressed and partitioned files, and events in lines of text.
    let data = tempfile::tempdir().unwrap();
    let copy = format!(
        "COPY events TO '{}' STORED AS JSON OPTIONS ('format.compression' 'zstd')",
        data.path().join("day=1/a.ndjson.zst").display()
    );
    rows(command().arg(directory.path().join("0.ndjson")).args(["--sql", &copy]));
    fs::create_dir(data.path().join("day=2")).unwrap();
    fs::write(data.path().join("day=2/b.log"), "2026-01-02T00:00:00Z m1 UPD4_FAIL_207\n".repeat(7)).unwrap();
    let sql = "SELECT day, count(*), count(DISTINCT device_id), max(date_time) FROM device_events \
               WHERE day > '0' GROUP BY day ORDER BY day";
    let here = rows(command().arg(data.path()).args(["--sql", sql]));
    assert_eq!((here.len(), &here[1][1][..]), (2, "7"));
    assert_eq!(rows(cluster.command().arg(data.path()).args(["--sql", sql])), here);
    let sql = "SELECT count(*), count(DISTINCT device_id) FROM events WHERE day = '1'";
    let here = rows(command().arg(data.path()).args(["--sql", sql]));
    assert_eq!(rows(cluster.command().arg(data.path()).args(["--sql", sql])), here);
    let function = format!("SELECT count(*) FROM device_events('{}')", data.path().join("day=2").display());
    assert_eq!(rows(cluster.command().args(["--sql", &function])), [["7"]]);

    let shown = output(cluster.command().args(["--sql", "SHOW FUNCTIONS LIKE 'find_event_codes'"]));
    assert!(String::from_utf8_lossy(&shown.stdout).contains("Every event code in a text"), "{shown:?}");
}

#[test]
fn a_mistake_is_one_clear_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("events.ndjson");
    fs::write(&file, "{\"event_type\":\"SYS_111\"}\n".repeat(1_500) + "not JSON\n").unwrap();
    let cluster = Cluster::start();
    for (sql, part) in [
        ("SELECT count(event_type) AS n FROM events", "events.ndjson: in line 1501: "),
        ("SELECT event_code_status(1) FROM events", "event_code_status"),
    ] {
        let output = output(cluster.command().arg(&file).args(["--sql", sql]));
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.starts_with("event-codes-sql: ") && message.lines().count() == 1, "{message}");
        assert!(message.contains(part), "{message}");
    }
}

/// An executor is killed when it has finished a part of the query and not all: its results are gone.
#[test]
fn an_executor_dies_in_the_middle_of_a_query() {
    let log = log(12, 10_000);
    let directory = tempfile::tempdir().unwrap();
    write_ndjson(directory.path(), &log);
    let mut cluster = Cluster::start();
    let arguments = ["--report", "failures", "--format", "csv"];
    let mut query = Process::start(cluster.command().args(arguments).arg(directory.path()));
    let doomed = cluster.work[1].path();
    wait_until("the executor has results", || has_files(doomed) || query.has_ended());
    assert!(!query.has_ended(), "the query ended before the executor could be killed");
    cluster.executors[1].kill();

    let output = query.output();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(parse(&output.stdout), expected("failures", &log));
}

fn has_files(directory: &Path) -> bool {
    directory.read_dir().is_ok_and(|entries| {
        entries.flatten().any(|entry| entry.path().is_file() || has_files(&entry.path()))
    })
}
