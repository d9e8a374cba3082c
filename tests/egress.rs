//! What the wire saw and what the ledger says are the same requests, joined by request id; and
//! before the first run is complete nothing leaves at all.
//!
//! The scenario runs in a network namespace where only loopback exists, each command under
//! `strace`: a connection that the ledger does not know has nowhere to go and does not stay unseen.

mod watched;

use std::sync::Arc;

use fluxchat_core::clock::SystemClock;
use fluxchat_core::{App, Ask, LedgerLayer, NewSource, Options};
use fluxchat_egress::Ledger;
use fluxchat_model::{
    Dialect, LedgerFilter, LegalBasis, MessageStatus, Outcome, Purpose, SessionState, StorageMode,
};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::{ForgetfulLedger, canary};
use fluxchat_vault::MemoryKeychain;
use serde_json::Value;

use self::watched::{Desk, interrupt};
use crate::support::{Profile, Ran, app, in_namespace};

/// A row of the ledger as far as the wire is concerned.
#[derive(Clone, Debug)]
struct Row {
    host: String,
    outcome: String,
    /// Zero where no connection came about.
    bytes_out: u64,
    request_id: String,
}

impl Row {
    fn left(&self) -> bool {
        self.bytes_out > 0
    }
}

/// Compares the two accounts of one host as multisets. `Err` says where they differ.
fn agree(wire: &[String], ledger: &[Row], host: &str) -> Result<usize, String> {
    let mut booked: Vec<&str> = ledger
        .iter()
        .filter(|row| row.host == host && row.left())
        .map(|row| row.request_id.as_str())
        .collect();
    booked.sort_unstable();
    let mut seen: Vec<&str> = wire.iter().map(String::as_str).collect();
    seen.sort_unstable();
    if booked == seen {
        Ok(seen.len())
    } else {
        Err(format!("on the wire: {seen:?}\nin the ledger: {booked:?}"))
    }
}

/// What must hold for every row, whatever the wire saw.
fn check_rows(ledger: &[Row]) {
    for row in ledger {
        match row.outcome.as_str() {
            "sent" => assert!(row.left(), "{row:?}"),
            "blocked" => assert!(!row.left(), "{row:?}"),
            "failed" | "cancelled" => {}
            other => panic!("a row ended as {other}: {row:?}"),
        }
    }
}

fn rows(ledger: &Value) -> Vec<Row> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    ledger
        .as_array()
        .unwrap()
        .iter()
        .map(|row| Row {
            host: text(&row["host"]),
            outcome: text(&row["outcome"]),
            bytes_out: row["bytes_out"].as_u64().unwrap(),
            request_id: text(&row["request_id"]),
        })
        .collect()
}

fn words(words: &[&str]) -> Answer {
    Answer::Words(words.iter().map(|word| (*word).to_owned()).collect())
}

fn refusal(status: u16, message: &str) -> Answer {
    Answer::Plain(
        status,
        "application/json",
        format!(r#"{{"error":{{"message":"{message}","type":"error"}}}}"#),
    )
}

#[test]
fn the_wire_and_the_ledger_are_the_same_requests() {
    in_namespace("egress::the_wire_and_the_ledger_in_a_namespace");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the test before it, in a namespace"]
async fn the_wire_and_the_ledger_in_a_namespace() {
    let key = format!("sk-{}", canary());
    let recorder = Recorder::start(words(&["fine"])).await;
    let stranger = Recorder::start_at("127.0.0.2", words(&["give it to me"])).await;
    let (url, host) = (recorder.base_url(), recorder.host().to_owned());

    // Before the first run there is nothing to add a source to.
    let desk = Desk::new(Profile::with_passphrase(), &key);
    assert_eq!(desk.run(&["source", "add", "early", "--url", &url]).code, 3);
    assert_eq!(desk.run(&["ask", "anybody there?"]).code, 3);
    assert_eq!(
        recorder.seen().len(),
        0,
        "nothing left before the first run was complete"
    );
    assert_eq!(desk.destinations(), [""; 0]);

    let desk = Desk::new(Profile::with_cheap_passphrase(), &key);
    desk.json(&["setup", "--adult", "--accept-policy"]);
    desk.json(&["source", "add", "recorder", "--url", &url, "--key-fd", "3"]);
    desk.json(&["source", "models", "recorder"]);
    // Nobody listens there: the attempt is booked, and no byte left.
    desk.json(&["source", "add", "nowhere", "--url", "http://127.0.0.1:9/v1"]);
    desk.ask("one", "recorder", "complete");
    desk.ask("two", "recorder", "complete");
    recorder.answer(Answer::Turns(vec![
        refusal(429, "slow down"),
        words(&["now"]),
    ]));
    desk.ask("three, tried again", "recorder", "complete");
    recorder.answer(refusal(500, "broken"));
    desk.ask("four, refused", "recorder", "failed");
    recorder.answer(Answer::Cut(vec!["half a ".to_owned()]));
    desk.ask("five, cut", "recorder", "failed");
    recorder.answer(Answer::Plain(
        200,
        "text/html",
        "<html>a login page</html>".to_owned(),
    ));
    desk.ask("six, not an answer", "recorder", "failed");
    recorder.answer(Answer::Redirect(
        307,
        format!("{}/chat/completions", stranger.base_url()),
    ));
    desk.ask("seven, sent elsewhere", "recorder", "failed");
    recorder.answer(Answer::Hang(vec!["and then ".to_owned()]));
    let arrived = recorder.seen().len();
    let hanging =
        desk.profile
            .start(&mut desk.command(&["ask", "eight, stopped", "--source", "recorder"]));
    recorder.arrived(arrived + 1).await;
    interrupt(&hanging);
    assert_eq!(
        Ran::from(hanging.wait_with_output().unwrap()).json()["status"],
        "interrupted"
    );
    recorder.answer(words(&["fine"]));
    let offline = desk.run(&["--offline", "ask", "nine, offline", "--source", "recorder"]);
    assert_eq!(offline.code, 4, "{}", offline.stdout);
    desk.ask("ten, to nobody", "recorder", "complete");
    let inside = desk.json(&[
        "ask",
        "What do you keep about me?",
        "--source",
        "sandbox",
        "--model",
        "guide",
    ]);
    desk.json(&[
        "history",
        "delete",
        "--now",
        inside["conversation_id"].as_str().unwrap(),
    ]);

    let ledger = rows(&desk.json(&["privacy", "ledger", "--limit", "1000"]));
    check_rows(&ledger);
    // Twice models, seven asked once, one asked twice, one stopped.
    assert_eq!(
        agree(&recorder.request_ids(), &ledger, &host),
        Ok(2 + 7 + 2 + 1)
    );
    let of = |outcome: &str| ledger.iter().filter(|row| row.outcome == outcome).count();
    assert_eq!(of("blocked"), 1, "the offline one: {ledger:#?}");
    assert_eq!(of("cancelled"), 1, "the stopped one: {ledger:#?}");
    let nowhere: Vec<&Row> = ledger
        .iter()
        .filter(|row| row.host == "127.0.0.1:9")
        .collect();
    assert!(
        !nowhere.is_empty()
            && nowhere
                .iter()
                .all(|row| row.outcome == "failed" && !row.left()),
        "{nowhere:?}"
    );
    let hosts: Vec<&str> = ledger.iter().map(|row| row.host.as_str()).collect();
    assert!(
        hosts
            .iter()
            .all(|it| [&*host, "127.0.0.1:9", "in-process"].contains(it)),
        "{hosts:?}"
    );
    assert_eq!(desk.json(&["privacy", "verify"])["holds"], true);

    let seen = recorder.seen();
    let bearer = format!("Bearer {key}");
    assert!(
        seen.iter()
            .all(|it| it.header("authorization") == Some(&bearer)),
        "its own server gets the key"
    );
    assert_eq!(
        stranger.seen().len(),
        0,
        "no redirect was followed, so no key and no word got there"
    );
    assert!(
        seen.iter()
            .all(|it| it.header("referer").is_none() && it.header("cookie").is_none())
    );
    assert!(seen.iter().all(|it| !it.body.contains(&key)));

    assert_eq!(
        desk.destinations(),
        sorted([host, "127.0.0.1:9".to_owned()]),
        "and no other address was turned to"
    );
}

fn sorted<const N: usize>(mut all: [String; N]) -> [String; N] {
    all.sort();
    all
}

async fn started(layer: Option<LedgerLayer>, home: &tempfile::TempDir) -> App {
    let keychain = Arc::new(MemoryKeychain::new());
    let options = app::options(
        &home.path().join("profile"),
        &keychain,
        Arc::new(SystemClock),
    );
    App::start(Options {
        ledger_layer: layer,
        ..options
    })
    .await
}

fn source(recorder: &Recorder) -> NewSource {
    NewSource {
        name: "recorder".to_owned(),
        url: recorder.base_url(),
        dialect: Dialect::Openai,
        key: None,
    }
}

/// Three answers and the two accounts of them.
async fn accounts(layer: Option<LedgerLayer>) -> (Vec<String>, Vec<Row>, String) {
    let home = tempfile::tempdir().unwrap();
    let app = started(layer, &home).await;
    app::set_up(&app).await;
    let recorder = Recorder::start(words(&["fine"])).await;
    let id = app.add_source(source(&recorder)).await.unwrap().source.id;
    for text in ["one", "two", "three"] {
        let ask = Ask {
            text: text.to_owned(),
            source: Some(id),
            ..Ask::default()
        };
        assert_eq!(app::ask(&app, ask).await.status, MessageStatus::Complete);
    }
    let ledger = app.ledger_page(LedgerFilter::default(), 100).await.unwrap();
    let rows = ledger
        .into_iter()
        .map(|entry| Row {
            host: entry.record.host,
            outcome: entry.outcome.id().to_owned(),
            bytes_out: entry.bytes_out,
            request_id: entry.record.request_id.to_string(),
        })
        .collect();
    app.shutdown().await;
    (recorder.request_ids(), rows, recorder.host().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgetful_ledger_does_not_pass_the_comparison() {
    let (wire, ledger, host) = accounts(None).await;
    assert_eq!(
        agree(&wire, &ledger, &host),
        Ok(4),
        "models and three answers"
    );
    let forgetful: LedgerLayer =
        Arc::new(|real| Arc::new(ForgetfulLedger::new(real)) as Arc<dyn Ledger>);
    let (wire, ledger, host) = accounts(Some(forgetful)).await;
    assert_eq!(wire.len(), 4, "the same left");
    assert!(
        agree(&wire, &ledger, &host).is_err(),
        "and the comparison says that it was not booked"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_first_run_is_complete_nothing_leaves() {
    let home = tempfile::tempdir().unwrap();
    let app = started(None, &home).await;
    let recorder = Recorder::start(words(&["fine"])).await;
    assert_eq!(app.status().state, SessionState::FirstRun);
    assert_eq!(
        app.add_source(source(&recorder)).await.unwrap_err().code(),
        "setup_needed"
    );
    let question = Ask {
        text: "anybody there?".to_owned(),
        ..Ask::default()
    };
    assert_eq!(
        app.ask(question.clone()).await.unwrap_err().code(),
        "setup_needed"
    );

    // An archive without an accepted policy: requests have no basis yet.
    app.create(StorageMode::Memory, None).await.unwrap();
    let added = app.add_source(source(&recorder)).await.unwrap();
    assert_eq!(added.models.unwrap_err().code(), "no_consent");
    let asked = Ask {
        source: Some(added.source.id),
        model: Some("m".to_owned()),
        ..question
    };
    let answer = app::ask(&app, asked).await;
    assert_eq!(answer.error.unwrap().code, "no_consent");
    let ledger = app.ledger_page(LedgerFilter::default(), 10).await.unwrap();
    assert_eq!(ledger.len(), 2);
    assert!(
        ledger
            .iter()
            .all(|row| row.outcome == Outcome::Blocked && row.bytes_out == 0)
    );
    assert_eq!(recorder.seen().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purpose_that_rests_on_consent_is_refused_from_its_withdrawal_on() {
    let home = tempfile::tempdir().unwrap();
    let real: Arc<std::sync::Mutex<Option<Arc<dyn Ledger>>>> = Arc::default();
    let keep = Arc::clone(&real);
    let layer: LedgerLayer = Arc::new(move |ledger| {
        *keep.lock().unwrap() = Some(Arc::clone(&ledger));
        ledger
    });
    let app = started(Some(layer), &home).await;
    app::set_up(&app).await;
    let ledger = real
        .lock()
        .unwrap()
        .clone()
        .expect("the archive has a ledger");
    let recorder = Recorder::start(words(&["fine"])).await;
    let id = app.add_source(source(&recorder)).await.unwrap().source.id;
    let ask = Ask {
        text: "one".to_owned(),
        source: Some(id),
        ..Ask::default()
    };
    app::ask(&app, ask).await;
    let template = app
        .ledger_page(LedgerFilter::default(), 1)
        .await
        .unwrap()
        .remove(0)
        .record;
    let purpose = Purpose::optional()
        .next()
        .expect("a purpose that rests on consent");
    assert_eq!(purpose.basis(), LegalBasis::Consent);
    let intent = |n: u8| {
        let mut record = template.clone();
        record.purpose = purpose;
        record.basis = purpose.basis();
        record.request_id = fluxchat_model::RequestId::new(record.at, [n; 10]);
        record
    };
    assert!(ledger.begin(&intent(1)).is_err(), "refused by default");
    app.set_consent(purpose, true).await.unwrap();
    assert!(
        ledger.begin(&intent(2)).is_ok(),
        "allowed while it is given"
    );
    app.set_consent(purpose, false).await.unwrap();
    assert!(
        ledger.begin(&intent(3)).is_err(),
        "refused from the withdrawal on"
    );
    let filter = LedgerFilter {
        purpose: Some(purpose),
        outcome: Some(Outcome::Blocked),
        ..LedgerFilter::default()
    };
    assert_eq!(
        app.ledger_page(filter, 10).await.unwrap().len(),
        2,
        "both refusals are booked"
    );
}
