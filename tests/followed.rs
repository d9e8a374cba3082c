//! Whoever followed an answer to its end has its words, and is not told them again.

use std::sync::Arc;
use std::time::Duration;

use fluxchat_core::clock::SystemClock;
use fluxchat_core::{App, Ask, NewSource};
use fluxchat_ipc::dto::event::WindowEvent;
use fluxchat_markup::{Block, apply, parse};
use fluxchat_model::{Dialect, MessageStatus};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_vault::MemoryKeychain;

use crate::support::app::{options, set_up};

/// Below it, a channel of Tauri hands a message to the page directly. An event is JSON in a string.
const DIRECT_BYTES: usize = 8_192;

/// What a window has of an answer before its end.
#[derive(Default)]
struct Shown {
    text: String,
    blocks: Vec<Block>,
    last: u32,
}

/// An answer of these pieces as a window follows it, and its end.
async fn followed(words: &[&str]) -> (Shown, WindowEvent) {
    let home = tempfile::tempdir().unwrap();
    let keychain = Arc::new(MemoryKeychain::new());
    let app = App::start(options(home.path(), &keychain, Arc::new(SystemClock))).await;
    set_up(&app).await;
    let words = words.iter().map(ToString::to_string).collect();
    let server = Recorder::start(Answer::Words(words)).await;
    let source = app
        .add_source(NewSource {
            name: "server".to_owned(),
            url: server.base_url(),
            dialect: Dialect::Openai,
            key: None,
        })
        .await
        .unwrap();
    let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
    fluxchat_ipc::forward(&app, move |event| sender.send(event).is_ok());
    app.ask(Ask {
        text: "Say it.".to_owned(),
        source: Some(source.source.id),
        ..Ask::default()
    })
    .await
    .unwrap();
    let mut shown = Shown::default();
    loop {
        let event = tokio::time::timeout(Duration::from_secs(60), events.recv());
        let event = event.await.unwrap().unwrap();
        let is_stream = matches!(event, WindowEvent::Stream { .. });
        let json = serde_json::to_string(&event).unwrap();
        let bytes = serde_json::to_string(&json).unwrap().len();
        assert!(!is_stream || bytes < DIRECT_BYTES, "{bytes} bytes");
        match event {
            WindowEvent::Stream { seq, ops, text, .. } => {
                assert_eq!(seq, shown.last + 1, "no item is missing");
                shown.last = seq;
                shown.text.push_str(&text);
                assert!(ops.iter().all(|op| apply(&mut shown.blocks, op)));
            }
            end @ WindowEvent::StreamEnded { .. } => {
                app.shutdown().await;
                return (shown, end);
            }
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_ends_without_the_words_that_were_followed() {
    let (shown, end) = followed(&[
        "# One\n\nSee [this][a], ",
        "**both**.\n\n[a]: https://a.example/",
    ])
    .await;
    let WindowEvent::StreamEnded { message, last_seq } = end else {
        unreachable!("it ended");
    };
    assert_eq!(message.status, MessageStatus::Complete);
    assert_eq!(last_seq, Some(shown.last));
    assert!(message.blocks.is_empty() && message.text.is_empty() && shown.last > 0);
    assert_eq!(
        shown.text,
        "# One\n\nSee [this][a], **both**.\n\n[a]: https://a.example/"
    );
    assert_eq!(
        shown.blocks,
        parse(&shown.text).blocks,
        "what is shown is what was told"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_piece_comes_in_items_that_need_no_way_of_their_own() {
    let long = "He said: \"no\".\n\n".repeat(4_000);
    let (shown, end) = followed(&[&long, "End."]).await;
    let WindowEvent::StreamEnded { last_seq, .. } = end else {
        unreachable!("it ended");
    };
    assert_eq!(last_seq, Some(shown.last));
    assert_eq!(shown.text, format!("{long}End."));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_ends_with_its_words_where_something_else_was_kept() {
    // Items know line feeds alone; the archive keeps what came.
    let (_, end) = followed(&["one\r\n", "two"]).await;
    let WindowEvent::StreamEnded { message, last_seq } = end else {
        unreachable!("it ended");
    };
    assert_eq!(message.text, "one\r\ntwo");
    assert_eq!(last_seq, None);
    assert_eq!(message.blocks, parse(&message.text).blocks);
}
