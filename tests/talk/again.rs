//! An answer again, and the rest of an answer: by who gave it. An answer that was cut off says so.

use std::sync::Arc;

use fluxchat_core::clock::SystemClock;
use fluxchat_core::{Answerer, App, Ask, NewSource};
use fluxchat_model::{ConversationId, Dialect, Message, MessageId, MessageStatus, SourceId};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_vault::MemoryKeychain;
use serde_json::json;

use crate::support::app;

/// Two servers, each with two models, and the models sign with other names than they are asked by.
struct World {
    app: App,
    servers: [Recorder; 2],
    sources: [SourceId; 2],
    _home: tempfile::TempDir,
}

const MODELS: &str =
    r#"{"object":"list","data":[{"id":"small","object":"model"},{"id":"large","object":"model"}]}"#;

/// An answer as a server of models ends it.
fn signed(words: &str, reason: &str) -> Answer {
    let frame = json!({
        "model": "behind-the-name",
        "choices": [{"index": 0, "delta": {"content": words}, "finish_reason": reason}],
    });
    let body = format!("data: {frame}\n\ndata: [DONE]\n\n");
    Answer::Plain(200, "text/event-stream", body)
}

fn broken() -> Answer {
    Answer::Plain(400, "application/json", "{}".to_owned())
}

impl World {
    async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let keychain = Arc::new(MemoryKeychain::new());
        let app = App::start(app::options(home.path(), &keychain, Arc::new(SystemClock))).await;
        app::set_up(&app).await;
        let server = async |name: &str| {
            let server = Recorder::start(signed(name, "stop")).await;
            server.models(MODELS);
            let source = NewSource {
                name: name.to_owned(),
                url: server.base_url(),
                dialect: Dialect::Openai,
                key: None,
            };
            let id = app.add_source(source).await.unwrap().source.id;
            (server, id)
        };
        let (one, first) = server("one").await;
        let (two, second) = server("two").await;
        Self {
            app,
            servers: [one, two],
            sources: [first, second],
            _home: home,
        }
    }

    /// Asks the small model of the first and the large one of the second.
    async fn beside(&self) -> (ConversationId, MessageId, MessageId) {
        let ask = Ask {
            text: "What is it?".to_owned(),
            source: Some(self.sources[0]),
            model: Some("small".to_owned()),
            ..Ask::default()
        };
        let other = Answerer {
            source: Some(self.sources[1]),
            model: Some("large".to_owned()),
        };
        let asked = self.app.ask_side_by_side(ask, vec![other]).await.unwrap();
        let (one, two) = (asked.sent.answer_id, asked.beside[0]);
        self.ended(one).await;
        self.ended(two).await;
        (asked.sent.conversation_id, one, two)
    }

    async fn ended(&self, answer: MessageId) -> Message {
        app::ended(&self.app, answer).await
    }

    /// The models each server was asked for, in order.
    fn asked(&self, server: usize) -> Vec<String> {
        let seen = self.servers[server].seen();
        let questions = seen
            .iter()
            .filter(|it| it.path.ends_with("/chat/completions"));
        let model = |body: &str| {
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            body["model"].as_str().unwrap().to_owned()
        };
        questions.map(|it| model(&it.body)).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_model_answers_again_by_the_name_it_was_asked_by() {
    let world = World::new().await;
    let (_, _, two) = world.beside().await;
    let given = world.app.message_by_id(two).await.unwrap();
    assert_eq!(given.model.as_deref(), Some("behind-the-name"));

    let again = world.app.regenerate(two, None, None).await.unwrap();
    let again = world.ended(again.answer_id).await;
    assert_eq!(again.source_name.as_deref(), Some("two"));
    assert_eq!(world.asked(1), ["large", "large"]);
    assert_eq!(world.asked(0), ["small"], "nothing went to the other");

    // What would be sent is said of the same one.
    let asking = fluxchat_core::Asking::Again(two, None, None);
    let shown = world.app.preview(asking).await.unwrap();
    assert_eq!(
        (shown.source.as_str(), shown.model.as_deref()),
        ("two", Some("large"))
    );

    // Control arm: whoever names another is answered by it.
    let other = Some(world.sources[0]);
    let chosen = world.app.regenerate(two, other, Some("large".to_owned()));
    world.ended(chosen.await.unwrap().answer_id).await;
    assert_eq!(world.asked(0), ["small", "large"]);

    // Going on with it asks by that name, too.
    world.app.go_on_with(two).await.unwrap();
    let next = Ask {
        conversation: Some(given.conversation_id),
        text: "And then?".to_owned(),
        ..Ask::default()
    };
    app::ask(&world.app, next).await;
    assert_eq!(world.asked(1), ["large", "large", "large"]);
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_an_answer_goes_on_where_it_began_and_nowhere_else() {
    let world = World::new().await;
    world.servers[1].answer(Answer::Cut(vec!["a secret half ".to_owned()]));
    let (_, _, two) = world.beside().await;
    let half = world.app.message_by_id(two).await.unwrap();
    assert_eq!(half.status, MessageStatus::Failed);

    world.servers[1].answer(signed("and the rest", "stop"));
    let sent = world.app.resume(two).await.unwrap();
    let whole = world.ended(sent.answer_id).await;
    assert_eq!(whole.text(), "a secret half and the rest");
    assert_eq!(whole.source_name.as_deref(), Some("two"));
    assert_eq!(world.asked(0), ["small"]);

    // Again, because it failed: beside another it is still its own source that is asked.
    world.servers[1].answer(broken());
    let failed = world.app.regenerate(two, None, None).await.unwrap();
    let failed = world.ended(failed.answer_id).await;
    assert_eq!(failed.status, MessageStatus::Failed);
    let again = world.app.regenerate(failed.id, None, None).await.unwrap();
    world.ended(again.answer_id).await;
    assert_eq!(world.asked(0), ["small"]);
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_failed_alone_is_asked_of_who_was_chosen_since() {
    let world = World::new().await;
    world.servers[0].answer(broken());
    let ask = Ask {
        text: "What is it?".to_owned(),
        source: Some(world.sources[0]),
        model: Some("small".to_owned()),
        ..Ask::default()
    };
    let failed = app::ask(&world.app, ask).await;
    assert_eq!(failed.status, MessageStatus::Failed);
    let patch = fluxchat_core::ConversationPatch {
        source_id: Some(Some(world.sources[1])),
        model: Some(Some("large".to_owned())),
        ..fluxchat_core::ConversationPatch::default()
    };
    let id = failed.conversation_id;
    world.app.update_conversation(id, patch).await.unwrap();
    let again = world.app.regenerate(failed.id, None, None).await.unwrap();
    let again = world.ended(again.answer_id).await;
    assert_eq!((again.text().as_str(), world.asked(1).len()), ("two", 1));
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_gone_leaves_it_to_the_conversation_and_the_row_says_so() {
    let world = World::new().await;
    world.servers[1].answer(Answer::Cut(vec!["half ".to_owned()]));
    let (_, _, two) = world.beside().await;
    world.app.remove_source(world.sources[1]).await.unwrap();
    let sent = world.app.resume(two).await.unwrap();
    let whole = world.ended(sent.answer_id).await;
    assert_eq!(whole.text(), "half one");
    assert_eq!(whole.source_name.as_deref(), Some("one"), "who went on");
    assert_eq!(world.asked(0), ["small", "small"]);
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_cut_off_by_its_length_says_so_and_goes_on() {
    let world = World::new().await;
    world.servers[0].answer(signed("The end of this", "length"));
    let ask = Ask {
        text: "What is it?".to_owned(),
        source: Some(world.sources[0]),
        ..Ask::default()
    };
    let cut = app::ask(&world.app, ask).await;
    assert_eq!(cut.status, MessageStatus::Interrupted);
    let error = cut.error.clone().unwrap();
    assert_eq!(error.code, "length_reached");
    assert_eq!(error.kept, "Your question and what had arrived were kept.");

    world.servers[0].answer(signed(" sentence.", "stop"));
    world.app.resume(cut.id).await.unwrap();
    let whole = world.ended(cut.id).await;
    assert_eq!(whole.text(), "The end of this sentence.");
    assert_eq!((whole.status, whole.error), (MessageStatus::Complete, None));

    // Nothing but thoughts, which used all of it up.
    world.servers[0].answer(signed("", "length"));
    let ask = Ask {
        conversation: Some(cut.conversation_id),
        text: "And then?".to_owned(),
        ..Ask::default()
    };
    let empty = app::ask(&world.app, ask).await;
    assert_eq!(empty.error.unwrap().kept, "Your question was kept.");
    world.app.shutdown().await;
}
