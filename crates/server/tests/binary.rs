//! The binary, started and asked over loopback.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]
#![allow(
    clippy::disallowed_types,
    reason = "a client made of nothing but a socket"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

struct Running {
    child: Child,
    address: String,
}

impl Running {
    fn start() -> Self {
        let mut child = command(&["--listen", "127.0.0.1:0", "--json", "--pace", "0"])
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
        Self { child, address }
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
    let taken = fails(&["--listen", &service.address]);
    assert_eq!(taken.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&taken.stderr).contains("cannot listen on"));
    assert!(taken.stdout.is_empty());
    assert_eq!(fails(&["--listen", "nowhere"]).status.code(), Some(2));
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
