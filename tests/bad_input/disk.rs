//! Read-only and full disks. Everything here runs in a mount namespace of its own.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::Value;

use crate::cli::{add_source, shown, text};
use crate::support::{Profile, Ran, copy_folder, runtime, wrapped};

#[test]
fn a_read_only_folder_is_explained_and_left_as_it_is() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let asked = profile.json(&["ask", "before"]);
    let folder = format!(
        "mount --bind '{0}' '{0}' && mount -o remount,ro,bind '{0}' && exec \"$0\" \"$@\"",
        profile.dir.display()
    );
    let read_only = |script: &str, args: &[&str]| -> Ran {
        let command = profile.command(&[&["--json"], args].concat());
        let mut command = wrapped(&command, &["unshare", "-m"], script);
        profile
            .start(&mut command)
            .wait_with_output()
            .unwrap()
            .into()
    };
    for args in [
        &["ask", "hello"][..],
        &["source", "list"],
        &["history", "delete", text(&asked["conversation_id"])],
    ] {
        read_only(&folder, args).failed(1, "unwritable");
    }
    let doctor = read_only(&folder, &["doctor"]);
    assert!(
        matches!(
            doctor.json()["error"]["code"].as_str(),
            None | Some("unwritable")
        ),
        "{}",
        doctor.stdout
    );

    // The folder may be written, the archive may not.
    let file = folder.replace(
        &format!("'{}'", profile.dir.display()),
        &format!("'{}/archive.db'", profile.dir.display()),
    );
    let ran = read_only(&file, &["ask", "hello"]);
    ran.failed(1, "unwritable");

    let listed = profile.json(&["history", "list"]);
    assert_eq!(
        listed.as_array().map(Vec::len),
        Some(1),
        "nothing was lost: {listed}"
    );
    assert_eq!(profile.json(&["ask", "after"])["status"], "complete");
}

#[test]
fn a_full_disk_loses_nothing_and_deleting_works() {
    in_mount_namespace("bad_input::disk::a_full_disk_inside");
}

#[test]
#[ignore = "runs inside the namespace that a_full_disk_loses_nothing_and_deleting_works makes"]
fn a_full_disk_inside() {
    let profile = Profile::with_cheap_passphrase();
    on_small_disk(&profile, "24m");
    let profile = profile.set_up();
    // Longer than what the log may still take, shorter than what a command line may be.
    let long = "a long question ".repeat(8_000);
    let mut kept = Vec::new();
    for n in 0..3 {
        let asked = profile.json(&["ask", &format!("number{n} {}", "word ".repeat(2_000))]);
        kept.push(text(&asked["conversation_id"]).to_owned());
    }
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec![
        "words ".repeat(200);
        2_000
    ])));
    add_source(&profile, "rec", &server);
    let filler = profile.dir.join("filler");
    fill(&filler);
    assert_eq!(
        profile.json(&["history", "list"]).as_array().map(Vec::len),
        Some(3),
        "reading needs no space"
    );

    // The disk runs full while an answer arrives: the question and the beginning stay.
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(&filler)
        .unwrap();
    file.set_len(file.metadata().unwrap().len() - 600_000)
        .unwrap();
    drop(file);
    let ran = profile.run(&["--json", "ask", "tell me a lot", "--source", "rec"]);
    ran.failed(1, "disk_full");
    let document = ran.json();
    assert_eq!(document["status"], "failed");
    let messages = shown(&profile, text(&document["conversation_id"]));
    assert_eq!(messages[0].2, "tell me a lot");
    kept.push(text(&document["conversation_id"]).to_owned());
    fill(&filler);

    // What still fits is answered; then asking is refused politely.
    let mut answered = kept.len();
    let refused = loop {
        assert!(answered < 40, "the reserve is not for asking");
        let ran = profile.run(&["--json", "ask", &long]);
        if ran.code != 0 {
            break ran;
        }
        answered += 1;
    };
    let error = refused.failed(1, "disk_full");
    assert!(text(&error["next"]).contains("space"), "{error}");
    assert_eq!(
        profile.json(&["history", "search", "number1"])[0]["conversation_id"],
        Value::from(kept[1].clone())
    );
    let listed = profile
        .json(&["history", "list"])
        .as_array()
        .map(Vec::len)
        .unwrap_or_default();
    assert!(
        listed >= answered,
        "every answer that was given is there: {listed} of {answered}"
    );

    // Deleting has space of its own.
    let deleted = profile.json(&["history", "delete", "--now", &kept[0]]);
    assert_eq!(
        text(&deleted[0]["receipt"]["hash"]).len(),
        64,
        "proven on a full disk"
    );
    let rest = profile.json(&["history", "list"]);
    assert_eq!(rest.as_array().map(Vec::len), Some(listed - 1));

    std::fs::remove_file(&filler).unwrap();
    assert_eq!(profile.json(&["doctor"])["integrity"], "ok");
    let again = profile.json(&["ask", "room again", "--conversation", &kept[2]]);
    assert_eq!(again["status"], "complete");
    assert_eq!(profile.json(&["privacy", "verify"])["holds"], true);
    let messages = shown(&profile, &kept[3]);
    assert!(
        ["failed", "interrupted"].contains(&messages[1].1.as_str()),
        "nothing streams any more: {}",
        messages[1].1
    );
}

#[test]
fn a_disk_without_room_for_an_archive_is_explained() {
    in_mount_namespace("bad_input::disk::no_room_inside");
}

#[test]
#[ignore = "runs inside the namespace that a_disk_without_room_for_an_archive_is_explained makes"]
fn no_room_inside() {
    let profile = Profile::with_cheap_passphrase();
    on_small_disk(&profile, "128k");
    let ran = profile.run(&["--json", "setup", "--adult", "--accept-policy"]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    let code = ran.json()["error"]["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(
        ["disk_full", "unwritable"].contains(&code.as_str()),
        "{code}"
    );
    ran.failed(1, &code);
}

/// A disk of three megabytes: too small for the reserve, big enough to work.
#[test]
fn a_disk_without_room_for_the_reserve_still_works() {
    in_mount_namespace("bad_input::disk::no_reserve_inside");
}

#[test]
#[ignore = "runs inside the namespace that a_disk_without_room_for_the_reserve_still_works makes"]
fn no_reserve_inside() {
    let profile = Profile::with_cheap_passphrase();
    on_small_disk(&profile, "3m");
    let profile = profile.set_up();
    let asked = profile.json(&["ask", "a small question"]);
    let deleted = profile.json(&[
        "history",
        "delete",
        "--now",
        text(&asked["conversation_id"]),
    ]);
    assert_eq!(text(&deleted[0]["receipt"]["hash"]).len(), 64);
}

/// Moves the profile to a disk of its own.
fn on_small_disk(profile: &Profile, size: &str) {
    let aside = profile.world().join("aside");
    copy_folder(&profile.dir, &aside);
    mount_small_disk(&profile.dir, size);
    copy_folder(&aside, &profile.dir);
}

/// A disk of this size in the place of an empty folder.
pub fn mount_small_disk(folder: &Path, size: &str) {
    let status = Command::new("mount")
        .args([
            "-t",
            "tmpfs",
            "-o",
            &format!("size={size},mode=0700"),
            "tmpfs",
        ])
        .arg(folder)
        .status()
        .expect("mount");
    assert!(status.success(), "a small disk was mounted");
}

/// Writes until nothing more fits.
pub fn fill(path: &Path) {
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    for block in [65_536_usize, 4_096] {
        while file.write_all(&vec![0x5a; block]).is_ok() {}
    }
}

pub fn in_mount_namespace(test: &str) {
    let own = std::env::current_exe().expect("the test binary has a path");
    let status = Command::new("unshare")
        .args(["-m", "--"])
        .arg(own)
        .args([
            test,
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .status()
        .unwrap_or_else(|error| {
            panic!("unshare: {error}; install it with: apt-get install util-linux")
        });
    assert!(status.success(), "{test} failed in its namespace");
}
