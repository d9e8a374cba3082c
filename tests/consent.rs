//! Consent: nothing optional without it, taken back as easily as given, in force at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use fluxchat_core::{Audience, Setup};
use fluxchat_egress::{Ledger, Refusal};
use fluxchat_model::{
    ArchiveKey, Clock as _, ConsentEventId, ConsentStatus, EgressRecord, Initiator, Purpose,
    RequestId, Secret, Timestamp,
};
use fluxchat_store::{NewConsentEvent, OpenOptions, Store};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::{canary, raw};
use serde_json::{Value, json};

use crate::cli::{add_source, shown, text};
use crate::offline::{Core, NOW};
use crate::support::{Profile, runtime};

const OPTIONAL: [&str; 5] = [
    "diag.crash",
    "analytics.usage",
    "improve.product",
    "ai.training",
    "marketing.direct",
];

fn given(profile: &Profile) -> Vec<String> {
    let all = profile.json(&["privacy", "consents"]);
    all.as_array()
        .unwrap()
        .iter()
        .filter(|row| row["given"] == true)
        .map(|row| text(&row["purpose"]).to_owned())
        .collect()
}

#[test]
fn everything_optional_is_off_and_comes_and_goes_in_one_step() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let all = profile.json(&["privacy", "consents"]);
    let optional: Vec<&str> = all
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["optional"] == true)
        .map(|row| text(&row["purpose"]))
        .collect();
    assert_eq!(optional, OPTIONAL);
    assert!(
        given(&profile).is_empty(),
        "all of it is off after the first run"
    );
    for row in all.as_array().unwrap().iter().take(OPTIONAL.len()) {
        assert_eq!(
            (&row["event"]["status"], &row["basis"]),
            (&json!("ConsentRefused"), &json!("eu-gdpr:A6-1-a"))
        );
    }

    let events = |profile: &Profile| {
        profile.json(&["privacy", "verify"])["consents"]["rows"]
            .as_i64()
            .unwrap()
    };
    let before = events(&profile);
    assert_eq!(before, 5, "each refusal is on record");
    profile.json(&["privacy", "consent", "give", "analytics.usage"]);
    assert_eq!(given(&profile), ["analytics.usage"]);
    profile.json(&["privacy", "consent", "give", "analytics.usage"]);
    assert_eq!(events(&profile), before + 1, "agreeing twice is one event");
    profile.json(&["privacy", "consent", "withdraw", "analytics.usage"]);
    assert!(given(&profile).is_empty());
    profile.json(&["privacy", "consent", "withdraw", "analytics.usage"]);
    assert_eq!(events(&profile), before + 2, "so is withdrawing");

    let all = profile.json(&["privacy", "consents"]);
    let row = all
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["purpose"] == "analytics.usage")
        .unwrap();
    let event = &row["event"];
    assert_eq!(
        (&event["status"], &event["ui_surface"], &event["language"]),
        (&json!("ConsentWithdrawn"), &json!("cli"), &json!("en"))
    );
    assert_eq!(
        text(&event["notice_sha256"]).len(),
        64,
        "what was agreed to can be proven"
    );
    assert_eq!(
        text(&event["policy_version"]),
        text(&profile.json(&["privacy", "policy"])["version"])
    );

    for refused in [
        "svc.chat",
        "svc.models",
        "rights.request",
        "svc.remote_media",
        "app.update_check",
    ] {
        for verb in ["give", "withdraw"] {
            profile
                .run(&["--json", "privacy", "consent", verb, refused])
                .failed(2, "purpose_not_optional");
        }
    }
    profile
        .run(&["--json", "privacy", "consent", "give", "everything"])
        .failed(2, "usage");
}

#[test]
fn a_changed_event_breaks_the_chain() {
    let profile = Profile::with_cheap_passphrase().set_up();
    profile.json(&["privacy", "consent", "give", "ai.training"]);
    profile.json(&["privacy", "consent", "withdraw", "ai.training"]);
    assert_eq!(profile.json(&["privacy", "verify"])["holds"], true);
    let archive = profile.dir.join("archive.db");
    let key = profile.archive_key();
    let sound = std::fs::read(&archive).unwrap();
    for (change, broken_at) in [
        (
            "UPDATE consent_event SET status = 'ConsentGiven' WHERE seq = 7",
            7,
        ),
        ("UPDATE consent_event SET at = at + 1 WHERE seq = 2", 2),
        (
            "UPDATE consent_event SET policy_version = '2020-01-01' WHERE seq = 6",
            6,
        ),
        (
            "UPDATE consent_event SET notice_sha256 = replace(notice_sha256, substr(notice_sha256, 1, 1), 'x') WHERE seq = 1",
            1,
        ),
        (
            "UPDATE consent_event SET ui_surface = 'window' WHERE seq = 3",
            3,
        ),
        ("DELETE FROM consent_event WHERE seq = 4", 4),
        (
            "UPDATE consent_event SET hash = randomblob(32) WHERE seq = 5",
            5,
        ),
    ] {
        // The archive itself refuses; only somebody with the key and no rules can do this.
        let store = Store::open(OpenOptions::existing(&archive, ArchiveKey::new(key))).unwrap();
        store.close();
        raw::run(
            &archive,
            &key,
            &format!(
                "DROP TRIGGER consent_event_is_final; DROP TRIGGER consent_event_is_kept; {change}; PRAGMA wal_checkpoint(TRUNCATE);"
            ),
        );
        let ran = profile.run(&["--json", "privacy", "verify"]);
        assert_eq!(ran.code, 6, "{change}");
        let found = ran.json();
        assert_eq!(
            (&found["holds"], &found["consents"]["broken_at"]),
            (&json!(false), &json!(broken_at)),
            "{change}: {found}"
        );
        for log in ["archive.db-wal", "archive.db-shm"] {
            let _ = std::fs::remove_file(profile.dir.join(log));
        }
        std::fs::write(&archive, &sound).unwrap();
    }
    assert_eq!(
        profile.json(&["privacy", "verify"])["holds"],
        true,
        "the archive as it was still holds"
    );
}

#[test]
fn a_consent_to_another_policy_does_not_count() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let key = ArchiveKey::new(profile.archive_key());
    let store = Store::open(OpenOptions::existing(profile.dir.join("archive.db"), key)).unwrap();
    let old = NewConsentEvent {
        id: ConsentEventId::new(Timestamp(NOW), [1; 10]),
        purpose: Purpose::UsageAnalytics,
        status: ConsentStatus::Given,
        at: Timestamp(NOW),
        policy_version: "2020-01-01".to_owned(),
        notice_sha256: "0".repeat(64),
        language: "en".to_owned(),
        ui_surface: "privacy".to_owned(),
        app_version: "0.0.1".to_owned(),
        scope: None,
    };
    store.write(|tx| tx.consent_append(old.clone())).unwrap();
    store.close();
    assert!(given(&profile).is_empty(), "it was given to another text");
    profile.json(&["privacy", "consent", "give", "analytics.usage"]);
    assert_eq!(given(&profile), ["analytics.usage"], "a fresh one counts");
    assert_eq!(profile.json(&["privacy", "verify"])["holds"], true);
}

/// The ledger of the core as the door sees it, taken from between the two.
pub async fn core_with_ledger() -> (Core, Arc<dyn Ledger>) {
    core_with_ledger_of(Audience::Adult).await
}

pub async fn core_with_ledger_of(audience: Audience) -> (Core, Arc<dyn Ledger>) {
    let slot: Arc<Mutex<Option<Arc<dyn Ledger>>>> = Arc::default();
    let inside = slot.clone();
    let core = Core::start(move |options| {
        options.ledger_layer = Some(Arc::new(move |ledger: Arc<dyn Ledger>| {
            *inside.lock().unwrap() = Some(ledger.clone());
            ledger
        }));
    })
    .await
    .set_up(audience)
    .await;
    let ledger = slot.lock().unwrap().clone().expect("the archive is open");
    (core, ledger)
}

/// No call of the catalogue serves a purpose that rests on consent yet, so the ledger is asked
/// what the door would ask it.
pub fn intent(core: &Core, purpose: Purpose, n: u8) -> EgressRecord {
    EgressRecord {
        request_id: fresh_id(n),
        at: core.clock.now(),
        purpose,
        basis: purpose.basis(),
        consent_event_id: None,
        policy_version: None,
        endpoint: "telemetry.create".to_owned(),
        method: "POST".to_owned(),
        host: "stats.example:443".to_owned(),
        categories: purpose.categories().to_vec(),
        initiator: Initiator::Timer,
        conversation_id: None,
        training_allowed: false,
    }
}

#[test]
fn without_consent_no_row_allows_a_request() {
    runtime().block_on(async {
        let (core, ledger) = core_with_ledger().await;
        let ask = |n| ledger.begin(&intent(&core, Purpose::UsageAnalytics, n));
        assert_eq!(ask(1), Err(Refusal::NoConsent));
        core.app
            .set_consent(Purpose::UsageAnalytics, true)
            .await
            .unwrap();
        assert!(ask(2).is_ok());
        assert_eq!(
            ledger.begin(&intent(&core, Purpose::CrashReport, 3)),
            Err(Refusal::NoConsent),
            "one consent is for one purpose"
        );
        core.app
            .set_consent(Purpose::UsageAnalytics, false)
            .await
            .unwrap();
        assert_eq!(ask(4), Err(Refusal::NoConsent), "before the next request");
        let rows = core.ledger().await.into_iter();
        let outcomes: Vec<String> = rows
            .filter(|row| row.0 == "analytics.usage" || row.0 == "diag.crash")
            .map(|row| row.2)
            .collect();
        assert_eq!(
            outcomes,
            ["blocked", "blocked", "pending", "blocked"],
            "refusals are on record"
        );
        core.app.shutdown().await;
    });
}

/// Requests try to leave without a pause while consent is withdrawn. None that begins after the
/// withdrawal returned is allowed.
#[test]
fn a_withdrawal_is_in_force_when_it_returns() {
    runtime().block_on(async {
        let (core, ledger) = core_with_ledger().await;
        let rounds = if crate::support::long() { 200 } else { 10 };
        for round in 0..rounds {
            core.app
                .set_consent(Purpose::UsageAnalytics, true)
                .await
                .unwrap();
            let withdrawn = Arc::new(AtomicBool::new(false));
            let stop = Arc::new(AtomicBool::new(false));
            let (first, allowed) = tokio::sync::oneshot::channel();
            let sender = {
                let (ledger, withdrawn, stop) = (ledger.clone(), withdrawn.clone(), stop.clone());
                let intents: Vec<EgressRecord> = (0..=255)
                    .map(|n| intent(&core, Purpose::UsageAnalytics, n))
                    .collect();
                std::thread::spawn(move || {
                    let mut first = Some(first);
                    let (mut passed, mut refused) = (0, 0);
                    for intent in intents {
                        let late = withdrawn.load(Ordering::SeqCst);
                        match ledger.begin(&intent) {
                            Ok(_) => {
                                assert!(!late, "a request left after the withdrawal");
                                passed += 1;
                            }
                            Err(_) => refused += 1,
                        }
                        if let Some(first) = first.take() {
                            let _ = first.send(());
                        }
                        if refused > 0 && stop.load(Ordering::SeqCst) {
                            break;
                        }
                    }
                    (passed, refused)
                })
            };
            allowed.await.unwrap();
            core.app
                .set_consent(Purpose::UsageAnalytics, false)
                .await
                .unwrap();
            withdrawn.store(true, Ordering::SeqCst);
            stop.store(true, Ordering::SeqCst);
            let (passed, _) = tokio::task::spawn_blocking(move || sender.join().unwrap())
                .await
                .unwrap();
            assert!(passed > 0, "round {round}: some left before");
            assert_eq!(
                ledger.begin(&intent(&core, Purpose::UsageAnalytics, 9)),
                Err(Refusal::NoConsent),
                "round {round}"
            );
        }
        assert!(
            core.app.verify().await.unwrap().holds(),
            "both chains survived the race"
        );
        core.app.shutdown().await;
    });
}

fn fresh_id(n: u8) -> RequestId {
    let mut random = [n; 10];
    for (place, byte) in random.iter_mut().skip(1).zip(canary().bytes()) {
        *place = byte;
    }
    RequestId::new(Timestamp(NOW), random)
}

#[test]
fn a_guardian_keeps_optional_purposes_off() {
    runtime().block_on(async {
        let core = Core::start(|_| {}).await;
        let policy = core.app.policy(None, "en").unwrap();
        let guardian = || Audience::Guardian(Secret::new("four plum trees".to_owned()));
        let setup = |audience, consents| Setup {
            audience,
            policy_version: policy.version.0.clone(),
            language: policy.language.clone(),
            consents,
        };
        let refused = core
            .app
            .setup(setup(guardian(), vec![Purpose::AiTraining]))
            .await;
        assert_eq!(refused.unwrap_err().code(), "supervised");
        core.app.setup(setup(guardian(), vec![])).await.unwrap();
        assert!(core.app.status().supervised);
        for purpose in Purpose::optional() {
            let refused = core.app.set_consent(purpose, true).await.unwrap_err();
            assert_eq!(refused.code(), "supervised", "{purpose}");
            core.app.set_consent(purpose, false).await.unwrap();
        }
        for standing in core.app.consents().await.unwrap() {
            assert_eq!(
                standing.locked, standing.optional,
                "{}",
                standing.state.purpose
            );
            assert!(!standing.state.given);
        }
        // The first run cannot be used to walk around it, not even after a restart.
        let again = core
            .app
            .setup(setup(Audience::Adult, vec![Purpose::AiTraining]))
            .await
            .unwrap_err();
        assert_eq!(again.code(), "already_set_up");
        let core = core.restart().await;
        let again = core
            .app
            .setup(setup(Audience::Adult, vec![]))
            .await
            .unwrap_err();
        assert_eq!(again.code(), "already_set_up");
        assert!(core.app.status().supervised);
        assert_eq!(
            core.ask("What leaves this computer?", "sandbox")
                .await
                .error,
            None,
            "chatting works"
        );
        core.app.shutdown().await;
    });
}

/// Who refuses everything optional gets everything.
#[test]
fn refusing_costs_no_feature() {
    let runtime = runtime();
    let journey = |consents: &[&str]| -> Vec<Value> {
        let server = runtime.block_on(Recorder::start(Answer::Words(vec![
            "Good ".into(),
            "day.".into(),
        ])));
        let profile = Profile::with_cheap_passphrase();
        let mut setup = vec!["setup", "--adult", "--accept-policy"];
        for purpose in consents {
            setup.extend(["--consent", purpose]);
        }
        profile.json(&setup);
        assert_eq!(given(&profile).len(), consents.len());
        let mut seen = Vec::new();
        add_source(&profile, "rec", &server);
        for source in ["rec", "sandbox"] {
            let mut models = profile.json(&["source", "models", source]);
            for row in models.as_array_mut().unwrap() {
                // Each was asked at its own time.
                row["listed_at"].take();
            }
            seen.push(models);
        }
        let guide = profile.json(&[
            "ask",
            "How do I delete a conversation?",
            "--source",
            "sandbox",
        ]);
        seen.push(json!([guide["status"], guide["text"]]));
        let own = profile.json(&["ask", "hello there", "--source", "rec"]);
        seen.push(json!([own["status"], own["text"], own["usage"]]));
        let id = text(&own["conversation_id"]).to_owned();
        let more = profile.json(&["ask", "and more", "--conversation", &id]);
        seen.push(json!([more["status"], more["text"]]));
        seen.push(json!(shown(&profile, &id)));
        let hits = profile.json(&["history", "search", "there"]);
        seen.push(json!(hits.as_array().map(Vec::len)));
        profile.json(&["history", "delete", &id]);
        profile.json(&["history", "undo", &id]);
        let gone = profile.json(&["history", "delete", "--now", &id]);
        seen.push(gone[0]["receipt"]["rows_by_table"].clone());
        seen.push(profile.json(&["doctor"])["integrity"].clone());
        let ledger = profile.json(&["privacy", "ledger"]);
        let left: Vec<Value> = ledger
            .as_array()
            .unwrap()
            .iter()
            // Who agreed has told the service so, and nothing else.
            .filter(|row| row["purpose"] != "consent.sync")
            .map(|row| json!([row["purpose"], row["basis"], row["outcome"]]))
            .collect();
        seen.push(json!(left));
        for request in server.seen() {
            assert!(request.header("cookie").is_none() && request.header("referer").is_none());
        }
        // Every right and every record is there for who refused, too.
        for read in [
            &["privacy", "stored"][..],
            &["privacy", "purposes"],
            &["privacy", "receipts"],
            &["privacy", "policy"],
            &["privacy", "policy", "--diff", "2026-10-01"],
            &["privacy", "policy", "status"],
            &["privacy", "policy", "check"],
            &["privacy", "guardian", "status"],
            &["privacy", "consents", "export", "--format", "27560"],
            &["privacy", "consents", "export", "--format", "kantara"],
        ] {
            seen.push(json!(profile.run(&[&["--json"], read].concat()).code));
        }
        seen.push(profile.json(&["privacy", "verify"])["holds"].clone());
        seen.push(json!(
            profile.json(&["privacy", "delete-all", "--yes"])["scope"]
        ));
        seen
    };
    let (refused, agreed) = (journey(&[]), journey(&OPTIONAL));
    assert_eq!(refused, agreed, "the same app for both");
}
