//! Deleted means gone: canaries are written, deleted, and looked for in every decrypted page and
//! frame. The control arm, without the deletion pragmas, must find something, or the scan is blind.

use fluxchat_forensic::{Hit, all_needles};
use fluxchat_model::{
    AssetId, DraftKey, ErasureScope, MessageStatus, Part, Role, Secret, VisibleError,
};
use fluxchat_store::{Asset, ChunkKind, FinishMessage, SandboxRecord, SearchQuery};

use crate::support::{Archive, NOW, canary, han_canary, query, scan_database, scan_tree};

struct Canaries {
    title: String,
    message: String,
    long: String,
    han: String,
    draft: String,
    attachment: String,
    search: String,
    streamed: String,
    error: String,
    sandbox: String,
}

impl Canaries {
    fn new() -> Self {
        Self {
            title: canary(),
            message: canary(),
            long: canary(),
            han: han_canary(),
            draft: canary(),
            attachment: canary(),
            search: canary(),
            streamed: canary(),
            error: canary(),
            sandbox: canary(),
        }
    }

    fn all(&self) -> Vec<&str> {
        vec![
            &self.title,
            &self.message,
            &self.long,
            &self.han,
            &self.draft,
            &self.attachment,
            &self.search,
            &self.streamed,
            &self.error,
            &self.sandbox,
        ]
    }
}

/// Fills an archive with neighbours that stay, and one conversation full of canaries.
fn fill(archive: &Archive, canaries: &Canaries) -> fluxchat_model::ConversationId {
    for n in 0..30 {
        let neighbour = archive.conversation(&format!("neighbour {n}"));
        archive.talk(neighbour, &["some ordinary words", "and an answer"]);
    }
    let conversation = archive.conversation(&format!("about {}", canaries.title));
    let first = archive.say(
        conversation,
        None,
        &format!("please explain {} to me", canaries.message),
    );
    let long = format!("{} {}", "filler words ".repeat(700), canaries.long);
    let second = archive.say(conversation, Some(first), &long);
    let mut third = archive.message(conversation, Some(second), &canaries.han);
    let asset = Asset {
        id: AssetId::new(NOW, archive.random()),
        key: Secret::new([9; 32]),
        content_hash: [8; 32],
        media_type: "text/plain".to_owned(),
        bytes: 3,
        conversation_id: Some(conversation),
        created_at: NOW,
        name: format!("{}.txt", canaries.attachment),
    };
    third.parts.push(Part::Attachment {
        asset_id: asset.id,
        name: asset.name.clone(),
        media_type: asset.media_type.clone(),
        call: None,
    });
    let mut answer = archive.message(conversation, Some(third.id), "");
    answer.role = Role::Assistant;
    answer.status = MessageStatus::Streaming;
    answer.parts.clear();
    let finish = FinishMessage {
        error: Some(VisibleError {
            code: "remote_failed".to_owned(),
            message: format!("the server said {}", canaries.error),
            ..VisibleError::default()
        }),
        ..FinishMessage::new(MessageStatus::Failed, NOW)
    };
    archive
        .store
        .write(|tx| {
            tx.asset_insert(&asset)?;
            tx.message_insert(&third)?;
            tx.message_insert(&answer)
        })
        .unwrap();
    for piece in canaries.streamed.as_bytes().chunks(5) {
        let piece = std::str::from_utf8(piece).unwrap();
        archive
            .store
            .write(|tx| tx.message_append(answer.id, ChunkKind::Text, piece))
            .unwrap();
    }
    archive
        .store
        .write(|tx| {
            tx.message_finish(answer.id, &finish)?;
            let key = DraftKey::Conversation(conversation);
            tx.draft_set(key, &canaries.draft, NOW)?;
            tx.recent_search_add(&canaries.search, NOW)?;
            tx.sandbox_put(&SandboxRecord {
                collection: "requests".to_owned(),
                key: "k".to_owned(),
                owner: Some(conversation.to_string()),
                body: format!("{{\"q\":\"{}\"}}", canaries.sandbox),
                at: NOW,
            })
        })
        .unwrap();
    conversation
}

fn scan(archive: &Archive, canaries: &Canaries) -> Vec<Hit> {
    let needles = all_needles(&canaries.all());
    let mut hits = scan_database(archive, &needles);
    hits.extend(scan_tree(archive, &needles));
    hits
}

#[track_caller]
fn check_clean(archive: &Archive, canaries: &Canaries) {
    let hits = scan(archive, canaries);
    let shown: Vec<_> = hits
        .iter()
        .map(|hit| format!("{} in {}", hit.needle.form, hit.place))
        .collect();
    assert!(hits.is_empty(), "{} remnants: {shown:?}", hits.len());
}

#[test]
fn before_a_deletion_every_canary_is_in_the_pages_and_none_in_the_files() {
    let archive = Archive::new();
    let canaries = Canaries::new();
    fill(&archive, &canaries);
    let hits = scan(&archive, &canaries);
    for canary in canaries.all() {
        assert!(
            hits.iter().any(|hit| hit.needle.canary == canary),
            "the scan sees {canary}"
        );
    }
    let raw = scan_tree(&archive, &all_needles(&canaries.all()));
    assert!(raw.is_empty(), "nothing is readable without the key");
}

#[test]
fn a_deleted_conversation_leaves_nothing() {
    let archive = Archive::new();
    let canaries = Canaries::new();
    let conversation = fill(&archive, &canaries);
    assert_eq!(archive.find(&canaries.message).len(), 1);
    archive.erase(ErasureScope::Conversation(conversation));
    check_clean(&archive, &canaries);
}

#[test]
fn deleting_everything_leaves_nothing() {
    let archive = Archive::new();
    let canaries = Canaries::new();
    fill(&archive, &canaries);
    archive.erase(ErasureScope::Everything);
    check_clean(&archive, &canaries);
}

#[test]
fn a_deleted_message_leaves_nothing_of_itself_and_all_of_the_rest() {
    let archive = Archive::new();
    let gone = canary();
    let kept = canary();
    let conversation = archive.conversation("c");
    let first = archive.say(conversation, None, &kept);
    let second = archive.say(conversation, Some(first), &format!("word {gone} word"));
    archive.say(conversation, Some(second), &format!("{gone} again"));
    archive.erase(ErasureScope::Message(second));
    let needles = all_needles(&[&gone]);
    assert_eq!(scan_database(&archive, &needles), []);
    assert_eq!(archive.find(&kept).len(), 1);
}

#[test]
fn a_big_deletion_leaves_nothing_either() {
    let archive = Archive::new();
    let gone: Vec<String> = (0..20).map(|_| canary()).collect();
    let conversation = archive.conversation("big");
    let messages: Vec<_> = (0..1_200)
        .map(|n| {
            let text = format!("message {n} {}", gone[n % gone.len()]);
            archive.message(conversation, None, &text)
        })
        .collect();
    archive
        .store
        .write(|tx| messages.iter().try_for_each(|it| tx.message_insert(it)))
        .unwrap();
    archive.erase(ErasureScope::Conversation(conversation));
    assert_eq!(scan_database(&archive, &all_needles(&gone)), []);
}

#[test]
fn a_deletion_with_open_readers_leaves_nothing() {
    let archive = Archive::new();
    let canaries = Canaries::new();
    let conversation = fill(&archive, &canaries);
    // Two readers that have seen the canaries and keep their pages cached.
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| archive.find(&canaries.long));
        }
    });
    archive.erase(ErasureScope::Conversation(conversation));
    check_clean(&archive, &canaries);
}

#[test]
fn an_overwritten_draft_and_cleared_searches_leave_nothing_after_a_scrub() {
    let archive = Archive::new();
    let (draft, search) = (canary(), canary());
    archive
        .store
        .write(|tx| {
            tx.draft_set(DraftKey::NewConversation, &draft, NOW)?;
            tx.recent_search_add(&search, NOW)
        })
        .unwrap();
    archive
        .store
        .write(|tx| {
            tx.draft_remove(DraftKey::NewConversation)?;
            tx.recent_searches_clear()
        })
        .unwrap();
    archive.store.scrub().unwrap();
    let needles = all_needles(&[&draft, &search]);
    assert_eq!(scan_database(&archive, &needles), []);
}

#[test]
fn a_prefix_search_finds_nothing_of_what_was_deleted() {
    let archive = Archive::new();
    let canaries = Canaries::new();
    let conversation = fill(&archive, &canaries);
    archive.erase(ErasureScope::Conversation(conversation));
    for length in [2, 3, 6] {
        let typing = SearchQuery {
            prefix_last: true,
            ..query(&canaries.message[..length])
        };
        let hits = archive.store.read(|tx| tx.search(&typing)).unwrap();
        assert!(
            hits.iter().all(|hit| hit.conversation_id != conversation),
            "nothing of it for {length} letters"
        );
    }
}

/// The scan can fail: without the pragmas, the same deletion leaves remnants.
#[test]
fn the_control_arm_leaves_something() {
    let archive = Archive::unprotected();
    let canaries = Canaries::new();
    let conversation = fill(&archive, &canaries);
    let erasure = archive
        .hide(ErasureScope::Conversation(conversation))
        .unwrap();
    archive.purge(erasure);
    // A plain checkpoint, so that the remnants are in the database itself, not only in its log.
    archive.store.close();
    let hits = scan(&archive, &canaries);
    assert!(
        hits.iter().any(|hit| hit.place.starts_with("page")),
        "without the pragmas something remains"
    );
}

#[test]
fn the_control_arm_does_not_claim_what_it_does_not_do() {
    let archive = Archive::unprotected();
    let conversation = archive.conversation("c");
    let erasure = archive
        .hide(ErasureScope::Conversation(conversation))
        .unwrap();
    archive.purge(erasure);
    let receipt = archive
        .store
        .erasure_finish(erasure, &archive.by())
        .unwrap();
    assert!(!receipt.secure_delete && !receipt.fts_secure_delete);
    assert_ne!(receipt.checkpoint[0], 0);
}
