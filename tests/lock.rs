//! Locked means closed: no command answers content, and the key is in no memory of the app.

mod commands;
mod memory;
#[cfg(target_os = "linux")]
mod watch;

use std::sync::Arc;
use std::time::Duration;

use fluxchat_core::{App, Ask, Event, LockSettings, Occasion};
use fluxchat_model::{Clock, MessageStatus, Secret, SessionState};
use fluxchat_testkit::ManualClock;
use fluxchat_vault::MemoryKeychain;

use crate::support::{PASSPHRASE, Profile, app, runtime, with_file_on_3};

const START: i64 = 1_790_000_000_000;

/// A profile of its own with the app on it, set up, its key in a keychain of this process.
struct World {
    app: App,
    keychain: Arc<MemoryKeychain>,
    clock: Arc<ManualClock>,
    profile: tempfile::TempDir,
}

impl World {
    async fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let keychain = Arc::new(MemoryKeychain::new());
        let clock = Arc::new(ManualClock::at(START));
        let app = started(&profile, &keychain, &clock).await;
        app::set_up(&app).await;
        Self {
            app,
            keychain,
            clock,
            profile,
        }
    }

    async fn with_passphrase() -> Self {
        let world = Self::start().await;
        world
            .app
            .passphrase_set(secret(PASSPHRASE), true)
            .await
            .unwrap();
        world
    }

    /// Another start of the program.
    async fn restart(&mut self) {
        self.app.shutdown().await;
        self.app = started(&self.profile, &self.keychain, &self.clock).await;
    }
}

async fn started(
    profile: &tempfile::TempDir,
    keychain: &Arc<MemoryKeychain>,
    clock: &Arc<ManualClock>,
) -> App {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    let options = app::options(&profile.path().join("profile"), keychain, clock);
    App::start(fluxchat_core::Options {
        settle_deletions: true,
        ..options
    })
    .await
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn question(text: &str) -> Ask {
    Ask {
        text: text.to_owned(),
        ..Ask::default()
    }
}

#[test]
fn locking_closes_and_the_passphrase_opens() {
    runtime().block_on(async {
        let world = World::start().await;
        let app = &world.app;
        assert_eq!(app.lock().await.unwrap_err().code(), "no_lock");
        let asked = app::ask(app, question("before the lock")).await;
        app.passphrase_set(secret(PASSPHRASE), true).await.unwrap();
        assert!(app.status().has_passphrase);
        assert!(
            world
                .keychain
                .items()
                .iter()
                .all(|item| item.starts_with("copy-")),
            "what stays in the keychain is sealed under the passphrase"
        );

        let deleted = app::ask(app, question("to be deleted")).await;
        app.delete_conversation(deleted.conversation_id)
            .await
            .unwrap();
        app.lock().await.unwrap();
        let status = app.status();
        assert_eq!(status.state, SessionState::Locked);
        assert!(status.has_passphrase && !status.setup_done);
        assert_eq!(
            app.reopen_with_prompt().await,
            SessionState::Locked,
            "the keychain opens nothing"
        );
        let wrong = app.unlock(secret("something else")).await.unwrap_err();
        assert_eq!(wrong.code(), "wrong_passphrase");
        app.unlock(secret(PASSPHRASE)).await.unwrap();
        assert!(
            app.message_by_id(asked.id).await.is_ok(),
            "nothing was lost"
        );
        assert_eq!(
            app.receipts().await.unwrap().len(),
            1,
            "what waited was carried out"
        );
        app.lock().await.unwrap();
        app.unlock(secret(PASSPHRASE)).await.unwrap();
    });
}

#[test]
fn an_arriving_answer_is_kept_as_far_as_it_came() {
    use fluxchat_testkit::recorder::{Answer, Recorder};
    runtime().block_on(async {
        let world = World::with_passphrase().await;
        let app = &world.app;
        let server = Recorder::start(Answer::Hang(vec!["half ".to_owned()])).await;
        app.add_source(fluxchat_core::NewSource {
            name: "server".to_owned(),
            url: server.base_url(),
            dialect: fluxchat_model::Dialect::Openai,
            key: None,
        })
        .await
        .unwrap();
        let mut events = app.events().subscribe();
        let sent = app.ask(question("slowly")).await.unwrap();
        while let Some(event) = events.recv().await {
            if matches!(&event, Event::Stream(item) if item.message_id == sent.answer_id) {
                break;
            }
        }
        app.lock().await.unwrap();
        app.unlock(secret(PASSPHRASE)).await.unwrap();
        let answer = app.message_by_id(sent.answer_id).await.unwrap();
        assert_eq!(answer.status, MessageStatus::Interrupted);
        assert_eq!(answer.text(), "half ");
    });
}

#[test]
fn attempts_are_counted_across_restarts_and_by_the_command_line() {
    runtime().block_on(async {
        let mut world = World::with_passphrase().await;
        for _ in 0..2 {
            world.app.lock().await.ok();
            for _ in 0..2 {
                let wrong = world.app.unlock(secret("not this one")).await.unwrap_err();
                assert_eq!(wrong.code(), "wrong_passphrase");
            }
            world.restart().await;
            world.clock.advance(-7_200_000);
        }
        let right = world.app.unlock(secret(PASSPHRASE)).await.unwrap_err();
        assert_eq!(
            right.code(),
            "too_many_attempts",
            "even the right one waits"
        );
        assert!(
            right
                .retry_after_ms()
                .is_some_and(|ms| ms > 0 && ms <= 5_000)
        );
        world.clock.advance(30 * 86_400_000);
        let right = world.app.unlock(secret(PASSPHRASE)).await.unwrap_err();
        assert_eq!(
            right.code(),
            "too_many_attempts",
            "a clock that jumps does not shorten it"
        );
    });
    let profile = Profile::with_cheap_passphrase().set_up();
    let wrong = profile.world().join("wrong");
    std::fs::write(&wrong, "not this one").unwrap();
    for turn in 0..5 {
        let mut command = with_file_on_3(
            &{
                let mut command = profile.command(&["--json", "history", "list"]);
                command.args(["--passphrase-fd", "3"]);
                command
            },
            &wrong,
        );
        let ran: crate::support::Ran = profile
            .start(&mut command)
            .wait_with_output()
            .unwrap()
            .into();
        let expected = if turn < 4 {
            "wrong_passphrase"
        } else {
            "too_many_attempts"
        };
        ran.failed(3, expected);
    }
    profile
        .run(&["--json", "history", "list"])
        .failed(3, "too_many_attempts");
    // Whoever removes what is not needed to open it removes no wait.
    let needed = [
        "archive.db",
        "keyinfo.json",
        "keyslots.json",
        "keyitems.json",
    ];
    for entry in std::fs::read_dir(&profile.dir).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_file() && !needed.contains(&name.as_str()) {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    profile
        .run(&["--json", "history", "list"])
        .failed(3, "too_many_attempts");
}

#[test]
fn a_forgotten_passphrase_is_replaced_with_the_recovery_code() {
    runtime().block_on(async {
        let world = World::with_passphrase().await;
        let app = &world.app;
        let asked = app::ask(app, question("remember me")).await;
        assert!(app.recovery_create(None).await.is_err());
        let code = app.recovery_create(Some(secret(PASSPHRASE))).await.unwrap();
        app.lock().await.unwrap();
        let wrong = app
            .recover(secret("0000-0000"), Some(secret("another one")))
            .await
            .unwrap_err();
        assert_eq!(wrong.code(), "wrong_code");
        let next = app
            .recover(code.clone(), Some(secret("another one")))
            .await
            .unwrap();
        assert_ne!(next.expose(), code.expose());
        assert!(app.message_by_id(asked.id).await.is_ok());
        app.lock().await.unwrap();
        assert!(app.unlock(secret(PASSPHRASE)).await.is_err());
        assert!(
            app.recover(code, Some(secret("a third one")))
                .await
                .is_err(),
            "it opens once"
        );
        app.unlock(secret("another one")).await.unwrap();
        app.passphrase_remove(secret("another one")).await.unwrap();
        assert_eq!(app.lock().await.unwrap_err().code(), "no_lock");
    });
}

/// Time stands still and jumps to the next timer whenever nothing is left to do.
#[test]
fn nobody_there_locks_and_somebody_there_does_not() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let world = World::with_passphrase().await;
        let app = &world.app;
        let settings = LockSettings {
            idle_minutes: Some(5),
            ..app.lock_settings().await.unwrap()
        };
        app.set_lock_settings(settings).await.unwrap();
        assert!(
            app.set_lock_settings(LockSettings {
                idle_minutes: Some(7),
                ..settings
            })
            .await
            .is_err()
        );
        tokio::time::pause();
        for _ in 0..4 {
            app.touch();
            tokio::time::sleep(Duration::from_secs(4 * 60)).await;
            assert_eq!(app.state(), SessionState::Ready, "somebody is there");
        }
        app.touch();
        let last = tokio::time::Instant::now();
        let mut events = app.events().subscribe();
        while let Some(event) = events.recv().await {
            if matches!(event, Event::SessionChanged) {
                break;
            }
        }
        assert_eq!(app.state(), SessionState::Locked);
        let idle = last.elapsed();
        assert!(
            (Duration::from_secs(300)..Duration::from_secs(302)).contains(&idle),
            "{idle:?}"
        );
    });
}

#[test]
fn sleep_and_screen_lock_follow_the_settings() {
    runtime().block_on(async {
        let world = World::with_passphrase().await;
        let app = &world.app;
        let never = LockSettings {
            idle_minutes: None,
            on_sleep: false,
            on_screen_lock: true,
        };
        app.set_lock_settings(never).await.unwrap();
        assert!(!app.lock_on(Occasion::Sleep).await);
        assert_eq!(app.state(), SessionState::Ready);
        assert!(app.lock_on(Occasion::ScreenLock).await);
        assert_eq!(app.state(), SessionState::Locked);
    });
}

#[test]
fn the_command_line_sets_changes_and_recovers() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let file = |name: &str, text: &str| {
        let path = profile.world().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let with = |args: &[&str], path: &std::path::Path| -> crate::support::Ran {
        let mut command = with_file_on_3(&profile.command(&[&["--json"], args].concat()), path);
        profile
            .start(&mut command)
            .wait_with_output()
            .unwrap()
            .into()
    };
    let status = profile.json(&["privacy", "lock", "status"]);
    assert_eq!(
        (status["passphrase"].as_bool(), status["recovery"].as_bool()),
        (Some(true), Some(false))
    );
    let when = |args: &[&str]| profile.json(&[&["privacy", "lock", "when"], args].concat());
    assert_eq!(when(&[])["on_sleep"], true);
    let set = when(&["--idle", "0", "--sleep", "off"]);
    assert_eq!(
        (
            &set["idle_minutes"],
            &set["on_sleep"],
            &set["on_screen_lock"]
        ),
        (&serde_json::Value::Null, &false.into(), &true.into())
    );
    profile
        .run(&["--json", "privacy", "lock", "when", "--idle", "7"])
        .failed(2, "invalid_idle");
    assert_eq!(
        profile.json(&["privacy", "lock", "status"])["on_sleep"],
        false
    );
    let new = file("new", "a new passphrase");
    with(&["privacy", "lock", "set", "--new-fd", "3"], &new).failed(2, "passphrase_exists");
    let code = profile.json(&["privacy", "lock", "recovery"])["recovery_code"].clone();
    let code = file("code", code.as_str().unwrap());
    assert_eq!(
        profile.json(&["privacy", "lock", "status"])["recovery"],
        true
    );
    with(&["privacy", "lock", "change", "--new-fd", "3"], &new).ok();
    profile
        .run(&["--json", "history", "list"])
        .failed(3, "wrong_passphrase");

    // Without the passphrase, with the code on descriptor 3 and the passphrase to set on 0.
    let mut recover = profile.command(&[
        "--json",
        "privacy",
        "lock",
        "recover",
        "--code-fd",
        "3",
        "--new-fd",
        "0",
    ]);
    let words: Vec<_> = recover.get_args().map(std::ffi::OsStr::to_owned).collect();
    let kept: Vec<_> = words
        .iter()
        .enumerate()
        .filter(|(at, word)| {
            let given = |it: &std::ffi::OsStr| it == "--passphrase-fd";
            !(given(word) || *at > 0 && given(&words[at - 1]))
        })
        .map(|(_, word)| word)
        .collect();
    let mut plain = std::process::Command::new(recover.get_program());
    plain.args(kept);
    for (name, value) in recover.get_envs() {
        if let Some(value) = value {
            plain.env(name, value);
        }
    }
    recover = with_file_on_3(&plain, &code);
    let ran: crate::support::Ran = profile
        .start(&mut recover)
        .wait_with_output()
        .unwrap()
        .into();
    assert!(
        ran.ok().json()["recovery_code"]
            .as_str()
            .is_some_and(|code| code.len() == 39)
    );
    profile.json(&["history", "list"]);
}
