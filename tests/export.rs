//! An export holds everything that was kept and nothing that was deleted, explains itself, and
//! leaves nothing behind when it does not come to its end.

mod race;
mod target;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};
use std::path::Path;
use std::sync::Arc;

use fluxchat_core::{App, Ask, ExportDone, ExportRequest, NewSource};
use fluxchat_model::{Clock, ConversationId, Dialect, DraftKey, Purpose, Secret};
use fluxchat_store::ConversationPatch;
use fluxchat_testkit::forensic::{all_needles, scan_bytes};
use fluxchat_testkit::{ManualClock, canary, cyrillic_canary, han_canary};
use fluxchat_vault::MemoryKeychain;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::support::app;

const NOON: i64 = 1_795_000_000_000;

/// An app in a folder of its own, and a folder to export to.
struct World {
    folder: tempfile::TempDir,
    keychain: Arc<MemoryKeychain>,
    app: App,
}

impl World {
    async fn new() -> Self {
        Self::with_clock(Arc::new(ManualClock::at(NOON))).await
    }

    async fn with_clock(clock: Arc<dyn Clock>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("out")).unwrap();
        let keychain = Arc::new(MemoryKeychain::new());
        let profile = folder.path().join("profile");
        let app = App::start(app::options(&profile, &keychain, clock)).await;
        app::set_up(&app).await;
        Self {
            folder,
            keychain,
            app,
        }
    }

    fn out(&self) -> std::path::PathBuf {
        self.folder.path().join("out")
    }

    async fn ask(&self, text: &str) -> ConversationId {
        let ask = Ask {
            text: text.to_owned(),
            ..Ask::default()
        };
        app::ask(&self.app, ask).await.conversation_id
    }

    /// Exports to a new file and reads it back.
    async fn export(&self, name: &str) -> (ExportDone, Unpacked) {
        let path = self.out().join(name);
        let done = self.app.export(request(&path)).await.unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(done.bytes, bytes.len() as u64);
        (done, unpack(&bytes))
    }
}

fn request(path: &Path) -> ExportRequest {
    ExportRequest {
        path: path.to_owned(),
        replace: false,
        passphrase: None,
    }
}

/// The entries of a package by their names.
type Unpacked = BTreeMap<String, Vec<u8>>;

/// Unpacks, and holds every entry against the manifest and its schema.
pub fn unpacked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    unpack(bytes)
}

fn unpack(bytes: &[u8]) -> Unpacked {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut entries = Unpacked::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        assert!(
            file.enclosed_name()
                .is_some_and(|path| path.to_str() == Some(&name)),
            "{name:?} stays where it is unpacked"
        );
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        assert!(entries.insert(name, content).is_none());
    }
    let manifest: Value = json(&entries["manifest.json"]);
    validator(&entries, "schema/manifest.schema.json")
        .validate(&manifest)
        .unwrap();
    let listed = manifest["entries"].as_array().unwrap();
    assert_eq!(
        listed.len() + 1,
        entries.len(),
        "the manifest lists every other entry"
    );
    for entry in listed {
        let path = entry["path"].as_str().unwrap();
        let content = &entries[path];
        assert_eq!(entry["bytes"], content.len(), "{path}");
        assert_eq!(
            entry["sha256"],
            hex::encode(Sha256::digest(content)),
            "{path}"
        );
        let Some(schema) = entry["schema"].as_str() else {
            continue;
        };
        let schema = validator(&entries, schema);
        let documents = if path.ends_with(".jsonl") {
            lines(&entries, path)
        } else {
            vec![json(content)]
        };
        if path.ends_with(".jsonl") {
            assert_eq!(entry["records"], documents.len(), "{path}");
        }
        for document in documents {
            if let Err(error) = schema.validate(&document) {
                panic!("{path} is not what its schema says: {error}\n{document}");
            }
        }
    }
    entries
}

fn json(content: &[u8]) -> Value {
    serde_json::from_slice(content).unwrap()
}

fn lines(entries: &Unpacked, path: &str) -> Vec<Value> {
    entries[path]
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(json)
        .collect()
}

fn validator(entries: &Unpacked, path: &str) -> jsonschema::Validator {
    jsonschema::validator_for(&json(&entries[path])).unwrap()
}

fn hits(entries: &Unpacked, words: &[String]) -> usize {
    let needles = all_needles(words);
    entries
        .iter()
        .map(|(name, content)| {
            scan_bytes(name, name.as_bytes(), &needles).len()
                + scan_bytes(name, content, &needles).len()
        })
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_in_it_and_is_what_its_schema_says() {
    let world = World::new().await;
    let app = &world.app;
    let [first, second, draft, search, file, title] = std::array::from_fn(|_| canary());
    let key = canary();
    app.add_source(NewSource {
        name: "mine".to_owned(),
        url: "http://127.0.0.1:9/v1".to_owned(),
        dialect: Dialect::Openai,
        key: Some(Secret::new(key.clone())),
    })
    .await
    .unwrap();
    let source = app.source_named("sandbox").await.unwrap().id;
    app.make_default(source).await.unwrap();
    let id = world
        .ask(&format!("{first} {} {}", cyrillic_canary(), han_canary()))
        .await;
    let question = app
        .message_page(id, fluxchat_core::PathAnchor::Start, 1)
        .await
        .unwrap()
        .messages[0]
        .message
        .id;
    let mut events = app.events().subscribe();
    let sent = app.edit(question, &second, &[]).await.unwrap();
    while let Some(event) = events.recv().await {
        if matches!(event, fluxchat_core::Event::StreamEnded { answer: id, .. } if id == sent.answer_id)
        {
            break;
        }
    }
    let patch = ConversationPatch {
        title: Some(title.clone()),
        ..ConversationPatch::default()
    };
    app.update_conversation(id, patch).await.unwrap();
    app.set_draft(DraftKey::Conversation(id), draft.clone())
        .await
        .unwrap();
    app.set_draft(DraftKey::NewConversation, "of a new one".to_owned())
        .await
        .unwrap();
    app.remember_search(search.clone()).await.unwrap();
    let content = format!("{file} ").repeat(20_000).into_bytes();
    let asset = app
        .add_asset(
            Some(id),
            "notes.txt".to_owned(),
            "text/plain".to_owned(),
            content.clone(),
        )
        .await
        .unwrap();

    let (done, entries) = world.export("all.zip").await;
    assert_eq!(
        (done.problems, done.restarts, done.encrypted),
        (0, 0, false)
    );
    assert_eq!(done.entries, entries.len() as u64);
    for words in [&first, &second, &draft, &search, &file, &title] {
        assert!(
            hits(&entries, std::slice::from_ref(words)) > 0,
            "{words} is there"
        );
    }
    let messages = lines(&entries, "messages.jsonl");
    assert_eq!(messages.len(), 4, "both branches");
    let roots: Vec<_> = messages
        .iter()
        .filter(|it| it["parent_id"].is_null())
        .collect();
    assert_eq!(roots.len(), 2, "an edit stands beside what it edits");
    let conversation = &lines(&entries, "conversations.jsonl")[0];
    assert_eq!(conversation["title"], title);
    assert_eq!(
        conversation["root_id"],
        sent.question_id.unwrap().to_string()
    );
    assert_eq!(conversation["head_id"], sent.answer_id.to_string());
    let markdown =
        String::from_utf8(entries[conversation["markdown"].as_str().unwrap()].clone()).unwrap();
    assert!(
        markdown.contains(&second) && !markdown.contains(&first),
        "the shown branch: {markdown}"
    );
    assert!(
        markdown.contains("2 more messages are on other branches"),
        "{markdown}"
    );
    assert!(markdown.contains("version 2 of 2"), "{markdown}");
    let attachment = &lines(&entries, "attachments.jsonl")[0];
    assert_eq!(attachment["id"], asset.to_string());
    assert_eq!(
        entries[attachment["path"].as_str().unwrap()],
        content,
        "decrypted, byte for byte"
    );
    assert_eq!(lines(&entries, "drafts.jsonl").len(), 2);
    assert_eq!(
        lines(&entries, "consents.jsonl").len(),
        app.consents()
            .await
            .unwrap()
            .iter()
            .filter(|it| it.optional)
            .count()
    );
    assert!(!lines(&entries, "ledger.jsonl").is_empty());
    assert_eq!(json(&entries["sources.json"]).as_array().unwrap().len(), 2);
    let readme = String::from_utf8(entries["README.md"].clone()).unwrap();
    for name in entries.keys() {
        let folder = name
            .split_once('/')
            .map_or(name.clone(), |(folder, _)| format!("{folder}/"));
        assert!(
            name == "README.md" || readme.contains(&format!("`{folder}`")),
            "README.md speaks of {name}"
        );
    }

    // No secret, in whatever form.
    let archive_key = app::archive_key(app.profile(), &world.keychain);
    let secrets = [key, hex::encode(archive_key)];
    assert_eq!(hits(&entries, &secrets), 0, "no secret is in it");
    let raw = archive_key.as_slice();
    assert!(
        !entries
            .values()
            .any(|content| content.windows(32).any(|it| it == raw))
    );
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_records_and_chains_travel_along() {
    let mut world = World::new().await;
    let [note, hidden] = std::array::from_fn(|_| canary());
    let ask = |text: &str| Ask {
        text: text.to_owned(),
        ..Ask::default()
    };
    let answer = app::ask(&world.app, ask("Who is she?")).await;
    let other = app::ask(&world.app, ask("And who is he?")).await;
    let note = format!("She was born in 1815. {note}");
    world.app.flag_statement(answer.id, &note).await.unwrap();
    world.app.flag_statement(other.id, &hidden).await.unwrap();
    let gone = other.conversation_id;
    world.app.delete_conversation(gone).await.unwrap();
    world
        .app
        .set_consent(Purpose::CrashReport, true)
        .await
        .unwrap();
    world
        .app
        .set_objection(Purpose::UpdateCheck, true)
        .await
        .unwrap();
    let summary = world.app.ledger_clear(None).await.unwrap().unwrap();
    world.ask("after it was cleared").await;

    let (_, entries) = world.export("all.zip").await;
    let flags = lines(&entries, "statement_flags.jsonl");
    assert_eq!(flags.len(), 1);
    assert_eq!(flags[0]["message_id"], answer.id.to_string());
    assert_eq!(flags[0]["note"], note);
    let noted: Vec<_> = entries
        .iter()
        .filter(|(name, content)| {
            name.starts_with("markdown/") && String::from_utf8_lossy(content).contains(&note)
        })
        .collect();
    assert_eq!(noted.len(), 1, "the note stands with its answer");
    assert_eq!(hits(&entries, &[hidden]), 0, "and goes with it");

    let events = lines(&entries, "consents.jsonl");
    let document = json(&entries["consent_records.jsonld"]);
    let records = document["@graph"].as_array().unwrap();
    assert_eq!(records.len(), events.len());
    for (record, event) in records.iter().zip(&events) {
        assert_eq!(record["record_id"], event["id"]);
        assert_eq!(record["hash"], event["hash"]);
        assert_eq!(record["event"]["event_state"], event["status"]);
    }

    let objections = lines(&entries, "objections.jsonl");
    assert_eq!(objections[0]["purpose"], Purpose::UpdateCheck.id());
    let cleared = lines(&entries, "ledger_cleared.jsonl");
    assert_eq!(cleared.len(), 1);
    assert_eq!(cleared[0]["hash"], summary.hash);
    let places: BTreeSet<i64> = lines(&entries, "ledger.jsonl")
        .iter()
        .chain(&cleared)
        .map(|row| row["seq"].as_i64().unwrap())
        .collect();
    let (first, last) = (*places.first().unwrap(), *places.last().unwrap());
    assert_eq!(first, summary.last_seq + 1, "the chain goes on from there");
    assert_eq!(
        places.len() as i64,
        last - first + 1,
        "the link of what was cleared fills its place"
    );
    let chains = json(&entries["chains.json"]);
    for name in ["ledger", "consents", "receipts", "objections"] {
        assert_eq!(chains[name]["broken_at"], Value::Null, "{name}");
    }
    assert_eq!(chains["objections"]["rows"], 1);

    // Somebody with the key and no rules; the export says so.
    let key = app::archive_key(world.app.profile(), &world.keychain);
    let archive = world.app.profile().join("archive.db");
    world.app.shutdown().await;
    fluxchat_testkit::raw::run(
        &archive,
        &key,
        "DROP TRIGGER ledger_summary_is_final;
         UPDATE ledger_summary SET requests = requests - 1;
         DROP TRIGGER objection_event_is_final;
         UPDATE objection_event SET objected = 0;",
    );
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(NOON));
    let profile = world.app.profile().to_owned();
    world.app = App::start(app::options(&profile, &world.keychain, clock)).await;
    let (_, entries) = world.export("tampered.zip").await;
    let chains = json(&entries["chains.json"]);
    assert_eq!(chains["ledger"]["broken_at"], summary.seq);
    assert_eq!(chains["objections"]["broken_at"], 1);
    assert_eq!(chains["consents"]["broken_at"], Value::Null);
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_one_is_opened_by_its_passphrase_alone() {
    let world = World::new().await;
    let word = canary();
    world.ask(&word).await;
    let path = world.out().join("all.zip.age");
    let passphrase = Secret::new(format!("pass {}", canary()));
    let sealed = ExportRequest {
        passphrase: Some(passphrase.clone()),
        ..request(&path)
    };
    let done = world.app.export(sealed).await.unwrap();
    assert!(done.encrypted);
    let bytes = std::fs::read(&path).unwrap();
    let secrets = [word.clone(), passphrase.expose().clone()];
    assert!(scan_bytes("sealed", &bytes, &all_needles(&secrets)).is_empty());
    let open = |passphrase: &str| -> Option<Vec<u8>> {
        let identity = age::scrypt::Identity::new(passphrase.to_owned().into());
        let mut plain = Vec::new();
        let identities = std::iter::once(&identity as &dyn age::Identity);
        let mut reader = age::Decryptor::new(bytes.as_slice())
            .unwrap()
            .decrypt(identities)
            .ok()?;
        reader.read_to_end(&mut plain).ok()?;
        Some(plain)
    };
    assert!(open("another passphrase").is_none());
    let entries = unpack(&open(passphrase.expose()).unwrap());
    assert!(hits(&entries, &[word]) > 0);
    assert_eq!(
        hits(&entries, &[passphrase.expose().clone()]),
        0,
        "nor is it inside"
    );

    let short = ExportRequest {
        passphrase: Some(Secret::new("short".to_owned())),
        ..request(&world.out().join("b.age"))
    };
    assert_eq!(
        world.app.export(short).await.unwrap_err().code(),
        "passphrase_short"
    );
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_somebody_chose_stay_harmless() {
    let world = World::new().await;
    let titles = [
        "../../../etc/passwd",
        "C:\\Windows\\System32\\con",
        "NUL",
        "Trip",
        "TRIP",
        "picture\u{202e}gpj.exe",
        "line\nbreak\0zero",
        "trailing. . .",
        "   ",
    ];
    let long = "ÄÖÜ ".repeat(100);
    for title in titles.into_iter().chain([long.as_str()]) {
        let id = world.ask("hello").await;
        let patch = ConversationPatch {
            title: Some(title.to_owned()),
            ..ConversationPatch::default()
        };
        world.app.update_conversation(id, patch).await.unwrap();
    }
    for name in [
        "../../x.sh",
        "aux.txt",
        "a\u{202e}b.EXE",
        "",
        &"n".repeat(300),
    ] {
        let (name, kind) = (name.to_owned(), "application/octet-stream".to_owned());
        world
            .app
            .add_asset(None, name, kind, b"content".to_vec())
            .await
            .unwrap();
    }
    let (_, entries) = world.export("all.zip").await;
    let mut seen = BTreeSet::new();
    for name in entries.keys() {
        assert!(
            seen.insert(name.to_lowercase()),
            "{name} is one also where case is none"
        );
        assert!(name.len() < 200, "{name}");
        for part in name.split('/') {
            let hostile = |c: char| c.is_control() || "\\:*?\"<>|\u{202e}".contains(c);
            assert!(!part.is_empty() && !part.contains(hostile), "{name:?}");
            assert!(!part.ends_with([' ', '.']) && part != "..", "{name:?}");
            let stem = part.split('.').next().unwrap_or_default().to_uppercase();
            assert!(
                !["CON", "NUL", "AUX", "PRN", "COM1"].contains(&stem.as_str()),
                "{name:?}"
            );
        }
    }
    assert_eq!(
        entries
            .keys()
            .filter(|it| it.starts_with("markdown/"))
            .count(),
        titles.len() + 1
    );
    assert_eq!(
        entries.keys().filter(|it| it.starts_with("media/")).count(),
        5
    );
    let kept = lines(&entries, "conversations.jsonl");
    assert!(
        kept.iter().any(|row| row["title"] == titles[5]),
        "titles themselves are as they were"
    );
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_named_and_the_others_are_there() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for content in [vec![1; 300_000], vec![2; 300_000], vec![3; 300_000]] {
        let (name, kind) = ("a.bin".to_owned(), "application/x-a".to_owned());
        ids.push(
            world
                .app
                .add_asset(None, name, kind, content)
                .await
                .unwrap(),
        );
    }
    let folder = world.app.profile().join("assets");
    let damaged = folder.join(ids[0].to_string());
    let mut bytes = std::fs::read(&damaged).unwrap();
    bytes[100_000] ^= 1;
    std::fs::write(&damaged, bytes).unwrap();
    std::fs::remove_file(folder.join(ids[1].to_string())).unwrap();
    let (done, entries) = world.export("all.zip").await;
    assert_eq!(done.problems, 2);
    let manifest: Value = json(&entries["manifest.json"]);
    let problems: BTreeMap<_, _> = manifest["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["path"].as_str().unwrap().to_owned(), it["code"].clone()))
        .collect();
    assert_eq!(problems[&format!("media/{}.bin", ids[0])], "asset_damaged");
    assert_eq!(problems[&format!("media/{}.bin", ids[1])], "asset_io");
    assert_eq!(entries[&format!("media/{}.bin", ids[2])], vec![3; 300_000]);
    world.app.shutdown().await;
}
