//! Deletions beyond one conversation: what the preview says is what goes, in steps, and nothing of
//! it stays.

use std::collections::BTreeSet;

use fluxchat_forensic::all_needles;
use fluxchat_model::{
    AssetId, ConversationId, DraftKey, ErasurePreview, ErasureScope, ErasureStage, FolderId,
    MediaKind, Message, Part, Receipt, Secret, SourceId, TagId, TimeRange,
};
use fluxchat_store::{Asset, ConversationShelf, StoreError};
use uuid::Uuid;

use crate::support::{Archive, KEY, canary, scan_database, titled};

/// Runs a statement on a connection of its own, for what no table method offers yet.
pub fn sql(archive: &Archive, sql: &str) {
    let conn = rusqlite::Connection::open(archive.path()).unwrap();
    let key = KEY
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    conn.execute_batch(&format!("PRAGMA key = \"x'{key}'\"; {sql}"))
        .unwrap();
}

pub fn hex(id: Uuid) -> String {
    format!("x'{}'", id.simple())
}

pub fn folder(archive: &Archive, name: &str) -> FolderId {
    let id = FolderId::new(archive.tick(), archive.random());
    sql(
        archive,
        &format!(
            "INSERT INTO folder (id, created_at, name) VALUES ({}, 1, '{name}')",
            hex(id.0)
        ),
    );
    id
}

pub fn put(archive: &Archive, conversation: ConversationId, folder: FolderId) {
    sql(
        archive,
        &format!(
            "UPDATE conversation SET folder_id = {} WHERE id = {}",
            hex(folder.0),
            hex(conversation.0)
        ),
    );
}

pub fn file(
    archive: &Archive,
    conversation: ConversationId,
    media_type: &str,
    name: &str,
) -> AssetId {
    let at = archive.tick();
    let id = AssetId::new(at, archive.random());
    let asset = Asset {
        id,
        key: Secret::new([3; 32]),
        content_hash: [4; 32],
        media_type: media_type.to_owned(),
        bytes: 1_000,
        conversation_id: Some(conversation),
        created_at: at,
        name: name.to_owned(),
    };
    archive.store.write(|tx| tx.asset_insert(&asset)).unwrap();
    id
}

pub fn attach(
    archive: &Archive,
    conversation: ConversationId,
    asset: AssetId,
    name: &str,
) -> Message {
    let mut message = archive.message(conversation, None, "see the file");
    message.parts.push(Part::Attachment {
        asset_id: asset,
        name: name.to_owned(),
        media_type: "image/png".to_owned(),
        call: None,
    });
    archive
        .store
        .write(|tx| tx.message_insert(&message))
        .unwrap();
    message
}

fn preview(archive: &Archive, scope: ErasureScope) -> ErasurePreview {
    archive.store.read(|tx| tx.erasure_preview(scope)).unwrap()
}

/// What was counted is what went.
#[track_caller]
fn assert_same(preview: &ErasurePreview, receipt: &Receipt) {
    let went = |table: &str| receipt.rows_by_table.get(table).copied().unwrap_or(0);
    let labels = went("folder") + went("tag");
    assert_eq!(
        (
            preview.conversations,
            preview.messages,
            preview.drafts,
            preview.files,
            preview.searches,
            preview.labels
        ),
        (
            went("conversation"),
            went("message"),
            went("draft"),
            went("asset"),
            went("recent_search"),
            labels
        ),
        "{preview:?} {receipt:?}"
    );
    assert!(receipt.search_verified, "{receipt:?}");
    assert_eq!((receipt.wal_bytes, receipt.checkpoint[0]), (0, 0));
}

#[track_caller]
fn erased(archive: &Archive, scope: ErasureScope) -> Receipt {
    let before = preview(archive, scope);
    let receipt = archive.erase(scope);
    assert_eq!(receipt.scope, scope.word());
    assert_same(&before, &receipt);
    receipt
}

pub fn gone(archive: &Archive, words: &[&str]) -> usize {
    scan_database(archive, &all_needles(words)).len()
}

fn titles(archive: &Archive) -> Vec<String> {
    archive
        .store
        .read(|tx| tx.conversations_page(ConversationShelf::Recent, None, 50))
        .unwrap()
        .into_iter()
        .map(|it| it.title)
        .collect()
}

#[test]
fn a_folder_goes_with_its_conversations_and_its_name() {
    for many in [3, 900] {
        let words = [canary(), canary(), canary()];
        let archive = Archive::new();
        let name = folder(&archive, &words[0]);
        let other = folder(&archive, "stays");
        for n in 0..3 {
            let id = archive.conversation(&format!("{} {n}", words[1]));
            let text = format!("{} is said", words[2]);
            archive.talk(id, &vec![text.as_str(); many]);
            put(&archive, id, name);
        }
        let kept = archive.conversation("kept");
        archive.talk(kept, &["stays here"]);
        put(&archive, kept, other);
        let shown = words.each_ref().map(String::as_str);
        assert!(gone(&archive, &shown) > 0, "the scan sees it before");
        erased(&archive, ErasureScope::Folder(name));
        assert_eq!(gone(&archive, &shown), 0, "with {many} messages each");
        assert_eq!(titles(&archive), ["kept"]);
        assert_eq!(archive.find("stays").len(), 1);
        let again = archive.hide(ErasureScope::Folder(name));
        assert_eq!(again, Err(StoreError::NotFound("folder")));
    }
}

#[test]
fn a_tag_goes_with_its_conversations() {
    let word = canary();
    let archive = Archive::new();
    let id = TagId::new(archive.tick(), archive.random());
    sql(
        &archive,
        &format!(
            "INSERT INTO tag (id, created_at, name) VALUES ({}, 1, '{word}')",
            hex(id.0)
        ),
    );
    let doomed = archive.conversation("doomed");
    archive.talk(doomed, &[&word, "b"]);
    archive.conversation("kept");
    sql(
        &archive,
        &format!(
            "INSERT INTO conversation_tag (conversation_id, tag_id) VALUES ({}, {})",
            hex(doomed.0),
            hex(id.0)
        ),
    );
    erased(&archive, ErasureScope::Tag(id));
    assert_eq!(gone(&archive, &[&word]), 0);
    assert_eq!(titles(&archive), ["kept"]);
}

#[test]
fn a_range_takes_what_was_written_in_it_and_what_hangs_below() {
    let words = [canary(), canary(), canary()];
    let archive = Archive::new();
    let early = archive.conversation("early");
    let first = archive.talk(early, &["before", "also before"]);
    let from = archive.tick();
    let inside = archive.say(early, Some(first[1]), &words[0]);
    let whole = archive.conversation(&words[1]);
    archive.talk(whole, &["in it"]);
    let empty = archive.conversation("begun and left");
    archive
        .store
        .write(|tx| tx.draft_set(DraftKey::Conversation(early), &words[2], archive.tick()))
        .unwrap();
    let to = archive.tick();
    archive.say(early, Some(inside), "an answer that came later");
    let late = archive.conversation("late");
    archive.talk(late, &["after"]);
    let range = ErasureScope::Range(TimeRange { from, to });

    let before = preview(&archive, range);
    assert_eq!(
        (
            before.conversations,
            before.partly,
            before.messages,
            before.drafts
        ),
        (2, 1, 3, 1)
    );
    assert_eq!(before.oldest.map(|at| at > from), Some(true));
    erased(&archive, range);
    assert_eq!(archive.shown(early), ["before", "also before"]);
    assert_eq!(archive.shown(late), ["after"]);
    assert_eq!(titles(&archive), ["late", "early"]);
    assert_eq!(gone(&archive, &words.each_ref().map(String::as_str)), 0);
    let _ = empty;
    assert!(preview(&archive, range).is_empty());
}

#[test]
fn a_range_gives_the_conversation_a_new_title_when_its_first_question_goes() {
    let word = canary();
    let archive = Archive::new();
    let from = archive.tick();
    let id = archive.conversation(&word);
    archive.say(id, None, &word);
    let to = archive.tick();
    archive.say(id, None, "another beginning");
    erased(&archive, ErasureScope::Range(TimeRange { from, to }));
    assert_eq!(titles(&archive), ["another beginning"]);
    assert_eq!(gone(&archive, &[&word]), 0);
}

#[test]
fn a_source_takes_every_conversation_it_answered_in() {
    let archive = Archive::new();
    let id = SourceId::new(archive.tick(), archive.random());
    sql(
        &archive,
        &format!(
        "INSERT INTO source (id, name, dialect, base_path, has_credential, practices, created_at)
         VALUES ({}, 'elsewhere', 'openai', '', 0, '{{}}', 1)",
        hex(id.0)
    ),
    );
    let set = archive.conversation("set to it");
    sql(
        &archive,
        &format!(
            "UPDATE conversation SET source_id = {} WHERE id = {}",
            hex(id.0),
            hex(set.0)
        ),
    );
    let answered = archive.conversation("answered once");
    let mut message = archive.message(answered, None, "an answer");
    message.source_name = Some("elsewhere".to_owned());
    archive
        .store
        .write(|tx| tx.message_insert(&message))
        .unwrap();
    archive.conversation("kept");
    let receipt = erased(&archive, ErasureScope::Source(id));
    assert_eq!(receipt.rows_by_table["conversation"], 2);
    assert_eq!(titles(&archive), ["kept"]);
}

#[test]
fn files_of_a_kind_go_and_their_messages_stay() {
    let word = canary();
    let archive = Archive::new();
    let id = archive.conversation("with files");
    let name = format!("{word}.png");
    let picture = file(&archive, id, "image/png", &name);
    let message = attach(&archive, id, picture, &name);
    let sound = file(&archive, id, "audio/ogg", "song.ogg");
    let erasure = archive.hide(ErasureScope::Media(MediaKind::Image)).unwrap();
    let purged = archive.purge(erasure);
    assert_eq!(purged.files, [picture]);
    archive.store.erasure_scrub(erasure).unwrap();
    archive
        .store
        .erasure_finish(erasure, &archive.by())
        .unwrap();
    assert_eq!(gone(&archive, &[&word]), 0);
    let left = archive
        .store
        .read(|tx| tx.message(message.id))
        .unwrap()
        .unwrap();
    assert_eq!(
        left.parts,
        [Part::Text {
            text: "see the file".to_owned()
        }]
    );
    assert_eq!(archive.store.read(|tx| tx.asset_ids()).unwrap(), [sound]);
    assert_eq!(archive.find("see").len(), 1);
}

#[test]
fn searches_and_drafts_go_alone() {
    let words = [canary(), canary()];
    let archive = Archive::new();
    let id = archive.conversation("c");
    archive.talk(id, &["stays"]);
    let at = archive.tick();
    archive
        .store
        .write(|tx| {
            tx.recent_search_add(&words[0], at)?;
            tx.draft_set(DraftKey::NewConversation, &words[1], at)?;
            tx.draft_set(DraftKey::Conversation(id), &words[1], at)
        })
        .unwrap();
    let receipt = erased(&archive, ErasureScope::Searches);
    assert_eq!(receipt.rows_by_table["recent_search"], 1);
    assert_eq!(gone(&archive, &[&words[0]]), 0);
    assert!(gone(&archive, &[&words[1]]) > 0);
    let receipt = erased(&archive, ErasureScope::Drafts);
    assert_eq!(receipt.rows_by_table["draft"], 2);
    assert_eq!(gone(&archive, &[&words[1]]), 0);
    assert_eq!(archive.shown(id), ["stays"]);
}

#[test]
fn what_is_gone_in_steps_is_whole_after_every_step() {
    let archive = Archive::new();
    let name = folder(&archive, "f");
    for n in 0..4 {
        let id = archive.conversation(&format!("c{n}"));
        archive.talk(id, &["x y z"; 500]);
        put(&archive, id, name);
    }
    let id = archive.hide(ErasureScope::Folder(name)).unwrap();
    assert_eq!(titles(&archive), [""; 0], "hidden before the first step");
    let now = archive.tick();
    assert_eq!(
        archive.store.write(|tx| tx.erasure_undo(id, now)),
        Ok(None),
        "no undo"
    );
    let purge = |id| {
        let at = archive.tick();
        let stone = fluxchat_model::TombstoneId::new(at, archive.random());
        archive.store.erasure_purge(id, stone, at)
    };
    assert!(purge(id).is_err(), "not before its steps");
    let mut stages = BTreeSet::new();
    let mut last = 0;
    loop {
        let step = archive.store.erasure_step(id, titled).unwrap();
        assert!(
            step.removed >= last && step.removed <= step.expected,
            "{step:?}"
        );
        last = step.removed;
        stages.insert(format!("{:?}", step.stage));
        // Others write in between.
        archive.conversation("meanwhile");
        if step.done {
            break;
        }
    }
    assert!(
        stages.len() > 1,
        "it cleaned the index in steps, too: {stages:?}"
    );
    assert_eq!(last, 4 * 501 + 1);
    purge(id).unwrap();
    let stage = archive
        .store
        .read(|tx| tx.erasure(id))
        .unwrap()
        .unwrap()
        .stage;
    assert_eq!(stage, ErasureStage::Erasing);
    assert_eq!(
        archive.store.check_full(),
        Ok(fluxchat_store::Integrity::Whole)
    );
}

#[test]
fn a_long_conversation_goes_in_steps_and_cannot_be_undone_from_the_first_on() {
    let word = canary();
    let archive = Archive::new();
    let id = archive.conversation("long");
    archive.talk(id, &[word.as_str(); 100]);
    let erasure = archive.hide(ErasureScope::Conversation(id)).unwrap();
    let step = archive.store.erasure_step(erasure, titled).unwrap();
    assert_eq!((step.done, step.expected), (false, 101));
    assert!(step.removed > 0, "{step:?}");
    let now = archive.tick();
    let undone = archive.store.write(|tx| tx.erasure_undo(erasure, now));
    assert_eq!(undone, Ok(None), "part of it is gone");
    archive.purge(erasure);
    archive.store.erasure_scrub(erasure).unwrap();
    let receipt = archive
        .store
        .erasure_finish(erasure, &archive.by())
        .unwrap();
    assert!(receipt.search_verified);
    assert_eq!(receipt.rows_by_table["message"], 100);
    assert_eq!(gone(&archive, &[&word]), 0);
}

#[test]
fn a_smaller_deletion_that_was_taken_along_cannot_be_undone() {
    let archive = Archive::new();
    let name = folder(&archive, "f");
    let id = archive.conversation("c");
    let ids = archive.talk(id, &["a", "b", "c"]);
    put(&archive, id, name);
    let message = archive.hide(ErasureScope::Message(ids[1])).unwrap();
    let conversation = archive.hide(ErasureScope::Conversation(id)).unwrap();
    erased(&archive, ErasureScope::Folder(name));
    for small in [message, conversation] {
        let now = archive.tick();
        assert_eq!(
            archive.store.write(|tx| tx.erasure_undo(small, now)),
            Ok(None)
        );
        archive.purge(small);
    }
}

/// Trees of every shape: a message's preview is what its deletion then removes.
#[test]
fn a_messages_preview_is_what_goes() {
    for seed in 0..40_u64 {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut chance = |limit: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state % limit as u64).unwrap()
        };
        let archive = Archive::new();
        let id = archive.conversation("tree");
        let mut ids = vec![archive.say(id, None, "root")];
        for n in 0..chance(30) {
            let parent = (chance(6) > 0).then(|| ids[chance(ids.len())]);
            ids.push(archive.say(id, parent, &format!("m {n}")));
        }
        let shared = file(&archive, id, "image/png", "shared.png");
        let one = attach(&archive, id, shared, "shared.png");
        ids.push(one.id);
        if chance(2) == 0 {
            ids.push(attach(&archive, id, shared, "shared.png").id);
        }
        if chance(2) == 0 {
            let at = archive.tick();
            archive
                .store
                .write(|tx| tx.recent_search_add("m", at))
                .unwrap();
        }
        let doomed = ids[chance(ids.len())];
        erased(&archive, ErasureScope::Message(doomed));
    }
}
