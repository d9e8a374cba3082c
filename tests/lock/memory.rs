//! What is in the memory of a process before and after it locks.

use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use fluxchat_core::{App, PathAnchor};
use fluxchat_model::{ConversationId, Secret};
use fluxchat_testkit::{ManualClock, canary};
use fluxchat_vault::MemoryKeychain;

use crate::support::{PASSPHRASE, Profile, app, runtime};

/// How often something is in the readable memory of a process.
fn hits(pid: u32, needles: &[&[u8]]) -> Vec<usize> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let mut memory = std::fs::File::open(format!("/proc/{pid}/mem")).unwrap();
    let mut counts = vec![0; needles.len()];
    for line in maps.lines() {
        let mut fields = line.split_whitespace();
        let (Some(range), Some(rights)) = (fields.next(), fields.next()) else {
            continue;
        };
        // Code and constants of files cannot hold a key; what can be written can.
        if !rights.starts_with("rw") {
            continue;
        }
        let Some((from, to)) = range.split_once('-') else {
            continue;
        };
        let from = u64::from_str_radix(from, 16).unwrap();
        let to = u64::from_str_radix(to, 16).unwrap();
        let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
        if memory.seek(SeekFrom::Start(from)).is_err() || memory.read_exact(&mut bytes).is_err() {
            continue;
        }
        for (needle, count) in needles.iter().zip(&mut counts) {
            *count += bytes
                .windows(needle.len())
                .filter(|it| it == needle)
                .count();
        }
    }
    counts
}

struct Told {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Told {
    fn start(profile: &Profile, conversation: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "lock::memory::inside",
                "--exact",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env("FLUXCHAT_LOCK_PROFILE", &profile.dir)
            .env("FLUXCHAT_LOCK_CONVERSATION", conversation)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// Tells it to go on and waits for its word.
    fn until(&mut self, word: &str) {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            assert!(
                self.lines.read_line(&mut line).unwrap() > 0,
                "it ended before {word}"
            );
        }
    }

    fn go_on(&mut self) {
        writeln!(self.child.stdin.as_mut().unwrap(), "on").unwrap();
    }
}

#[test]
fn the_key_is_in_no_memory_after_the_lock() {
    let profile = Profile::with_passphrase().set_up();
    let word = canary();
    let asked = profile.json(&["ask", &format!("What is {word}?")]);
    let key = profile.archive_key();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let needles: [&[u8]; 4] = [&key, hex.as_bytes(), word.as_bytes(), PASSPHRASE.as_bytes()];

    let mut told = Told::start(&profile, asked["conversation_id"].as_str().unwrap());
    told.until("is open");
    let before = hits(told.child.id(), &needles);
    told.go_on();
    told.until("is locked");
    let after = hits(told.child.id(), &needles);
    told.go_on();
    told.child.wait().unwrap();

    eprintln!(
        "hits of key, its hex text, a message, the passphrase: {before:?} open, {after:?} locked"
    );
    assert!(
        before[0] > 0,
        "the control arm: an open archive has its key in memory"
    );
    assert!(before[2] > 0, "and what was read");
    assert_eq!((after[0], after[1]), (0, 0), "no key is left");
}

#[test]
#[ignore = "is the process that the_key_is_in_no_memory_after_the_lock looks into"]
fn inside() {
    let profile = std::path::PathBuf::from(std::env::var_os("FLUXCHAT_LOCK_PROFILE").unwrap());
    let conversation: ConversationId = std::env::var("FLUXCHAT_LOCK_CONVERSATION")
        .unwrap()
        .parse()
        .unwrap();
    let wait = || {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).unwrap();
    };
    runtime().block_on(async {
        let keychain = Arc::new(MemoryKeychain::new());
        let clock = Arc::new(ManualClock::at(1_790_000_000_000));
        let app = App::start(app::options(&profile, &keychain, clock)).await;
        app.unlock(Secret::new(PASSPHRASE.to_owned()))
            .await
            .unwrap();
        let page = app
            .message_page(conversation, PathAnchor::End, 20)
            .await
            .unwrap();
        assert!(!page.messages.is_empty());
        println!("it is open");
        wait();
        drop(page);
        app.lock().await.unwrap();
        println!("it is locked");
        wait();
    });
}
