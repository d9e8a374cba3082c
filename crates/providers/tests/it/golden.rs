//! Every recorded file, cut at every byte, gives the same events, and those are the ones under
//! `golden/`. After a deliberate change: `UPDATE_GOLDEN=1 cargo test -p fluxchat-providers golden`.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use fluxchat_egress::Ctx;
use fluxchat_model::Purpose;
use fluxchat_providers::ndjson::LineDecoder;
use fluxchat_providers::{ChatEvent, KnownModels, Protocol, Step, chat, models};

use crate::source::{ctx, request, source, steps};
use crate::support::{MemoryLedger, Script, Server};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/wire")
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

/// Recordings with a head (`curl -i`): content type and body.
fn split_head(bytes: &[u8]) -> (Option<String>, &[u8]) {
    if !bytes.starts_with(b"HTTP/") {
        return (None, bytes);
    }
    let end = bytes.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&bytes[..end]);
    let kind = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-type")
            .then(|| value.trim().to_owned())
    });
    (kind, &bytes[end + 4..])
}

#[derive(Clone, Copy, Debug)]
enum Reader {
    Chat(Protocol),
    Lines,
}

impl Reader {
    fn read<'a>(self, kind: Option<&str>, pieces: impl Iterator<Item = &'a [u8]>) -> String {
        let mut out = String::new();
        match self {
            Self::Chat(protocol) => {
                for step in steps(protocol, kind, pieces) {
                    writeln!(out, "{:?}", in_order(step)).unwrap();
                }
            }
            Self::Lines => {
                let mut decoder = LineDecoder::new();
                pieces.for_each(|piece| decoder.push(piece).unwrap());
                decoder.finish();
                while let Some(line) = decoder.next_line() {
                    writeln!(out, "{line}").unwrap();
                }
            }
        }
        out
    }
}

/// What is sealed with its fields in one order: that of the map they are read into depends on what
/// else is built.
fn in_order(mut step: Step) -> Step {
    match &mut step {
        Step::Event(ChatEvent::Sealed(sealed)) => sealed.data.sort_all_objects(),
        Step::Event(ChatEvent::ToolCall(delta)) => {
            if let Some(sealed) = &mut delta.sealed {
                sealed.data.sort_all_objects();
            }
        }
        _ => {}
    }
    step
}

fn reader(name: &str) -> Option<Reader> {
    Some(match name {
        "llamaserver-reasoning.sse" | "llamaserver-tool-result.sse" | "llamaserver-tools.sse" => {
            Reader::Chat(Protocol::ChatCompletions)
        }
        "aimock-interactions.sse" => Reader::Chat(Protocol::Interactions),
        "aimock-anthropic-tools-thinking.sse" => Reader::Chat(Protocol::Messages),
        name if name.starts_with("anthropic-sdk-fixtures/") => Reader::Chat(Protocol::Messages),
        "aimock-ollama.ndjson" => Reader::Chat(Protocol::OllamaChat),
        "aimock-jobs.txt" => Reader::Lines,
        name if name.ends_with(".http") => return None,
        name => Reader::Chat(protocol(name)?),
    })
}

/// What is spoken in a recording that says so in its name: `server-dialect-what.sse`.
fn protocol(name: &str) -> Option<Protocol> {
    Some(match name.split(['-', '.']).nth(1)? {
        "chat" => Protocol::ChatCompletions,
        "responses" => Protocol::Responses,
        "messages" => Protocol::Messages,
        "gemini" => Protocol::GenerateContent,
        _ => return None,
    })
}

fn compare(name: &str, found: &str) {
    let path = folder()
        .join("golden")
        .join(name.replace('/', "-") + ".txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, found).unwrap();
    }
    let golden = std::fs::read_to_string(&path)
        .unwrap_or_else(|_| panic!("{} is missing; see the top of this file", path.display()));
    assert!(golden == found, "{name} is read differently now:\n{found}");
}

fn recorded() -> Vec<String> {
    let mut names = Vec::new();
    for (folder, prefix) in [
        (folder(), ""),
        (
            folder().join("anthropic-sdk-fixtures"),
            "anthropic-sdk-fixtures/",
        ),
    ] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_file() && name != "NOTICE" && !name.starts_with('.') {
                names.push(format!("{prefix}{name}"));
            }
        }
    }
    names.sort();
    names
}

#[test]
fn every_recording_has_its_reader() {
    let all = recorded();
    assert_eq!(all.len(), 42);
    for name in all {
        assert!(
            reader(&name).is_some() || ERRORS.contains(&name.as_str()),
            "no test reads {name}"
        );
    }
}

#[test]
fn every_recording_cut_at_every_byte() {
    for name in recorded() {
        let Some(reader) = reader(&name) else {
            continue;
        };
        let bytes = read(&name);
        let (kind, body) = split_head(&bytes);
        let whole = reader.read(kind.as_deref(), std::iter::once(body));
        compare(&name, &whole);
        let single = reader.read(kind.as_deref(), body.chunks(1));
        assert!(single == whole, "{name} byte by byte");
        for cut in 0..=body.len() {
            let (front, back) = body.split_at(cut);
            let pieces = [front, back].into_iter();
            assert!(
                reader.read(kind.as_deref(), pieces) == whole,
                "{name} cut at {cut}"
            );
        }
    }
}

#[test]
fn the_same_with_every_line_end_a_mark_and_without_a_last_line() {
    for name in recorded() {
        let Some(reader @ Reader::Chat(_)) = reader(&name) else {
            continue;
        };
        let bytes = read(&name);
        let (kind, body) = split_head(&bytes);
        let text = std::str::from_utf8(body).unwrap();
        let whole = reader.read(kind.as_deref(), std::iter::once(body));
        let mut variants = vec![
            text.replace('\n', "\r\n"),
            format!("\u{FEFF}{text}"),
            text.trim_end().to_owned(),
        ];
        if matches!(reader, Reader::Chat(Protocol::OllamaChat)) {
            variants.push(text.replace('\n', "\n\n"));
        } else {
            variants.push(text.replace('\n', "\r"));
            variants.push(text.replace("\n\n", "\n\n: keep-alive\n\n:\n\n"));
        }
        for variant in variants {
            let found = reader.read(kind.as_deref(), variant.as_bytes().chunks(1));
            assert!(
                found == whole,
                "{name} as {:?}",
                &variant[..40.min(variant.len())]
            );
        }
    }
}

/// Recordings of answers that are errors, many to a file, each under a line that says what was asked.
const ERRORS: [&str; 4] = [
    "aimock-429.http",
    "litellm-errors.http",
    "llamacpp-errors.http",
    "llamaserver-errors.http",
];

/// What was asked, and what was answered.
fn errors(name: &str) -> Vec<(String, String)> {
    let all = String::from_utf8(read(name)).unwrap();
    if all.starts_with("HTTP/") {
        return vec![("aimock 429".to_owned(), all)];
    }
    all.split("## ")
        .filter(|section| !section.is_empty())
        .map(|section| {
            let (title, answer) = section.split_once('\n').unwrap();
            let answer = answer.trim_end_matches('\n');
            (title.trim().to_owned(), answer.to_owned())
        })
        .collect()
}

/// As a server says it once: recordings are de-chunked, and nobody waits here.
fn playable(answer: &str) -> String {
    if !answer.starts_with("HTTP/") {
        return format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{answer}");
    }
    let answer = answer
        .replace("Transfer-Encoding: chunked\r\n", "Connection: close\r\n")
        .replace("Connection: keep-alive\r\n", "")
        .replace("Retry-After: 2\r\n", "");
    match answer.split_once("\r\n") {
        Some((line, rest)) if line.contains(" 429 ") => {
            format!("{line}\r\nRetry-After: 7200\r\n{rest}")
        }
        _ => answer,
    }
}

/// The answers that are errors, replayed by a server.
#[tokio::test]
async fn recorded_errors_are_understood() {
    for name in ERRORS {
        let mut found = String::new();
        for (title, answer) in errors(name) {
            let answer = playable(&answer).into_bytes();
            let server = Server::start(vec![Script::Say(answer)]).await;
            let ledger = std::sync::Arc::new(MemoryLedger::default());
            let door = crate::support::door(&ledger);
            let source = source(Some(server.origin()));
            if title == "models" {
                let ctx = Ctx::new(Purpose::Models, &[]);
                let list = models(&door, &source, None, ctx, &KnownModels::default())
                    .await
                    .unwrap();
                writeln!(found, "{title}: {list:?}").unwrap();
                continue;
            }
            match chat(&door, &source, None, ctx(), request()).await {
                Err(error) => {
                    let wait = error.retry_after_ms();
                    writeln!(found, "{title}: {} {wait:?} {error}", error.code()).unwrap();
                }
                Ok(stream) => {
                    let events: Vec<_> = futures_util::StreamExt::collect(stream).await;
                    writeln!(found, "{title}: {events:?}").unwrap();
                }
            }
            assert_eq!(server.connections(), 1, "{title}: no second try");
        }
        compare(name, &found);
    }
}
