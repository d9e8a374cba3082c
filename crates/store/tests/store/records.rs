use fluxchat_model::{
    AssetId, ConsentEventId, ConsentStatus, ConversationId, DataCategory, DraftKey, EgressRecord,
    Initiator, LedgerFilter, LegalBasis, Origin, OutboxEntry, OutboxId, OutboxKind, OutboxState,
    Outcome, PolicySpan, PrivacyRequest, PrivacyRequestId, PrivacyRequestKind, PrivacyRequestState,
    Purpose, RequestId, Secret, Source, SourceId, StoredKind, Timestamp,
};
use fluxchat_store::{
    Asset, ChainBreak, NewConsentEvent, SandboxPage, SandboxRecord, Store, StoreError,
};

use crate::support::{Archive, KEY, NOW};

fn source(name: &str) -> Source {
    Source {
        id: SourceId::new(NOW, [name.len() as u8; 10]),
        name: name.to_owned(),
        dialect: fluxchat_model::Dialect::Openai,
        origin: Some(Origin::new("https", "api.example", 443).unwrap()),
        base_path: "/v1".to_owned(),
        has_credential: true,
        default_model: Some("m".to_owned()),
        practices: fluxchat_model::DataPractices {
            training: Some("no".to_owned()),
            ..Default::default()
        },
        redact: false,
        created_at: NOW,
    }
}

#[test]
fn every_dialect_comes_back() {
    use fluxchat_model::Dialect;
    let archive = Archive::new();
    let mut changing = source("changing");
    archive
        .store
        .write(|tx| tx.source_insert(&changing))
        .unwrap();
    for (number, dialect) in [
        Dialect::Fluxchat,
        Dialect::Openai,
        Dialect::Responses,
        Dialect::Anthropic,
        Dialect::Gemini,
        Dialect::Interactions,
        Dialect::Ollama,
    ]
    .into_iter()
    .enumerate()
    {
        let added = Source {
            id: SourceId::new(NOW, [100 + number as u8; 10]),
            name: format!("{dialect:?}"),
            dialect,
            ..source("one")
        };
        archive.store.write(|tx| tx.source_insert(&added)).unwrap();
        changing.dialect = dialect;
        archive
            .store
            .write(|tx| tx.source_update(&changing))
            .unwrap();
        let read = |id| archive.store.read(|tx| tx.source(id)).unwrap().unwrap();
        assert_eq!(read(added.id), added);
        assert_eq!(read(changing.id), changing);
    }
}

#[test]
fn sources_come_back_as_they_were_and_leave_their_conversations() {
    let archive = Archive::new();
    let mut one = source("one");
    archive.store.write(|tx| tx.source_insert(&one)).unwrap();
    let taken = Source {
        id: SourceId::new(NOW, [9; 10]),
        ..source("one")
    };
    let error = archive.store.write(|tx| tx.source_insert(&taken));
    assert_eq!(error, Err(StoreError::Conflict("source name")));
    one.name = "renamed".to_owned();
    one.origin = None;
    archive.store.write(|tx| tx.source_update(&one)).unwrap();
    let read = archive
        .store
        .read(|tx| tx.source_by_name("renamed"))
        .unwrap();
    assert_eq!(read, Some(one.clone()));

    let conversation = archive.conversation("uses it");
    let patch = fluxchat_store::ConversationPatch {
        source_id: Some(Some(one.id)),
        ..Default::default()
    };
    archive
        .store
        .write(|tx| tx.conversation_update(conversation, &patch))
        .unwrap();
    assert!(archive.store.write(|tx| tx.source_remove(one.id)).unwrap());
    let kept = archive
        .store
        .read(|tx| tx.conversation(conversation))
        .unwrap();
    assert_eq!(kept.unwrap().source_id, None);
}

#[test]
fn drafts_are_one_per_composer() {
    let archive = Archive::new();
    let conversation = archive.conversation("c");
    let keys = [
        DraftKey::NewConversation,
        DraftKey::Conversation(conversation),
    ];
    for key in keys {
        for text in ["first", "second"] {
            archive
                .store
                .write(|tx| tx.draft_set(key, text, NOW))
                .unwrap();
        }
        let draft = archive.store.read(|tx| tx.draft(key)).unwrap();
        assert_eq!(draft.as_deref(), Some("second"));
        archive
            .store
            .write(|tx| tx.draft_set(key, "", NOW))
            .unwrap();
        assert_eq!(archive.store.read(|tx| tx.draft(key)).unwrap(), None);
    }
    let stranger = DraftKey::Conversation(ConversationId::new(NOW, [1; 10]));
    let error = archive.store.write(|tx| tx.draft_set(stranger, "x", NOW));
    assert_eq!(error, Err(StoreError::Conflict("draft")));
}

#[test]
fn recent_searches_are_kept_once_and_not_for_ever() {
    let archive = Archive::new();
    for n in 0..70 {
        let query = format!("q{}", n % 60);
        archive
            .store
            .write(|tx| tx.recent_search_add(&query, NOW))
            .unwrap();
    }
    let recent = archive.store.read(|tx| tx.recent_searches(100)).unwrap();
    assert_eq!(recent[0].query, "q9");
    assert!(recent.len() <= 50, "{} kept", recent.len());
    let mut queries: Vec<_> = recent.iter().map(|it| &it.query).collect();
    queries.sort();
    queries.dedup();
    assert_eq!(queries.len(), recent.len(), "each once");
    archive
        .store
        .write(|tx| tx.recent_searches_clear())
        .unwrap();
    assert!(
        archive
            .store
            .read(|tx| tx.recent_searches(9))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn the_sandbox_keeps_records_by_key_and_owner() {
    let archive = Archive::new();
    let record = |key: &str, owner: Option<&str>, body: &str| SandboxRecord {
        collection: "requests".to_owned(),
        key: key.to_owned(),
        owner: owner.map(str::to_owned),
        body: body.to_owned(),
        at: NOW,
    };
    let a = record("a", Some("o"), "{}");
    archive
        .store
        .write(|tx| {
            assert_eq!(tx.sandbox_insert(&a)?, None);
            let there = tx.sandbox_insert(&record("a", None, "[]"))?;
            assert_eq!(there, Some(a.clone()), "the first one stays");
            tx.sandbox_put(&record("b", Some("o"), "1"))?;
            tx.sandbox_put(&record("b", Some("o"), "2"))?;
            tx.sandbox_put(&record("c", None, "3"))
        })
        .unwrap();
    let keys = |page: SandboxPage| -> Vec<String> {
        archive
            .store
            .read(|tx| tx.sandbox_records("requests", &page))
            .unwrap()
            .into_iter()
            .map(|it| it.key + &it.body)
            .collect()
    };
    let page = SandboxPage {
        limit: 2,
        ..Default::default()
    };
    assert_eq!(keys(page.clone()), ["a{}", "b2"]);
    assert_eq!(
        keys(SandboxPage {
            after: Some("b".to_owned()),
            ..page.clone()
        }),
        ["c3"]
    );
    assert_eq!(
        keys(SandboxPage {
            owner: Some("o".to_owned()),
            after: Some("a".to_owned()),
            ..page
        }),
        ["b2"]
    );
    let owned = archive.store.write(|tx| tx.sandbox_delete_owned("o"));
    assert_eq!(owned, Ok(2));
    assert_eq!(archive.store.write(|tx| tx.sandbox_delete_all()), Ok(1));
}

pub fn egress(archive: &Archive, host: &str, conversation: Option<ConversationId>) -> EgressRecord {
    let at = archive.tick();
    EgressRecord {
        request_id: RequestId::new(at, archive.random()),
        at,
        purpose: Purpose::Chat,
        basis: LegalBasis::Contract,
        consent_event_id: None,
        policy_version: Some("2026-11-01".to_owned()),
        endpoint: "chat.completions".to_owned(),
        method: "POST".to_owned(),
        host: host.to_owned(),
        categories: vec![DataCategory::Content, DataCategory::Parameters],
        initiator: Initiator::User,
        conversation_id: conversation,
        training_allowed: false,
    }
}

/// Changes a row behind the archive's back, as somebody with the key could.
pub fn tamper(archive: &Archive, sql: &str) {
    let conn = rusqlite::Connection::open(archive.path()).unwrap();
    let digits: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    conn.pragma_update(None, "key", format!("x'{digits}'"))
        .unwrap();
    conn.execute_batch(sql).unwrap();
}

#[test]
fn the_ledger_is_paged_filtered_and_chained() {
    let archive = Archive::new();
    let conversation = archive.conversation("c");
    for n in 0..10 {
        let host = if n % 3 == 0 {
            "in-process"
        } else {
            "api.example"
        };
        let mut record = egress(&archive, host, Some(conversation));
        if n == 4 {
            record.purpose = Purpose::Models;
        }
        archive
            .store
            .write(|tx| {
                if n == 5 {
                    tx.ledger_blocked(&record)?;
                    return Ok(());
                }
                let seq = tx.ledger_begin(&record)?;
                tx.ledger_finish(seq, Outcome::Sent, Some(200), 10, 20)?;
                let twice = tx.ledger_finish(seq, Outcome::Failed, None, 0, 0);
                assert_eq!(twice, Err(StoreError::NotFound("open ledger row")));
                Ok(())
            })
            .unwrap();
    }
    let seqs = |filter: LedgerFilter, limit| -> Vec<i64> {
        archive
            .store
            .read(|tx| tx.ledger_page(&filter, limit))
            .unwrap()
            .iter()
            .map(|entry| entry.seq)
            .collect()
    };
    let all = LedgerFilter::default();
    assert_eq!(seqs(all.clone(), 3), [10, 9, 8]);
    let next = LedgerFilter {
        before_seq: Some(8),
        ..all.clone()
    };
    assert_eq!(seqs(next, 3), [7, 6, 5]);
    let host = LedgerFilter {
        host: Some("api.example".to_owned()),
        ..all.clone()
    };
    assert_eq!(seqs(host, 9), [9, 8, 6, 5, 3, 2]);
    let purpose = LedgerFilter {
        purpose: Some(Purpose::Models),
        ..all.clone()
    };
    assert_eq!(seqs(purpose, 9), [5]);
    let blocked = LedgerFilter {
        outcome: Some(Outcome::Blocked),
        ..all
    };
    assert_eq!(seqs(blocked, 9), [6]);
    let hosts = archive.store.read(|tx| tx.ledger_hosts()).unwrap();
    assert_eq!(hosts, ["api.example", "in-process"]);
    let totals = archive.store.read(|tx| tx.ledger_totals(NOW)).unwrap();
    let chat: Vec<_> = totals
        .iter()
        .map(|it| (it.host.as_str(), it.purpose, it.requests, it.bytes_out))
        .collect();
    assert_eq!(
        chat,
        [
            ("api.example", Purpose::Chat, 4, 40),
            ("api.example", Purpose::Models, 1, 10),
            ("in-process", Purpose::Chat, 4, 40)
        ]
    );
    assert_eq!(archive.store.read(|tx| tx.ledger_verify()), Ok(None));
}

#[test]
fn a_changed_ledger_row_shows() {
    let archive = Archive::new();
    for _ in 0..3 {
        let record = egress(&archive, "api.example", None);
        archive.store.write(|tx| tx.ledger_begin(&record)).unwrap();
    }
    assert_eq!(archive.store.write(|tx| tx.ledger_recover()), Ok(3));
    let conn_free = |store: &Store| store.read(|tx| tx.ledger_verify()).unwrap();
    assert_eq!(conn_free(&archive.store), None);
    tamper(
        &archive,
        "DROP TRIGGER egress_record_intent_is_final; UPDATE egress_record SET host = 'nobody' WHERE seq = 2;",
    );
    assert_eq!(conn_free(&archive.store), Some(ChainBreak { seq: 2 }));
}

#[test]
fn a_removed_ledger_row_shows() {
    let archive = Archive::new();
    for _ in 0..3 {
        let record = egress(&archive, "api.example", None);
        archive.store.write(|tx| tx.ledger_begin(&record)).unwrap();
    }
    tamper(
        &archive,
        "DROP TRIGGER egress_record_is_kept; DELETE FROM egress_record WHERE seq = 2;",
    );
    let found = archive.store.read(|tx| tx.ledger_verify()).unwrap();
    assert_eq!(found, Some(ChainBreak { seq: 2 }));
}

fn consent(archive: &Archive, status: ConsentStatus, version: &str) -> NewConsentEvent {
    let at = archive.tick();
    NewConsentEvent {
        id: ConsentEventId::new(at, archive.random()),
        purpose: Purpose::CrashReport,
        status,
        at,
        policy_version: version.to_owned(),
        notice_sha256: "00".repeat(32),
        language: "en".to_owned(),
        ui_surface: "privacy".to_owned(),
        app_version: "0.1.0".to_owned(),
        scope: None,
    }
}

#[test]
fn consent_counts_only_as_last_said_and_under_the_policy_in_force() {
    let archive = Archive::new();
    let given = |version: &str| {
        archive
            .store
            .read(|tx| tx.consent_state(Purpose::CrashReport, &PolicySpan::only(version)))
            .unwrap()
            .given
    };
    assert!(!given("v1"), "nothing was said");
    let steps = [
        (ConsentStatus::Given, true),
        (ConsentStatus::Withdrawn, false),
        (ConsentStatus::Refused, false),
        (ConsentStatus::Given, true),
    ];
    for (status, expected) in steps {
        let event = consent(&archive, status, "v1");
        archive.store.write(|tx| tx.consent_append(event)).unwrap();
        assert_eq!(given("v1"), expected, "after {status:?}");
        assert!(!given("v2"), "another policy needs another consent");
    }
    let unchanged = PolicySpan {
        from: String::new(),
        to: "v2".to_owned(),
    };
    let state = archive
        .store
        .read(|tx| tx.consent_state(Purpose::CrashReport, &unchanged));
    assert!(state.unwrap().given, "one that left the purpose as it was");
    assert_eq!(archive.store.read(|tx| tx.consent_verify()), Ok(None));
}

#[test]
fn the_schema_refuses_to_change_consents_and_the_chain_shows_who_does() {
    let archive = Archive::new();
    for status in [ConsentStatus::Given, ConsentStatus::Withdrawn] {
        let event = consent(&archive, status, "v1");
        archive.store.write(|tx| tx.consent_append(event)).unwrap();
    }
    let conn = rusqlite::Connection::open(archive.path()).unwrap();
    let digits: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    conn.pragma_update(None, "key", format!("x'{digits}'"))
        .unwrap();
    for sql in [
        "DELETE FROM consent_event",
        "UPDATE consent_event SET status = 'ConsentGiven'",
        "DELETE FROM egress_record",
    ] {
        let refused = conn.execute_batch(sql);
        assert!(
            refused.is_err() || sql.contains("egress"),
            "{sql} is refused"
        );
    }
    conn.execute_batch(
        "DROP TRIGGER consent_event_is_final; UPDATE consent_event SET status = 'ConsentGiven' WHERE seq = 2",
    )
    .unwrap();
    let found = archive.store.read(|tx| tx.consent_verify()).unwrap();
    assert_eq!(found, Some(ChainBreak { seq: 2 }));
}

#[test]
fn what_waits_comes_out_in_order_when_it_is_due() {
    let archive = Archive::new();
    let entry = |n: u8, due: i64| OutboxEntry {
        id: OutboxId::new(NOW, [n; 10]),
        kind: OutboxKind::PrivacyRequest,
        source_name: "sandbox".to_owned(),
        body: "{}".to_owned(),
        attempts: 0,
        next_try_at: NOW.plus_ms(due),
        state: OutboxState::Queued,
        created_at: NOW.plus_ms(i64::from(n)),
    };
    for (n, due) in [(1, 50), (2, 10), (3, 99)] {
        archive
            .store
            .write(|tx| tx.outbox_insert(&entry(n, due)))
            .unwrap();
    }
    let due = |at: Timestamp| -> Vec<u8> {
        archive
            .store
            .read(|tx| tx.outbox_due(at, 10))
            .unwrap()
            .iter()
            .map(|it| it.id.0.as_bytes()[15])
            .collect()
    };
    assert_eq!(due(NOW), Vec::<u8>::new());
    assert_eq!(
        due(NOW.plus_ms(60)),
        [1, 2],
        "in the order they were queued"
    );
    let next = archive.store.read(|tx| tx.outbox_next_try()).unwrap();
    assert_eq!(next, Some(NOW.plus_ms(10)));
    let mut wedged = entry(2, 10);
    wedged.state = OutboxState::Wedged;
    wedged.attempts = 3;
    archive.store.write(|tx| tx.outbox_update(&wedged)).unwrap();
    assert_eq!(due(NOW.plus_ms(60)), [1]);
    assert_eq!(archive.store.read(|tx| tx.outbox()).unwrap().len(), 3);
    assert!(
        archive
            .store
            .write(|tx| tx.outbox_remove(wedged.id))
            .unwrap()
    );
}

#[test]
fn privacy_requests_have_a_life() {
    let archive = Archive::new();
    let mut request = PrivacyRequest {
        id: PrivacyRequestId::new(NOW, [1; 10]),
        kind: PrivacyRequestKind::Erasure,
        erasure_id: Some(fluxchat_model::ErasureId::new(NOW, [2; 10])),
        source_name: "sandbox".to_owned(),
        state: PrivacyRequestState::QueuedOffline,
        created_at: NOW,
        expected_by: None,
        reason: None,
        attestation: fluxchat_model::Attestation::None,
    };
    archive
        .store
        .write(|tx| tx.privacy_request_insert(&request))
        .unwrap();
    request.state = PrivacyRequestState::Denied;
    request.reason = Some("not ours".to_owned());
    archive
        .store
        .write(|tx| tx.privacy_request_update(&request))
        .unwrap();
    let of = archive
        .store
        .read(|tx| tx.privacy_requests_of(request.erasure_id.unwrap()))
        .unwrap();
    assert_eq!(of, [request]);
}

#[test]
fn totals_follow_what_is_stored() {
    let archive = Archive::new();
    let total = |kind: StoredKind| {
        let totals = archive.store.read(|tx| tx.stored_totals()).unwrap();
        let total = totals.iter().find(|it| it.kind == kind).unwrap();
        (total.count, total.bytes)
    };
    assert_eq!(total(StoredKind::Messages), (0, 0));
    let conversation = archive.conversation("four");
    archive.say(conversation, None, &"x".repeat(5_000));
    let (count, bytes) = total(StoredKind::Messages);
    assert_eq!((count, bytes), (1, 5_200));
    assert_eq!(total(StoredKind::Conversations), (1, 164));
    assert!(total(StoredKind::SearchIndex).1 > 0, "the index has pages");
    let asset = Asset {
        id: AssetId::new(NOW, [1; 10]),
        key: Secret::new([3; 32]),
        content_hash: [4; 32],
        media_type: "image/png".to_owned(),
        bytes: 77,
        conversation_id: None,
        created_at: NOW,
        name: "a.png".to_owned(),
    };
    archive.store.write(|tx| tx.asset_insert(&asset)).unwrap();
    assert_eq!(total(StoredKind::Assets), (1, 77));
    let read = archive
        .store
        .read(|tx| tx.asset(asset.id))
        .unwrap()
        .unwrap();
    assert_eq!(read.key.expose(), &[3; 32]);
    assert!(
        archive
            .store
            .write(|tx| tx.asset_remove_unused(asset.id))
            .unwrap()
    );
    assert_eq!(total(StoredKind::Assets), (0, 0));
    archive.erase(fluxchat_model::ErasureScope::Conversation(conversation));
    assert_eq!(total(StoredKind::Messages), (0, 0));
    assert_eq!(total(StoredKind::Conversations), (0, 0));
    let on_disk = archive.store.totals_on_disk().unwrap();
    assert!(on_disk.iter().map(|kind| kind.bytes).sum::<u64>() > 0);
}
