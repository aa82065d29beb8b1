//! `event-codes-sql` over object stores, which programs of other makers imitate. `.ci/run` installs them: PYTHON is
//! the path of a Python that has `moto[server]` and `azure-storage-blob`, AZURITE that of Microsoft's imitation.

mod process;

use std::net::{TcpListener, TcpStream};
use std::process::Command;

use process::{Process, output, wait_until};
use serde_json::{Value, json};

/// A server on a port of its own, which it takes by the option `port`.
struct Server {
    _process: Process,
    address: String,
}

impl Server {
    fn start(command: &mut Command, port_option: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Process::start(command.args([port_option, &port.to_string()]));
        let address = format!("127.0.0.1:{port}");
        wait_until("the server listens", || TcpStream::connect(&address).is_ok());
        Self { _process: process, address }
    }

    /// moto, which imitates S3.
    fn moto(options: &[&str]) -> Self {
        Self::start(installed("PYTHON").args(["-m", "moto.server", "-H", "127.0.0.1"]).args(options), "-p")
    }
}

fn installed(variable: &str) -> Command {
    Command::new(std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: see the top")))
}

fn python(script: &str, arguments: &[&str]) {
    let output = output(installed("PYTHON").args(["-c", script]).args(arguments));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The rows that a query answers.
fn ask(command: &mut Command, sql: &str) -> Vec<Value> {
    let output = output(command.args(["--format", "json", "--sql", sql]));
    assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Writes logs below `root`, whose store `command` can reach, and reads them in all ways.
fn write_and_read(command: impl Fn() -> Command, root: &str) {
    for (day, options) in [(24, ""), (25, " OPTIONS ('format.compression' 'gzip')")] {
        let ending = if options.is_empty() { "" } else { ".gz" };
        let sql = format!(
            "COPY (SELECT 'UPD4_FAIL_207' AS event_type, concat('m', value) AS device_id \
             FROM generate_series(1, 1000)) TO '{root}/all/date=2026-11-{day}/a.ndjson{ending}' STORED AS JSON{options}"
        );
        assert_eq!(ask(&mut command(), &sql), [json!({"count": 1000})]);
    }
    read(command, root);
}

/// Reads two logs of 1,000 lines below `root` in all ways.
fn read(command: impl Fn() -> Command, root: &str) {
    let count = "SELECT count(*) AS n, count(DISTINCT date) AS days FROM events";
    for (path, n, days) in [
        ("all/", 2_000, 2),
        ("all", 2_000, 2),
        ("all/date=2026-11-25/a.ndjson.gz", 1_000, 1),
        ("all/*/*.ndjson", 1_000, 1),
    ] {
        for table in ["events", "device_events"] {
            let answer = ask(command().arg(format!("{root}/{path}")), &count.replace("events", table));
            assert_eq!(answer, [json!({"n": n, "days": days})], "{path} as {table}");
        }
    }
    // In several parts, a table of the user's own, and what is not there.
    let mut parts = command();
    parts.env("DATAFUSION_OPTIMIZER_REPARTITION_FILE_MIN_SIZE", "1").arg(format!("{root}/all/"));
    assert_eq!(ask(&mut parts, count), [json!({"n": 2_000, "days": 2})]);
    let ddl = format!(
        "CREATE EXTERNAL TABLE t STORED AS JSON LOCATION '{root}/all/date=2026-11-24/a.ndjson'; \
         SELECT count(*) AS n FROM t"
    );
    assert_eq!(ask(&mut command(), &ddl), [json!({"n": 1_000})]);
    let absent = format!("{root}/none.ndjson");
    let output = output(command().arg(&absent));
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), message.lines().count()), (Some(1), 1), "{message}");
    assert!(message.contains(&absent) && !message.contains("se-cret"), "{message}");
    let plan = "EXPLAIN SELECT * FROM events WHERE date = '2026-11-24'";
    let plan = serde_json::to_string(&ask(command().arg(format!("{root}/all")), plan)).unwrap();
    assert!(plan.contains("all/date=2026-11-24/a.ndjson") && !plan.contains("25/a.ndjson"), "{plan}");
    assert!(!plan.contains("se-cret") && !plan.contains("an-id"), "{plan}");
}

#[ignore = "needs moto"]
#[test]
fn s3() {
    let server = Server::moto(&[]);
    python(PUT_LOGS, &[&format!("http://{}/logs", server.address), ""]);
    let command = || {
        let mut command = process::command();
        command.env("AWS_ENDPOINT_URL", format!("http://{}", server.address)).env("AWS_ALLOW_HTTP", "true");
        command.env("AWS_ACCESS_KEY_ID", "an-id").env("AWS_SECRET_ACCESS_KEY", "se-cret");
        command
    };
    write_and_read(command, "s3://logs");
}

/// What Google's XML interface has in common with S3, which is all that reading uses. What writes has a signature that
/// moto does not know.
#[ignore = "needs moto"]
#[test]
fn google_cloud_storage() {
    let server = Server::moto(&[]);
    let bucket = format!("http://{}/logs", server.address);
    python(PUT_LOGS, &[&bucket, "", "all/date=2026-11-24/a.ndjson", "all/date=2026-11-25/a.ndjson.gz"]);
    let account = json!({
        "gcs_base_url": format!("http://{}", server.address), "disable_oauth": true,
        "client_email": "an-id", "private_key": "se-cret", "private_key_id": "an-id",
    });
    let command = || {
        let mut command = process::command();
        command.env("GOOGLE_SERVICE_ACCOUNT_KEY", account.to_string()).env("GOOGLE_ALLOW_HTTP", "true");
        command.env("GOOGLE_SKIP_SIGNATURE", "true");
        command
    };
    read(command, "gs://logs");
}

const MAKE_CONTAINER: &str = "
import sys
from azure.storage.blob import ContainerClient
account = {'account_name': 'devstoreaccount1', 'account_key': sys.argv[2]}
ContainerClient(sys.argv[1], 'logs', credential=account).create_container()
";

#[ignore = "needs Azurite"]
#[test]
fn azure() {
    let directory = tempfile::tempdir().unwrap();
    let mut azurite = installed("AZURITE");
    azurite.args(["--silent", "--skipApiVersionCheck", "--blobHost", "127.0.0.1", "--location"]);
    let server = Server::start(azurite.arg(directory.path()), "--blobPort");
    let url = format!("http://{}/devstoreaccount1", server.address);
    // The key that Microsoft publishes for imitations.
    let key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    python(MAKE_CONTAINER, &[&url, key]);
    let command = || {
        let mut command = process::command();
        command.env("AZURE_STORAGE_ACCOUNT_NAME", "devstoreaccount1").env("AZURE_STORAGE_ACCOUNT_KEY", key);
        command.env("AZURE_STORAGE_ENDPOINT", &url).env("AZURE_ALLOW_HTTP", "true");
        command
    };
    write_and_read(command, "az://logs");
}

/// A certificate for 127.0.0.1, by the package that moto makes its own with.
const MAKE_CERTIFICATE: &str = "
import datetime, ipaddress, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, '127.0.0.1')])
now = datetime.datetime.now(datetime.timezone.utc)
certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    .serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address('127.0.0.1'))]), False)
    .sign(key, hashes.SHA256()))
open(sys.argv[1], 'wb').write(certificate.public_bytes(serialization.Encoding.PEM))
open(sys.argv[2], 'wb').write(key.private_bytes(serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
";

/// Makes a bucket, by its URL, and puts files into it that anybody may read.
const PUT_LOGS: &str = "
import gzip, ssl, sys, urllib.request
bucket, certificate, *names = sys.argv[1:]
trust = ssl.create_default_context(cafile=certificate) if certificate else None
def put(url, body):
    # Without a type moto takes it for a form.
    headers = {'Content-Type': 'text/plain', 'x-amz-acl': 'public-read'}
    request = urllib.request.Request(url, body, headers, method='PUT')
    urllib.request.urlopen(request, context=trust).close()
put(bucket, b'')
log = b'{\"event_type\":\"UPD4_FAIL_207\",\"device_id\":\"m1\"}\\n' * 1000
for name in names:
    put(f'{bucket}/{name}', gzip.compress(log) if name.endswith('.gz') else log)
";

#[ignore = "needs moto"]
#[test]
fn https() {
    let directory = tempfile::tempdir().unwrap();
    let [certificate, key] =
        ["certificate.pem", "key.pem"].map(|name| directory.path().join(name).to_str().unwrap().to_owned());
    python(MAKE_CERTIFICATE, &[&certificate, &key]);
    let server = Server::moto(&["--ssl-cert", &certificate, "--ssl-key", &key]);
    python(PUT_LOGS, &[&format!("https://{}/logs", server.address), &certificate, "a.ndjson"]);
    let url = format!("https://{}/logs/a.ndjson", server.address);
    let sql = "SELECT count(*) AS n FROM device_events";
    let mut trusting = process::command();
    assert_eq!(ask(trusting.env("SSL_CERT_FILE", &certificate).arg(&url), sql), [json!({"n": 1_000})]);
    // A server that nobody vouches for is not believed.
    let output = output(process::command().args([&url, "--sql", sql]));
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), message.lines().count()), (Some(1), 1), "{message}");
    assert!(message.to_lowercase().contains("certificate"), "{message}");
}
