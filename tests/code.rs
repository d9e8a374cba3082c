//! A block of code is saved as it is shown, and stands beside the same one of other branches.

use std::sync::Arc;

use fluxchat_core::clock::SystemClock;
use fluxchat_core::{App, Ask, CodePlace, Event, NewSource};
use fluxchat_ipc::commands;
use fluxchat_ipc::dto::code::CodeReq;
use fluxchat_model::{Dialect, Message, TextChange};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_vault::MemoryKeychain;

use crate::support::app;

const FIRST: &str =
    "So:\n\n```rust\nfn main() {\n    one();\n    two();\n}\n```\n\nor\n\n```sh\nls -l\n```\n";
const SECOND: &str =
    "```sh\npwd\nls -l\n```\n\n```rust\nfn main() {\n    one();\n    three();\n}\n```\n";

async fn regenerated(app: &App, answer: &Message) -> Message {
    let mut events = app.events().subscribe();
    let sent = app.regenerate(answer.id, None, None).await.unwrap();
    while let Some(event) = events.recv().await {
        if matches!(event, Event::StreamEnded { answer: id, .. } if id == sent.answer_id) {
            break;
        }
    }
    app.message_by_id(sent.answer_id).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_of_code_is_saved_and_compared_with_other_branches() {
    let home = tempfile::tempdir().unwrap();
    let keychain = Arc::new(MemoryKeychain::new());
    let app = App::start(app::options(home.path(), &keychain, Arc::new(SystemClock))).await;
    app::set_up(&app).await;
    let say = |text: &str| Answer::Words(vec![text.to_owned()]);
    let server = Recorder::start(say(FIRST)).await;
    let source = NewSource {
        name: "server".to_owned(),
        url: server.base_url(),
        dialect: Dialect::Openai,
        key: None,
    };
    let source = app.add_source(source).await.unwrap().source.id;
    let ask = Ask {
        text: "Write it.".to_owned(),
        source: Some(source),
        ..Ask::default()
    };
    let first = app::ask(&app, ask).await;
    let place = |message: &Message, index| CodePlace {
        message: message.id,
        in_reasoning: false,
        index,
    };
    let alone = app.code_beside(place(&first, 0)).await.unwrap();
    assert!(alone.is_empty(), "there is no other branch");
    server.answer(say(SECOND));
    let second = regenerated(&app, &first).await;
    server.answer(say("No code this time."));
    let third = regenerated(&app, &first).await;

    // The same block, though it stands in another place there.
    let beside = app.code_beside(place(&first, 0)).await.unwrap();
    let ids: Vec<_> = beside.iter().map(|it| it.message.id).collect();
    assert_eq!(ids, [third.id, second.id], "newest first");
    assert_eq!(beside[0].parts, None);
    let told = |at: usize, change| -> String {
        let parts = beside[at].parts.iter().flatten();
        let parts = parts.filter(|part| part.change == change);
        parts.map(|part| part.text.as_str()).collect()
    };
    assert_eq!(told(1, TextChange::Removed), "    two();\n");
    assert_eq!(told(1, TextChange::Added), "    three();\n");

    // An answer to the question in other words is a branch, too.
    server.answer(say(SECOND));
    let mut events = app.events().subscribe();
    let edited = app
        .edit(first.parent_id.unwrap(), "Write it better.", &[])
        .await;
    let edited = edited.unwrap().answer_id;
    while let Some(event) = events.recv().await {
        if matches!(event, Event::StreamEnded { answer: id, .. } if id == edited) {
            break;
        }
    }
    let beside = app.code_beside(place(&first, 1)).await.unwrap();
    assert_eq!(beside[0].message.id, edited);
    assert!(beside[0].parts.is_some());

    // Saved whole, under the name of its language; what is not there is said.
    let req = |index| CodeReq {
        message_id: first.id,
        in_reasoning: false,
        index,
    };
    let name = commands::code::name_of(&app, &req(0)).await.unwrap();
    assert_eq!(name, "code.rs");
    let path = home.path().join("saved.rs");
    let saved = commands::code::code_save(&app, req(0), &path).await;
    assert!(saved.unwrap().saved);
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        "fn main() {\n    one();\n    two();\n}\n"
    );
    let nowhere = home.path().join("missing/saved.rs");
    assert!(
        commands::code::code_save(&app, req(0), &nowhere)
            .await
            .is_err()
    );
    let other = home.path().join("other.rs");
    let missing = commands::code::code_save(&app, req(2), &other).await;
    assert_eq!(missing.unwrap_err().code, "not_found");
    assert!(!other.exists() && !nowhere.exists());
    app.shutdown().await;
}
