//! A temporary conversation is nowhere on the disk: not while it is there, and not after.
//!
//! The files of the profile are compared byte by byte where nothing else writes to them. With the
//! ledger, which has to write, the decrypted archive is compared row by row.

mod ends;
mod window;
pub mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use fluxchat_core::Ask;
use fluxchat_model::LedgerFilter;
use fluxchat_testkit::forensic::{all_needles, scan_database, scan_tree};
use fluxchat_testkit::{canary, raw};

use crate::support::{Profile, app, runtime};
use world::{Words, World};

/// Every file of a folder with its bytes. `-shm` is the memory that connections share: reading
/// alone marks it, and nothing of a row is in it.
fn bytes(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(bytes(&path));
            found.insert(path, Vec::new());
        } else if !path.to_string_lossy().ends_with("-shm") {
            let bytes = std::fs::read(&path).unwrap();
            found.insert(path, bytes);
        }
    }
    found
}

/// The names of what differs.
fn changed<T: PartialEq>(
    before: &BTreeMap<PathBuf, T>,
    after: &BTreeMap<PathBuf, T>,
) -> Vec<String> {
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| name.file_name().unwrap().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn not_a_byte_of_the_profile_changes() {
    runtime().block_on(async {
        let world = World::start().await;
        let app = &world.app;
        app::ask(
            app,
            Ask {
                text: "an ordinary one".to_owned(),
                ..Ask::default()
            },
        )
        .await;
        world.aside.store(true, Ordering::SeqCst);
        let before = bytes(world.home.path());

        let words = Words::new();
        let id = world.begin().await;
        world.live(id, &words).await;
        assert_eq!(changed(&before, &bytes(world.home.path())), [""; 0]);
        assert!(app.is_temporary(id));
        let listed = app
            .conversations(fluxchat_core::ConversationShelf::Recent, None, 10)
            .await
            .unwrap();
        assert_eq!(listed.len(), 1, "it is in no list");
        for word in words.all() {
            assert!(
                app.search(word.to_owned(), None, 10)
                    .await
                    .unwrap()
                    .is_empty()
            );
        }
        let bundle = app.support_bundle().await.unwrap();
        assert!(words.all().iter().all(|word| !bundle.contains(word)));
        assert!(!bundle.contains(&id.to_string()));
        app.end_temporary(id).await.unwrap();
        assert_eq!(changed(&before, &bytes(world.home.path())), [""; 0]);
        assert!(app.temporaries().await.unwrap().is_empty());
        assert_eq!(app.conversation(id).await.unwrap_err().code(), "not_found");

        // Control arm: the same in an ordinary conversation is seen.
        let ordinary = app::ask(
            app,
            Ask {
                text: "begin".to_owned(),
                source: Some(world.remote),
                ..Ask::default()
            },
        )
        .await
        .conversation_id;
        world.live(ordinary, &words).await;
        let seen = changed(&before, &bytes(world.home.path()));
        assert!(seen.iter().any(|name| name == "archive.db-wal"), "{seen:?}");
    });
}

#[test]
fn the_archive_gains_rows_of_the_ledger_and_no_others() {
    runtime().block_on(async {
        let world = World::start().await;
        let rows = || raw::rows(&world.profile().join("archive.db"), &world.key());
        let ledger = || async {
            world
                .app
                .ledger_page(LedgerFilter::default(), 100)
                .await
                .unwrap()
        };
        let (before, sent_before) = (rows(), ledger().await.len());
        let words = Words::new();
        let id = world.begin().await;
        world.live(id, &words).await;

        let after = rows();
        let differing: Vec<&String> = after
            .keys()
            .filter(|table| before.get(*table) != after.get(*table))
            // How much there is of each kind.
            .filter(|table| *table != "stored_total")
            .collect();
        let of_others = |rows: &BTreeMap<String, Vec<String>>| {
            let mut totals = rows["stored_total"].clone();
            totals.retain(|row| !row.starts_with("ledger|"));
            totals
        };
        assert_eq!(of_others(&before), of_others(&after));
        assert_eq!(of_others(&after).len() + 1, after["stored_total"].len());
        assert!(
            differing
                .iter()
                .all(|table| table.starts_with("egress_") || table.starts_with("ledger_")),
            "{differing:?}"
        );
        assert!(differing.iter().any(|table| *table == "egress_record"));
        let booked = ledger().await;
        assert_eq!(booked.len() - sent_before, 6, "each request has its row");
        for row in &booked[..6] {
            assert_eq!(row.record.conversation_id, None, "which says not of what");
            assert!(!row.record.training_allowed);
        }
        let ids = [id.to_string(), id.0.simple().to_string()];
        assert!(
            after
                .values()
                .flatten()
                .all(|row| ids.iter().all(|id| !row.contains(id.as_str()))),
        );
        assert_eq!(world.found(&words.all()), BTreeSet::new());
        world.app.end_temporary(id).await.unwrap();
        assert_eq!(world.found(&words.all()), BTreeSet::new());

        // Control arm: the same words in an ordinary conversation are found, every one.
        let ordinary = app::ask(
            &world.app,
            Ask {
                text: "begin".to_owned(),
                source: Some(world.remote),
                ..Ask::default()
            },
        )
        .await
        .conversation_id;
        world.live(ordinary, &words).await;
        let all: BTreeSet<String> = words.all().map(str::to_owned).into();
        assert_eq!(world.found(&words.all()), all);
        let after = rows();
        assert_ne!(before.get("message"), after.get("message"));
        assert_ne!(before.get("sandbox_record"), after.get("sandbox_record"));
    });
}

#[test]
fn the_command_line_answers_and_keeps_nothing() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let word = canary();
    let question = format!("What is {word}?");
    let answer = profile.json(&["ask", "--temporary", &question]);
    assert_eq!(answer["status"], "complete");
    assert_eq!(answer["conversation_id"], serde_json::Value::Null);
    let preview = profile.json(&["ask", "--temporary", "--preview", &question]);
    let body: serde_json::Value = serde_json::from_str(preview["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["store"], false);
    assert_eq!(body["training_allowed"], false);
    assert!(body.get("conversation_alias").is_none());
    let opt_outs = preview["opt_outs"].as_array().unwrap();
    assert!(opt_outs.iter().any(|it| it["field"] == "store"));
    assert_eq!(profile.json(&["history", "list"]), serde_json::json!([]));
    let offline = profile.run(&[
        "--json",
        "--offline",
        "ask",
        "--temporary",
        "--source",
        "nas",
        "x",
    ]);
    assert_eq!(offline.code, 2, "there is no such source");
    profile.json(&["source", "add", "nas", "--url", "http://10.83.7.9:1/v1"]);
    let offline = profile.run(&[
        "--json",
        "--offline",
        "ask",
        "--temporary",
        "--model",
        "m",
        "--source",
        "nas",
        "x",
    ]);
    assert_eq!(offline.code, 4);
    assert_eq!(
        offline.json()["error"]["kept"],
        "Nothing of it was kept on this computer."
    );
    let both = profile.run(&["ask", "--temporary", "--conversation", "x", &question]);
    assert_eq!(both.code, 2, "a conversation is one or the other");

    let needles = all_needles(&[&word]);
    let look = || {
        let archive = profile.dir.join("archive.db");
        let mut hits = scan_database(&archive, &profile.archive_key(), &needles);
        hits.extend(scan_tree(profile.world(), &needles));
        hits.len()
    };
    assert_eq!(look(), 0);
    // Control arm.
    profile.json(&["ask", "--source", "sandbox", &question]);
    assert!(look() > 0, "asked like any other, it is found");
}
