//! The command line is a contract: one JSON document, stable codes, documented exit codes.

mod ask;
mod beside;
mod contract;
mod flags;
mod search;
mod sources;
mod there;

use std::io::Read as _;
use std::process::Child;

use fluxchat_testkit::recorder::Recorder;
use serde_json::Value;

use crate::support::Profile;

/// Adds a recording server as a source.
pub fn add_source(profile: &Profile, name: &str, server: &Recorder) -> Value {
    let added = profile.json(&["source", "add", name, "--url", &server.base_url()]);
    assert_eq!(
        added["error"],
        Value::Null,
        "the server was asked for its models"
    );
    added
}

/// A process that owns the profile: it streams an answer that does not end. The server has to be
/// told to hang after `word`.
pub fn owner(profile: &Profile, source: &str, word: &str) -> Child {
    let mut child = profile.spawn(&["ask", "wait for it", "--source", source]);
    let stdout = child.stdout.as_mut().expect("piped");
    let mut read = Vec::new();
    let mut byte = [0];
    while !String::from_utf8_lossy(&read).contains(word) {
        match stdout.read(&mut byte) {
            Ok(1) => read.push(byte[0]),
            _ => panic!(
                "the answer did not begin: {}",
                String::from_utf8_lossy(&read)
            ),
        }
    }
    child
}

/// Ctrl-C.
pub fn interrupt(child: &Child) {
    let status = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill");
    assert!(status.success(), "the process was running");
}

/// The messages of a conversation as `(role, status, text)`.
pub fn shown(profile: &Profile, conversation: &str) -> Vec<(String, String, String)> {
    let document = profile.json(&["history", "show", conversation]);
    let text = |message: &Value, key: &str| message[key].as_str().unwrap_or_default().to_owned();
    document["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|it| (text(it, "role"), text(it, "status"), text(it, "text")))
        .collect()
}

/// A field that must be text.
pub fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("text was expected: {value}"))
}

/// Every id is a UUIDv7 and every time is UTC milliseconds, wherever they stand in a document.
pub fn check_ids_and_times(document: &Value) {
    match document {
        Value::Array(all) => all.iter().for_each(check_ids_and_times),
        Value::Object(fields) => {
            for (name, value) in fields {
                if ["models", "rows_by_table"].contains(&name.as_str()) || value.is_null() {
                    continue;
                }
                if name == "id" || name.ends_with("_id") {
                    let id = text(value);
                    assert!(
                        id.len() == 36 && id.as_bytes()[14] == b'7',
                        "{name} is a UUIDv7: {id}"
                    );
                } else if name == "at" || name.ends_with("_at") || name == "purge_after" {
                    let ms = value.as_i64().unwrap_or_default();
                    assert!(
                        (1_577_836_800_000..4_102_444_800_000).contains(&ms),
                        "{name} is in UTC milliseconds: {value}"
                    );
                } else {
                    check_ids_and_times(value);
                }
            }
        }
        _ => {}
    }
}
