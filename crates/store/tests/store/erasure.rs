use fluxchat_model::{
    AssetId, DraftKey, ErasureScope, ErasureStage, Message, MessageId, MessageStatus, Part, Role,
    Secret,
};
use fluxchat_store::{
    Asset, ChunkKind, ConversationShelf, Integrity, PathAnchor, SandboxRecord, Store, StoreError,
};

use crate::records::egress;
use crate::support::{Archive, KEY, NOW, key};

fn listed(archive: &Archive) -> usize {
    archive
        .store
        .read(|tx| tx.conversations_page(ConversationShelf::Recent, None, 10))
        .unwrap()
        .len()
}

#[test]
fn a_hidden_conversation_is_nowhere_and_comes_back_whole() {
    let archive = Archive::new();
    let conversation = archive.conversation("marmalade");
    let ids = archive.talk(conversation, &["orange", "toast"]);
    let erasure = archive
        .hide(ErasureScope::Conversation(conversation))
        .unwrap();
    assert_eq!(listed(&archive), 0);
    assert!(archive.find("marmalade").is_empty());
    assert!(archive.find("toast").is_empty());
    let read = |id: MessageId| archive.store.read(|tx| tx.message(id)).unwrap();
    assert_eq!(read(ids[0]), None);
    let open = archive
        .store
        .read(|tx| tx.path_page(conversation, PathAnchor::End, 5));
    assert_eq!(open, Err(StoreError::NotFound("conversation")));
    let again = archive.hide(ErasureScope::Conversation(conversation));
    assert_eq!(again, Err(StoreError::NotFound("conversation")));
    let below = archive.hide(ErasureScope::Message(ids[0]));
    assert_eq!(below, Err(StoreError::NotFound("conversation")));

    let now = archive.tick();
    let undone = archive.store.write(|tx| tx.erasure_undo(erasure, now));
    assert_eq!(undone, Ok(Some(ErasureScope::Conversation(conversation))));
    assert_eq!(listed(&archive), 1);
    assert_eq!(archive.shown(conversation), ["orange", "toast"]);
    assert_eq!(archive.find("toast").len(), 1);
    assert!(archive.store.read(|tx| tx.erasures()).unwrap().is_empty());
}

#[test]
fn a_hidden_message_takes_what_is_below_and_leaves_the_branch_beside() {
    let archive = Archive::new();
    let conversation = archive.conversation("c");
    let ids = archive.talk(conversation, &["a", "b", "c", "d"]);
    let other = archive.say(conversation, Some(ids[0]), "b2");
    archive.store.write(|tx| tx.message_show(ids[1])).unwrap();
    assert_eq!(archive.shown(conversation), ["a", "b", "c", "d"]);
    let erasure = archive.hide(ErasureScope::Message(ids[1])).unwrap();
    assert_eq!(archive.shown(conversation), ["a", "b2"]);
    let siblings = archive.store.read(|tx| tx.siblings(other)).unwrap();
    assert_eq!(siblings, [other]);
    let now = archive.tick();
    archive
        .store
        .write(|tx| tx.erasure_undo(erasure, now))
        .unwrap();
    assert_eq!(archive.shown(conversation), ["a", "b", "c", "d"]);

    archive.hide(ErasureScope::Message(ids[3])).unwrap();
    assert_eq!(
        archive.shown(conversation),
        ["a", "b", "c"],
        "the branch ends above"
    );
    archive.hide(ErasureScope::Message(ids[0])).unwrap();
    assert!(archive.shown(conversation).is_empty());
    archive.say(conversation, None, "anew");
    assert_eq!(archive.shown(conversation), ["anew"]);
}

#[test]
fn an_inner_undo_waits_with_the_outer_deletion() {
    let archive = Archive::new();
    let conversation = archive.conversation("c");
    let ids = archive.talk(conversation, &["a", "b", "c"]);
    let inner = archive.hide(ErasureScope::Message(ids[2])).unwrap();
    let outer = archive.hide(ErasureScope::Message(ids[1])).unwrap();
    let now = archive.tick();
    archive
        .store
        .write(|tx| tx.erasure_undo(inner, now))
        .unwrap();
    assert_eq!(archive.shown(conversation), ["a"]);
    assert!(archive.find("c").iter().all(|hit| hit.message_id.is_none()));
    archive
        .store
        .write(|tx| tx.erasure_undo(outer, now))
        .unwrap();
    assert_eq!(archive.shown(conversation), ["a", "b", "c"]);
}

#[test]
fn after_the_deadline_there_is_no_undo() {
    let archive = Archive::new();
    let conversation = archive.conversation("c");
    let erasure = archive
        .hide(ErasureScope::Conversation(conversation))
        .unwrap();
    let due = |at| archive.store.read(|tx| tx.erasures_due(at)).unwrap();
    let asked = archive
        .store
        .read(|tx| tx.erasure(erasure))
        .unwrap()
        .unwrap();
    assert!(due(asked.requested_at).is_empty());
    assert_eq!(due(asked.purge_after).len(), 1);
    let late = archive
        .store
        .write(|tx| tx.erasure_undo(erasure, asked.purge_after));
    assert_eq!(late, Ok(None));
    archive.purge(erasure);
    let early = archive
        .store
        .write(|tx| tx.erasure_undo(erasure, asked.requested_at));
    assert_eq!(early, Ok(None), "nothing is left to bring back");
}

#[test]
fn a_purge_reaches_every_table_and_can_be_repeated() {
    let archive = Archive::new();
    let kept = archive.conversation("kept");
    let conversation = archive.conversation("gone");
    let asset = |n: u8, of| Asset {
        id: AssetId::new(NOW, [n; 10]),
        key: Secret::new([n; 32]),
        content_hash: [n; 32],
        media_type: "image/png".to_owned(),
        bytes: 1,
        conversation_id: Some(of),
        created_at: NOW,
        name: "n".to_owned(),
    };
    let assets = [1, 2, 3].map(|n| asset(n, conversation));
    let attach = |conversation, asset: &Asset| {
        let mut message = archive.message(conversation, None, "see");
        message.parts.push(Part::Attachment {
            asset_id: asset.id,
            name: "n".to_owned(),
            media_type: "image/png".to_owned(),
            call: None,
        });
        archive
            .store
            .write(|tx| tx.message_insert(&message))
            .unwrap();
    };
    let record = egress(&archive, "api.example", Some(conversation));
    archive
        .store
        .write(|tx| {
            for asset in &assets {
                tx.asset_insert(asset)?;
            }
            tx.draft_set(DraftKey::Conversation(conversation), "unsent", NOW)?;
            tx.draft_set(DraftKey::NewConversation, "other", NOW)?;
            tx.recent_search_add("gone", NOW)?;
            tx.conversation_alias_set(conversation, "alias-1")?;
            tx.sandbox_put(&SandboxRecord {
                collection: "requests".to_owned(),
                key: "k".to_owned(),
                owner: Some("alias-1".to_owned()),
                body: "{}".to_owned(),
                at: NOW,
            })?;
            tx.ledger_begin(&record)
        })
        .unwrap();
    attach(conversation, &assets[0]);
    attach(conversation, &assets[1]);
    attach(kept, &assets[1]);
    let mut answer = archive.message(conversation, None, "");
    answer.role = Role::Assistant;
    answer.status = MessageStatus::Streaming;
    answer.parts.clear();
    archive
        .store
        .write(|tx| {
            tx.message_insert(&answer)?;
            tx.message_append(answer.id, ChunkKind::Text, "half")
        })
        .unwrap();

    let erasure = archive
        .hide(ErasureScope::Conversation(conversation))
        .unwrap();
    let purged = archive.purge(erasure);
    let mut files = purged.files.clone();
    files.sort();
    assert_eq!(
        files,
        [assets[0].id, assets[2].id],
        "what another conversation uses stays"
    );
    let rows: Vec<_> = purged
        .rows_by_table
        .iter()
        .map(|(table, rows)| (table.as_str(), *rows))
        .collect();
    assert_eq!(
        rows,
        [
            ("asset", 2),
            ("conversation", 1),
            ("draft", 1),
            ("egress_record.conversation_id", 1),
            ("message", 3),
            ("recent_search", 1),
            ("sandbox_record", 1),
            ("stream_chunk", 1),
        ]
    );
    assert_eq!(archive.purge(erasure), purged, "again names the same files");
    let job = archive
        .store
        .read(|tx| tx.erasure(erasure))
        .unwrap()
        .unwrap();
    assert_eq!((job.stage, job.scope), (ErasureStage::Erasing, None));
    assert_eq!(
        archive
            .store
            .read(|tx| tx.erasures_unfinished())
            .unwrap()
            .len(),
        1
    );

    archive.store.erasure_scrub(erasure).unwrap();
    let by = archive.by();
    let receipt = archive.store.erasure_finish(erasure, &by).unwrap();
    assert_eq!(receipt.checkpoint[0], 0);
    assert_eq!(receipt.wal_bytes, 0);
    assert!(receipt.secure_delete && receipt.fts_secure_delete && receipt.search_verified);
    assert_eq!(receipt.rows_by_table, purged.rows_by_table);
    archive
        .store
        .read(|tx| {
            assert_eq!(tx.receipts()?, std::slice::from_ref(&receipt));
            assert_eq!(tx.receipt(erasure)?, Some(receipt));
            assert_eq!(tx.receipts_verify()?, None);
            assert_eq!(
                tx.ledger_verify()?,
                None,
                "clearing does not break the chain"
            );
            assert_eq!(tx.tombstones()?.len(), 1);
            assert!(tx.erasures()?.is_empty());
            assert_eq!(
                tx.draft(DraftKey::NewConversation)?.as_deref(),
                Some("other")
            );
            Ok(())
        })
        .unwrap();
    assert_eq!(archive.store.check_full().unwrap(), Integrity::Whole);
    let error = archive.store.erasure_finish(erasure, &by).unwrap_err();
    assert_eq!(error, StoreError::NotFound("erasure"));
}

#[test]
fn receipts_form_a_chain() {
    let archive = Archive::new();
    let receipts: Vec<_> = (0..3)
        .map(|_| {
            let conversation = archive.conversation("c");
            archive.talk(conversation, &["words to search for"]);
            archive.erase(ErasureScope::Conversation(conversation))
        })
        .collect();
    assert_eq!(receipts[0].prev_hash, "0".repeat(64));
    assert_eq!(receipts[1].prev_hash, receipts[0].hash);
    assert_eq!(receipts[2].prev_hash, receipts[1].hash);
    assert_eq!(archive.store.read(|tx| tx.receipts_verify()), Ok(None));
}

#[test]
fn everything_leaves_the_profile_and_its_records() {
    let archive = Archive::new();
    for n in 0..3 {
        let conversation = archive.conversation(&format!("c{n}"));
        archive.talk(conversation, &["hello", "world"]);
    }
    let pending = archive.conversation("pending");
    archive.hide(ErasureScope::Conversation(pending)).unwrap();
    archive
        .store
        .write(|tx| {
            tx.setting_set("theme", &"dark")?;
            tx.draft_set(DraftKey::NewConversation, "unsent", NOW)
        })
        .unwrap();
    let receipt = archive.erase(ErasureScope::Everything);
    assert_eq!(receipt.rows_by_table["conversation"], 4);
    assert_eq!(receipt.rows_by_table["message"], 6);
    assert!(receipt.search_verified && receipt.fts_secure_delete);
    assert_eq!(listed(&archive), 0);
    assert!(archive.find("hello").is_empty());
    let theme: Option<String> = archive.store.read(|tx| tx.setting("theme")).unwrap();
    assert_eq!(theme.as_deref(), Some("dark"));
    let after = archive.conversation("after");
    archive.talk(after, &["hello again"]);
    assert_eq!(archive.find("hello").len(), 1, "the triggers are back");
    assert_eq!(archive.store.check_full().unwrap(), Integrity::Whole);
}

#[test]
fn many_messages_are_cleaned_by_one_pass() {
    let archive = Archive::new();
    let conversation = archive.conversation("long");
    let kept = archive.conversation("kept");
    archive.talk(kept, &["evergreen"]);
    let messages: Vec<Message> = (0..1_100)
        .map(|n| archive.message(conversation, None, &format!("message number {n}")))
        .collect();
    archive
        .store
        .write(|tx| messages.iter().try_for_each(|it| tx.message_insert(it)))
        .unwrap();
    let receipt = archive.erase(ErasureScope::Conversation(conversation));
    assert_eq!(receipt.rows_by_table["message"], 1_100);
    assert!(receipt.fts_secure_delete && receipt.search_verified);
    assert!(archive.find("number").is_empty());
    assert_eq!(archive.find("evergreen").len(), 1);
}

#[test]
fn a_long_chain_is_deleted_in_one_go() {
    let archive = Archive::new();
    let conversation = archive.conversation("chain");
    let mut parent = None;
    let messages: Vec<Message> = (0..1_500)
        .map(|n| {
            let message = archive.message(conversation, parent, &format!("link {n}"));
            parent = Some(message.id);
            message
        })
        .collect();
    archive
        .store
        .write(|tx| messages.iter().try_for_each(|it| tx.message_insert(it)))
        .unwrap();
    let receipt = archive.erase(ErasureScope::Message(messages[1].id));
    assert_eq!(receipt.rows_by_table["message"], 1_499);
    assert_eq!(archive.shown(conversation), ["link 0"]);
}

#[test]
fn a_damaged_index_does_not_make_rows_undeletable() {
    let archive = Archive::new();
    let conversation = archive.conversation("c");
    for n in 0..50 {
        archive.say(
            conversation,
            None,
            &format!("marmalade {n} {}", "toast ".repeat(40)),
        );
    }
    archive.store.close();
    let conn = rusqlite::Connection::open(archive.path()).unwrap();
    let digits: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    conn.pragma_update(None, "key", format!("x'{digits}'"))
        .unwrap();
    conn.execute_batch("DELETE FROM search_data WHERE id > 100")
        .unwrap();
    drop(conn);
    let store = Store::open(fluxchat_store::OpenOptions::existing(archive.path(), key())).unwrap();
    assert_eq!(store.check_full().unwrap(), Integrity::DamagedSearch);
    let mut archive = archive;
    archive.store = store;
    let receipt = archive.erase(ErasureScope::Conversation(conversation));
    assert_eq!(receipt.rows_by_table["message"], 50);
    assert_eq!(archive.store.check_full().unwrap(), Integrity::Whole);
}

#[test]
fn a_reader_of_another_process_delays_the_receipt_and_nothing_else() {
    let archive = Archive::new();
    let conversation = archive.conversation("c");
    archive.talk(conversation, &["marmalade"]);
    let beside = rusqlite::Connection::open(archive.path()).unwrap();
    let digits: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    beside
        .pragma_update(None, "key", format!("x'{digits}'"))
        .unwrap();
    beside
        .execute_batch("BEGIN; SELECT count(*) FROM conversation;")
        .unwrap();
    let erasure = archive
        .hide(ErasureScope::Conversation(conversation))
        .unwrap();
    archive.purge(erasure);
    assert_eq!(archive.store.erasure_scrub(erasure), Err(StoreError::Busy));
    let by = archive.by();
    let refused = archive.store.erasure_finish(erasure, &by);
    assert_eq!(refused, Err(StoreError::Busy), "no proof, no receipt");
    assert_eq!(
        archive
            .store
            .read(|tx| tx.erasures_unfinished())
            .unwrap()
            .len(),
        1,
        "it is taken up again"
    );
    beside.execute_batch("COMMIT").unwrap();
    archive.store.erasure_scrub(erasure).unwrap();
    archive.store.erasure_finish(erasure, &by).unwrap();
}

#[test]
fn a_long_read_of_this_process_is_interrupted_by_a_deletion() {
    let archive = Archive::new();
    let conversation = archive.conversation("c");
    archive.talk(conversation, &["marmalade"]);
    let erasure = archive
        .hide(ErasureScope::Conversation(conversation))
        .unwrap();
    archive.purge(erasure);
    let (begun, begin) = std::sync::mpsc::channel();
    let store = archive.store.clone();
    let reader = std::thread::spawn(move || {
        store.read(|tx| {
            begun.send(()).unwrap();
            loop {
                tx.settings()?;
                tx.receipts()?;
            }
            #[allow(unreachable_code, reason = "the loop ends by an error")]
            Ok(())
        })
    });
    begin.recv().unwrap();
    // An interruption reaches only what runs at that moment, so it is repeated until it does.
    archive.store.erasure_scrub(erasure).unwrap();
    assert_eq!(reader.join().unwrap(), Err(StoreError::Interrupted));
    assert!(
        archive.store.read(|tx| tx.settings()).is_ok(),
        "reads go on"
    );
}

#[test]
fn the_ballast_is_there_when_asked_for_and_private() {
    let archive = Archive::new();
    archive.store.ensure_ballast().unwrap();
    let path = archive.dir.path().join("archive.db.ballast");
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 8 * 1024 * 1024);
    archive.store.ensure_ballast().unwrap();
}
