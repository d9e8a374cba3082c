//! One question to several models: each answer is a branch, one of them goes on, none is lost.

use std::sync::Arc;

use fluxchat_core::clock::SystemClock;
use fluxchat_core::{Answerer, App, Ask, Event, NewSource};
use fluxchat_model::{Dialect, MessageStatus, SourceId, TextChange};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_vault::MemoryKeychain;

use crate::cli::text;
use crate::desktop::{Desk, add_source, ask, first_run, runtime};
use crate::support::{Profile, app};

struct Desks {
    _home: tempfile::TempDir,
    app: App,
    servers: Vec<Recorder>,
    sources: Vec<SourceId>,
}

async fn desks(answers: &[&str]) -> Desks {
    let home = tempfile::tempdir().unwrap();
    let keychain = Arc::new(MemoryKeychain::new());
    let app = App::start(app::options(home.path(), &keychain, Arc::new(SystemClock))).await;
    app::set_up(&app).await;
    let (mut servers, mut sources) = (Vec::new(), Vec::new());
    for (n, words) in answers.iter().enumerate() {
        let words = words.split_inclusive(' ').map(str::to_owned).collect();
        let server = Recorder::start(Answer::Words(words)).await;
        let source = NewSource {
            name: format!("server {n}"),
            url: server.base_url(),
            dialect: Dialect::Openai,
            key: None,
        };
        sources.push(app.add_source(source).await.unwrap().source.id);
        servers.push(server);
    }
    Desks {
        _home: home,
        app,
        servers,
        sources,
    }
}

/// How often a server was asked a question.
fn asked_of(server: &Recorder) -> usize {
    let seen = server.seen();
    let questions = seen
        .iter()
        .filter(|it| it.path.ends_with("/chat/completions"));
    questions.count()
}

fn question(source: SourceId) -> Ask {
    Ask {
        text: "What is it?".to_owned(),
        source: Some(source),
        ..Ask::default()
    }
}

fn others(sources: &[SourceId]) -> Vec<Answerer> {
    let other = |source: &SourceId| Answerer {
        source: Some(*source),
        model: None,
    };
    sources.iter().map(other).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_asked_the_same_and_the_first_is_shown() {
    let desks = desks(&[
        "one of them",
        "two of them",
        "three of them",
        "four of them",
    ])
    .await;
    let mut events = desks.app.events().subscribe();
    let asked = desks
        .app
        .ask_side_by_side(question(desks.sources[0]), others(&desks.sources[1..]))
        .await
        .unwrap();
    let mut left = 4;
    while left > 0 {
        if let Event::StreamEnded { .. } = events.recv().await.unwrap() {
            left -= 1;
        }
    }
    let shown = desks
        .app
        .answers_beside(asked.sent.answer_id)
        .await
        .unwrap();
    let told: Vec<_> = shown.iter().map(|it| it.message.text()).collect();
    assert_eq!(
        told,
        [
            "one of them",
            "two of them",
            "three of them",
            "four of them"
        ],
        "in the order in which they were asked"
    );
    let bodies: Vec<_> = desks.servers.iter().map(asked_of).collect();
    assert_eq!(bodies, [1, 1, 1, 1], "each was asked once");
    let page = desks
        .app
        .message_page(
            asked.sent.conversation_id,
            fluxchat_core::PathAnchor::End,
            10,
        )
        .await
        .unwrap();
    let last = page.messages.last().unwrap();
    assert_eq!(last.message.id, asked.sent.answer_id, "the first is shown");
    assert_eq!(last.branches.len(), 4, "and the others are branches");

    // Who is chosen answers next; nothing of the others is lost, or sent along.
    let third = asked.beside[1];
    desks.app.go_on_with(third).await.unwrap();
    let next = Ask {
        conversation: Some(asked.sent.conversation_id),
        text: "And then?".to_owned(),
        ..Ask::default()
    };
    app::ask(&desks.app, next).await;
    let counts: Vec<_> = desks.servers.iter().map(asked_of).collect();
    assert_eq!(counts, [1, 1, 2, 1], "the third goes on alone");
    let body = desks.servers[2].seen().pop().unwrap().body;
    assert!(body.contains("three of them") && !body.contains("one of them"));
    assert_eq!(desks.app.answers_beside(third).await.unwrap().len(), 4);

    let parts = desks
        .app
        .difference(asked.sent.answer_id, third)
        .await
        .unwrap();
    let of = |kind| {
        let parts = parts.iter().filter(|it| it.change == kind);
        parts.map(|it| it.text.as_str()).collect::<String>()
    };
    assert_eq!(of(TextChange::Removed), "one");
    assert_eq!(of(TextChange::Added), "three");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_fails_takes_nothing_from_the_others() {
    let desks = desks(&["good", "never"]).await;
    desks.servers[1].answer(Answer::Plain(500, "application/json", "{}".into()));
    let mut events = desks.app.events().subscribe();
    let asked = desks
        .app
        .ask_side_by_side(question(desks.sources[0]), others(&desks.sources[1..]))
        .await
        .unwrap();
    let mut left = 2;
    while left > 0 {
        if let Event::StreamEnded { .. } = events.recv().await.unwrap() {
            left -= 1;
        }
    }
    let shown = desks.app.answers_beside(asked.beside[0]).await.unwrap();
    let status: Vec<_> = shown.iter().map(|it| it.message.status).collect();
    assert_eq!(status, [MessageStatus::Complete, MessageStatus::Failed]);
    // The one that failed can be asked again where it stands, and stays beside the other.
    desks.servers[1].answer(Answer::Words(vec!["late".to_owned()]));
    let again = desks.app.resume(asked.beside[0]).await.unwrap();
    loop {
        if let Event::StreamEnded { answer: id, .. } = events.recv().await.unwrap()
            && id == again.answer_id
        {
            break;
        }
    }
    let shown = desks.app.answers_beside(asked.beside[0]).await.unwrap();
    assert_eq!(shown.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_one_cannot_be_asked_nobody_is() {
    let desks = desks(&["a", "b"]).await;
    let five = vec![desks.sources[1]; 4];
    let too_many = desks
        .app
        .ask_side_by_side(question(desks.sources[0]), others(&five))
        .await
        .unwrap_err();
    assert_eq!(too_many.code(), "too_many_answers");
    // A conversation that is kept to this computer keeps everybody else out.
    let first = app::ask(&desks.app, question(desks.sources[0])).await;
    let before: usize = desks.servers.iter().map(asked_of).sum();
    desks.app.remove_source(desks.sources[1]).await.unwrap();
    let next = Ask {
        conversation: Some(first.conversation_id),
        text: "again".to_owned(),
        ..Ask::default()
    };
    let gone = desks
        .app
        .ask_side_by_side(next, others(&desks.sources[1..]))
        .await
        .unwrap_err();
    assert_eq!(gone.code(), "not_found");
    let after: usize = desks.servers.iter().map(asked_of).sum();
    assert_eq!(before, after, "nothing was sent");
}

#[test]
fn the_command_line_asks_several() {
    runtime().block_on(async {
        let profile = Profile::with_cheap_passphrase().set_up();
        let server = Recorder::start(Answer::Words(vec!["from elsewhere".to_owned()])).await;
        profile.json(&["source", "add", "elsewhere", "--url", &server.base_url()]);
        let asked = profile.json(&[
            "ask",
            "--source",
            "sandbox",
            "--beside",
            "elsewhere",
            "How do I delete a conversation?",
        ]);
        let answers = asked["answers"].as_array().unwrap();
        assert_eq!(answers.len(), 2, "{asked}");
        assert_eq!(answers[1]["text"], "from elsewhere");
        assert_eq!(answers[1]["source"], "elsewhere");
        let conversation = text(&asked["conversation_id"]);
        let ask = |args: &[&str]| profile.run(&[&["--json", "ask"], args].concat());
        // Offline, what is on this computer answers, and the other says why it does not.
        let ran = ask(&[
            "--offline",
            "--source",
            "sandbox",
            "--beside",
            "elsewhere",
            "--conversation",
            conversation,
            "again",
        ]);
        let document = ran.json();
        assert_eq!(document["answers"][0]["status"], "complete", "{document}");
        assert_eq!(document["answers"][1]["error"]["code"], "offline");
        assert_ne!(ran.code, 0);
        let ran = ask(&["--beside", "nobody", "who?"]);
        assert_eq!(ran.json()["error"]["code"], "not_found");
        assert_eq!(asked_of(&server), 1, "one question left in all");
    });
}

#[test]
fn four_models_answer_in_the_window() {
    runtime().block_on(async {
        let mut servers = Vec::new();
        for words in ["alpha answer", "beta answer", "gamma answer"] {
            servers.push(Recorder::start(Answer::Words(vec![words.to_owned()])).await);
        }
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        for (name, server) in ["Alpha", "Beta", "Gamma"].iter().zip(&servers) {
            add_source(&window, name, &server.base_url()).await;
        }
        window.click("new-chat").await;
        window.click("model-picker").await;
        // The list grows while it is read, and what is below it moves.
        window.wait("model-option").await;
        window.click("beside-several").await;
        let all = "return document.querySelectorAll(\"[data-testid='model-option']\").length >= 4";
        window.wait_true(all, vec![], "all models are offered").await;
        let choose = "for (const option of document.querySelectorAll(\"[data-testid='model-option'][aria-selected='false']\")) option.click();\
            return true";
        window.run(choose, vec![]).await;
        window.wait_text("Four models chosen").await;
        desk.picture("beside-models");
        window.click("beside-take").await;
        window.type_into("composer-input", "What leaves my computer?").await;
        window.click("send").await;
        let done = "return document.querySelectorAll(\"[data-testid='beside-column'][data-status='complete']\").length === 4";
        window.wait_true(done, vec![], "four answers arrived").await;
        for words in ["alpha answer", "beta answer", "gamma answer"] {
            window.wait_text(words).await;
        }
        desk.picture("beside");
        window.click("beside-differences").await;
        window.wait_css("[data-testid='beside-column'] ins").await;
        desk.picture("beside-differences");
        let pick = "const column = [...document.querySelectorAll(\"[data-testid='beside-column']\")].find(it => it.textContent.includes('beta answer') || it.textContent.includes('beta'));\
            column.querySelector(\"[data-testid='beside-choose']\").click(); return true";
        window.run(pick, vec![]).await;
        window.wait_gone("[data-testid='beside']").await;
        ask(&window, "and now?").await;
        let counts: Vec<_> = servers.iter().map(asked_of).collect();
        assert_eq!(counts, [1, 2, 1], "who was chosen goes on alone");
        // The others are still there, one at a time.
        let places = "return [...document.querySelectorAll(\"[data-testid='branch-count']\")].map(it => it.textContent.trim())";
        let places = window.run(places, vec![]).await;
        assert!(places.to_string().contains("4"), "{places}");
        desk.quit(window).await;
        let ledger = desk.cli(&["privacy", "ledger"]);
        let rows = ledger.as_array().unwrap();
        let asked = rows.iter().filter(|row| row["purpose"] == "svc.chat");
        assert_eq!(asked.count(), 5, "four at once and one alone: {ledger}");
    });
}
