//! The control arm of every scope of deletion: in an archive without the pragmas the same deletion
//! leaves what it deleted in the pages, and the same scan finds it.

use fluxchat_model::{
    DraftKey, ErasureId, ErasureScope, MediaKind, SourceId, TagId, TimeRange, Timestamp,
};

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

/// Files that a rule takes: the rows of the sweeper, and how often their names are found then.
fn files_by_rule(archive: &Archive) -> usize {
    let word = canary();
    planted(archive, "media", &word);
    let files = archive
        .store
        .read(|tx| tx.files_older(Timestamp(i64::MAX), None, 100))
        .unwrap();
    let ids: Vec<_> = files.iter().map(|file| file.id).collect();
    assert_eq!(ids.len(), 40);
    assert!(gone(archive, &[&word]) > 0, "the scan sees it before");
    let at = archive.tick();
    let erasure = ErasureId::new(at, archive.random());
    archive
        .store
        .write(|tx| {
            let run = tx.retention_run_begin(at)?;
            tx.retention_purge_media(run, erasure, &ids, at)
        })
        .unwrap();
    archive.store.erasure_scrub(erasure).unwrap();
    let receipt = archive
        .store
        .erasure_finish(erasure, &archive.by())
        .unwrap();
    assert_eq!(receipt.scope, fluxchat_store::RETENTION_SCOPE);
    assert_eq!(receipt.rows_by_table["asset"], 40);
    gone(archive, &[&word])
}

#[test]
fn files_that_a_rule_takes_leave_remnants_without_the_pragmas_and_nothing_with_them() {
    assert!(files_by_rule(&Archive::unprotected()) > 0);
    assert_eq!(files_by_rule(&Archive::new()), 0);
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
