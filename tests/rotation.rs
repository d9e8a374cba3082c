//! A change of the key: everything stays, what was deleted is unreadable in every old copy, and a
//! crash at any moment leaves exactly one key that works.

use std::time::Duration;

use fluxchat_model::{ArchiveKey, Timestamp};
use fluxchat_store::{OpenOptions, Store, StoreError};
use fluxchat_testkit::canary;
use fluxchat_testkit::forensic::{all_needles, scan_database};
use serde_json::{Value, json};

use crate::support::{Profile, copy_folder, long};

fn opens(profile: &Profile, key: [u8; 32]) -> bool {
    let path = profile.dir.join("archive.db");
    match Store::open(OpenOptions::read_only(path, ArchiveKey::new(key))) {
        Ok(store) => {
            store.close();
            true
        }
        Err(StoreError::NotADatabase | StoreError::Corrupt) => false,
        Err(error) => panic!("{error}"),
    }
}

fn shown(profile: &Profile, id: &str) -> Value {
    profile.json(&["history", "show", id])["messages"].clone()
}

#[test]
fn after_a_change_old_copies_keep_nothing_and_the_archive_everything() {
    // A real first run, so the pages have a key of their own from the beginning.
    let profile = Profile::with_passphrase().set_up();
    let (kept, gone) = (canary(), canary());
    let stays = profile.json(&["ask", &format!("keep {kept}")]);
    let stays = stays["conversation_id"].as_str().unwrap().to_owned();
    let goes = profile.json(&["ask", &format!("delete {gone}")]);
    let before = shown(&profile, &stays);
    let old = profile.archive_key();
    // A backup that was made before the deletion.
    let backup = tempfile::tempdir().unwrap();
    copy_folder(&profile.dir, &backup.path().join("profile"));
    let in_backup = backup.path().join("profile/archive.db");
    profile.json(&[
        "history",
        "delete",
        "--now",
        goes["conversation_id"].as_str().unwrap(),
    ]);
    assert!(
        !scan_database(&in_backup, &old, &all_needles(&[&gone])).is_empty(),
        "with the old key the backup still has it"
    );
    let due = profile.json(&["privacy", "rotate-key", "--status"]);
    assert_eq!(due["epoch"], 1);
    assert!(
        due["due_at"].is_i64(),
        "a deletion makes a change due: {due}"
    );

    let receipt = profile.json(&["privacy", "rotate-key"]);
    assert_eq!(receipt["scope"], "key");
    assert_eq!(receipt["key_epoch"], 2);
    assert_eq!(receipt["wal_bytes"], 0);
    assert!(receipt["crypto_erased_at"].is_i64(), "{receipt}");

    let new = profile.archive_key();
    assert_ne!(old, new);
    assert!(!opens(&profile, old), "the old key opens nothing");
    assert!(opens(&profile, new));
    assert_eq!(shown(&profile, &stays), before);
    assert_eq!(profile.json(&["privacy", "verify"])["holds"], true);
    assert_eq!(profile.json(&["doctor"])["integrity"], "ok");
    let pages = scan_database(
        &profile.dir.join("archive.db"),
        &old,
        &all_needles(&[&kept]),
    );
    assert!(pages.is_empty(), "no page is under the old key");
    // Whoever has the backup and the computer as it is now, passphrase and all, has no key to it.
    std::fs::copy(
        profile.dir.join("keyslots.json"),
        backup.path().join("profile/keyslots.json"),
    )
    .unwrap();
    for name in ["credentials.sealed", "keyinfo.json"] {
        std::fs::copy(
            profile.dir.join(name),
            backup.path().join("profile").join(name),
        )
        .unwrap();
    }
    assert!(
        scan_database(&in_backup, &new, &all_needles(&[&gone])).is_empty(),
        "the new key does not open the backup"
    );
    let after = profile.json(&["privacy", "rotate-key", "--status"]);
    assert_eq!(
        (&after["epoch"], &after["due_at"]),
        (&json!(2), &Value::Null)
    );
    let again = profile.json(&["privacy", "rotate-key"]);
    assert_eq!(again["key_epoch"], 3);
}

#[test]
fn an_archive_of_the_first_versions_says_that_its_first_key_is_kept() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let first = profile.json(&["privacy", "rotate-key"]);
    assert_eq!(
        (&first["key_epoch"], &first["crypto_erased_at"]),
        (&json!(2), &Value::Null)
    );
    let second = profile.json(&["privacy", "rotate-key"]);
    assert_eq!(second["key_epoch"], 3);
    assert!(second["crypto_erased_at"].is_i64());
}

#[test]
fn a_crash_while_the_key_is_changed_leaves_one_key_and_everything() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let asked = profile.json(&["ask", "What do you keep about me?"]);
    let id = asked["conversation_id"].as_str().unwrap().to_owned();
    // Some megabytes, so that there is a while to be killed in.
    fill(&profile);
    let before = shown(&profile, &id);
    let begin = std::time::Instant::now();
    profile.json(&["privacy", "rotate-key"]);
    let span = u64::try_from(begin.elapsed().as_micros()).unwrap();
    let mut tried = vec![profile.archive_key()];
    let mut changed = 0;
    let rounds = if long() { 200 } else { 20 };
    for round in 0..rounds {
        let mut child = profile.spawn(&["--json", "privacy", "rotate-key"]);
        // Spread evenly over the whole of it.
        std::thread::sleep(Duration::from_micros(span * (2 * round + 1) / (2 * rounds)));
        child.kill().unwrap();
        child.wait().unwrap();

        let doctor = profile.json(&["doctor"]);
        assert_eq!(
            (&doctor["state"], &doctor["integrity"]),
            (&json!("ready"), &json!("ok")),
            "round {round}"
        );
        // Owns the profile: settles what was left.
        assert_eq!(
            profile.json(&["privacy", "verify"])["holds"],
            true,
            "round {round}"
        );
        let key = profile.archive_key();
        assert!(
            opens(&profile, key),
            "round {round}: the key in force works"
        );
        if tried.last() != Some(&key) {
            changed += 1;
            let last = *tried.last().unwrap();
            assert!(
                !opens(&profile, last),
                "round {round}: the one before does not"
            );
            tried.push(key);
        }
        assert_eq!(
            shown(&profile, &id),
            before,
            "round {round}: everything is there"
        );
    }
    eprintln!("of {rounds} changes that were cut, {changed} were completed");
    let receipts = profile.json(&["privacy", "receipts"]);
    let keys = receipts
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["scope"] == "key")
        .count();
    assert_eq!(
        keys,
        changed + 1,
        "each change has its receipt, none has two"
    );
    let sealed = std::fs::read_dir(&profile.dir).unwrap().count();
    assert!(sealed < 12, "nothing piles up");
}

/// Writes some megabytes of messages straight into the archive.
fn fill(profile: &Profile) {
    use fluxchat_model::{
        Conversation, ConversationId, Message, MessageId, MessageStatus, Part, Role,
    };
    let at = Timestamp(1_790_000_000_000);
    let path = profile.dir.join("archive.db");
    let store = Store::open(OpenOptions::existing(
        path,
        ArchiveKey::new(profile.archive_key()),
    ))
    .unwrap();
    let id = ConversationId::new(at, [9; 10]);
    store
        .write(|tx| {
            tx.conversation_insert(&Conversation::new(id, "much".to_owned(), at))?;
            for n in 0..600_u64 {
                let mut random = [9; 10];
                random[..8].copy_from_slice(&n.to_be_bytes());
                tx.message_insert(&Message {
                    id: MessageId::new(at, random),
                    conversation_id: id,
                    parent_id: None,
                    role: Role::User,
                    status: MessageStatus::Complete,
                    model: None,
                    source_name: None,
                    parts: vec![Part::Text {
                        text: format!("{n} {}", "words and more of them ".repeat(600)),
                    }],
                    usage: None,
                    error: None,
                    created_at: at,
                    finished_at: Some(at),
                })?;
            }
            Ok(())
        })
        .unwrap();
    store.close();
}
