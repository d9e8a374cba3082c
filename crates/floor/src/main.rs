//! Windows to compare with: one with nothing in it, one that shows words as plain text, and one
//! that reads the stream of a model by itself and shows its words as plain text.
//! `fluxchat-floor [blank|plain|read]`; for `plain`, `FLOOR_WORDS` names a file of words, each
//! followed by U+001F, and `FLOOR_PAUSE_US` says how far apart they come; for `read`,
//! `FLOOR_STREAM` names a file with the body of an answer (`text/event-stream`).

use std::time::{Duration, Instant};

use tauri::ipc::{Channel, InvokeResponseBody};
use tauri::{WebviewUrl, WebviewWindowBuilder};

/// How often the product at most tells its page what is new.
const TICK: Duration = Duration::from_millis(16);
/// What a page gets at once of a body that is there as a whole, in bytes.
const PIECE: usize = 64 * 1024;

fn main() {
    let page = match std::env::args().nth(1).as_deref() {
        Some("plain") => "plain.html",
        Some("read") => "plain.html?read",
        _ => "index.html",
    };
    let started = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![read, stream])
        .setup(move |app| {
            WebviewWindowBuilder::new(app, "main", WebviewUrl::App(page.into()))
                .title("Floor")
                .inner_size(1280.0, 800.0)
                .incognito(!cfg!(feature = "automation"))
                .data_directory(data())
                .devtools(false)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!());
    if started.is_err() {
        std::process::exit(1);
    }
}

fn data() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("fluxchat-floor-{}", std::process::id()))
}

/// Sends the words as they come due, joined as the product joins them, and then an empty text.
#[tauri::command]
fn stream(channel: Channel<String>) {
    let words = std::env::var_os("FLOOR_WORDS")
        .and_then(|file| std::fs::read_to_string(file).ok())
        .unwrap_or_default();
    let pause = std::env::var("FLOOR_PAUSE_US")
        .ok()
        .and_then(|it| it.parse().ok())
        .map_or(Duration::ZERO, Duration::from_micros);
    std::thread::spawn(move || {
        let words: Vec<&str> = words.split_terminator('\u{1F}').collect();
        let (mut sent, began) = (0, Instant::now());
        while sent < words.len() {
            let due = match pause.is_zero() {
                true => words.len(),
                false => {
                    let due = began.elapsed().as_micros() / pause.as_micros();
                    usize::try_from(due).unwrap_or(words.len()).min(words.len())
                }
            };
            if due > sent && channel.send(words[sent..due].concat()).is_err() {
                return;
            }
            sent = due.max(sent);
            std::thread::sleep(TICK);
        }
        let _ = channel.send(String::new());
    });
}

/// Hands over the body of an answer as it is, and then nothing.
#[tauri::command]
fn read(channel: Channel<InvokeResponseBody>) {
    let body = std::env::var_os("FLOOR_STREAM")
        .and_then(|file| std::fs::read(file).ok())
        .unwrap_or_default();
    std::thread::spawn(move || {
        for piece in body.chunks(PIECE).chain([&[][..]]) {
            if channel
                .send(InvokeResponseBody::Raw(piece.to_vec()))
                .is_err()
            {
                return;
            }
        }
    });
}
