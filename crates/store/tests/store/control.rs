//! The control arm of every scope of deletion: in an archive without the pragmas the same deletion
//! leaves what it deleted in the pages, and the same scan finds it.

use fluxchat_model::{DraftKey, ErasureScope, MediaKind, SourceId, TagId, TimeRange, Timestamp};

use crate::large::{attach, file, folder, gone, hex, put, sql};
use crate::support::{Archive, NOW, canary};

/// An archive in which one word is whatever the scope takes.
fn planted(archive: &Archive, scope: &str, word: &str) -> ErasureScope {
    let name = folder(archive, "f");
    let tag = TagId::new(archive.tick(), archive.random());
    let source = SourceId::new(archive.tick(), archive.random());
    sql(
        archive,
        &format!(
            "INSERT INTO tag (id, created_at, name) VALUES ({tag}, 1, 't');
             INSERT INTO source (id, name, dialect, base_path, has_credential, practices, created_at)
             VALUES ({source}, 'elsewhere', 'openai', '', 0, '{{}}', 1)",
            tag = hex(tag.0),
            source = hex(source.0)
        ),
    );
    let conversation = archive.conversation("c");
    put(archive, conversation, name);
    sql(
        archive,
        &format!(
            "INSERT INTO conversation_tag (conversation_id, tag_id) VALUES ({id}, {tag});
             UPDATE conversation SET source_id = {source} WHERE id = {id}",
            id = hex(conversation.0),
            tag = hex(tag.0),
            source = hex(source.0)
        ),
    );
    match scope {
        "media" => {
            for n in 0..40 {
                let name = format!("{word} {n}.png");
                let picture = file(archive, conversation, "image/png", &name);
                attach(archive, conversation, picture, &name);
            }
        }
        "drafts" => archive
            .store
            .write(|tx| {
                let draft = format!("{word} {}", "and more ".repeat(400));
                tx.draft_set(DraftKey::Conversation(conversation), &draft, NOW)
            })
            .unwrap(),
        "searches" => archive
            .store
            .write(|tx| tx.recent_search_add(word, NOW))
            .unwrap(),
        _ => {
            let text = format!("{word} is said");
            archive.talk(conversation, &vec![text.as_str(); 200]);
        }
    }
    match scope {
        "conversation" => ErasureScope::Conversation(conversation),
        "folder" => ErasureScope::Folder(name),
        "tag" => ErasureScope::Tag(tag),
        "range" => ErasureScope::Range(TimeRange {
            from: Timestamp(0),
            to: Timestamp(i64::MAX),
        }),
        "source" => ErasureScope::Source(source),
        "media" => ErasureScope::Media(MediaKind::Image),
        "drafts" => ErasureScope::Drafts,
        "searches" => ErasureScope::Searches,
        "everything" => ErasureScope::Everything,
        other => unreachable!("{other}"),
    }
}

const SCOPES: [&str; 9] = [
    "conversation",
    "folder",
    "tag",
    "range",
    "source",
    "media",
    "drafts",
    "searches",
    "everything",
];

#[test]
fn every_scope_leaves_remnants_without_the_pragmas() {
    let blind: Vec<&str> = SCOPES
        .into_iter()
        .filter(|scope| {
            let word = canary();
            let archive = Archive::unprotected();
            let scope = planted(&archive, scope, &word);
            archive.erase(scope);
            gone(&archive, &[&word]) == 0
        })
        .collect();
    assert_eq!(blind, [""; 0], "the scan of these scopes could not fail");
}

#[test]
fn every_scope_leaves_nothing_with_them() {
    let found: Vec<(&str, usize)> = SCOPES
        .into_iter()
        .map(|scope| {
            let word = canary();
            let archive = Archive::new();
            let doomed = planted(&archive, scope, &word);
            assert!(
                gone(&archive, &[&word]) > 0,
                "{scope}: the scan sees it before"
            );
            archive.erase(doomed);
            (scope, gone(&archive, &[&word]))
        })
        .filter(|(_, hits)| *hits > 0)
        .collect();
    assert_eq!(found, []);
}
