//! Servers on this computer are found where they usually listen, only when asked for, and what
//! answers there without being one is not taken for one.

use std::io::{Read as _, Write as _};

use serde_json::{Value, json};

use crate::aimock::Aimock;
use crate::cli::text;
use crate::support::{Profile, in_namespace};

#[allow(
    clippy::disallowed_types,
    reason = "stands where a server usually listens"
)]
fn listen(port: u16) -> std::net::TcpListener {
    std::net::TcpListener::bind(("127.0.0.1", port)).unwrap()
}

/// Whatever is asked of this port is answered so.
fn answers(port: u16, status: &str, body: &str) {
    let listener = listen(port);
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
}

#[test]
fn servers_are_found_where_they_usually_listen() {
    in_namespace("find::where_they_usually_listen_inside");
}

#[test]
#[ignore = "runs inside the namespace that servers_are_found_where_they_usually_listen makes"]
fn where_they_usually_listen_inside() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let nobody = profile.json(&["source", "find"]);
    assert_eq!(nobody, json!([]), "nobody is there");

    let ollama = Aimock::start_on(11_434);
    answers(
        4_000,
        "401 Unauthorized",
        r#"{"error":{"message":"no key"}}"#,
    );
    answers(8_080, "200 OK", "<html>another program</html>");
    // Takes connections and says nothing.
    let _silent = listen(1_234);

    let found = profile.json(&["source", "find"]);
    let told: Vec<(&str, bool, bool)> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let models = row["models"].as_array().unwrap();
            (
                text(&row["service"]),
                models.is_empty(),
                row["needs_key"] == true,
            )
        })
        .collect();
    assert_eq!(told, [("ollama", false, false), ("litellm", true, true)]);
    assert_eq!(found[0]["source_id"], Value::Null);

    let added = profile.json(&["source", "add", "mine", "--service", "ollama"]);
    assert_eq!(
        (&added["error"], &added["host"]),
        (&json!(null), &json!("127.0.0.1:11434"))
    );
    let asked = profile.json(&["ask", "tell me about lighthouses", "--source", "mine"]);
    assert_eq!(asked["status"], "complete", "{asked}");
    let again = profile.json(&["source", "find"]);
    assert_eq!(again[0]["source_id"], added["id"], "it is known now");

    let ledger = profile.json(&["privacy", "ledger"]);
    let silent: Vec<&Value> = ledger
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["host"] == "127.0.0.1:1234")
        .collect();
    assert!(silent.len() >= 3, "each question has its row: {silent:?}");
    assert_eq!(profile.json(&["privacy", "verify"])["holds"], true);
    drop(ollama);
}
