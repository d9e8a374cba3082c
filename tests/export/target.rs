//! Where an export goes, and what is there when it does not come to its end.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Child;
use std::sync::Arc;

use fluxchat_core::clock::SystemClock;
use fluxchat_core::{App, Event, ExportRequest};
use fluxchat_model::{
    Conversation, ConversationId, Message, MessageId, MessageStatus, Part, Role, Secret, Timestamp,
};
use fluxchat_store::{OpenOptions, Store};
use fluxchat_testkit::canary;
use fluxchat_vault::MemoryKeychain;

use super::{World, hits, request, unpack};
use crate::support::{PASSPHRASE, Profile, Ran, app, runtime, wrapped};

fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_overwritten_and_no_link_is_followed() {
    let world = World::new().await;
    let word = canary();
    world.ask(&word).await;
    let out = world.out();
    let code = async |request: ExportRequest| world.app.export(request).await.unwrap_err().code();
    std::fs::write(out.join("mine.zip"), "precious").unwrap();
    assert_eq!(code(request(&out.join("mine.zip"))).await, "export_exists");
    std::fs::create_dir(out.join("folder.zip")).unwrap();
    let replace = |name: &str| ExportRequest {
        replace: true,
        ..request(&out.join(name))
    };
    assert_eq!(code(replace("folder.zip")).await, "export_exists");
    assert_eq!(
        code(request(&out.join("nowhere/a.zip"))).await,
        "export_unwritable"
    );
    assert_eq!(
        code(request(Path::new("/proc/a.zip"))).await,
        "export_unwritable"
    );
    let inside = world.app.profile().join("a.zip");
    assert_eq!(code(request(&inside)).await, "export_place");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(out.join("mine.zip"), out.join("link.zip")).unwrap();
        std::os::unix::fs::symlink(out.join("absent"), out.join("dangling.zip")).unwrap();
        for name in ["link.zip", "dangling.zip"] {
            assert_eq!(code(request(&out.join(name))).await, "export_link");
            assert_eq!(code(replace(name)).await, "export_link");
        }
        // A link where the unfinished file would be is stepped around, not written through.
        std::os::unix::fs::symlink(out.join("mine.zip"), out.join("b.zip.partial")).unwrap();
        world.app.export(request(&out.join("b.zip"))).await.unwrap();
        std::fs::remove_file(out.join("b.zip")).unwrap();
        for name in ["link.zip", "dangling.zip", "b.zip.partial"] {
            std::fs::remove_file(out.join(name)).unwrap();
        }
    }
    assert_eq!(
        std::fs::read(out.join("mine.zip")).unwrap(),
        b"precious",
        "it was not touched"
    );
    assert_eq!(
        listing(&out),
        ["folder.zip", "mine.zip"],
        "nothing was left behind"
    );

    world.app.export(replace("mine.zip")).await.unwrap();
    assert!(
        hits(
            &unpack(&std::fs::read(out.join("mine.zip")).unwrap()),
            &[word]
        ) > 0
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(out.join("mine.zip"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "for its owner only");
    }
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_cancelled_leaves_nothing() {
    let world = World::new().await;
    world.ask(&canary()).await;
    for kind in ["about", "messages", "markdown", "manifest"] {
        let app = world.app.clone();
        world.app.events().listen(move |event| match event {
            Event::ExportProgress(at) if at.kind == kind => {
                app.export_cancel();
                false
            }
            _ => true,
        });
        let error = world
            .app
            .export(request(&world.out().join("a.zip")))
            .await
            .unwrap_err();
        assert_eq!(error.code(), "export_cancelled", "at {kind}");
        assert_eq!(listing(&world.out()), Vec::<String>::new(), "at {kind}");
        assert_eq!(world.app.export_progress(), None);
    }
    world.export("a.zip").await;
    world.app.shutdown().await;
}

#[test]
fn a_full_disk_leaves_nothing() {
    let profile = Profile::with_cheap_passphrase().set_up();
    profile.json(&["ask", "hello"]);
    let small = profile.world().join("small");
    std::fs::create_dir(&small).unwrap();
    // What a command leaves on the small disk is seen from inside the namespace only.
    let script = format!(
        "mount -t tmpfs -o size=8k tmpfs '{0}' && \"$0\" \"$@\"; code=$?; ls -A '{0}' >&2; exit $code",
        small.display()
    );
    let target = small.join("a.zip");
    let args = [
        "--json",
        "privacy",
        "export",
        "--out",
        target.to_str().unwrap(),
    ];
    let mut command = wrapped(&profile.command(&args), &["unshare", "-m"], &script);
    let ran: Ran = profile
        .start(&mut command)
        .wait_with_output()
        .unwrap()
        .into();
    assert!(
        !ran.stderr.contains("a.zip"),
        "nothing is left: {}",
        ran.stderr
    );
    let document = ran.json();
    assert_eq!(document["error"]["code"], "export_full", "{document}");
    assert!(
        !ran.stderr.contains("panic") && !ran.stderr.contains("ZipWriter"),
        "{}",
        ran.stderr
    );
}

/// A profile with so many messages and a file of so many bytes.
fn filled_profile(messages: usize, file: usize) -> Profile {
    let profile = Profile::with_cheap_passphrase().set_up();
    let word = canary();
    runtime().block_on(async {
        let keychain = Arc::new(MemoryKeychain::new());
        let mut options = app::options(&profile.dir, &keychain, Arc::new(SystemClock));
        options.passphrase = Some(Secret::new(PASSPHRASE.to_owned()));
        let app = App::start(options).await;
        let content = word.as_bytes().repeat(file / word.len());
        let kind = "application/x-a".to_owned();
        app.add_asset(None, "a.bin".to_owned(), kind, content)
            .await
            .unwrap();
        app.shutdown().await;
    });
    let path = profile.dir.join("archive.db");
    let store = Store::open(OpenOptions::existing(
        path,
        Secret::new(profile.archive_key()),
    ))
    .unwrap();
    let id = ConversationId::new(Timestamp(1), [7; 10]);
    let mut parent = None;
    store
        .write(|tx| {
            tx.conversation_insert(&Conversation::new(id, "long".to_owned(), Timestamp(1)))?;
            for number in 0..messages {
                let mut random = [0; 10];
                random[..8].copy_from_slice(&number.to_be_bytes());
                let message = message(MessageId::new(Timestamp(2), random), id, parent);
                tx.message_insert(&message)?;
                parent = Some(message.id);
            }
            Ok(())
        })
        .unwrap();
    store.close();
    profile
}

fn message(
    id: MessageId,
    conversation_id: ConversationId,
    parent_id: Option<MessageId>,
) -> Message {
    // Reasoning is not searched: making the profile costs no index.
    let text = "a long thought ".repeat(1_000);
    Message {
        id,
        conversation_id,
        parent_id,
        role: Role::Assistant,
        status: MessageStatus::Complete,
        model: None,
        source_name: None,
        parts: vec![Part::Reasoning { text }],
        usage: None,
        error: None,
        created_at: Timestamp(2),
        finished_at: None,
    }
}

/// Starts an export and waits until it writes what is named.
fn export_until(profile: &Profile, path: &Path, kind: &str) -> Child {
    let args = ["privacy", "export", "--out", path.to_str().unwrap()];
    let mut child = profile.spawn(&args);
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let reached = lines
        .map_while(Result::ok)
        .any(|line| line.starts_with(kind));
    assert!(reached, "the export comes to {kind}");
    child
}

#[test]
fn what_a_crash_left_is_removed_at_the_next_start() {
    let profile = filled_profile(1, 64 << 20);
    let out = profile.world().join("out");
    std::fs::create_dir(&out).unwrap();
    let mut child = export_until(&profile, &out.join("a.zip"), "media");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(
        listing(&out),
        ["a.zip.partial"],
        "control: a crash leaves the unfinished file"
    );
    std::fs::write(out.join("b.zip.partial"), "somebody else's").unwrap();
    profile.json(&["privacy", "receipts"]);
    assert_eq!(
        listing(&out),
        ["b.zip.partial"],
        "the next start removes it, and no other"
    );
    profile.json(&[
        "privacy",
        "export",
        "--out",
        out.join("a.zip").to_str().unwrap(),
    ]);
    assert_eq!(listing(&out), ["a.zip", "b.zip.partial"]);
}

#[cfg(target_os = "linux")]
#[test]
fn its_size_needs_no_memory() {
    let peak = |profile: &Profile, name: &str| -> u64 {
        let path = profile.world().join(name);
        let mut child = export_until(profile, &path, "manifest");
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM"))
            .unwrap();
        let kib = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        assert!(child.wait().unwrap().success());
        kib
    };
    let small = peak(&filled_profile(4, 1 << 20), "small.zip");
    let large = peak(&filled_profile(4_000, 128 << 20), "large.zip");
    assert!(
        large < small * 2,
        "a hundred times as much takes less than twice the memory: {small} KiB, {large} KiB"
    );
}
