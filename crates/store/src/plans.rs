//! Every list and every page reads through an index: its plan must not grow with the archive.

use rusqlite::Connection;

use crate::audit;
use crate::connection::{self, Kind};
use crate::table::{
    attachment, consent_event, conversation, egress_record, export, folder, instructions,
    ledger_page, ledger_total, message, message_map, message_path, message_size, retention,
    retention_media, spend, tag,
};
use crate::table::{objection_event, request_progress, statement_flag};
use crate::{OpenOptions, Store, erasure, migrate, search};

fn archive() -> Connection {
    let options = OpenOptions::memory();
    let mut conn = connection::open(&options, Kind::Writer).unwrap();
    migrate::run(&mut conn, &options).unwrap();
    conn
}

fn plan(conn: &Connection, sql: &str) -> String {
    audit::plan(conn, sql).unwrap()
}

#[track_caller]
fn check(sql: &str, expected: &str) {
    let plan = plan(&archive(), sql);
    assert!(plan.contains(expected), "{sql}\nis planned as\n{plan}");
    assert!(!audit::grows(&plan), "{sql}\nsorts or scans:\n{plan}");
}

#[test]
fn conversations_are_paged_along_their_index() {
    check(
        conversation::PAGE,
        "USING INDEX conversation_list (archived=? AND pinned=?",
    );
    check(conversation::RESTRICTED, "INDEX conversation_restricted");
    check(conversation::LATEST, "INDEX conversation_list");
    check(conversation::BY_ID, "(id=?)");
}

#[test]
fn files_are_found_along_their_index() {
    check(
        attachment::OF_DRAFT,
        "INDEX draft_attachment_of (conversation_id=?",
    );
    check(
        attachment::CHUNKS,
        "INDEX attachment_chunk_of (asset_id=? AND seq>?",
    );
    check(attachment::WAY, "INDEX attachment_told_of (asset_id=?)");
    check(attachment::PAGE, "INDEX attachment_chunk_of (asset_id=?");
    check(
        attachment::PAGE_START,
        "INDEX attachment_chunk_of (asset_id=?",
    );
    let plan = plan(&archive(), attachment::FOUND);
    assert!(
        plan.contains("VIRTUAL TABLE INDEX") && !plan.contains("TEMP B-TREE"),
        "{plan}"
    );
}

#[test]
fn what_is_filed_is_paged_along_its_index() {
    check(
        folder::PAGE,
        "USING INDEX conversation_folder (folder_id=? AND (updated_at,id)<(?,?))",
    );
    check(tag::PAGE, "conversation_tag_by_tag (tag_id=?");
    check(tag::OF_CONVERSATION, "(conversation_id=?)");
}

#[test]
fn what_is_due_is_found_along_its_index() {
    check(
        retention::DUE,
        "USING INDEX conversation_look (retention_look<?)",
    );
    check(retention::DRAFTS_DUE, "INDEX draft_age (updated_at<?)");
    check(retention::SEARCHES_DUE, "INDEX recent_search_age (at<?)");
    check(
        retention_media::OLD,
        "INDEX asset_age ((kept_since,id)>(?,?) AND kept_since<?)",
    );
}

#[test]
fn a_branch_is_stepped_by_id() {
    check(message::BY_ID, "(id=?)");
    check(message_path::PLACE, "(id=?)");
}

#[test]
fn siblings_are_counted_in_their_index() {
    check(
        message_path::CHILDREN,
        "INDEX message_by_parent (parent_id=? AND erasure_id=?)",
    );
    check(
        message_path::CHILD_RANK,
        "COVERING INDEX message_by_parent (parent_id=? AND erasure_id=?)",
    );
    check(
        message_path::ROOTS,
        "INDEX message_by_conversation (conversation_id=? AND depth=?",
    );
    check(
        message_path::ROOT_RANK,
        "COVERING INDEX message_by_conversation (conversation_id=? AND depth=?",
    );
}

#[test]
fn hits_are_read_in_the_order_of_the_index() {
    check(search::HITS, "SCAN search VIRTUAL TABLE INDEX");
    check(
        search::beginning::CANDIDATES,
        "SCAN search VIRTUAL TABLE INDEX",
    );
    check(
        search::NEWEST,
        "USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
    );
    check(search::FACTS, "USING INTEGER PRIMARY KEY (rowid=?)");
    check(search::FACTS, "SEARCH ma USING PRIMARY KEY (message_id=?)");
    check(search::MESSAGE_HIT, "USING INTEGER PRIMARY KEY (rowid=?)");
    check(search::TITLE_HIT, "USING INTEGER PRIMARY KEY (rowid=?)");
    let content = plan(
        &archive(),
        "SELECT body, title FROM search_content WHERE seq = 1",
    );
    for table in ["message", "conversation"] {
        let step = format!("SEARCH {table} USING INTEGER PRIMARY KEY (rowid=?)");
        assert!(content.contains(&step), "{content}");
    }
}

#[test]
fn the_ledger_is_paged_along_an_index_whatever_the_filter() {
    check(
        ledger_page::ALONG_ALL,
        "USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
    );
    check(
        ledger_page::ALONG_FACET,
        "INDEX egress_record_facet (facet=? AND rowid>? AND rowid<?)",
    );
    check(
        ledger_page::ALONG_CONVERSATION,
        "INDEX egress_record_conversation (conversation_id=? AND rowid>? AND rowid<?)",
    );
    check(ledger_page::SPAN, "SEARCH ledger_span");
    for totals in [ledger_total::DAYS, ledger_total::PART_OF_DAY] {
        let plan = plan(&archive(), totals);
        assert!(plan.contains("SEARCH"), "{totals}\nis planned as\n{plan}");
        assert!(!plan.contains("SCAN"), "{totals}\nscans\n{plan}");
    }
}

#[test]
fn a_start_reads_along_indexes() {
    let archive = archive();
    let recover = plan(&archive, egress_record::RECOVER);
    assert!(
        recover.contains("SEARCH egress_record USING INDEX egress_record_facet (facet=?)"),
        "{recover}"
    );
    check(message::STREAMING, "INDEX message_streaming (status=?)");
}

#[test]
fn the_state_of_a_consent_is_one_step() {
    check(
        consent_event::LAST_OF_PURPOSE,
        "INDEX consent_event_purpose (purpose=?)",
    );
    check(
        consent_event::LAST_OF_CONVERSATION,
        "INDEX consent_event_conversation (conversation_id=? AND purpose=?)",
    );
    check(consent_event::PAGE, "USING INTEGER PRIMARY KEY (rowid>?)");
}

#[test]
fn a_deletion_finds_its_rows_along_indexes() {
    let archive = archive();
    for sql in [erasure::IN_RANGE, erasure::NEXT_IN_RANGE] {
        let plan = plan(&archive, sql);
        let along = "COVERING INDEX message_by_time (created_at>? AND created_at<?)";
        assert!(plan.contains(along), "{sql}\nis planned as\n{plan}");
    }
    let sql = erasure::OF_SOURCE;
    let plan = plan(&archive, sql);
    assert!(plan.contains("INDEX conversation_source"), "{plan}");
    assert!(
        plan.contains("SEARCH a USING PRIMARY KEY (name=?)"),
        "{plan}"
    );
    // Names of sources are few, and have no index that would keep a second copy.
    let scans: Vec<_> = plan.lines().filter(|line| line.contains("SCAN")).collect();
    assert_eq!(scans, ["SCAN n"], "{plan}");
}

#[test]
fn an_export_pages_along_keys() {
    check(
        export::CONVERSATIONS,
        "SEARCH conversation USING INTEGER PRIMARY KEY (rowid>?)",
    );
    check(
        export::MESSAGES,
        "SEARCH m USING INTEGER PRIMARY KEY (rowid>?)",
    );
    check(export::ASSETS, "(id>?)");
    check(
        export::SANDBOX,
        "SEARCH sandbox_record USING INTEGER PRIMARY KEY (rowid>?)",
    );
    check(export::SANDBOX, "INDEX conversation_hidden");
}

#[test]
fn the_library_is_built_for_deletion() {
    let conn = archive();
    let mut statement = conn.prepare("PRAGMA compile_options").unwrap();
    let options: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let has = |option: &str| options.iter().any(|it| it == option);
    assert!(has("SECURE_DELETE"), "{options:?}");
    assert!(has("OMIT_LOAD_EXTENSION"), "{options:?}");
    assert!(!has("ENABLE_STAT4"), "it samples deleted text: {options:?}");
    assert!(has("HAS_CODEC"), "{options:?}");
    assert!(has("TEMP_STORE=2") || has("TEMP_STORE=3"), "{options:?}");
}

#[test]
fn every_connection_is_opened_the_same_way() {
    let dir = tempfile::tempdir().unwrap();
    let key = fluxchat_model::ArchiveKey::new([1; 32]);
    let options = OpenOptions::create(dir.path().join("a.db"), key);
    let store = Store::open(options.clone()).unwrap();
    let expect = |conn: &Connection, cache: i64, query_only: i64| {
        let pragma = |name: &str| -> i64 {
            conn.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
                .unwrap()
        };
        for (name, value) in [
            ("auto_vacuum", 2),
            ("synchronous", 2),
            ("secure_delete", 1),
            ("foreign_keys", 1),
            ("temp_store", 2),
            ("trusted_schema", 0),
            ("cell_size_check", 1),
            ("busy_timeout", 5_000),
            ("cache_size", cache),
            ("query_only", query_only),
            ("recursive_triggers", 0),
        ] {
            assert_eq!(pragma(name), value, "{name}");
        }
        let mode: String = conn
            .query_row("PRAGMA journal_mode", [], |row| row.get(0))
            .unwrap();
        assert_eq!(mode, "wal");
        let cipher: String = conn
            .query_row("PRAGMA cipher_version", [], |row| row.get(0))
            .unwrap();
        assert!(cipher.starts_with("4."), "SQLCipher {cipher}");
        let defensive = conn
            .db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_DEFENSIVE)
            .unwrap();
        assert!(defensive, "shadow tables cannot be written");
    };
    store
        .with_writer(|conn| {
            expect(conn, -i64::from(connection::WRITER_CACHE_KIB), 0);
            assert!(conn.execute("DELETE FROM search_data", []).is_err());
            Ok(())
        })
        .unwrap();
    store
        .read(|tx| {
            expect(tx.conn, -i64::from(connection::READER_CACHE_KIB), 1);
            Ok(())
        })
        .unwrap();
    let caches = i64::from(connection::WRITER_CACHE_KIB)
        + i64::from(connection::READER_CACHE_KIB) * connection::READERS as i64;
    assert_eq!(caches, 64 * 1024, "64 MiB in all");
}

#[test]
fn rights_are_read_along_their_indexes() {
    check(request_progress::PAGE, "(id<?)");
    check(
        request_progress::TO_POLL,
        "INDEX privacy_request_poll (next_poll_at<?)",
    );
    check(
        request_progress::STEPS,
        "INDEX privacy_request_event_of (request_id=?)",
    );
    check(
        objection_event::LAST_OF_PURPOSE,
        "INDEX objection_event_purpose (purpose=?)",
    );
    check(statement_flag::PAGE, "USING INTEGER PRIMARY KEY (rowid>?)");
    check(
        statement_flag::OF_MESSAGE,
        "INDEX sqlite_autoindex_statement_flag_1 (message_id=?)",
    );
    check(
        statement_flag::OF_CONVERSATION,
        "INDEX statement_flag_conversation (conversation_id=? AND rowid>?)",
    );
}

#[test]
fn what_is_kept_beside_a_conversation_is_one_step() {
    let forks = plan(&archive(), instructions::FORKS);
    assert!(forks.contains("INDEX fork_from (from_id=?)"), "{forks}");
}

#[test]
fn a_conversation_is_found_in_and_mapped_along_its_index() {
    check(
        search::within::MESSAGES,
        "INDEX message_in_conversation (conversation_id=? AND rowid<?)",
    );
    let archive = archive();
    let hits = plan(&archive, search::within::HITS);
    assert!(hits.contains("VIRTUAL TABLE INDEX"), "{hits}");
    assert!(!hits.contains("TEMP B-TREE"), "{hits}");
    let run = plan(&archive, message_map::RUN);
    let step = "INDEX message_by_parent (parent_id=? AND erasure_id=?)";
    assert!(run.contains(step), "{run}");
    assert!(!run.contains("SCAN message"), "{run}");
    check(message_map::LABEL, "(id=?)");
    check(
        message_path::CHILDREN_AFTER,
        "INDEX message_by_parent (parent_id=? AND erasure_id=? AND rowid>?)",
    );
    check(
        message_path::ROOTS_AFTER,
        "INDEX message_by_conversation (conversation_id=? AND depth=? AND erasure_id=? AND rowid>?)",
    );
}

#[test]
fn spending_and_sizes_are_asked_along_keys() {
    check(spend::FACT, "(source_id=? AND model=?)");
    check(
        spend::DAYS,
        "SEARCH spend_day USING PRIMARY KEY (day>? AND day<?)",
    );
    check(
        spend::SUM,
        "SEARCH spend_day USING PRIMARY KEY (day>? AND day<?)",
    );
    check(
        spend::COST,
        "SEARCH conversation_cost USING PRIMARY KEY (conversation_id=?)",
    );
    check(
        message_size::SIZE,
        "SEARCH message_size USING PRIMARY KEY (message_id=?)",
    );
    check(message_size::STEP, "(id=?)");
    check(message_size::PARENT, "(id=?)");
    check(
        message_size::PINS,
        "INDEX message_pin_conversation (conversation_id=?)",
    );
    let stale = "SELECT id FROM message WHERE conversation_id = ?1 AND depth >= ?2";
    let plan = plan(&archive(), stale);
    assert!(plan.contains("(conversation_id=? AND depth>?)"), "{plan}");
}
