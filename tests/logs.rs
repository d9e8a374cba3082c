//! Logs hold event names, numbers and ids: with everything logged there is, no word of a person,
//! no answer, no key and no passphrase is in them.

use std::sync::Arc;

use fluxchat_core::clock::SystemClock;
use fluxchat_core::{App, Ask, NewSource, logging};
use fluxchat_model::{Dialect, DraftKey, MessageStatus, Secret, StorageMode};
use fluxchat_testkit::forensic::{Hit, all_needles, scan_bytes};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::{canary, cyrillic_canary, han_canary};
use fluxchat_vault::MemoryKeychain;
use serde_json::json;

use crate::support::{PASSPHRASE, Profile, Ran, app, with_file_on_3};

/// The name of the test that writes the log, and of the variable that says where and about what.
const WRITER: &str = "logs::everything_is_done_with_a_log_at_trace";
const SCENARIO: &str = "FLUXCHAT_TEST_SCENARIO";

fn found(log: &str, secrets: &[String]) -> Vec<Hit> {
    scan_bytes("log", log.as_bytes(), &all_needles(secrets))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every line begins with a level, and the events of this app with their names.
#[track_caller]
fn assert_is_a_log(log: &str, events: &[&str]) {
    let levels = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"];
    for line in log.lines() {
        let mut words = line.split(' ');
        let level = words.next().unwrap_or_default();
        let target = words.next().unwrap_or_default();
        assert!(levels.contains(&level), "no line of the log: {line}");
        let name = words.next().unwrap_or_default();
        assert!(
            !target.starts_with("fluxchat") || !name.starts_with("event"),
            "an event without a name: {line}"
        );
    }
    for event in events {
        assert!(
            log.contains(event),
            "{event} was logged, so this is the log:\n{log}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_logs_nothing_that_anybody_said() {
    let key = format!("sk-{}", canary());
    let words = [
        canary(),
        cyrillic_canary(),
        han_canary(),
        canary(),
        canary(),
    ];
    let [question, cyrillic, han, answer, guided] = words.each_ref().map(String::as_str);
    let recorder = Recorder::start(Answer::Words(vec![
        format!("{answer} "),
        "indeed".to_owned(),
    ]))
    .await;
    let profile = Profile::with_passphrase();
    let key_file = profile.world().join("key");
    std::fs::write(&key_file, &key).unwrap();
    let mut log = String::new();
    let mut run = |args: &[&str]| -> Ran {
        let cli = profile.command(&[&["--json"], args].concat());
        let mut command = with_file_on_3(&cli, &key_file);
        command.env("FLUXCHAT_LOG", "trace");
        let ran: Ran = profile
            .start(&mut command)
            .wait_with_output()
            .unwrap()
            .into();
        log.push_str(&ran.stderr);
        ran
    };
    run(&["setup", "--adult", "--accept-policy"]).ok();
    run(&[
        "source",
        "add",
        "recorder",
        "--url",
        &recorder.base_url(),
        "--key-fd",
        "3",
    ])
    .ok();
    let asked = run(&[
        "ask",
        &format!("{question} {cyrillic} {han}"),
        "--source",
        "recorder",
    ])
    .ok()
    .json();
    let id = asked["conversation_id"].as_str().unwrap();
    run(&[
        "ask",
        guided,
        "--source",
        "sandbox",
        "--model",
        "guide",
        "--conversation",
        id,
    ])
    .ok();
    run(&["history", "search", question]).ok();
    run(&["history", "show", id]).ok();
    recorder.answer(Answer::Cut(vec![format!("{answer} ")]));
    assert_eq!(run(&["ask", question, "--source", "recorder"]).code, 5);
    assert_eq!(
        run(&["--offline", "ask", question, "--source", "recorder"]).code,
        4
    );
    run(&["history", "delete", "--now", id]).ok();
    run(&["doctor"]).ok();

    let mut secrets = words.to_vec();
    secrets.extend([key, PASSPHRASE.to_owned(), hex(&profile.archive_key())]);
    // What a command says to a person about a failure is beside the log.
    let lines: Vec<&str> = log
        .lines()
        .filter(|line| line.contains(' ') && line.contains("::"))
        .collect();
    assert_is_a_log(
        &lines.join("\n"),
        &[
            "archive.opened",
            "egress.answered",
            "egress.blocked",
            "deletion.proven",
        ],
    );
    let hits = found(&log, &secrets);
    assert!(hits.is_empty(), "{hits:#?}");
    // The grep sees what is there.
    log.push_str(&format!("INFO control::leak {cyrillic}"));
    assert!(!found(&log, &secrets).is_empty());
}

/// What the process that writes the log is told.
struct Scenario {
    folder: std::path::PathBuf,
    words: Vec<String>,
    key: String,
    /// Logged on purpose, in a field that may be logged.
    leaked: String,
}

impl Scenario {
    fn to_text(&self) -> String {
        json!({ "folder": self.folder, "words": self.words, "key": self.key, "leaked": self.leaked }).to_string()
    }

    fn from_text(text: &str) -> Self {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        Self {
            folder: word(&value["folder"]).into(),
            words: value["words"]
                .as_array()
                .unwrap()
                .iter()
                .map(word)
                .collect(),
            key: word(&value["key"]),
            leaked: word(&value["leaked"]),
        }
    }
}

#[test]
fn the_log_of_the_app_holds_names_numbers_and_ids() {
    let home = tempfile::tempdir().unwrap();
    let scenario = Scenario {
        folder: home.path().to_owned(),
        words: [(); 8].map(|()| canary()).to_vec(),
        key: format!("sk-{}", canary()),
        leaked: canary(),
    };
    let own = std::env::current_exe().unwrap();
    let status = std::process::Command::new(own)
        .args([
            WRITER,
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(SCENARIO, scenario.to_text())
        .status()
        .unwrap();
    assert!(status.success(), "the scenario failed");

    let log = std::fs::read_to_string(home.path().join("logs/fluxchat.log")).unwrap();
    let events = [
        "egress.answered",
        "egress.failed",
        "egress.retry",
        "egress.offline",
        "egress.blocked",
        "deletion.proven",
    ];
    assert_is_a_log(&log, &events);
    let mut secrets = scenario.words.clone();
    secrets.extend([scenario.key, PASSPHRASE.to_owned()]);
    for key in ["root-key", "archive-key"] {
        secrets.push(std::fs::read_to_string(home.path().join(key)).unwrap());
    }
    let hits = found(&log, &secrets);
    assert!(hits.is_empty(), "{hits:#?}");
    // The control arm: an event that puts a word where a code belongs is found.
    assert!(
        !found(&log, &[scenario.leaked]).is_empty(),
        "the grep sees what leaks"
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the test before it, in a process of its own"]
async fn everything_is_done_with_a_log_at_trace() {
    // Run for itself it has nothing to write about.
    let Ok(text) = std::env::var(SCENARIO) else {
        return;
    };
    let Scenario {
        folder,
        words,
        key,
        leaked,
    } = Scenario::from_text(&text);
    logging::init(
        tracing::Level::TRACE,
        logging::LogTarget::Folder(folder.join("logs")),
    );
    let [question, answer, error, title, draft, search, file, body] = &words[..] else {
        panic!("eight words")
    };
    let recorder = Recorder::start(Answer::Words(vec![format!("{answer} ")])).await;
    let (profile, keychain) = (folder.join("profile"), Arc::new(MemoryKeychain::new()));
    let app = App::start(app::options(&profile, &keychain, Arc::new(SystemClock))).await;
    app.create(
        StorageMode::Passphrase,
        Some(Secret::new(PASSPHRASE.to_owned())),
    )
    .await
    .unwrap();
    app::set_up(&app).await;
    let key = Some(Secret::new(key));
    let url = recorder.base_url();
    let new = NewSource {
        name: "recorder".to_owned(),
        url,
        dialect: Dialect::Openai,
        key,
    };
    let source = app.add_source(new).await.unwrap().source.id;
    let ask = |text: &str| Ask {
        text: text.to_owned(),
        source: Some(source),
        ..Ask::default()
    };
    let id = app::ask(&app, ask(question)).await.conversation_id;
    let refusal = |status| {
        let body =
            json!({ "error": { "message": error, "type": error, "code": error } }).to_string();
        Answer::Plain(status, "application/json", body)
    };
    recorder.answer(Answer::Turns(vec![refusal(429), refusal(400)]));
    assert_eq!(
        app::ask(&app, ask(question)).await.status,
        MessageStatus::Failed
    );
    recorder.answer(Answer::Cut(vec![answer.clone()]));
    assert_eq!(
        app::ask(&app, ask(question)).await.status,
        MessageStatus::Failed
    );
    recorder.answer(Answer::Plain(
        200,
        "text/event-stream",
        format!("data: {answer}\n\ndata: {{\"{answer}\":1}}\n\n"),
    ));
    app::ask(&app, ask(question)).await;
    recorder.answer(Answer::Redirect(
        302,
        format!("http://{answer}.example/{answer}"),
    ));
    app::ask(&app, ask(question)).await;
    let nobody = NewSource {
        name: "nobody".to_owned(),
        url: "http://127.0.0.1:9/v1".to_owned(),
        dialect: Dialect::Openai,
        key: None,
    };
    app.add_source(nobody).await.unwrap().models.unwrap_err();
    app.set_offline(true).await.unwrap();
    app::ask(&app, ask(question)).await;
    app.set_offline(false).await.unwrap();
    let patch = fluxchat_store::ConversationPatch {
        title: Some(title.clone()),
        ..Default::default()
    };
    app.update_conversation(id, patch).await.unwrap();
    app.set_draft(DraftKey::Conversation(id), draft.clone())
        .await
        .unwrap();
    app.search(search.clone(), None, 10).await.unwrap();
    app.search(format!("\"{search}\" AND ("), None, 10)
        .await
        .unwrap();
    app.remember_search(search.clone()).await.unwrap();
    let name = format!("{file}.txt");
    let asset = app
        .add_asset(
            Some(id),
            name,
            "text/plain".to_owned(),
            body.clone().into_bytes(),
        )
        .await
        .unwrap();
    app.asset_range(asset, 0, 100).await.unwrap();
    let wrong = Secret::new(format!("not {PASSPHRASE}"));
    app.passphrase_change(wrong, Secret::new(PASSPHRASE.to_owned()))
        .await
        .unwrap_err();
    let vault = fluxchat_vault::Vault::new(&profile, keychain);
    let root = vault
        .unlock_with_passphrase(&Secret::new(PASSPHRASE.to_owned()))
        .unwrap();
    let pages = vault.archive_key(root.clone()).unwrap();
    std::fs::write(folder.join("root-key"), hex(root.expose())).unwrap();
    std::fs::write(folder.join("archive-key"), hex(pages.expose())).unwrap();
    let erasing = app.delete_conversation(id).await.unwrap();
    app.purge_now(erasing.id).await.unwrap();
    app.delete_everything().await.unwrap();
    app.doctor().await;
    tracing::info!(name: "control.leak", target: "fluxchat::control", code = leaked.as_str());
    app.shutdown().await;
}
