//! A scheduler and two executors, each a process of its own on loopback, against plain counts.

mod fleet;
mod oracle;
mod process;
mod reports;

use std::collections::BTreeSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use process::{Process, command, output, wait_until};
use reports::{REPORTS, expected, log, parse, rows, write_ndjson};

/// One cluster at a time, so that none takes the ports that another has found free.
static TURN: Mutex<()> = Mutex::new(());

struct Cluster {
    _turn: MutexGuard<'static, ()>,
    scheduler: String,
    _scheduler: Process,
    executors: [Process; 2],
    work: [tempfile::TempDir; 2],
}

impl Cluster {
    fn start() -> Self {
        Self::start_with(Ipv4Addr::LOCALHOST.into(), &[], &[])
    }

    /// A cluster whose processes listen on an address of this machine.
    /// Executors get options and variables too.
    fn start_with(address: IpAddr, options: &[&str], variables: &[(&str, &str)]) -> Self {
        let turn = turn();
        let at = |port| SocketAddr::new(address, port).to_string();
        let port = free_ports(address);
        let scheduler = start(&["scheduler", "--bind", &at(port)]);
        wait_for(address, port);
        let work = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let executors = [0, 1].map(|n: usize| {
            let own = free_ports(address);
            let work = work[n].path().to_str().unwrap();
            let arguments = ["executor", "--scheduler", &at(port), "--bind", &at(own)];
            let arguments = [&arguments[..], &["--cores", "1", "--work-dir", work], options].concat();
            let executor = Process::start(command().args(arguments).envs(variables.iter().copied()));
            wait_for(address, own);
            wait_for(address, own + 1);
            executor
        });
        Self { _turn: turn, scheduler: at(port), _scheduler: scheduler, executors, work }
    }

    fn command(&self) -> Command {
        let mut command = command();
        command.args(["--scheduler", &self.scheduler]);
        command
    }
}

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn start(arguments: &[&str]) -> Process {
    Process::start(command().args(arguments))
}

/// The first of two neighbouring ports that nobody listens on.
fn free_ports(address: IpAddr) -> u16 {
    let listen = |port: u16| TcpListener::bind((address, port));
    loop {
        let first = listen(0).unwrap();
        let port = first.local_addr().unwrap().port();
        if port.checked_add(1).is_some_and(|next| listen(next).is_ok()) {
            return port;
        }
    }
}

fn wait_for(address: IpAddr, port: u16) {
    wait_until("somebody listens", || TcpStream::connect((address, port)).is_ok());
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
        ("CREATE TABLE kept AS SELECT * FROM events", "use CREATE VIEW"),
        ("SELECT 1 FROM event_codes WHERE number IN (SELECT value FROM range(9))", "a table is of files"),
    ] {
        let output = output(cluster.command().arg(&file).args(["--sql", sql]));
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.starts_with("event-codes-sql: ") && message.lines().count() == 1, "{message}");
        assert!(message.contains(part), "{message}");
    }
}

/// What executors leave out is told to the client, with the place of the first, and what it says of logs to them.
#[test]
fn what_executors_cannot_read() {
    let good = "{\"event_type\":\"SYS_111\",\"at\":\"2026-07-01 10:00:00\",\"unit\":\"m1\"}\n";
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("1.ndjson"), good.repeat(5_000) + "{\"n\":\u{1b}\n" + good + "{\n")
        .unwrap();
    fs::write(directory.path().join("2.ndjson"), good.repeat(100) + "{\n").unwrap();
    let cluster = Cluster::start();
    let ask = |mut command: Command| {
        // In several parts.
        command.env("DATAFUSION_OPTIMIZER_REPARTITION_FILE_MIN_SIZE", "1");
        let output = output(command.arg(directory.path()).args(["--format", "csv"]));
        (parse(&output.stdout), String::from_utf8(output.stderr).unwrap())
    };
    for arguments in [
        &["--skip-bad-lines", "--sql", "SELECT count(event_type) AS n FROM events"][..],
        &[
            "--field",
            "device=unit",
            "--field",
            "time=at",
            "--tz",
            "Asia/Tokyo",
            "--sql",
            "SELECT device_id, min(date_time), max(date_time), count(*) FROM device_events GROUP BY 1",
        ],
    ] {
        let mut here = command();
        here.args(arguments);
        let mut there = cluster.command();
        there.args(arguments);
        let (here, there) = (ask(here), ask(there));
        assert!(here.1.contains(" 3 ") && here.1.contains("1.ndjson, line 5001"), "{here:?}");
        assert_eq!(here.0[0].last().unwrap(), "5101");
        assert_eq!(there, here);
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

/// What does not fit in the memory of an executor goes to its directory.
#[test]
fn little_memory() {
    let log = log(2, 30_000);
    let directory = tempfile::tempdir().unwrap();
    write_ndjson(directory.path(), &log);
    let devices: BTreeSet<_> = log.iter().flatten().map(|event| event.device).collect();
    let devices = devices.len().to_string();
    let query = "SELECT sum(CASE WHEN before > id THEN 1 ELSE 0 END), count(date_time), count(description),
                        count(DISTINCT device_id) FROM (
                 SELECT id, date_time, device_id, description, lag(id) OVER (ORDER BY id) AS before FROM events)";
    // Nothing could be spilled to the system's directory.
    let cluster = Cluster::start_with(
        Ipv4Addr::LOCALHOST.into(),
        &["--memory", "14MB"],
        &[("TMPDIR", "/nowhere/at/all")],
    );
    let run = |statement: &str| {
        let sql = format!("SET datafusion.execution.target_partitions = 1; {statement} {query}");
        rows(cluster.command().arg(directory.path()).args(["--sql", &sql]))
    };
    assert_eq!(run(""), [["0", "60000", "60000", &devices]]);
    let explained = run("EXPLAIN ANALYZE").concat().concat();
    let spilled = explained.split("spill_count=").skip(1).any(|count| !count.starts_with('0'));
    assert!(spilled, "{explained}");
}

#[test]
fn an_ipv6_address() {
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        eprintln!("SKIPPED, NOT PASSED: this machine has no IPv6");
        return;
    }
    let cluster = Cluster::start_with(Ipv6Addr::LOCALHOST.into(), &[], &[]);
    let sql = "SELECT status, count(*) FROM event_codes GROUP BY status";
    let sorted = |mut rows: Vec<Vec<String>>| {
        rows.sort();
        rows
    };
    let here = sorted(rows(command().args(["--sql", sql])));
    assert_eq!(sorted(rows(cluster.command().args(["--sql", sql]))), here);
}

/// The name that others get is the one that was given; without one the scheduler takes the executor's address
/// from its connection, and that is none if the executor says `0.0.0.0` itself.
#[test]
fn what_an_executor_calls_itself() {
    let _turn = turn();
    let address = Ipv4Addr::LOCALHOST.into();
    let port = free_ports(address);
    let scheduler = format!("127.0.0.1:{port}");
    // It cannot tell them where it is, and need not.
    let everywhere = format!("0.0.0.0:{port}");
    let log = "ballista_scheduler=info";
    let mut process =
        Process::start(command().args(["scheduler", "--bind", &everywhere]).env("RUST_LOG", log));
    wait_for(address, port);
    let executors =
        [(free_ports(address), &[][..]), (free_ports(address), &["--external-host", "localhost"][..])].map(
            |(port, options)| {
                let arguments = ["executor", "--scheduler", &scheduler, "--bind", &format!("0.0.0.0:{port}")];
                let executor = start(&[&arguments[..], options].concat());
                wait_for(address, port);
                executor
            },
        );
    let sql = "SELECT count(*) FROM event_codes WHERE status = 'fail'";
    let here = rows(command().args(["--sql", sql]));
    assert_eq!(rows(command().args(["--scheduler", &scheduler, "--sql", sql])), here);
    drop(executors);
    process.kill();
    let log = String::from_utf8(process.output().stderr).unwrap();
    let registered = |host: &str| log.lines().any(|line| line.contains("register") && line.contains(host));
    assert!(registered("host: None") && registered("host: Some(\"localhost\")"), "{log}");
}

#[test]
fn addresses_that_nobody_can_reach() {
    for (arguments, part) in [
        (&["executor", "--bind", "[::]:50051"][..], "--external-host"),
        (&["executor", "--work-dir", "/nowhere/at/all"], "/nowhere/at/all"),
    ] {
        assert_one_line(command().args(arguments), 1, part);
    }
}

/// Runs a command that has to fail, with one line that says why.
fn assert_one_line(command: &mut Command, status: i32, part: &str) {
    let output = output(command);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{command:?}: {message}");
    assert!(
        message.starts_with("event-codes-sql: ") && message.lines().count() == 1,
        "{command:?}: {message}"
    );
    assert!(message.contains(part), "{command:?}: {message}");
}

#[test]
fn a_query_waits_for_a_cluster_and_not_for_ever() {
    let _turn = turn();
    let address = Ipv4Addr::LOCALHOST.into();
    let port = free_ports(address);
    let scheduler = format!("127.0.0.1:{port}");
    let query = |wait: &str| {
        let mut command = command();
        command.args(["--scheduler", &scheduler, "--wait", wait, "--sql", "SELECT 1 + 1"]);
        command
    };
    assert_one_line(&mut query("300ms"), 1, &format!("no scheduler answers at {scheduler}: "));
    assert_one_line(command().args(["health", &scheduler]), 1, "no scheduler answers");

    let _scheduler = start(&["scheduler", "--bind", &scheduler]);
    wait_for(address, port);
    assert_one_line(
        &mut query("300ms"),
        1,
        &format!("the scheduler at {scheduler} has no executor; waited 300ms"),
    );
    assert_one_line(command().args(["health", &scheduler]), 1, "has no executor");

    let mut waiting = Process::start(query("4m").args(["--format", "csv"]));
    std::thread::sleep(Duration::from_millis(300));
    assert!(!waiting.has_ended());
    let own = free_ports(address);
    let bind = format!("127.0.0.1:{own}");
    let _executor = start(&["executor", "--scheduler", &format!("df://{scheduler}"), "--bind", &bind]);
    let output = waiting.output();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(parse(&output.stdout), [["2"]]);
    assert!(crate::output(command().args(["health", &scheduler])).status.success());
    // What listens there is no scheduler.
    assert_one_line(command().args(["health", &bind]), 1, "no scheduler");
}

/// As the first process of a container, which a signal without a handler does not end.
#[test]
fn sigterm_ends_scheduler_and_executor() {
    let _turn = turn();
    let address = Ipv4Addr::LOCALHOST.into();
    let [port, own] = [(); 2].map(|()| free_ports(address));
    let scheduler = format!("127.0.0.1:{port}");
    let work = tempfile::tempdir().unwrap();

    let (alone, is_first) = first_process(&["executor", "--scheduler", "127.0.0.1:1"], work.path());
    wait_until("the executor has started", || {
        has_files(work.path()) || work.path().read_dir().unwrap().count() > 0
    });
    assert_ends(alone, is_first);

    let (scheduler_process, is_first) = first_process(&["scheduler", "--bind", &scheduler], work.path());
    wait_for(address, port);
    let bind = format!("127.0.0.1:{own}");
    let executor = ["executor", "--scheduler", &scheduler, "--bind", &bind];
    let (executor, _) = first_process(&executor, work.path());
    wait_until("the executor is registered", || {
        output(command().args(["health", &scheduler])).status.success()
    });
    assert_ends(executor, is_first);
    assert_one_line(command().args(["health", &scheduler]), 1, "has no executor");
    assert_ends(scheduler_process, is_first);
    assert_eq!(work.path().read_dir().unwrap().count(), 0, "an executor removes its directory");
}

/// Starts a command as the first process of its namespace, and says whether that is permitted here.
fn first_process(arguments: &[&str], directory: &Path) -> (Process, bool) {
    let unshare = ["unshare", "--pid", "--fork", "--kill-child"];
    let is_permitted =
        Command::new(unshare[0]).args(&unshare[1..]).arg("true").status().is_ok_and(|s| s.success());
    let mut with_namespace = Command::new(unshare[0]);
    with_namespace.args(&unshare[1..]).arg(env!("CARGO_BIN_EXE_event-codes-sql"));
    let mut command = if is_permitted { with_namespace } else { command() };
    (Process::start(command.args(arguments).env("TMPDIR", directory)), is_permitted)
}

/// Sends SIGTERM to what [`first_process`] started.
fn assert_ends(process: Process, is_first: bool) {
    let mut id = process.id().to_string();
    if is_first {
        let children = format!("/proc/{id}/task/{id}/children");
        id = fs::read_to_string(children).unwrap().trim().to_owned();
    }
    let sent = Instant::now();
    assert!(Command::new("sh").args(["-c", &format!("kill -TERM {id}")]).status().unwrap().success());
    let output = process.output();
    assert!(output.status.success(), "{:?} {}", output.status, String::from_utf8_lossy(&output.stderr));
    assert!(sent.elapsed() < Duration::from_secs(20), "{:?}", sent.elapsed());
}

fn has_files(directory: &Path) -> bool {
    directory.read_dir().is_ok_and(|entries| {
        entries.flatten().any(|entry| entry.path().is_file() || has_files(&entry.path()))
    })
}
