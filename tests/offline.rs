//! Offline closes the one door: for one command, or until it is opened again.

mod beside_chat;
mod window;

use std::sync::Arc;

use fluxchat_core::{Access, App, Ask, Audience, Event, Options, Setup};
use fluxchat_model::{
    Clock, MessageStatus, OutboxEntry, OutboxId, OutboxKind, OutboxState, PrivacyRequest,
    PrivacyRequestId, PrivacyRequestKind, PrivacyRequestState, StorageMode, Timestamp,
};
use fluxchat_testkit::ManualClock;
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_vault::MemoryKeychain;
use serde_json::{Value, json};

use crate::cli::{add_source, shown, text};
use crate::support::{Profile, runtime};

/// The core in this process, on a profile whose key is in a keychain in memory.
pub struct Core {
    pub app: App,
    pub clock: Arc<ManualClock>,
    pub keychain: Arc<MemoryKeychain>,
    pub folder: tempfile::TempDir,
}

/// Somewhere in 2025.
pub const NOW: i64 = 1_750_000_000_000;

impl Core {
    pub async fn start(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("fluxchat-core-")
            .tempdir()
            .unwrap();
        let keychain = Arc::new(MemoryKeychain::new());
        Self::start_in(folder, keychain, change).await
    }

    pub async fn start_in(
        folder: tempfile::TempDir,
        keychain: Arc<MemoryKeychain>,
        change: impl FnOnce(&mut Options),
    ) -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        let mut options = Options {
            profile: folder.path().join("profile"),
            access: Access::Owner,
            keychain: keychain.clone(),
            clock: clock.clone(),
            passphrase: None,
            offline: false,
            surface: "privacy",
            version: "0.1.0",
            sandbox_pace: Some(std::time::Duration::ZERO),
            settle_deletions: true,
            ledger_layer: None,
        };
        change(&mut options);
        Self {
            app: App::start(options).await,
            clock,
            keychain,
            folder,
        }
    }

    /// Ends the app and starts it again, as a person would.
    pub async fn restart(self) -> Self {
        self.app.shutdown().await;
        Self::start_in(self.folder, self.keychain, |_| {}).await
    }

    pub async fn set_up(self, audience: Audience) -> Self {
        let policy = self.app.policy(None, "en").unwrap();
        let setup = Setup {
            audience,
            policy_version: policy.version.0,
            language: policy.language,
            consents: Vec::new(),
        };
        self.app.setup(setup).await.unwrap();
        self
    }

    /// The raw key of the archive, as only a test may have it.
    pub fn key(&self) -> [u8; 32] {
        use fluxchat_vault::{Patience, Probe, Vault};
        let vault = Vault::new(self.app.profile(), self.keychain.clone());
        match vault.probe(Patience::Probe).unwrap() {
            Probe::Key(key, StorageMode::Keychain) => *vault.archive_key(key).unwrap().expose(),
            other => panic!("the key is in the keychain: {other:?}"),
        }
    }

    pub async fn add_source(&self, name: &str, server: &Recorder) {
        let new = fluxchat_core::NewSource {
            name: name.to_owned(),
            url: server.base_url(),
            dialect: fluxchat_model::Dialect::Openai,
            key: None,
        };
        self.app.add_source(new).await.unwrap().models.unwrap();
    }

    /// Asks and waits until the answer is complete, failed or stopped.
    pub async fn ask(&self, text: &str, source: &str) -> fluxchat_model::Message {
        let mut events = self.app.events().subscribe();
        let source = self.app.source_named(source).await.unwrap().id;
        let ask = Ask {
            text: text.to_owned(),
            source: Some(source),
            ..Ask::default()
        };
        let sent = self.app.ask(ask).await.unwrap();
        ended(&mut events, sent.answer_id).await;
        self.app.message_by_id(sent.answer_id).await.unwrap()
    }

    /// The newest rows of the ledger as `(purpose, host, outcome)`.
    pub async fn ledger(&self) -> Vec<(String, String, String)> {
        let rows = self
            .app
            .ledger_page(fluxchat_model::LedgerFilter::default(), 50)
            .await
            .unwrap();
        rows.into_iter()
            .map(|row| {
                (
                    row.record.purpose.id().to_owned(),
                    row.record.host,
                    row.outcome.id().to_owned(),
                )
            })
            .collect()
    }
}

pub type Events = tokio::sync::mpsc::UnboundedReceiver<Event>;

pub async fn ended(events: &mut Events, answer: fluxchat_model::MessageId) {
    loop {
        match events.recv().await.expect("the app goes on") {
            Event::StreamEnded { answer: id, .. } if id == answer => return,
            _ => {}
        }
    }
}

#[test]
fn the_flag_closes_the_door_for_one_command() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec!["Hi.".into()])));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "rec", &server);
    let asked = profile.json(&["ask", "when I was online", "--source", "rec"]);
    let online = profile.json(&["source", "models", "rec"]);
    let before = server.seen().len();

    let refused = profile.run(&["--json", "--offline", "ask", "and now?", "--source", "rec"]);
    let error = refused.failed(4, "offline");
    assert_eq!(error["kept"], "Your question was kept.");
    let id = text(&refused.json()["conversation_id"]).to_owned();
    assert_eq!(shown(&profile, &id)[0].2, "and now?");
    // What a source offers is told as it last said it, and that it is not from now.
    let listed = profile.run(&["--json", "--offline", "source", "models", "rec"]);
    assert!(listed.stderr.contains("offline"), "{}", listed.stderr);
    assert!(listed.stderr.contains("This is what it offered on 2"));
    let listed = listed.json();
    assert_eq!(listed[0]["id"], online[0]["id"]);
    assert!(
        (1..=online[0]["listed_at"].as_i64().unwrap())
            .contains(&listed[0]["listed_at"].as_i64().unwrap())
    );

    // Everything that needs nobody else works.
    let guide = profile.json(&[
        "--offline",
        "ask",
        "What leaves this computer?",
        "--source",
        "sandbox",
    ]);
    assert_eq!(guide["status"], "complete");
    let found = profile.json(&["--offline", "history", "search", "online"]);
    assert!(
        found
            .as_array()
            .unwrap()
            .iter()
            .any(|hit| hit["conversation_id"] == asked["conversation_id"])
    );
    let gone = profile.json(&[
        "--offline",
        "history",
        "delete",
        "--now",
        text(&asked["conversation_id"]),
    ]);
    assert_eq!(text(&gone[0]["receipt"]["hash"]).len(), 64);
    assert_eq!(profile.json(&["--offline", "doctor"])["integrity"], "ok");
    assert_eq!(
        server.seen().len(),
        before,
        "not one request reached the server"
    );

    let ledger = profile.json(&["privacy", "ledger"]);
    let blocked: Vec<&Value> = ledger
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["outcome"] == "blocked")
        .collect();
    assert_eq!(blocked.len(), 2, "what was refused is in the ledger, too");
    assert!(blocked.iter().all(|row| row["bytes_out"] == 0));

    // The next command is online again.
    let again = profile.json(&["ask", "back", "--conversation", &id]);
    assert_eq!(again["text"], "Hi.");
}

#[test]
fn the_switch_stops_what_is_under_way_and_is_remembered() {
    runtime().block_on(async {
        let server = Recorder::start(Answer::Hang(vec!["so ".into(), "far".into()])).await;
        let core = Core::start(|_| {}).await.set_up(Audience::Adult).await;
        core.add_source("rec", &server).await;
        let mut events = core.app.events().subscribe();
        let source = core.app.source_named("rec").await.unwrap().id;
        let ask = Ask {
            text: "wait".into(),
            source: Some(source),
            ..Ask::default()
        };
        let sent = core.app.ask(ask).await.unwrap();
        loop {
            match events.recv().await.unwrap() {
                Event::Stream(item) if item.text.contains("far") => break,
                _ => {}
            }
        }
        assert!(core.app.activity().unwrap().is_leaving(), "the light is on");
        let activity = core.app.set_offline(true).await.unwrap();
        assert!(activity.offline);
        ended(&mut events, sent.answer_id).await;
        let answer = core.app.message_by_id(sent.answer_id).await.unwrap();
        assert_eq!(answer.status, MessageStatus::Failed);
        assert_eq!(answer.text(), "so far", "what arrived is kept");
        let error = answer.error.unwrap();
        assert_eq!(
            (error.code.as_str(), error.kept.as_str()),
            ("offline", "Your question and what had arrived were kept.")
        );
        assert!(
            !core.app.activity().unwrap().is_leaving(),
            "the light is off"
        );
        assert_eq!(
            core.ledger().await[0],
            ("svc.chat".into(), server.host().into(), "cancelled".into())
        );

        let refused = core.ask("still there?", "rec").await;
        assert_eq!(refused.error.unwrap().code, "offline");
        let guide = core.ask("What leaves this computer?", "sandbox").await;
        assert_eq!(
            guide.status,
            MessageStatus::Complete,
            "what stays in the app goes on"
        );
        let seen = server.seen().len();

        // It stays closed until somebody opens it.
        let core = core.restart().await;
        assert!(core.app.status().offline);
        assert_eq!(
            core.ask("after the restart", "rec")
                .await
                .error
                .unwrap()
                .code,
            "offline"
        );
        assert_eq!(server.seen().len(), seen);
        assert_eq!(core.ledger().await[0].2, "blocked");

        server.answer(Answer::Words(vec!["welcome back".into()]));
        assert!(!core.app.set_offline(false).await.unwrap().offline);
        assert_eq!(core.ask("and now?", "rec").await.text(), "welcome back");
        let core = core.restart().await;
        assert!(!core.app.status().offline);
        core.app.shutdown().await;
    });
}

/// A request about data rights that waits for a service outside this process.
#[test]
fn the_outbox_waits_and_is_sent_once_when_the_door_opens() {
    runtime().block_on(async {
        let core = Core::start(|_| {}).await.set_up(Audience::Adult).await;
        let server = Recorder::start(Answer::Words(vec!["-".into()])).await;
        core.add_source("service", &server).await;
        core.app.set_offline(true).await.unwrap();
        let id = queue(&core, "service").await;
        let seen = server.seen().len();
        core.app.flush_outbox().await.unwrap();
        assert_eq!(server.seen().len(), seen, "nothing leaves");
        assert_eq!(state(&core, id).await, PrivacyRequestState::QueuedOffline);

        // It survives a restart, and time.
        let core = core.restart().await;
        core.clock.advance(Timestamp::DAY);
        core.app.flush_outbox().await.unwrap();
        assert_eq!(state(&core, id).await, PrivacyRequestState::QueuedOffline);
        assert_eq!(server.seen().len(), seen);

        server.answer(Answer::Plain(201, "application/json", acknowledgement(id)));
        let mut events = core.app.events().subscribe();
        core.app.set_offline(false).await.unwrap();
        // Opening the door wakes the outbox by itself.
        while !matches!(events.recv().await.unwrap(), Event::ReceiptsChanged) {}
        assert_eq!(state(&core, id).await, PrivacyRequestState::Fulfilled);
        core.app.flush_outbox().await.unwrap();
        let mut sent: Vec<_> = server.seen().into_iter().skip(seen).collect();
        // The key that its answers are signed with is asked for once.
        sent.retain(|request| request.path != "/v1/privacy/discovery");
        assert_eq!(sent.len(), 1, "sent exactly once");
        assert_eq!(
            (sent[0].method.as_str(), sent[0].path.as_str()),
            ("POST", "/v1/privacy/requests")
        );
        assert_eq!(
            core.ledger().await[0],
            ("rights.request".into(), server.host().into(), "sent".into())
        );
        core.app.shutdown().await;
    });
}

async fn state(core: &Core, id: OutboxId) -> PrivacyRequestState {
    let all = core.app.privacy_requests().await.unwrap();
    all.into_iter()
        .find(|request| request.id.0 == id.0)
        .expect("the request is there")
        .state
}

/// As a deletion would queue it for a service that is not the sandbox.
async fn queue(core: &Core, source: &str) -> OutboxId {
    let id = OutboxId::new(core.clock.now(), [7; 10]);
    let body = json!({
        "regulation": "gdpr", "subject_request_id": id, "subject_request_type": "erasure",
        "subject_identities": [{"identity_type": "everything", "identity_value": "", "identity_format": "raw"}],
        "submitted_time": "2025-06-15T15:06:40Z",
    });
    let entry = OutboxEntry {
        id,
        kind: OutboxKind::PrivacyRequest,
        source_name: source.to_owned(),
        body: body.to_string(),
        attempts: 0,
        next_try_at: core.clock.now(),
        state: OutboxState::Queued,
        created_at: core.clock.now(),
    };
    let request = PrivacyRequest {
        id: PrivacyRequestId(id.0),
        kind: PrivacyRequestKind::Erasure,
        erasure_id: None,
        source_name: source.to_owned(),
        state: PrivacyRequestState::QueuedOffline,
        created_at: core.clock.now(),
        expected_by: None,
        reason: None,
        attestation: fluxchat_model::Attestation::None,
    };
    let options = fluxchat_store::OpenOptions::existing(
        core.app.profile().join("archive.db"),
        fluxchat_model::ArchiveKey::new(core.key()),
    );
    let store = fluxchat_store::Store::open(options).unwrap();
    store
        .write(|tx| {
            tx.privacy_request_insert(&request)?;
            tx.outbox_insert(&entry)
        })
        .unwrap();
    store.close();
    id
}

fn acknowledgement(id: OutboxId) -> String {
    let (then, later) = ("2025-06-15T15:06:40Z", "2025-07-15T15:06:40Z");
    json!({
        "controller_id": "test", "subject_request_id": id, "subject_request_type": "erasure",
        "api_version": "2.0", "received_time": then, "expected_completion_time": later,
        "request_status": "completed", "results_url": null, "results_count": null,
        "processor_signature": null, "request_id": id, "received_at": then, "expected_by": later,
        "status": "fulfilled", "reason": null, "processing_details": null,
    })
    .to_string()
}
