//! What is kept to this computer is never sent elsewhere, whoever asks for it and whenever.

use std::process::Command;
use std::sync::Arc;

use fluxchat_core::{App, Ask, NewSource};
use fluxchat_model::{ConversationId, Dialect, MessageStatus, SourceId};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::{ManualClock, canary};
use fluxchat_vault::MemoryKeychain;

use crate::support::{Profile, app, in_namespace, runtime};

/// An address of a private network: another computer, as far as anybody can tell.
const ELSEWHERE: &str = "10.83.7.1";

struct World {
    app: App,
    elsewhere: Recorder,
    remote: SourceId,
    local: SourceId,
    _profile: tempfile::TempDir,
}

impl World {
    async fn start(answer: Answer) -> Self {
        let added = Command::new("ip")
            .args(["addr", "add", &format!("{ELSEWHERE}/32"), "dev", "lo"])
            .status()
            .expect("ip is there; install it with: apt-get install iproute2");
        assert!(added.success(), "the namespace has a private address");
        let profile = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(1_790_000_000_000));
        let keychain = Arc::new(MemoryKeychain::new());
        let app = App::start(app::options(
            &profile.path().join("profile"),
            &keychain,
            clock,
        ))
        .await;
        app::set_up(&app).await;
        let elsewhere = Recorder::start_at(ELSEWHERE, answer).await;
        let remote = add(&app, "elsewhere", &elsewhere.base_url()).await;
        let local = app.source_named("sandbox").await.unwrap().id;
        Self {
            app,
            elsewhere,
            remote,
            local,
            _profile: profile,
        }
    }

    async fn ask(
        &self,
        conversation: Option<ConversationId>,
        source: Option<SourceId>,
        text: &str,
    ) -> Result<fluxchat_core::Sent, fluxchat_core::Error> {
        self.app
            .ask(Ask {
                conversation,
                text: text.to_owned(),
                source,
                model: None,
                ..Ask::default()
            })
            .await
    }

    /// How many requests with these words arrived elsewhere.
    fn arrived(&self, words: &str) -> usize {
        let seen = self.elsewhere.seen();
        seen.iter()
            .filter(|request| request.body.contains(words))
            .count()
    }
}

async fn add(app: &App, name: &str, url: &str) -> SourceId {
    add_as(app, name, url, Dialect::Openai).await
}

async fn add_as(app: &App, name: &str, url: &str, dialect: Dialect) -> SourceId {
    let new = NewSource {
        name: name.to_owned(),
        url: url.to_owned(),
        dialect,
        key: None,
    };
    app.add_source(new).await.unwrap().source.id
}

fn refused(result: Result<fluxchat_core::Sent, fluxchat_core::Error>) {
    assert_eq!(result.unwrap_err().code(), "only_here");
}

#[test]
fn nothing_of_it_goes_elsewhere() {
    in_namespace("only_here::nothing_inside");
}

#[test]
#[ignore = "runs inside the namespace that nothing_of_it_goes_elsewhere makes"]
fn nothing_inside() {
    runtime().block_on(async {
        let word = canary();
        let world = World::start(Answer::Words(vec!["fine".to_owned()])).await;
        let app = &world.app;
        let ask = |conversation, source| Ask {
            conversation,
            text: format!("about {word}"),
            source,
            model: None,
            ..Ask::default()
        };

        // Control arm: without the mark the same words arrive there.
        let first = app::ask(app, ask(None, Some(world.remote))).await;
        assert_eq!(first.status, MessageStatus::Complete);
        assert_eq!(world.arrived(&word), 1, "the wire is watched");
        let id = first.conversation_id;

        let kept = app.keep_here(id, true).await.unwrap();
        assert!(kept.local_only && kept.source_id.is_none() && kept.model.is_none());
        let messages = app
            .message_page(id, fluxchat_core::PathAnchor::End, 50)
            .await
            .unwrap();
        let before = messages.messages.len();

        // Every way to a source elsewhere, and none of them writes anything.
        refused(world.ask(Some(id), Some(world.remote), "again").await);
        refused(app.regenerate(first.id, Some(world.remote), None).await);
        let patch = fluxchat_core::ConversationPatch {
            source_id: Some(Some(world.remote)),
            ..Default::default()
        };
        let patched = app.update_conversation(id, patch).await.unwrap_err();
        assert_eq!(patched.code(), "only_here");
        let no_source = world.ask(Some(id), None, "again").await.unwrap_err();
        assert_eq!(no_source.code(), "no_source");
        let messages = app
            .message_page(id, fluxchat_core::PathAnchor::End, 50)
            .await
            .unwrap();
        assert_eq!(messages.messages.len(), before, "nothing was written");

        // On this computer it goes on: in the process, and on a server on loopback.
        let here = app::ask(app, ask(Some(id), Some(world.local))).await;
        assert_eq!(here.status, MessageStatus::Complete);
        let loopback = Recorder::start(Answer::Words(vec!["here".to_owned()])).await;
        let beside = add(app, "beside", &loopback.base_url()).await;
        let here = app::ask(app, ask(Some(id), Some(beside))).await;
        assert_eq!(here.status, MessageStatus::Complete);
        assert!(loopback.seen().iter().any(|it| it.body.contains(&word)));
        assert_eq!(world.arrived(&word), 1, "nothing more went elsewhere");

        // A server here that passes some of its models on: those are elsewhere, the others here.
        let line = r#"{"message":{"content":"here"},"done":true,"done_reason":"stop"}"#;
        let answer = Answer::Plain(200, "application/x-ndjson", format!("{line}\n"));
        let ollama = Recorder::start(answer).await;
        let passes_on = add_as(app, "ollama", &ollama.base_url(), Dialect::Ollama).await;
        let of = |model: &str| Ask {
            model: Some(model.to_owned()),
            ..ask(Some(id), Some(passes_on))
        };
        let there = app::ask(app, of("big:120b-cloud")).await;
        let code = there.error.map(|error| error.code);
        assert_eq!(code.as_deref(), Some("only_here"));
        assert!(ollama.seen().iter().all(|it| !it.body.contains(&word)));
        let here = app::ask(app, of("small:7b")).await;
        assert_eq!(here.status, MessageStatus::Complete);
        assert!(ollama.seen().iter().any(|it| it.body.contains(&word)));

        // Set free, it may go there again.
        app.keep_here(id, false).await.unwrap();
        app::ask(app, ask(Some(id), Some(world.remote))).await;
        assert_eq!(world.arrived(&word), 2);
    });
}

#[test]
fn an_answer_from_elsewhere_ends_with_the_mark() {
    in_namespace("only_here::arriving_inside");
}

#[test]
#[ignore = "runs inside the namespace that an_answer_from_elsewhere_ends_with_the_mark makes"]
fn arriving_inside() {
    runtime().block_on(async {
        let world = World::start(Answer::Hang(vec!["half ".to_owned()])).await;
        let sent = world.ask(None, Some(world.remote), "slowly").await.unwrap();
        // Its models and the question.
        world.elsewhere.arrived(2).await;
        world
            .app
            .keep_here(sent.conversation_id, true)
            .await
            .unwrap();
        let answer = world.app.message_by_id(sent.answer_id).await.unwrap();
        assert_eq!(answer.status, MessageStatus::Interrupted);
        let again = world.app.resume(sent.answer_id).await.unwrap_err();
        assert_eq!(again.code(), "no_source", "nobody is left to ask");
    });
}

#[test]
fn the_command_line_marks_and_refuses() {
    let profile = Profile::with_cheap_passphrase().set_up();
    profile.json(&["source", "add", "nas", "--url", "http://10.83.7.9:1/v1"]);
    let asked = profile.json(&["ask", "--source", "sandbox", "hello"]);
    let id = asked["conversation_id"].as_str().unwrap();
    let marked = profile.json(&["history", "mark", id, "--only-here", "on"]);
    assert_eq!(marked["local_only"], true);
    profile
        .run(&[
            "--json",
            "ask",
            "--conversation",
            id,
            "--source",
            "nas",
            "more",
        ])
        .failed(4, "only_here");
    profile.json(&["ask", "--conversation", id, "more"]);
    let free = profile.json(&["history", "mark", id, "--only-here", "off"]);
    assert_eq!(free["local_only"], false);
}
