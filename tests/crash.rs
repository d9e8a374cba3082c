//! `kill -9` at any moment: the archive opens again, nothing committed is lost, an answer keeps
//! what had arrived, and a deletion that was begun is finished.
//!
//! The moments are random, and the same in every run: they come from the number of the round.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::process::Child;
use std::time::{Duration, Instant};

use fluxchat_core::App;
use fluxchat_core::clock::SystemClock;
use fluxchat_model::{
    ArchiveKey, Conversation, ConversationId, Message, MessageId, MessageStatus, Part, Role,
    Secret, Timestamp,
};
use fluxchat_store::{OpenOptions, Store};
use fluxchat_testkit::canary;
use fluxchat_testkit::forensic::{all_needles, scan_database, scan_tree};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_vault::MemoryKeychain;
use serde_json::{Value, json};

use crate::support::{PASSPHRASE, Profile, Ran, app, long};

/// What a stream may lose.
const PROMISED: Duration = Duration::from_millis(250);
/// What this machine may be late by when everything else runs as well.
const SLACK: Duration = Duration::from_millis(600);

/// Rounds of a loop: short, or with `--long`.
fn rounds(short: u64) -> u64 {
    if long() { short * 10 } else { short }
}

/// A number below `limit` that the round decides.
fn chance(round: u64, what: &str, limit: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (round, what).hash(&mut hasher);
    hasher.finish() % limit.max(1)
}

fn kill(mut child: Child) {
    // SIGKILL: no handler runs, nothing is flushed.
    child.kill().expect("the CLI can be killed");
    child.wait().expect("the CLI is gone");
}

/// What has to hold after every crash.
fn assert_whole(profile: &Profile) {
    let doctor = profile.json(&["doctor"]);
    assert_eq!(doctor["integrity"], "ok", "{doctor}");
    assert_eq!(doctor["state"], "ready", "{doctor}");
    // Owns the profile, so this is the start that takes up what was left.
    assert_eq!(profile.json(&["privacy", "verify"])["holds"], true);
    assert_eq!(
        profile.json(&["doctor"])["integrity"],
        "ok",
        "and after it was taken up"
    );
}

fn messages(profile: &Profile, conversation: &str) -> Vec<Value> {
    profile.json(&["history", "show", conversation])["messages"]
        .as_array()
        .unwrap()
        .clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_cut_by_a_crash_keeps_what_had_arrived() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let recorder = Recorder::start(Answer::Words(vec!["whole".to_owned()])).await;
    profile.json(&["source", "add", "recorder", "--url", &recorder.base_url()]);
    let first = profile.json(&["ask", "begin", "--source", "recorder"]);
    let id = first["conversation_id"].as_str().unwrap();
    let mut committed = messages(&profile, id);
    let mut worst = Duration::ZERO;
    for round in 0..rounds(10) {
        recorder.answer(Answer::Drip(Duration::from_millis(5)));
        let _ = recorder.dripped();
        let arrived = recorder.seen().len();
        let question = format!("question {round}");
        let child = profile.spawn(&["--json", "ask", &question, "--conversation", id]);
        let mut asked = false;
        if round % 5 == 4 {
            // Any moment from its first instruction on.
            tokio::time::sleep(Duration::from_millis(chance(round, "early", 200))).await;
        } else {
            recorder.arrived(arrived + 1).await;
            asked = true;
            tokio::time::sleep(Duration::from_millis(50 + chance(round, "late", 1_450))).await;
        }
        let killed = Instant::now();
        kill(child);
        let sent = recorder.dripped();

        assert_whole(&profile);
        let found = messages(&profile, id);
        assert_eq!(
            found[..committed.len()],
            committed,
            "round {round}: nothing committed is lost"
        );
        let new = &found[committed.len()..];
        assert!(
            new.len() == 2 || (new.is_empty() && !asked),
            "round {round}: {new:?}"
        );
        if let [asked, answer] = new {
            assert_eq!(asked["text"], question);
            assert_eq!(answer["status"], "interrupted", "round {round}");
            let text = answer["text"].as_str().unwrap();
            let all: String = sent.iter().map(|(_, word)| word.as_str()).collect();
            assert!(
                all.starts_with(text),
                "round {round}: only what was sent, in order: {text}"
            );
            let lost = sent.iter().scan(0, |end, (at, word)| {
                *end += word.len();
                Some((*end, *at))
            });
            let oldest_lost = lost
                .filter(|(end, _)| *end > text.len())
                .map(|(_, at)| at)
                .min();
            let lag = oldest_lost.map_or(Duration::ZERO, |at| killed.saturating_duration_since(at));
            worst = worst.max(lag);
            assert!(
                lag <= PROMISED + SLACK,
                "round {round}: words of {lag:?} before the end are lost"
            );
        }
        committed = found;
    }
    eprintln!("the oldest word that was lost was {worst:?} old");
    recorder.answer(Answer::Words(vec!["goes on".to_owned()]));
    let last = profile.json(&["ask", "and now?", "--conversation", id]);
    assert_eq!(last["text"], "goes on", "the conversation goes on");
}

/// Writes a conversation straight into the archive: many messages in one go.
fn plant(profile: &Profile, key: [u8; 32], word: &str, count: usize, number: u8) -> String {
    let at = Timestamp(1_790_000_000_000 + i64::from(number));
    let random = |n: usize| {
        let mut bytes = [number; 10];
        bytes[..8].copy_from_slice(&(n as u64).to_be_bytes());
        bytes
    };
    let path = profile.dir.join("archive.db");
    let store = Store::open(OpenOptions::existing(path, ArchiveKey::new(key))).unwrap();
    let id = ConversationId::new(at, random(0));
    let conversation = Conversation::new(id, format!("about {word}"), at);
    store
        .write(|tx| {
            tx.conversation_insert(&conversation)?;
            let mut parent_id = None;
            for n in 0..count {
                let message = Message {
                    id: MessageId::new(at, random(n + 1)),
                    conversation_id: id,
                    parent_id,
                    role: if n % 2 == 0 {
                        Role::User
                    } else {
                        Role::Assistant
                    },
                    status: MessageStatus::Complete,
                    model: None,
                    source_name: None,
                    parts: vec![Part::Text {
                        text: format!("{word} {n} {}", "words ".repeat(n % 60)),
                    }],
                    usage: None,
                    error: None,
                    created_at: at,
                    finished_at: Some(at),
                };
                tx.message_insert(&message)?;
                parent_id = Some(message.id);
            }
            Ok(())
        })
        .unwrap();
    store.close();
    id.to_string()
}

fn took(profile: &Profile, args: &[&str]) -> u64 {
    let begin = Instant::now();
    profile.json(args);
    u64::try_from(begin.elapsed().as_micros()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_cut_by_a_crash_is_finished() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let key = profile.archive_key();
    let kept = canary();
    let stays = plant(&profile, key, &kept, 20, 255);
    let stayed = messages(&profile, &stays);
    // One of each size to the end: how long is there to be killed in?
    let sizes = [12, 2_000];
    let span: Vec<u64> = sizes
        .iter()
        .zip(250_u8..)
        .map(|(size, number)| {
            let id = plant(&profile, key, &canary(), *size, number);
            took(&profile, &["history", "delete", "--now", &id])
        })
        .collect();
    let mut words = Vec::new();
    let (mut untouched, mut hidden, mut gone) = (0, 0, 0);
    for round in 0..rounds(10) {
        let big = usize::from(round % 5 == 0);
        let word = canary();
        let number = u8::try_from(round % 200).unwrap();
        let count = sizes[big];
        let id = plant(&profile, key, &word, count, number);
        let child = profile.spawn(&["--json", "history", "delete", "--now", &id]);
        tokio::time::sleep(Duration::from_micros(chance(round, "delete", span[big]))).await;
        kill(child);

        assert_whole(&profile);
        assert_eq!(
            messages(&profile, &stays),
            stayed,
            "round {round}: its neighbour is whole"
        );
        let listed = profile.json(&["history", "list", "--limit", "500"]);
        if listed
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["id"] == json!(id))
        {
            untouched += 1;
            assert_eq!(
                messages(&profile, &id).len(),
                count,
                "round {round}: still there, so whole"
            );
            profile.json(&["history", "delete", &id]);
        } else if profile.run(&["--json", "history", "undo", &id]).code == 0 {
            hidden += 1;
            assert_eq!(
                messages(&profile, &id).len(),
                count,
                "round {round}: only hidden, so whole"
            );
            profile.json(&["history", "delete", &id]);
        } else {
            gone += 1;
        }
        words.push(word);
    }
    eprintln!(
        "killed before it was hidden: {untouched}, hidden: {hidden}, after the rows went: {gone}"
    );

    // The window carries out at its start what waits; here is one that does the same.
    let keychain = std::sync::Arc::new(MemoryKeychain::new());
    let options = fluxchat_core::Options {
        passphrase: Some(Secret::new(PASSPHRASE.to_owned())),
        settle_deletions: true,
        ..app::options(&profile.dir, &keychain, std::sync::Arc::new(SystemClock))
    };
    let window = App::start(options).await;
    assert_eq!(window.pending_deletions().await.unwrap(), 0);
    assert!(window.verify().await.unwrap().holds());
    let receipts = window.receipts().await.unwrap();
    assert_eq!(
        receipts.len(),
        sizes.len() + words.len(),
        "each has its receipt, none has two"
    );
    assert!(
        receipts
            .iter()
            .all(|it| it.wal_bytes == 0 && it.checkpoint[0] == 0 && it.search_verified)
    );
    window.shutdown().await;
    let needles = all_needles(&words);
    let archive = profile.dir.join("archive.db");
    let left = [
        scan_database(&archive, &key, &needles),
        scan_tree(profile.world(), &needles),
    ]
    .concat();
    assert!(
        left.is_empty(),
        "{} remnants, such as {:?}",
        left.len(),
        left.first()
    );
    assert!(
        !scan_database(&archive, &key, &all_needles(&[&kept])).is_empty(),
        "the scan sees what stays"
    );
}

/// Waits until a command has made the key, after which it makes the archive; or has ended.
fn key_is_made(profile: &Profile, child: &mut Child) -> Instant {
    let slots = profile.dir.join("keyslots.json");
    while !slots.exists() && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    Instant::now()
}

#[test]
fn a_first_run_cut_by_a_crash_can_be_repeated() {
    let setup = ["setup", "--adult", "--accept-policy"];
    let whole = Profile::with_passphrase();
    let mut child = whole.spawn(&setup);
    let begin = key_is_made(&whole, &mut child);
    assert!(child.wait_with_output().unwrap().status.success());
    let span = u64::try_from(begin.elapsed().as_micros()).unwrap();
    let mut states = Vec::new();
    for round in 0..rounds(6) {
        let profile = Profile::with_passphrase();
        let mut child = profile.spawn(&setup);
        if round % 6 == 5 {
            std::thread::sleep(Duration::from_micros(chance(round, "unlocking", span)));
        } else {
            key_is_made(&profile, &mut child);
            std::thread::sleep(Duration::from_micros(chance(round, "setup", span)));
        }
        kill(child);
        let mut look = profile.command(&["--json", "doctor"]);
        look.env("FLUXCHAT_LOG", "info");
        let found: Ran = profile.start(&mut look).wait_with_output().unwrap().into();
        let doctor = found.json();
        states.push(doctor["state"].as_str().unwrap_or("none").to_owned());
        assert!(
            ["first_run", "ready"].contains(&states[states.len() - 1].as_str()),
            "round {round}: nothing, or something that opens: {doctor}\n{}",
            found.stderr
        );
        let again = profile.run(&[&["--json"], &setup[..]].concat());
        assert!(
            again.code == 0 || again.json()["error"]["code"] == "already_set_up",
            "round {round}: it is done, or it can be done now: {}",
            again.stdout
        );
        assert_whole(&profile);
        assert_eq!(
            profile.json(&["ask", "What do you keep about me?"])["status"],
            "complete"
        );
    }
    eprintln!("found after the crashes: {states:?}");
}
