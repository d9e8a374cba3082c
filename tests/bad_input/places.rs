//! Homes as people have them: any name, any length, linked, missing, not theirs.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cli::text;
use crate::desktop::{Desk, ask, first_run, record_violations, runtime};
use crate::support::{Profile, Ran, around, cli_path};

/// A profile that is to be at this place, below a fresh folder.
fn at(place: impl FnOnce(&Path) -> PathBuf) -> Profile {
    let mut profile = Profile::with_passphrase();
    profile.dir = place(&profile.dir.with_file_name(""));
    profile
}

/// All of an ordinary day.
fn works(profile: &Profile, what: &str) {
    let word = fluxchat_testkit::canary();
    let asked = profile.json(&["ask", &format!("a question {word}")]);
    let found = profile.json(&["history", "search", &word]);
    assert_eq!(
        found[0]["conversation_id"], asked["conversation_id"],
        "{what}: {found}"
    );
    let conversation = text(&asked["conversation_id"]);
    let deleted = profile.json(&["history", "delete", "--now", conversation]);
    assert_eq!(text(&deleted[0]["receipt"]["hash"]).len(), 64, "{what}");
    assert_eq!(profile.json(&["doctor"])["integrity"], "ok", "{what}");
    let archive = std::fs::metadata(profile.dir.join("archive.db")).unwrap();
    assert_eq!(archive.permissions().mode() & 0o777, 0o600, "{what}");
    let folder = std::fs::metadata(&profile.dir).unwrap();
    assert_eq!(folder.permissions().mode() & 0o077, 0, "{what}");
}

#[test]
fn a_home_may_have_any_name() {
    let long = "n".repeat(200);
    let names: &[(&str, &[u8])] = &[
        ("spaces", b"  Ada  Lovelace "),
        ("quotes", b"it's \"home\" $(touch owned) `x` %s ?a=b#c"),
        ("emoji", "\u{1F3E0} Zoë 人工知能".as_bytes()),
        ("right to left", "בית \u{202E}שלום".as_bytes()),
        ("decomposed", "Zoe\u{308}".as_bytes()),
        ("a line end", b"one\ntwo"),
        ("a dash", b"-rf"),
        ("not UTF-8", b"caf\xe9 \xff"),
        ("a long name", long.as_bytes()),
    ];
    for (what, name) in names {
        let profile = at(|world| world.join(OsStr::from_bytes(name)).join("profile")).set_up();
        works(&profile, what);
        assert!(!profile.world().join("owned").exists(), "{what}");
    }
}

#[test]
fn a_home_may_be_a_link_or_not_there_yet() {
    let missing = at(|world| world.join("a/b/c/d/profile")).set_up();
    works(&missing, "folders that are missing");

    let linked = at(|world| {
        std::fs::create_dir_all(world.join("disk/real")).unwrap();
        symlink(world.join("disk"), world.join("link")).unwrap();
        world.join("link/real/profile")
    })
    .set_up();
    works(&linked, "a link on the way");

    let link = at(|world| {
        let real = world.join("elsewhere");
        std::fs::create_dir(&real).unwrap();
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o700)).unwrap();
        symlink(&real, world.join("profile")).unwrap();
        world.join("profile")
    })
    .set_up();
    works(&link, "a link itself");

    let dotted = at(|world| {
        std::fs::create_dir(world.join("x")).unwrap();
        world.join("x/../y/./profile/")
    })
    .set_up();
    works(&dotted, "dots on the way");
}

fn refused(profile: &Profile, ran: impl Fn(&[&str]) -> Ran, what: &str) {
    for args in [
        &["setup", "--adult", "--accept-policy"][..],
        &["ask", "hello"],
    ] {
        let ran = ran(&[&["--json"], args].concat());
        assert_eq!(ran.code, 1, "{what}: {}{}", ran.stdout, ran.stderr);
        ran.failed(1, "unwritable");
    }
    let archive = std::fs::metadata(profile.dir.join("archive.db"));
    assert!(
        archive.is_ok_and(|it| it.len() == 0) || !profile.dir.join("archive.db").exists(),
        "{what}: nothing is half there"
    );
}

#[test]
fn a_place_that_cannot_be_used_is_named_and_left_as_it_is() {
    let file = at(|world| {
        std::fs::write(world.join("profile"), "mine").unwrap();
        world.join("profile")
    });
    refused(&file, |args| file.run(args), "a file");
    assert_eq!(std::fs::read_to_string(&file.dir).unwrap(), "mine");

    let dangling = at(|world| {
        symlink(world.join("nowhere"), world.join("profile")).unwrap();
        world.join("profile")
    });
    refused(&dangling, |args| dangling.run(args), "a link to nothing");

    let open = at(|world| {
        let real = world.join("shared");
        std::fs::create_dir(&real).unwrap();
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o777)).unwrap();
        symlink(&real, world.join("profile")).unwrap();
        world.join("profile")
    });
    refused(&open, |args| open.run(args), "a link to a folder of all");

    let too_long = at(|world| {
        let part = "p".repeat(200);
        world.join([part.as_str(); 6].join("/")).join("profile")
    });
    refused(&too_long, |args| too_long.run(args), "a path beyond SQLite");

    let name_too_long = at(|world| world.join("n".repeat(300)));
    refused(
        &name_too_long,
        |args| name_too_long.run(args),
        "a long name",
    );

    let proc = at(|_| PathBuf::from("/proc/nowhere/profile"));
    let run = |args: &[&str]| Ran::from(without_folders(&proc, args).output().unwrap());
    refused(&proc, run, "a system folder");
}

/// `Profile::command` makes the folders around the profile; this does not.
fn without_folders(profile: &Profile, args: &[&str]) -> Command {
    let mut command = Command::new(cli_path());
    command
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .arg("--profile")
        .arg(&profile.dir)
        .args(args);
    command
}

#[test]
fn a_folder_of_somebody_else_is_not_touched() {
    let profile = Profile::with_cheap_passphrase().set_up();
    profile.json(&["ask", "mine"]);
    let sizes = |dir: &Path| {
        let mut all: Vec<_> = std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                (entry.file_name(), entry.metadata().unwrap().len())
            })
            .collect();
        all.sort();
        all
    };
    let before = sizes(&profile.dir);
    // Root may write everywhere, so that somebody else has to try.
    let mut stranger = Command::new("setpriv");
    stranger.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]);
    let owner = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(&profile.dir).unwrap());
    if owner != 0 {
        stranger = Command::new("env");
        let read_only = std::fs::Permissions::from_mode(0o500);
        std::fs::set_permissions(&profile.dir, read_only).unwrap();
    }
    for args in [
        &["--json", "ask", "not mine"][..],
        &["--json", "history", "list"],
    ] {
        let command = profile.command(args);
        let mut wrapper = Command::new(stranger.get_program());
        wrapper.args(stranger.get_args());
        let ran: Ran = profile
            .start(&mut around(wrapper, &command))
            .wait_with_output()
            .unwrap()
            .into();
        if owner == 0 || args.contains(&"ask") {
            ran.failed(1, "unwritable");
        }
    }
    assert_eq!(sizes(&profile.dir), before);
    std::fs::set_permissions(&profile.dir, std::fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(
        profile.json(&["history", "list"]).as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn the_window_lives_in_such_a_home_too() {
    runtime().block_on(async {
        let mut desk = Desk::new();
        desk.profile = desk.home().join("Zoë 人 בית \u{1F3E0}/my profile");
        let window = desk.open().await;
        first_run(&window).await;
        ask(&window, "How do I export everything?").await;
        desk.quit(window).await;
        let window = desk.open().await;
        record_violations(&window).await;
        window.wait("conversation-row").await;
        desk.quit(window).await;
        assert_eq!(desk.cli(&["doctor"])["integrity"], "ok");
    });
}
