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

/// What a window shows of an answer of these pieces, its end, and the item it ends with.
async fn followed(words: &[&str]) -> (Vec<Block>, u32, WindowEvent) {
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
    let (mut blocks, mut last) = (Vec::new(), 0);
    loop {
        let event = tokio::time::timeout(Duration::from_secs(60), events.recv());
        match event.await.unwrap().unwrap() {
            WindowEvent::Stream { seq, ops, .. } => {
                assert_eq!(seq, last + 1, "no item is missing");
                last = seq;
                assert!(ops.iter().all(|op| apply(&mut blocks, op)));
            }
            end @ WindowEvent::StreamEnded { .. } => {
                app.shutdown().await;
                return (blocks, last, end);
            }
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_ends_without_the_words_that_were_followed() {
    let (blocks, last, end) = followed(&[
        "# One\n\nSee [this][a], ",
        "**both**.\n\n[a]: https://a.example/",
    ])
    .await;
    let WindowEvent::StreamEnded { message, last_seq } = end else {
        unreachable!("it ended");
    };
    assert_eq!(message.status, MessageStatus::Complete);
    assert_eq!(last_seq, Some(last));
    assert!(message.blocks.is_empty() && last > 0);
    assert_eq!(
        blocks,
        parse(&message.text).blocks,
        "what is shown is what is kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_ends_with_its_words_where_something_else_was_kept() {
    // Items know line feeds alone; the archive keeps what came.
    let (_, _, end) = followed(&["one\r\n", "two"]).await;
    let WindowEvent::StreamEnded { message, last_seq } = end else {
        unreachable!("it ended");
    };
    assert_eq!(message.text, "one\r\ntwo");
    assert_eq!(last_seq, None);
    assert_eq!(message.blocks, parse(&message.text).blocks);
}
