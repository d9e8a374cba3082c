//! A disk that fails under the app: the system refuses the n-th write, or every one from then on.

use std::process::Command;

use crate::cli::{shown, text};
use crate::support::{Profile, Ran, around, long};

/// Runs a command whose n-th call of these (`3`, or `3+` for all from the third on) fails.
fn failing(profile: &Profile, calls: &str, error: &str, when: &str, args: &[&str]) -> Ran {
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-qq", "-o", "/dev/null", "-e"])
        .arg(format!("trace={calls}"))
        .arg("-e")
        .arg(format!("inject={calls}:error={error}:when={when}"));
    let command = profile.command(&[&["--json"], args].concat());
    let mut command = around(strace, &command);
    profile
        .start(&mut command)
        .wait_with_output()
        .unwrap()
        .into()
}

/// It went well, or it says what happened in sentences a person can act on. True if it went well.
fn politely(ran: &Ran, what: &str) -> bool {
    if ran.code == 0 {
        return true;
    }
    let document = ran.json();
    let code = text(&document["error"]["code"]).to_owned();
    let exit = match code.as_str() {
        "io" | "disk_full" | "unwritable" => 1,
        "ledger_unavailable" => 4,
        // The service that is in the app keeps its things on the same disk.
        "remote_unavailable" if ran.stdout.contains("The storage of the service failed") => 5,
        _ => panic!("{what}: {document}\n{}", ran.stderr),
    };
    ran.failed(exit, &code);
    false
}

const WRITES: &str = "pwrite64";
const SYNCS: &str = "fsync,fdatasync";
/// A moment no command reaches, the last one `strace` knows: how many calls a command makes depends
/// on how fast the machine is.
const NEVER: &str = "65535";

fn moments() -> Vec<(&'static str, String)> {
    let (writes, syncs) = if long() {
        ((1..=200).collect(), (1..=40).collect())
    } else {
        (vec![1, 2, 3, 5, 8, 13, 21, 34, 55], vec![1, 2, 4, 7])
    };
    let mut all = Vec::new();
    for (calls, at) in [(WRITES, writes), (SYNCS, syncs)] {
        for n in at {
            all.push((calls, n.to_string()));
            if long() || n % 2 == 1 {
                all.push((calls, format!("{n}+")));
            }
        }
        all.push((calls, NEVER.to_owned()));
    }
    all
}

#[test]
fn a_disk_that_fails_while_asking_loses_nothing_that_was_kept() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let before = profile.json(&["ask", "before everything"]);
    let mut failed = 0;
    let mut answered = Vec::new();
    for (n, (calls, when)) in moments().iter().enumerate() {
        let error = if n % 3 == 2 { "ENOSPC" } else { "EIO" };
        let what = format!("{error} at {calls} {when}");
        let asked = format!("question{n} {}", "of many words ".repeat(200));
        let ran = failing(&profile, calls, error, when, &["ask", &asked]);
        if politely(&ran, &what) {
            answered.push((text(&ran.json()["conversation_id"]).to_owned(), what));
        } else {
            failed += 1;
            let document = ran.json();
            if text(&document["error"]["kept"]).starts_with("Your question") {
                let messages = shown(&profile, text(&document["conversation_id"]));
                assert_eq!(
                    messages[0].2,
                    asked.trim_end(),
                    "{what}: it was kept indeed"
                );
            }
        }
        let doctor = profile.json(&["doctor"]);
        assert_eq!(doctor["integrity"], "ok", "{n}: {doctor}");
    }
    assert!(
        failed >= 5 && answered.len() >= 2,
        "some writes were refused and some were not needed: {failed} of {}",
        failed + answered.len()
    );
    for (conversation, what) in &answered {
        let messages = shown(&profile, conversation);
        assert_eq!(messages.len(), 2, "{what}: what was answered is there");
        assert_eq!(messages[1].1, "complete", "{what}");
    }
    assert_eq!(shown(&profile, text(&before["conversation_id"])).len(), 2);
    assert_eq!(profile.json(&["privacy", "verify"])["holds"], true);
    assert_eq!(profile.json(&["ask", "after"])["status"], "complete");
}

#[test]
fn a_disk_that_fails_while_deleting_leaves_no_half_deletion() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let mut gone = Vec::new();
    let mut failed = 0;
    for (n, (calls, when)) in moments().iter().enumerate().step_by(2) {
        let what = format!("{calls} {when}");
        let asked = profile.json(&["ask", &format!("deleted{n} soon")]);
        let conversation = text(&asked["conversation_id"]).to_owned();
        let delete = ["history", "delete", "--now", &conversation];
        let ran = failing(&profile, calls, "EIO", when, &delete);
        if !politely(&ran, &what) {
            failed += 1;
            // It was hidden and waits for its deadline: it can still be taken back whole. Or its
            // purge had begun: then the next start finished it.
            if !shown_anywhere(&profile, &conversation) {
                let undone = profile.run(&["--json", "history", "undo", &conversation]);
                assert_eq!(undone.code == 0, shown_anywhere(&profile, &conversation));
            }
            if shown_anywhere(&profile, &conversation) {
                assert_eq!(shown(&profile, &conversation).len(), 2, "{what}: all of it");
                profile.json(&delete);
            }
        }
        assert!(!shown_anywhere(&profile, &conversation), "{what}");
        gone.push(conversation);
    }
    assert!(failed >= 3, "some writes were refused: {failed}");
    assert_eq!(profile.json(&["doctor"])["integrity"], "ok");
    let receipts = profile.json(&["privacy", "receipts"]);
    assert_eq!(
        receipts.as_array().map(Vec::len),
        Some(gone.len()),
        "every deletion has its receipt: {receipts}"
    );
    assert_eq!(
        profile.json(&["history", "search", "deleted"]),
        serde_json::json!([])
    );
    assert_eq!(profile.json(&["privacy", "verify"])["holds"], true);
}

fn shown_anywhere(profile: &Profile, conversation: &str) -> bool {
    let listed = profile.json(&["history", "list"]);
    listed
        .as_array()
        .is_some_and(|all| all.iter().any(|it| it["id"] == conversation))
}

/// Nothing of a first run that failed stands in the way of the next one.
#[test]
fn a_disk_that_fails_in_the_first_run_can_be_set_up_later() {
    for (calls, when) in [
        (WRITES, "1+"),
        (WRITES, "12+"),
        (SYNCS, "1+"),
        (SYNCS, "3+"),
    ] {
        let profile = Profile::with_cheap_passphrase();
        let setup = ["setup", "--adult", "--accept-policy"];
        let ran = failing(&profile, calls, "EIO", when, &setup);
        let what = format!("{calls} {when}");
        assert!(!politely(&ran, &what), "{what} was refused");
        profile.json(&setup);
        assert_eq!(profile.json(&["ask", "now it works"])["status"], "complete");
    }
}
