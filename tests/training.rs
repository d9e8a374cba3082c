//! Training: only with the consent, only in conversations that are marked, and never again once
//! it is taken back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use fluxchat_core::{Ask, Audience, ConversationPatch, Event};
use fluxchat_egress::{Finish, Ledger, LedgerSeq, Refusal};
use fluxchat_model::{ConversationId, EgressRecord, LedgerFilter, Purpose};
use fluxchat_store::{OpenOptions, SandboxPage, Store};
use fluxchat_testkit::YesLedger;
use serde_json::{Value, json};

use crate::cli::text;
use crate::offline::{Core, ended};
use crate::support::{Profile, runtime};

async fn say(core: &Core, conversation: Option<ConversationId>, text: &str) -> ConversationId {
    let mut events = core.app.events().subscribe();
    let ask = Ask {
        conversation,
        text: text.to_owned(),
        ..Ask::default()
    };
    let sent = core.app.ask(ask).await.unwrap();
    ended(&mut events, sent.answer_id).await;
    sent.conversation_id
}

async fn mark(core: &Core, id: ConversationId, allowed: bool) -> Result<(), &'static str> {
    let patch = ConversationPatch {
        training_allowed: Some(allowed),
        ..ConversationPatch::default()
    };
    let done = core.app.update_conversation(id, patch).await;
    done.map(drop).map_err(|error| error.code())
}

/// What the requests of chats said about training, oldest first, as the ledger has it.
async fn said(core: &Core) -> Vec<bool> {
    let filter = LedgerFilter {
        purpose: Some(Purpose::Chat),
        ..LedgerFilter::default()
    };
    let rows = core.app.ledger_page(filter, 500).await.unwrap();
    rows.iter()
        .rev()
        .filter(|row| row.outcome != fluxchat_model::Outcome::Blocked)
        .map(|row| row.record.training_allowed)
        .collect()
}

/// What the service was told, oldest first, as the service itself has it.
fn told(core: &Core) -> Vec<bool> {
    let options = OpenOptions::read_only(
        core.app.profile().join("archive.db"),
        fluxchat_model::ArchiveKey::new(core.key()),
    );
    let store = Store::open(options).unwrap();
    let page = SandboxPage {
        owner: None,
        after: None,
        limit: 1_000,
    };
    let rows = store
        .read(|tx| tx.sandbox_records("requests", &page))
        .unwrap();
    store.close();
    rows.iter()
        .map(|row| serde_json::from_str::<Value>(&row.body).unwrap())
        .map(|body| body["training_allowed"] == json!(true))
        .collect()
}

#[test]
fn both_are_needed_and_both_can_be_taken_back() {
    runtime().block_on(async {
        let core = Core::start(|_| {}).await.set_up(Audience::Adult).await;
        let first = say(&core, None, "What leaves this computer?").await;
        assert_eq!(mark(&core, first, true).await, Err("training_not_agreed"));
        assert!(!core.app.conversation(first).await.unwrap().training_allowed);
        core.app
            .set_consent(Purpose::AiTraining, true)
            .await
            .unwrap();
        say(&core, Some(first), "And what stays?").await;
        mark(&core, first, true).await.unwrap();
        mark(&core, first, true).await.unwrap();
        say(&core, Some(first), "How do I delete a conversation?").await;
        let other = say(&core, None, "What is the ledger?").await;
        assert_ne!(first, other);
        assert_eq!(said(&core).await, [false, false, true, false]);
        let mut sorted = told(&core);
        sorted.sort_unstable();
        assert_eq!(
            sorted,
            [false, false, false, true],
            "the service heard the same"
        );

        mark(&core, first, false).await.unwrap();
        say(&core, Some(first), "What is a branch?").await;
        mark(&core, first, true).await.unwrap();
        core.app
            .set_consent(Purpose::AiTraining, false)
            .await
            .unwrap();
        assert!(
            !core.app.conversation(first).await.unwrap().training_allowed,
            "taken back altogether is taken back everywhere"
        );
        say(&core, Some(first), "And now?").await;
        core.app
            .set_consent(Purpose::AiTraining, true)
            .await
            .unwrap();
        say(&core, Some(first), "Given again, this one is not marked.").await;
        assert_eq!(said(&core).await[4..], [false, false, false]);
        let echo = core.app.training_echo().await.unwrap();
        assert_eq!((echo.confirmed, echo.missing, echo.different), (7, 0, 0));

        // Each decision about the conversation is a link of the chain, under one random name.
        let records = core.app.consent_records().await.unwrap();
        let limited: Vec<_> = records
            .iter()
            .filter(|it| it.other.contains_key("scope"))
            .collect();
        let states: Vec<_> = limited
            .iter()
            .map(|it| it.event.event_state.as_str())
            .collect();
        assert_eq!(states, ["ConsentGiven", "ConsentWithdrawn", "ConsentGiven"]);
        assert!(
            limited
                .iter()
                .all(|it| it.other["scope"] == limited[0].other["scope"])
        );
        assert!(core.app.verify().await.unwrap().holds());

        // A deletion forgets which conversation it was, and the chain still holds.
        core.app.delete_conversation(first).await.unwrap();
        core.app.delete_everything().await.unwrap();
        assert!(core.app.verify().await.unwrap().holds());
        let exported = json!(core.app.consent_records().await.unwrap()).to_string();
        assert!(!exported.contains(&first.to_string()), "no record names it");
        core.app.shutdown().await;
    });
}

/// Holds the first request that says training is allowed at the door until it is let go.
#[derive(Default)]
struct Turnstile {
    arrived: tokio::sync::Notify,
    held: AtomicBool,
    open: Mutex<bool>,
    opened: Condvar,
}

struct HeldLedger(Arc<dyn Ledger>, Arc<Turnstile>);

impl Ledger for HeldLedger {
    fn begin(&self, intent: &EgressRecord) -> Result<LedgerSeq, Refusal> {
        if intent.training_allowed && !self.1.held.swap(true, Ordering::SeqCst) {
            self.1.arrived.notify_one();
            let open = self.1.open.lock().unwrap();
            drop(self.1.opened.wait_while(open, |open| !*open).unwrap());
        }
        self.0.begin(intent)
    }
    fn block(&self, intent: &EgressRecord, why: Refusal) {
        self.0.block(intent, why);
    }
    fn finish(&self, seq: LedgerSeq, finish: Finish) {
        self.0.finish(seq, finish);
    }
}

/// A request says that training is allowed; before the door lets it out, training is taken back.
/// Returns how many requests told the service afterwards that it was allowed.
async fn race(gate: fn(Arc<dyn Ledger>) -> Arc<dyn Ledger>) -> usize {
    let turnstile = Arc::new(Turnstile::default());
    let inside = Arc::clone(&turnstile);
    let core = Core::start(move |options| {
        options.ledger_layer = Some(Arc::new(move |ledger| {
            Arc::new(HeldLedger(gate(ledger), Arc::clone(&inside)))
        }));
    })
    .await
    .set_up(Audience::Adult)
    .await;
    let id = say(&core, None, "What leaves this computer?").await;
    core.app
        .set_consent(Purpose::AiTraining, true)
        .await
        .unwrap();
    mark(&core, id, true).await.unwrap();
    let mut events = core.app.events().subscribe();
    let ask = Ask {
        conversation: Some(id),
        text: "Between the question and the door".to_owned(),
        ..Ask::default()
    };
    let sent = core.app.ask(ask).await.unwrap();
    turnstile.arrived.notified().await;
    core.app
        .set_consent(Purpose::AiTraining, false)
        .await
        .unwrap();
    *turnstile.open.lock().unwrap() = true;
    turnstile.opened.notify_all();
    ended(&mut events, sent.answer_id).await;
    let answer = core.app.message_by_id(sent.answer_id).await.unwrap();
    assert_eq!(answer.error, None, "the question is answered all the same");
    let after = told(&core).into_iter().filter(|allowed| *allowed).count();
    core.app.shutdown().await;
    after
}

#[test]
fn taken_back_before_the_door_is_taken_back() {
    runtime().block_on(async {
        assert_eq!(race(|ledger| ledger).await, 0);
        let broken = race(|ledger| Arc::new(YesLedger::new(ledger))).await;
        assert!(broken > 0, "a gate that always says yes is found out");
    });
}

/// Training is taken back while an answer arrives: that answer goes on, the next question says no.
#[test]
fn taken_back_while_an_answer_arrives() {
    runtime().block_on(async {
        let core = Core::start(|options| {
            options.sandbox_pace = Some(std::time::Duration::from_millis(2));
        })
        .await
        .set_up(Audience::Adult)
        .await;
        let id = say(&core, None, "What is the ledger?").await;
        core.app
            .set_consent(Purpose::AiTraining, true)
            .await
            .unwrap();
        mark(&core, id, true).await.unwrap();
        let mut events = core.app.events().subscribe();
        let ask = Ask {
            conversation: Some(id),
            text: "How do I delete a conversation?".to_owned(),
            ..Ask::default()
        };
        let sent = core.app.ask(ask).await.unwrap();
        while let Some(event) = events.recv().await {
            if matches!(event, Event::Stream(_)) {
                break;
            }
        }
        core.app
            .set_consent(Purpose::AiTraining, false)
            .await
            .unwrap();
        let before = said(&core).await.len();
        ended(&mut events, sent.answer_id).await;
        say(&core, Some(id), "And then?").await;
        let after = said(&core).await.split_off(before);
        assert_eq!(after, [false]);
        core.app.shutdown().await;
    });
}

/// Decisions reach the service once each, in their order, also when one is taken back while the
/// queue is being emptied.
#[test]
fn the_service_hears_every_decision_once_and_the_last_one_last() {
    runtime().block_on(async {
        let core = Core::start(|_| {}).await.set_up(Audience::Adult).await;
        let app = core.app.clone();
        for _ in 0..5 {
            app.set_consent(Purpose::UsageAnalytics, true)
                .await
                .unwrap();
            let flush = tokio::spawn({
                let app = app.clone();
                async move { app.flush_outbox().await }
            });
            app.set_consent(Purpose::UsageAnalytics, false)
                .await
                .unwrap();
            flush.await.unwrap().unwrap();
        }
        app.flush_outbox().await.unwrap();
        app.flush_outbox().await.unwrap();
        let filter = LedgerFilter {
            purpose: Some(Purpose::ConsentSync),
            ..LedgerFilter::default()
        };
        let sent = app.ledger_page(filter, 500).await.unwrap();
        assert_eq!(
            sent.len(),
            10,
            "one request per decision, none for a refusal"
        );
        let options = OpenOptions::read_only(
            app.profile().join("archive.db"),
            fluxchat_model::ArchiveKey::new(core.key()),
        );
        let store = Store::open(options).unwrap();
        let page = SandboxPage {
            owner: None,
            after: None,
            limit: 1_000,
        };
        let kept = store
            .read(|tx| tx.sandbox_records("consents", &page))
            .unwrap();
        assert!(store.read(|tx| tx.outbox()).unwrap().is_empty());
        store.close();
        let mut states: Vec<(i64, String)> = kept
            .iter()
            .map(|row| {
                let body: Value = serde_json::from_str(&row.body).unwrap();
                (row.at.0, text(&body["event"]["event_state"]).to_owned())
            })
            .collect();
        assert_eq!(states.len(), 10);
        states.sort();
        let given = states
            .iter()
            .filter(|(_, state)| state == "ConsentGiven")
            .count();
        assert_eq!(given, 5);
        app.shutdown().await;
    });
}

const MANDATORY: [&str; 10] = [
    "privacy_notice",
    "language",
    "purpose",
    "pii_information",
    "pii_controllers",
    "storage_locations",
    "retention_period",
    "jurisdiction",
    "recipient_third_parties",
    "withdrawal_method",
];

#[test]
fn the_records_have_the_fields_of_the_standards() {
    let profile = Profile::with_cheap_passphrase().set_up();
    profile.json(&["privacy", "consent", "give", "ai.training"]);
    let asked = profile.json(&["ask", "What leaves this computer?"]);
    let id = text(&asked["conversation_id"]).to_owned();
    profile.json(&[
        "privacy",
        "consent",
        "give",
        "ai.training",
        "--conversation",
        &id,
    ]);
    let document = profile.json(&["privacy", "consents", "export", "--format", "27560"]);
    assert_eq!(document["profile"], "dpv-27560:record-eu-gdpr");
    let records = document["@graph"].as_array().unwrap();
    assert_eq!(records.len(), 7);
    for record in records {
        for field in ["schema_version", "record_id", "pii_principal_id"] {
            assert!(record[field].is_string(), "{field}: {record}");
        }
        for field in MANDATORY {
            let value = &record["processing"][field];
            let said = value.as_str().is_some_and(|it| !it.is_empty())
                || value.as_array().is_some_and(|it| !it.is_empty());
            assert!(said, "{field}: {record}");
        }
        for party in ["pii_controllers", "recipient_third_parties"] {
            for field in [
                "party_id",
                "party_address",
                "party_name",
                "party_contact",
                "party_type",
            ] {
                assert!(
                    record["processing"][party][0][field].is_string(),
                    "{party}.{field}"
                );
            }
        }
        assert!(record["processing"]["pii_information"][0]["pii_type"].is_string());
        for field in [
            "event_time",
            "validity_duration",
            "entity_id",
            "event_type",
            "event_state",
        ] {
            assert!(record["event"][field].is_string(), "{field}: {record}");
        }
        for field in [
            "policy_version",
            "notice_sha256",
            "ui_surface",
            "app_version",
            "prev_hash",
            "hash",
        ] {
            assert!(record[field].is_string(), "{field}: {record}");
        }
    }
    for (one, next) in records.iter().zip(&records[1..]) {
        assert_eq!(
            one["hash"], next["prev_hash"],
            "the export can be checked by itself"
        );
    }

    let receipts = profile.json(&["privacy", "consents", "export", "--format", "kantara"]);
    let receipts = receipts.as_array().unwrap();
    assert_eq!(receipts.len(), 5, "one per purpose");
    for receipt in receipts {
        assert_eq!(receipt["version"], "KI-CR-v1.1.0");
        let receipt_id = text(&receipt["consentReceiptID"]);
        assert_eq!(&receipt_id[14..15], "4", "a version 4 UUID: {receipt_id}");
        assert!(
            receipt["consentTimestamp"].as_i64().unwrap() < 100_000_000_000,
            "seconds"
        );
        for field in [
            "jurisdiction",
            "collectionMethod",
            "language",
            "piiPrincipalId",
            "policyUrl",
        ] {
            assert!(receipt[field].is_string(), "{field}: {receipt}");
        }
        let controller = &receipt["piiControllers"][0];
        for field in ["piiController", "contact", "email", "phone"] {
            assert!(controller[field].is_string(), "{field}: {receipt}");
        }
        assert!(controller["address"]["streetAddress"].is_string());
        assert_eq!(receipt["sensitive"], false);
        assert!(receipt["spiCat"].is_array());
        let purpose = &receipt["services"][0]["purposes"][0];
        assert_eq!(purpose["consentType"], "EXPLICIT");
        for field in ["purpose", "termination"] {
            assert!(purpose[field].is_string(), "{field}: {receipt}");
        }
        for field in ["primaryPurpose", "thirdPartyDisclosure"] {
            assert!(purpose[field].is_boolean(), "{field}: {receipt}");
        }
    }
    let purposes = profile.json(&["privacy", "purposes"]);
    for row in purposes.as_array().unwrap() {
        for field in ["terms", "categories", "recipients"] {
            assert!(!row[field].as_array().unwrap().is_empty(), "{field}: {row}");
        }
        assert!(row["basis"].is_string() && row["kept_for"].is_string());
    }
}
