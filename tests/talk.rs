//! How a conversation is asked is its own: shown before it is sent, changed by no preset, taken
//! along by an export, and gone with it. A copy of a path is a conversation of its own.

mod again;
mod command_line;
mod settings;
mod window;

use std::sync::Arc;

use fluxchat_core::clock::SystemClock;
use fluxchat_core::{App, Ask, ExportRequest, NewPreset, NewSource, PathAnchor, Stays};
use fluxchat_model::{
    AnswerNotice, ConversationId, Dialect, ErasureScope, Instructions, MessageId, Parameters, Part,
    SourceId,
};
use fluxchat_testkit::canary;
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_vault::MemoryKeychain;
use serde_json::{Value, json};

use crate::deletion::world::World;
use crate::support::app;

async fn recorded() -> (tempfile::TempDir, App, Recorder, SourceId) {
    let home = tempfile::tempdir().unwrap();
    let keychain = Arc::new(MemoryKeychain::new());
    let app = App::start(app::options(home.path(), &keychain, Arc::new(SystemClock))).await;
    app::set_up(&app).await;
    let recorder = Recorder::start(Answer::Words(vec!["fine".to_owned()])).await;
    let source = NewSource {
        name: "recorder".to_owned(),
        url: recorder.base_url(),
        dialect: Dialect::Openai,
        key: None,
    };
    let id = app.add_source(source).await.unwrap().source.id;
    (home, app, recorder, id)
}

fn strict() -> NewPreset {
    NewPreset {
        name: "Strict".to_owned(),
        system: "Be strict.".to_owned(),
        parameters: Parameters {
            temperature: Some(0.25),
            max_tokens: Some(64),
            stop: vec!["END".to_owned()],
            seed: Some(7),
            ..Parameters::default()
        },
        ..NewPreset::default()
    }
}

fn last_body(recorder: &Recorder) -> Value {
    serde_json::from_str(&recorder.seen().pop().unwrap().body).unwrap()
}

async fn messages(app: &App, id: ConversationId) -> Vec<(MessageId, String)> {
    let page = app.message_page(id, PathAnchor::Start, 100).await.unwrap();
    let shown = page.messages.into_iter();
    shown.map(|it| (it.message.id, it.message.text())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn instructions_are_shown_before_and_sent_with_every_question() {
    let (_home, app, recorder, source) = recorded().await;
    let preset = app.add_preset(strict()).await.unwrap();
    let first = Ask {
        text: "one".to_owned(),
        source: Some(source),
        instructions: Some(preset.clone().into()),
        ..Ask::default()
    };
    let shown = app.preview(first.clone()).await.unwrap();
    let sent = app::ask(&app, first).await;
    assert_eq!(
        serde_json::from_slice::<Value>(&shown.wire.body).unwrap(),
        last_body(&recorder),
        "byte for byte what was shown"
    );
    let body = last_body(&recorder);
    assert_eq!(
        body["messages"][0],
        json!({ "role": "system", "content": "Be strict." })
    );
    assert_eq!(body["temperature"], 0.25);
    assert_eq!(body["seed"], 7);
    assert!(body.to_string().contains("END") && body.to_string().contains("64"));

    // A preset that changes or goes changes no conversation.
    let other = NewPreset {
        system: "Be kind.".to_owned(),
        ..strict()
    };
    app.change_preset(preset.id, other).await.unwrap();
    app.remove_preset(preset.id).await.unwrap();
    let next = Ask {
        conversation: Some(sent.conversation_id),
        text: "two".to_owned(),
        ..Ask::default()
    };
    app::ask(&app, next.clone()).await;
    assert_eq!(last_body(&recorder)["messages"][0]["content"], "Be strict.");
    let kept = app.instructions(sent.conversation_id).await.unwrap();
    assert_eq!(kept.preset.as_deref(), Some("Strict"));

    // Without instructions nothing of them is sent: the control arm.
    app.set_instructions(sent.conversation_id, Instructions::default())
        .await
        .unwrap();
    app::ask(&app, next).await;
    let body = last_body(&recorder);
    assert_eq!(body["messages"][0]["role"], "user");
    assert_eq!(body.get("temperature"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn private_details_in_instructions_are_replaced_as_well() {
    let (_home, app, recorder, source) = recorded().await;
    app.set_redact(source, true).await.unwrap();
    let ask = Ask {
        text: "hello".to_owned(),
        source: Some(source),
        instructions: Some(Instructions {
            system: "Sign as zoe@example.org.".to_owned(),
            ..Instructions::default()
        }),
        ..Ask::default()
    };
    app::ask(&app, ask).await;
    let body = last_body(&recorder).to_string();
    assert!(body.contains("[EMAIL_1]") && !body.contains("zoe@example.org"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_used_is_refused_and_changes_nothing() {
    let (_home, app, recorder, source) = recorded().await;
    let ask = |temperature| Ask {
        text: "hello".to_owned(),
        source: Some(source),
        instructions: Some(Instructions {
            parameters: Parameters {
                temperature: Some(temperature),
                ..Parameters::default()
            },
            ..Instructions::default()
        }),
        ..Ask::default()
    };
    let error = app.ask(ask(3.0)).await.unwrap_err();
    assert_eq!(error.code(), "invalid_parameter");
    assert!(recorder.seen().iter().all(|it| it.method != "POST"));
    let preset = app.add_preset(strict()).await.unwrap();
    let taken = app
        .add_preset(NewPreset {
            name: " STRICT ".to_owned(),
            ..strict()
        })
        .await;
    assert_eq!(taken.unwrap_err().code(), "name_taken");
    let prompt = app
        .add_saved_prompt("/to  German", "In {{language}}: {{text}}")
        .await
        .unwrap();
    assert_eq!(
        (prompt.name.as_str(), prompt.fields().len()),
        ("to-German", 2)
    );
    let error = app.add_saved_prompt("TO-GERMAN", "x").await.unwrap_err();
    assert_eq!(error.code(), "name_taken");
    assert_eq!(app.preset_named("strict").await.unwrap().id, preset.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_conversation_takes_its_instructions_along_when_it_is_kept() {
    let (_home, app, recorder, source) = recorded().await;
    let begun = app.begin_temporary(Some(source), None).await.unwrap();
    let instructions: Instructions = Instructions {
        system: "Whisper.".to_owned(),
        ..Instructions::default()
    };
    app.set_instructions(begun.id, instructions.clone())
        .await
        .unwrap();
    let ask = Ask {
        conversation: Some(begun.id),
        text: "hello".to_owned(),
        ..Ask::default()
    };
    let sent = app::ask(&app, ask).await;
    assert_eq!(last_body(&recorder)["messages"][0]["content"], "Whisper.");
    let error = app.fork(sent.id).await.unwrap_err();
    assert_eq!(error.code(), "temporary", "a copy would be on the disk");
    app.keep_temporary(begun.id).await.unwrap();
    assert_eq!(app.instructions(begun.id).await.unwrap(), instructions);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_ends_at_its_message_and_is_one_of_its_own() {
    let world = World::start(false).await;
    let app = &world.app;
    let first = world.ask(None, "First question.").await;
    let id = first.conversation_id;
    let instructions = Instructions {
        system: "Be brief.".to_owned(),
        ..Instructions::default()
    };
    app.set_instructions(id, instructions.clone())
        .await
        .unwrap();
    world.ask(Some(id), "Second question.").await;
    let copy = app.fork(first.id).await.unwrap();
    let (old, new) = (messages(app, id).await, messages(app, copy.id).await);
    assert_eq!((old.len(), new.len()), (4, 2));
    assert_eq!(new[0].1, old[0].1);
    assert_eq!(new[1].1, old[1].1);
    assert!(
        old.iter()
            .all(|(id, _)| new.iter().all(|(other, _)| id != other))
    );
    assert_eq!(app.instructions(copy.id).await.unwrap(), instructions);
    assert_eq!(messages(app, id).await, old, "the original is as it was");

    let origin = app.fork_origin(copy.id).await.unwrap().unwrap();
    assert_eq!(
        (origin.conversation_id, origin.message_id),
        (Some(id), first.id)
    );
    let found = app
        .find_in(copy.id, "first".to_owned(), None)
        .await
        .unwrap();
    assert_eq!(found.hits.len(), 1, "a copy is searchable");
    let looked = app
        .preview_deletion(ErasureScope::Conversation(id))
        .await
        .unwrap();
    assert_eq!(looked.preview.forks, 1);
    assert!(looked.stays.contains(&Stays::Forks), "the copy is named");
    let looked = app
        .preview_deletion(ErasureScope::Conversation(copy.id))
        .await
        .unwrap();
    assert!(!looked.stays.contains(&Stays::Forks));
    let erasing = app.delete_conversation(id).await.unwrap();
    app.purge_now(erasing.id).await.unwrap();
    let origin = app.fork_origin(copy.id).await.unwrap().unwrap();
    assert_eq!(origin.conversation_id, None);
    assert_eq!(messages(app, copy.id).await, new, "the copy stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_all_of_it_and_after_deleting_everything_none() {
    let world = World::start(false).await;
    let app = &world.app;
    let words: [String; 4] = std::array::from_fn(|_| canary());
    let id = world.ask(None, "A question.").await.conversation_id;
    let instructions = Instructions {
        system: words[0].clone(),
        ..Instructions::default()
    };
    app.set_instructions(id, instructions).await.unwrap();
    app.add_preset(NewPreset {
        system: words[1].clone(),
        ..strict()
    })
    .await
    .unwrap();
    app.add_saved_prompt("p", &words[2]).await.unwrap();
    let out = tempfile::tempdir().unwrap();
    let export = async |name: &str| {
        let path = out.path().join(name);
        let request = ExportRequest {
            path: path.clone(),
            replace: false,
            passphrase: None,
        };
        app.export(request).await.unwrap();
        crate::export::unpacked(&std::fs::read(path).unwrap())
    };
    let whole = export("before.zip").await;
    let hits = |word: &String| {
        let holds = |content: &Vec<u8>| String::from_utf8_lossy(content).contains(word.as_str());
        whole.values().filter(|content| holds(content)).count()
    };
    assert_eq!(
        (hits(&words[0]), hits(&words[1]), hits(&words[2])),
        (1, 1, 1)
    );
    assert_eq!(hits(&words[3]), 0, "what was never said is not found");
    app.delete_everything().await.unwrap();
    let nothing = export("after.zip").await;
    for word in &words {
        let left = nothing
            .values()
            .filter(|it| String::from_utf8_lossy(it).contains(word.as_str()));
        assert_eq!(left.count(), 0);
    }
    assert!(app.presets().await.unwrap().is_empty());
    assert!(app.saved_prompts().await.unwrap().is_empty());
}

/// A person may put other words in the place of an answer: the model's stay beside them, the new
/// ones say that they are none of the model's, and what is asked next goes with them.
#[tokio::test]
async fn an_answer_in_ones_own_words_is_a_branch_that_says_so() {
    let world = World::start(false).await;
    let app = &world.app;
    let answer = world.ask(None, "How are you?").await;
    let id = answer.conversation_id;
    let asked = world.recorder.seen().len();
    let question = answer.parent_id.unwrap();
    let refused = app.rewrite(question, "mine").await.unwrap_err();
    assert_eq!(refused.code(), "not_an_answer");
    let mine = app.rewrite(answer.id, "splendid").await.unwrap();
    assert_eq!(world.recorder.seen().len(), asked, "nothing was sent");

    let page = app.message_page(id, PathAnchor::Start, 10).await.unwrap();
    let shown = &page.messages[1];
    assert_eq!(shown.message.id, mine);
    assert_eq!(shown.message.text(), "splendid");
    assert_eq!(shown.branches, [answer.id, mine], "the model's own stay");
    let marked = Part::Notice {
        notice: AnswerNotice::Rewritten,
    };
    assert!(shown.message.parts.contains(&marked), "it says so");
    let own = app.message_by_id(answer.id).await.unwrap();
    assert!(own.text().contains("fine") && !own.parts.contains(&marked));

    world.ask(Some(id), "Go on.").await;
    let told = last_body(&world.recorder)["messages"].to_string();
    assert!(
        told.contains("splendid") && !told.contains("fine"),
        "{told}"
    );

    app.restrict(id, true).await.unwrap();
    let refused = app.rewrite(answer.id, "frozen").await.unwrap_err();
    assert_eq!(refused.code(), "restricted");
}
