//! The binary, started and asked over loopback.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]
#![allow(
    clippy::disallowed_types,
    reason = "a client made of nothing but a socket"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use fluxchat_service::{PublicKey, SignatureCheck};
use serde_json::Value;

struct Running {
    child: Child,
    address: String,
    /// As told at the start.
    signing_key: String,
    _folder: tempfile::TempDir,
}

impl Running {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        Self::start_with(folder, &key)
    }

    fn start_with(folder: tempfile::TempDir, key: &Path) -> Self {
        let mut child = command(&["--listen", "127.0.0.1:0", "--json", "--pace", "0", "--key"])
            .arg(key)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let address = ready["listening"].as_str().unwrap().to_owned();
        assert_eq!(ready["url"], format!("http://{address}/v1"));
        let signing_key = ready["signing_key"].as_str().unwrap().to_owned();
        Self {
            child,
            address,
            signing_key,
            _folder: folder,
        }
    }

    /// Sends one request and reads to the end of the connection. Gives status and the rest.
    fn send(&self, head: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        let request =
            format!("{head}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        let status = reply.split(' ').nth(1).unwrap().parse().unwrap();
        (status, reply)
    }

    fn get(&self, path: &str, host: &str) -> (u16, String) {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: {host}"), "")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fluxchat-service"));
    command.args(arguments);
    command
}

fn fails(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

#[test]
fn it_serves_the_same_service_over_loopback() {
    let service = Running::start();
    let (status, models) = service.get("/v1/models", &service.address);
    assert_eq!(status, 200);
    assert!(models.contains("\"id\":\"guide\""), "{models}");

    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json",
        service.address
    );
    let body = r#"{"model":"guide","stream":true,"messages":[{"role":"user","content":"Where is my data?"}]}"#;
    let (status, answer) = service.send(&head, body);
    assert_eq!(status, 200);
    assert!(answer.contains("content-type: text/event-stream"));
    assert!(answer.contains("x-fluxchat-training-allowed: false"));
    assert!(answer.contains("help:storage#where"), "{answer}");
    assert!(answer.contains("data: [DONE]"));
}

#[test]
fn web_pages_are_kept_out() {
    let service = Running::start();
    for head in [
        "GET /v1/privacy/requests HTTP/1.1\r\nhost: evil.example".to_owned(),
        format!(
            "GET /v1/consents HTTP/1.1\r\nhost: {}\r\norigin: http://evil.example",
            service.address
        ),
    ] {
        let (status, reply) = service.send(&head, "");
        assert_eq!(status, 403, "{head}");
        assert!(reply.contains("foreign_host"));
    }
    assert_eq!(service.get("/v1/models", "localhost").0, 200);
}

#[test]
fn it_only_listens_where_it_should_and_says_why_not() {
    let open = fails(&["--listen", "0.0.0.0:0", "--json"]);
    assert_eq!(open.status.code(), Some(2));
    let error: Value = serde_json::from_slice(&open.stdout).unwrap();
    assert_eq!(error["error"]["code"], "not_loopback");

    let service = Running::start();
    let key = service._folder.path().join("key");
    let taken = fails(&["--listen", &service.address, "--key", key.to_str().unwrap()]);
    assert_eq!(taken.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&taken.stderr).contains("cannot listen on"));
    assert!(taken.stdout.is_empty());
    assert_eq!(fails(&["--listen", "nowhere"]).status.code(), Some(2));
}

#[test]
fn answers_about_rights_are_signed_with_a_key_that_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("data/key");
    let again = || Running::start_with(tempfile::tempdir().unwrap(), &key);
    let service = again();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&key).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "for its owner alone");
    }
    let body = |reply: String| -> Value {
        serde_json::from_str(reply.split_once("\r\n\r\n").unwrap().1).unwrap()
    };
    let (status, found) = service.get("/v1/privacy/discovery", &service.address);
    assert_eq!(status, 200, "{found}");
    assert_eq!(body(found)["processor_certificate"], service.signing_key);
    let head = format!(
        "POST /v1/privacy/requests HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json",
        service.address
    );
    let request = r#"{"regulation":"gdpr","subject_request_id":"0195f4a2-0000-4000-8000-000000000001",
        "subject_request_type":"access","submitted_time":"2026-11-26T08:00:00Z","api_version":"2.0",
        "subject_identities":[{"identity_type":"controller_customer_id","identity_value":"me","identity_format":"raw"}]}"#;
    let (status, answer) = service.send(&head, request);
    assert_eq!(status, 201, "{answer}");
    let answer = body(answer);
    let public = PublicKey::from_text(&service.signing_key).unwrap();
    assert_eq!(public.check(&answer), SignatureCheck::Valid);
    let mut changed = answer;
    changed["status"] = "denied".into();
    assert_eq!(public.check(&changed), SignatureCheck::Forged);

    let first = service.signing_key.clone();
    drop(service);
    assert_eq!(again().signing_key, first, "the same service");
    assert_ne!(Running::start().signing_key, first, "another one");
    std::fs::write(&key, "not a key").unwrap();
    let refused = fails(&[
        "--json",
        "--listen",
        "127.0.0.1:0",
        "--key",
        key.to_str().unwrap(),
    ]);
    assert_eq!(refused.status.code(), Some(1));
    let error: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(error["error"]["code"], "no_key");
    assert_eq!(
        std::fs::read_to_string(&key).unwrap(),
        "not a key",
        "and keeps it"
    );
}

#[test]
fn help_says_what_it_is_and_what_it_keeps() {
    let help = String::from_utf8(fails(&["--help"]).stdout).unwrap();
    for words in ["no AI model", "kept in memory", "loopback only"] {
        assert!(help.replace('\n', " ").contains(words), "{words}: {help}");
    }
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_in_order() {
    let mut service = Running::start();
    let killed = Command::new("kill")
        .args(["-INT", &service.child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    assert_eq!(service.child.wait().unwrap().code(), Some(0));
}
