//! Rights at a service: the whole life of a request against one that answers as told, exactly
//! once over a crash, objections that hold, and notes that go with their answers.

use std::sync::Arc;

use fluxchat_core::{App, Ask, NewSource, Wish};
use fluxchat_egress::{Ledger, Refusal};
use fluxchat_model::{
    Attestation, Dialect, EgressRecord, Initiator, PrivacyRequestId, PrivacyRequestState as State,
    Purpose, REASONS, RequestEvent, RequestId, RequestStep as Step, Timestamp, TrackedRequest,
};
use fluxchat_service::SigningKey;
use fluxchat_testkit::ManualClock;
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_vault::MemoryKeychain;
use serde_json::{Value, json};

use crate::support::app::{ask, options, set_up};
use crate::support::{Profile, runtime};

/// 2026-11-26T08:00:00Z.
const START: i64 = 1_795_680_000_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

struct World {
    app: App,
    clock: Arc<ManualClock>,
    service: Recorder,
    key: SigningKey,
    pinned: std::sync::atomic::AtomicBool,
    _folder: tempfile::TempDir,
}

fn plain(status: u16, body: &Value) -> Answer {
    Answer::Plain(status, "application/json", body.to_string())
}

/// A time of RFC 3339; the days count from the start of 2026-11-26.
fn time(ms: i64) -> String {
    let (days, hours) = ((ms - START) / DAY, 8 + (ms - START) % DAY / HOUR);
    let day = 26 + days;
    let (month, day) = match day {
        ..=30 => (11, day),
        31..=61 => (12, day - 30),
        62..=92 => (13, day - 61),
        93..=120 => (14, day - 92),
        _ => (15, day - 120),
    };
    let (year, month) = if month > 12 {
        (2027, month - 12)
    } else {
        (2026, month)
    };
    format!("{year}-{month:02}-{day:02}T{hours:02}:00:00Z")
}

impl World {
    /// An app with a source that tells its key first and nothing after.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(START));
        let keychain = Arc::new(MemoryKeychain::new());
        let app = App::start(options(
            &folder.path().join("profile"),
            &keychain,
            Arc::clone(&clock) as _,
        ))
        .await;
        set_up(&app).await;
        let key = SigningKey::from_seed(&[5; 32]).unwrap();
        let service = Recorder::start(plain(503, &json!({}))).await;
        app.add_source(NewSource {
            name: "team".to_owned(),
            url: service.base_url(),
            dialect: Dialect::Openai,
            key: None,
        })
        .await
        .unwrap();
        Self {
            app,
            clock,
            service,
            key,
            pinned: std::sync::atomic::AtomicBool::new(false),
            _folder: folder,
        }
    }

    fn signed(&self, mut body: Value) -> Value {
        body["processor_signature"] = json!(self.key.sign(&body));
        body
    }

    /// Asks for access; discovery is answered, then `first`.
    async fn asked(&self, first: Answer) -> PrivacyRequestId {
        let discovery = discovery(&self.key);
        let mut turns = vec![first];
        if !self.pinned.swap(true, std::sync::atomic::Ordering::SeqCst) {
            turns.insert(0, plain(200, &discovery));
        }
        self.service.answer(Answer::Turns(turns));
        let id = self.app.request_right(Wish::Access, "team").await.unwrap();
        self.app.flush_outbox().await.unwrap();
        id
    }

    /// The next look finds this answer.
    async fn hears(&self, id: PrivacyRequestId, answer: Answer) -> TrackedRequest {
        self.service.answer(answer);
        self.app.check_requests(Some(id)).await.unwrap();
        self.tracked(id).await.0
    }

    async fn tracked(&self, id: PrivacyRequestId) -> (TrackedRequest, Vec<RequestEvent>) {
        let page = self.app.rights_requests(None, 100).await.unwrap();
        page.into_iter()
            .find(|(tracked, _)| tracked.request.id == id)
            .unwrap()
    }

    async fn steps(&self, id: PrivacyRequestId) -> Vec<Step> {
        let (_, steps) = self.tracked(id).await;
        steps.iter().map(|event| event.step).collect()
    }

    fn sent(&self, method: &str) -> usize {
        let seen = self.service.seen();
        seen.iter()
            .filter(|request| {
                request.method == method && request.path.contains("/privacy/requests")
            })
            .count()
    }
}

fn discovery(key: &SigningKey) -> Value {
    json!({
        "api_version": "2.0", "supported_identities": [],
        "supported_subject_request_types": [],
        "processor_certificate": key.public().to_text(),
    })
}

fn open_answer() -> Value {
    json!({ "status": "open", "expected_by": time(START + 20 * DAY) })
}

#[test]
fn a_request_walks_through_every_state_and_its_receipt_is_checked() {
    runtime().block_on(async {
        let world = World::new().await;
        let id = world.asked(plain(201, &world.signed(open_answer()))).await;
        let (now, _) = world.tracked(id).await;
        assert_eq!(now.request.state, State::Acknowledged);
        assert_eq!(now.request.expected_by, Some(Timestamp(START + 20 * DAY)));
        assert_eq!(now.request.attestation, Attestation::Checked);

        let needs = json!({ "status": "in_progress", "reason": "need_user_verification" });
        let now = world.hears(id, plain(200, &needs)).await;
        assert_eq!(now.request.state, State::NeedsAction);
        assert_eq!(now.request.attestation, Attestation::Said, "unsigned");
        let now = world
            .hears(id, plain(200, &json!({ "status": "in_progress" })))
            .await;
        assert_eq!(now.request.state, State::Acknowledged);

        let done = world.signed(json!({
            "status": "fulfilled", "subject_request_id": id.to_string(), "results_url": "/r",
        }));
        let now = world.hears(id, plain(200, &done)).await;
        assert_eq!(now.request.state, State::Fulfilled);
        assert_eq!(now.request.attestation, Attestation::Checked);
        assert!(now.progress.has_result);
        let kept: Value = serde_json::from_str(&now.progress.receipt.unwrap()).unwrap();
        assert_eq!(kept, done);
        assert_eq!(
            world.steps(id).await,
            [
                Step::Made,
                Step::Sent,
                Step::Acknowledged,
                Step::NeedsAction,
                Step::Resumed,
                Step::Fulfilled,
            ]
        );
        let asked = world.sent("GET");
        world.clock.advance(90 * DAY);
        world.app.poll_requests().await.unwrap();
        assert_eq!(
            world.sent("GET"),
            asked,
            "what is settled is not asked again"
        );
        assert_eq!(world.tracked(id).await.0.request.state, State::Fulfilled);
    });
}

#[test]
fn every_reason_of_a_refusal_is_a_sentence() {
    runtime().block_on(async {
        let world = World::new().await;
        for (reason, sentence) in REASONS {
            if matches!(*reason, "lost" | "source_removed" | "not_offered") {
                continue;
            }
            let id = world.asked(plain(201, &open_answer())).await;
            let denied = json!({ "status": "denied", "reason": format!("dpv:{reason}") });
            let now = world.hears(id, plain(200, &denied)).await;
            assert_eq!(now.request.state, State::Denied);
            assert_eq!(now.request.reason.as_deref(), Some(*reason));
            assert!(sentence.ends_with('.') && sentence.len() > 20, "{sentence}");
        }
        let id = world.asked(plain(201, &open_answer())).await;
        let denied = json!({ "status": "denied", "reason": "CANARY of the service" });
        let now = world.hears(id, plain(200, &denied)).await;
        assert_eq!(now.request.reason.as_deref(), Some("other"));
        let id = world.asked(plain(201, &open_answer())).await;
        let partial = json!({ "status": "fulfilled", "reason": "JustificationA17LegalClaims" });
        let now = world.hears(id, plain(200, &partial)).await;
        assert_eq!(now.request.state, State::PartiallyFulfilled);
        let id = world.asked(plain(404, &json!({}))).await;
        let now = world.tracked(id).await.0;
        assert_eq!(now.request.reason.as_deref(), Some("not_offered"));
    });
}

#[test]
fn more_time_is_taken_once_with_a_reason_and_within_the_first_month() {
    runtime().block_on(async {
        let world = World::new().await;
        let later = |days: i64, reason: Option<&str>| {
            json!({ "status": "in_progress", "expected_by": time(START + days * DAY), "reason": reason })
        };
        let complex = Some("JustificationA12Complexity");

        let id = world.asked(plain(201, &open_answer())).await;
        let now = world.hears(id, plain(200, &later(60, None))).await;
        assert_eq!(now.request.expected_by, Some(Timestamp(START + 20 * DAY)), "no reason");
        let now = world.hears(id, plain(200, &later(120, complex))).await;
        assert_eq!(now.request.expected_by, Some(Timestamp(START + 20 * DAY)), "too long");
        let now = world.hears(id, plain(200, &later(60, complex))).await;
        assert_eq!(now.request.expected_by, Some(Timestamp(START + 60 * DAY)));
        assert!(now.progress.extended);
        assert_eq!(now.request.reason.as_deref(), complex);
        let now = world.hears(id, plain(200, &later(80, complex))).await;
        assert_eq!(now.request.expected_by, Some(Timestamp(START + 60 * DAY)), "once");
        let steps = world.steps(id).await;
        assert_eq!(steps.iter().filter(|it| **it == Step::LateDate).count(), 1);
        assert_eq!(steps.iter().filter(|it| **it == Step::Extended).count(), 1);

        let id = world.asked(plain(201, &open_answer())).await;
        world.clock.advance(40 * DAY);
        let now = world.hears(id, plain(200, &later(70, complex))).await;
        assert_eq!(now.request.state, State::Overdue, "after the first month");
    });
}

#[test]
fn silence_makes_a_request_overdue_by_the_clock_of_this_computer_and_a_late_answer_counts() {
    runtime().block_on(async {
        let world = World::new().await;
        let id = world
            .asked(plain(201, &json!({ "request_status": "pending" })))
            .await;
        assert_eq!(world.tracked(id).await.0.request.state, State::Acknowledged);
        world.clock.advance(29 * DAY);
        assert_eq!(world.tracked(id).await.0.request.state, State::Acknowledged);
        world.clock.advance(3 * DAY);
        let now = world.hears(id, plain(503, &json!({}))).await;
        assert_eq!(
            now.request.state,
            State::Overdue,
            "a month, whatever was not said"
        );
        let now = world
            .hears(id, plain(200, &json!({ "request_status": "completed" })))
            .await;
        assert_eq!(now.request.state, State::Fulfilled);
    });
}

/// The operator changed the key of the service. Until a person who saw both says so, answers
/// under the new one do not count.
#[test]
fn a_changed_key_is_told_and_trusted_only_by_a_person() {
    runtime().block_on(async {
        let mut world = World::new().await;
        let id = world.asked(plain(201, &world.signed(open_answer()))).await;
        let first = world.key.public().to_text();
        world.key = SigningKey::from_seed(&[6; 32]).unwrap();
        let second = world.key.public().to_text();
        let done = world.signed(json!({
            "status": "fulfilled", "subject_request_id": id.to_string(),
        }));
        let now = world.hears(id, plain(200, &done)).await;
        assert_eq!(now.request.state, State::Acknowledged, "it does not count");
        assert_eq!(world.steps(id).await.last(), Some(&Step::Forged));

        let named = plain(200, &discovery(&world.key));
        world.service.answer(named.clone());
        let found = world.app.service_key("team").await.unwrap();
        assert!(found.changed());
        assert_eq!(
            (found.known.as_deref(), found.offered.as_deref()),
            (Some(first.as_str()), Some(second.as_str()))
        );
        let unseen = SigningKey::from_seed(&[7; 32]).unwrap().public().to_text();
        for wrong in [unseen.as_str(), first.as_str(), ""] {
            let refused = world.app.trust_service_key("team", wrong).await;
            assert_eq!(refused.unwrap_err().code(), "key_not_offered");
        }
        let now = world.hears(id, plain(200, &done)).await;
        assert_eq!(now.request.state, State::Acknowledged, "still not");

        world.service.answer(named);
        let trusted = world.app.trust_service_key("team", &second).await.unwrap();
        assert!(!trusted.changed());
        assert_eq!(trusted.since, Some(Timestamp(START)));
        let now = world.hears(id, plain(200, &done)).await;
        assert_eq!(now.request.state, State::Fulfilled);
        assert_eq!(now.request.attestation, Attestation::Checked);
        let sandbox = world.app.service_key("sandbox").await.unwrap();
        assert!(sandbox.known.is_some() && !sandbox.changed());
    });
}

#[test]
fn a_forged_signature_changes_nothing() {
    runtime().block_on(async {
        let world = World::new().await;
        let id = world.asked(plain(201, &world.signed(open_answer()))).await;
        let mut forged = world.signed(open_answer());
        forged["status"] = json!("fulfilled");
        let stranger = SigningKey::from_seed(&[6; 32]).unwrap();
        let mut other = json!({ "status": "fulfilled" });
        other["processor_signature"] = json!(stranger.sign(&other));
        for body in [forged, other] {
            let now = world.hears(id, plain(200, &body)).await;
            assert_eq!(now.request.state, State::Acknowledged);
        }
        let elsewhere = world.signed(json!({
            "status": "fulfilled", "subject_request_id": "0190b5a4-3c1e-4c3a-9d1e-2f6a1b7c8d00",
        }));
        let now = world.hears(id, plain(200, &elsewhere)).await;
        assert_eq!(
            now.request.state,
            State::Acknowledged,
            "signed, about another request"
        );
        let steps = world.steps(id).await;
        assert_eq!(steps.iter().filter(|it| **it == Step::Forged).count(), 2);
        // The control arm: the same words with the right signature do count.
        let now = world
            .hears(
                id,
                plain(200, &world.signed(json!({ "status": "fulfilled" }))),
            )
            .await;
        assert_eq!(now.request.attestation, Attestation::Checked);
    });
}

#[test]
fn a_lost_request_is_told_and_answers_out_of_order_move_nothing_back() {
    runtime().block_on(async {
        let world = World::new().await;
        let dated = |status: &str, hour: i64| {
            json!({ "status": status, "updated_time": time(START + hour * HOUR) })
        };
        let id = world.asked(plain(201, &dated("open", 1))).await;
        let now = world.hears(id, plain(404, &json!({}))).await;
        assert_eq!(now.request.state, State::NeedsAction);
        assert_eq!(now.request.reason.as_deref(), Some("lost"));

        let id = world.asked(plain(201, &dated("open", 1))).await;
        let mut needs = dated("in_progress", 5);
        needs["reason"] = json!("need_user_verification");
        world.hears(id, plain(200, &needs)).await;
        for old in [dated("in_progress", 3), dated("denied", 2), json!({ "status": "open" })] {
            let now = world.hears(id, plain(200, &old)).await;
            assert_eq!(now.request.state, State::NeedsAction, "{old}");
        }
        let now = world.hears(id, plain(200, &dated("fulfilled", 6))).await;
        assert_eq!(now.request.state, State::Fulfilled);
        let now = world.hears(id, plain(200, &dated("open", 9))).await;
        assert_eq!(now.request.state, State::Fulfilled);
    });
}

#[test]
fn a_conflict_means_that_it_is_there_already() {
    runtime().block_on(async {
        let world = World::new().await;
        let id = world.asked(plain(409, &json!({}))).await;
        let posts = world.sent("POST");
        let now = world.hears(id, plain(200, &open_answer())).await;
        assert_eq!(now.request.state, State::Acknowledged);
        world.clock.advance(DAY);
        world.app.flush_outbox().await.unwrap();
        assert_eq!(world.sent("POST"), posts, "it is not sent again");
    });
}

#[test]
fn open_requests_are_asked_about_hourly_at_most() {
    runtime().block_on(async {
        let world = World::new().await;
        world
            .asked(plain(
                201,
                &json!({ "status": "open", "expected_by": time(START + DAY) }),
            ))
            .await;
        world
            .service
            .answer(plain(200, &json!({ "status": "open" })));
        for (wait, gets) in [(0, 0), (HOUR - 1, 0), (1, 1), (HOUR / 2, 1), (HOUR / 2, 2)] {
            world.clock.advance(wait);
            world.app.poll_requests().await.unwrap();
            assert_eq!(world.sent("GET"), gets, "after {wait} ms");
        }
    });
}

#[test]
fn a_request_is_taken_back_before_and_after_it_was_sent() {
    runtime().block_on(async {
        let world = World::new().await;
        world.app.set_offline(true).await.unwrap();
        let id = world.app.request_right(Wish::Access, "team").await.unwrap();
        world.app.cancel_request(id).await.unwrap();
        assert_eq!(world.tracked(id).await.0.request.state, State::Cancelled);
        world.app.set_offline(false).await.unwrap();
        world.app.flush_outbox().await.unwrap();
        assert_eq!(world.sent("POST"), 0, "it never left");

        let id = world.asked(plain(201, &open_answer())).await;
        world
            .service
            .answer(plain(202, &json!({ "status": "revoked" })));
        world.app.cancel_request(id).await.unwrap();
        assert_eq!(world.sent("DELETE"), 1);
        assert_eq!(world.tracked(id).await.0.request.state, State::Cancelled);
        let error = world.app.cancel_request(id).await.unwrap_err();
        assert_eq!(error.code(), "not_pending");

        let id = world.asked(plain(201, &open_answer())).await;
        world.service.answer(plain(409, &json!({})));
        world.app.cancel_request(id).await.unwrap();
        let now = world
            .hears(id, plain(200, &json!({ "status": "fulfilled" })))
            .await;
        assert_eq!(now.request.state, State::Fulfilled, "it was too late");
    });
}

#[test]
fn an_erasure_made_offline_survives_a_kill_and_is_sent_once() {
    let runtime = runtime();
    let service = runtime.block_on(Recorder::start(plain(503, &json!({}))));
    let profile = Profile::with_cheap_passphrase().set_up();
    profile.json(&["source", "add", "team", "--url", &service.base_url()]);
    // The end of the command is its kill: nothing is carried over but the archive.
    let made = profile.json(&[
        "--offline",
        "privacy",
        "request",
        "erasure",
        "--source",
        "team",
    ]);
    assert_eq!(made["state"], "queued_offline");
    let mut child = profile.spawn(&["--offline", "privacy", "requests"]);
    child.kill().unwrap();
    child.wait().unwrap();
    let posts = |service: &Recorder| {
        let seen = service.seen();
        let sent = seen.iter().filter(|it| it.method == "POST");
        sent.map(|it| it.body.clone()).collect::<Vec<_>>()
    };
    assert!(posts(&service).is_empty());
    service.answer(Answer::Turns(vec![
        plain(404, &json!({})),
        plain(201, &open_answer()),
    ]));
    for _ in 0..3 {
        profile.json(&["privacy", "requests", "--check"]);
    }
    let sent = posts(&service);
    assert_eq!(sent.len(), 1, "{sent:?}");
    let body: Value = serde_json::from_str(&sent[0]).unwrap();
    assert_eq!(body["subject_request_id"], made["id"]);
    assert_eq!(body["subject_request_type"], "erasure");
}

#[test]
fn the_sandbox_answers_every_right_and_signs_it() {
    let profile = Profile::with_cheap_passphrase().set_up();
    profile.json(&["ask", "How do I search?"]);
    let request = |args: &[&str]| profile.json(&[&["privacy", "request"], args].concat());
    for args in [
        &["access"][..],
        &["portability"],
        &[
            "rectification",
            "--name",
            "Ada",
            "--email",
            "ada@example.org",
        ],
        &["restriction"],
        &["objection", "app.update_check"],
    ] {
        let answer = request(args);
        assert_eq!(answer["state"], "fulfilled", "{answer}");
        assert_eq!(answer["attestation"], "checked", "{answer}");
    }
    let access = request(&["access"]);
    let result = profile.json(&["privacy", "result", access["id"].as_str().unwrap()]);
    assert_eq!(result["records"]["requests"].as_array().unwrap().len(), 1);
    let subject = &result["records"]["subjects"][0];
    assert_eq!(subject["display_name"], "Ada");
    assert_eq!(subject["restricted"], true);
    assert_eq!(subject["objections"], json!(["app.update_check"]));
    let erased = request(&["erasure"]);
    assert_eq!(
        erased["attestation"], "checked",
        "the key outlives what it signed for"
    );
    let cancelled = profile.run(&[
        "--json",
        "privacy",
        "request",
        "cancel",
        erased["id"].as_str().unwrap(),
    ]);
    cancelled.failed(2, "not_pending");
    profile
        .run(&["--json", "privacy", "request", "rectification"])
        .failed(2, "invalid_correction");
    assert_eq!(
        profile
            .json(&["privacy", "requests"])
            .as_array()
            .unwrap()
            .len(),
        7
    );
}

#[test]
fn an_objection_is_in_force_before_the_next_request_and_can_be_taken_back() {
    runtime().block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(START));
        let held: Arc<std::sync::Mutex<Option<Arc<dyn Ledger>>>> = Arc::default();
        let keychain = Arc::new(MemoryKeychain::new());
        let mut options = options(&folder.path().join("profile"), &keychain, clock);
        let hold = Arc::clone(&held);
        options.ledger_layer = Some(Arc::new(move |ledger| {
            *hold.lock().unwrap() = Some(Arc::clone(&ledger));
            ledger
        }));
        let app = App::start(options).await;
        set_up(&app).await;
        let ledger = held.lock().unwrap().clone().unwrap();
        let begin = |n: u8| {
            let ledger = Arc::clone(&ledger);
            let record = EgressRecord {
                request_id: RequestId::new(Timestamp(START), [n; 10]),
                at: Timestamp(START),
                purpose: Purpose::UpdateCheck,
                basis: Purpose::UpdateCheck.basis(),
                consent_event_id: None,
                policy_version: None,
                endpoint: "updates".to_owned(),
                method: "GET".to_owned(),
                host: "example.org".to_owned(),
                categories: Vec::new(),
                initiator: Initiator::Timer,
                conversation_id: None,
                training_allowed: false,
            };
            tokio::task::spawn_blocking(move || ledger.begin(&record))
        };
        assert!(begin(1).await.unwrap().is_ok(), "the control arm");
        app.set_objection(Purpose::UpdateCheck, true).await.unwrap();
        let refused = begin(2).await.unwrap();
        assert!(matches!(refused, Err(Refusal::Objected)));
        app.set_objection(Purpose::UpdateCheck, false)
            .await
            .unwrap();
        assert!(begin(3).await.unwrap().is_ok());
        let error = app.set_objection(Purpose::Chat, true).await.unwrap_err();
        assert_eq!(error.code(), "invalid_objection");
        assert!(app.verify().await.unwrap().holds());
    });
}

#[test]
fn a_note_about_a_person_stays_with_its_answer_and_goes_with_it() {
    runtime().block_on(async {
        let world = World::new().await;
        let answer = ask(
            &world.app,
            Ask {
                text: "Who are you?".to_owned(),
                ..Ask::default()
            },
        )
        .await;
        let of = Some(answer.conversation_id);
        world
            .app
            .flag_statement(answer.id, " She was born in 1815. ")
            .await
            .unwrap();
        let flags = world.app.statement_flags(of, 0, 10).await.unwrap();
        assert_eq!(flags.len(), 1);
        assert_eq!(flags[0].note, "She was born in 1815.");
        world
            .app
            .flag_statement(answer.id, "In 1816.")
            .await
            .unwrap();
        let flags = world.app.statement_flags(None, 0, 10).await.unwrap();
        assert_eq!((flags.len(), flags[0].note.as_str()), (1, "In 1816."));
        let erasing = world
            .app
            .delete_conversation(answer.conversation_id)
            .await
            .unwrap();
        assert!(
            world
                .app
                .statement_flags(None, 0, 10)
                .await
                .unwrap()
                .is_empty(),
            "hidden"
        );
        let receipt = world.app.purge_now(erasing.id).await.unwrap();
        assert_eq!(receipt.rows_by_table.get("statement_flag"), Some(&1));
    });
}

#[test]
fn a_changed_objection_breaks_its_chain() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let purpose = Purpose::UpdateCheck.id();
    profile.json(&["privacy", "object", purpose]);
    profile.json(&["privacy", "unobject", purpose]);
    let sound = profile.json(&["privacy", "verify"]);
    assert_eq!(
        (&sound["holds"], &sound["objections"]["rows"]),
        (&json!(true), &json!(2))
    );
    let archive = profile.dir.join("archive.db");
    let key = profile.archive_key();
    let before = std::fs::read(&archive).unwrap();
    for (change, broken_at) in [
        ("UPDATE objection_event SET objected = 0 WHERE seq = 1", 1),
        (
            "UPDATE objection_event SET at = at - 86400000 WHERE seq = 2",
            2,
        ),
        ("DELETE FROM objection_event WHERE seq = 1", 1),
        (
            "UPDATE objection_event SET hash = randomblob(32) WHERE seq = 2",
            2,
        ),
    ] {
        // The archive itself refuses; only somebody with the key and no rules can do this.
        fluxchat_testkit::raw::run(
            &archive,
            &key,
            &format!(
                "DROP TRIGGER objection_event_is_final; DROP TRIGGER objection_event_is_kept; {change}; PRAGMA wal_checkpoint(TRUNCATE);"
            ),
        );
        let ran = profile.run(&["--json", "privacy", "verify"]);
        assert_eq!(ran.code, 6, "{change}");
        let found = ran.json();
        assert_eq!(
            (&found["holds"], &found["objections"]["broken_at"]),
            (&json!(false), &json!(broken_at)),
            "{change}: {found}"
        );
        for log in ["archive.db-wal", "archive.db-shm"] {
            let _ = std::fs::remove_file(profile.dir.join(log));
        }
        std::fs::write(&archive, &before).unwrap();
    }
    assert_eq!(profile.json(&["privacy", "verify"])["holds"], true);
}
