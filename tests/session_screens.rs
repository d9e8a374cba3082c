//! What stands between a person and the archive, in the real window: every state has its screen,
//! and its way out is walked to the end.

use std::path::Path;

use fluxchat_testkit::canary;
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::session::Keyring;
use fluxchat_testkit::webdriver::Window;
use serde_json::json;

use crate::accessibility::axe_is_content;
use crate::desktop::{Desk, ask, first_run, record_violations, runtime, search_and_open};
use crate::support::PASSPHRASE;

struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("fluxchat-home-")
            .tempdir()
            .unwrap();
        Self { folder }
    }

    fn log_in(&self, keyring: Keyring) -> Desk {
        Desk::at(self.folder.path(), keyring)
    }

    /// A login with an archive whose key is in its keychain, and what was asked in it.
    fn set_up(&self) -> (Desk, String) {
        let desk = self.log_in(Keyring::Unlocked);
        let done = desk.cli(&["setup", "--adult", "--accept-policy"]);
        assert_eq!(done["storage"], "keychain");
        let word = canary();
        desk.cli(&["ask", &format!("remember {word}")]);
        (desk, word)
    }
}

/// The screen of a state: its title, its picture, nothing that axe finds.
async fn screen(desk: &Desk, window: &Window, name: &str, title: &str) {
    record_violations(window).await;
    window.wait_text(title).await;
    axe_is_content(window, name).await;
    desk.picture(&format!("session-{name}"));
}

async fn start_anew(window: &Window) {
    window.click_exactly("Start anew").await;
    window.wait_text("Start with an empty archive?").await;
    let field = window
        .wait_css("[role='alertdialog'] input, [role='dialog'] input")
        .await;
    field.send_keys("START").await.unwrap();
    window.click_exactly("Start anew").await;
    window.wait_text("Welcome to Fluxchat").await;
}

/// What was set aside: an archive of this length, and nothing in its place but what is new.
fn set_aside(profile: &Path, bytes: &[u8]) {
    let aside: Vec<Vec<u8>> = std::fs::read_dir(profile)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with("archive.lost-") && name.ends_with(".db")
        })
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    assert!(
        aside == [bytes],
        "the old archive is set aside as it was, and not deleted"
    );
}

#[test]
fn a_locked_keychain_is_unlocked_and_tried_again() {
    runtime().block_on(async {
        let home = Home::new();
        let (desk, word) = home.set_up();
        drop(desk);
        let mut desk = home.log_in(Keyring::Locked);
        let window = desk.open().await;
        screen(&desk, &window, "locked", "The archive is locked").await;
        window.click_exactly("Try again").await;
        // The sentence stands there all the while; the button says when it was tried.
        window
            .wait_gone("main button[aria-busy='true'], main button[disabled]")
            .await;
        window.wait_text("The archive is locked").await;
        desk.session.unlock_keyring();
        window.click_exactly("Try again").await;
        search_and_open(&window, &word).await;
        window.wait_text(&word).await;
        desk.quit(window).await;
    });
}

#[test]
fn without_a_keychain_a_passphrase_keeps_the_key() {
    runtime().block_on(async {
        let home = Home::new();
        let desk = home.log_in(Keyring::NoBus);
        let window = desk.open().await;
        screen(
            &desk,
            &window,
            "no-provider",
            "This computer has no keychain",
        )
        .await;
        window.type_into_label("New passphrase", "short").await;
        window.click_exactly("Use this passphrase").await;
        window.wait_text("Use at least 8 characters.").await;
        window
            .type_into_label("New passphrase", " no more of that")
            .await;
        window.click_exactly("Use this passphrase").await;
        window.wait_text("The two are not the same.").await;
        window
            .type_into_label("Once more", "short no more of that")
            .await;
        window.click_exactly("Use this passphrase").await;
        first_run(&window).await;
        let word = canary();
        ask(&window, &format!("remember {word}")).await;
        desk.quit(window).await;

        let window = desk.open().await;
        screen(&desk, &window, "passphrase", "The archive is locked").await;
        window.type_into_label("Passphrase", PASSPHRASE).await;
        window.click_exactly("Unlock").await;
        window.wait_text("That is not the passphrase").await;
        window
            .type_into_label("Passphrase", "short no more of that")
            .await;
        window.click_exactly("Unlock").await;
        search_and_open(&window, &word).await;
        window.wait_text(&word).await;
        desk.quit(window).await;
    });
}

#[test]
fn without_a_keychain_memory_keeps_nothing() {
    runtime().block_on(async {
        let home = Home::new();
        let desk = home.log_in(Keyring::NoProvider);
        let window = desk.open().await;
        window.wait_text("This computer has no keychain").await;
        window.click_exactly("Start in memory").await;
        first_run(&window).await;
        let word = canary();
        ask(&window, &format!("forget {word}")).await;
        desk.quit(window).await;
        assert!(!desk.profile.join("archive.db").exists());
        let hits = fluxchat_testkit::forensic::scan_tree(
            desk.home(),
            &fluxchat_testkit::forensic::all_needles(&[word]),
        );
        assert!(hits.is_empty(), "{hits:?}");
        let window = desk.open().await;
        window.wait_text("This computer has no keychain").await;
        desk.quit(window).await;
    });
}

#[test]
fn a_foreign_keychain_and_a_foreign_key_are_told_and_come_right_again() {
    runtime().block_on(async {
        let home = Home::new();
        let (desk, word) = home.set_up();
        let info = desk.profile.join("keyinfo.json");
        let before = std::fs::read_to_string(&info).unwrap();
        assert!(before.contains("secret-service"));
        std::fs::write(&info, before.replace("secret-service", "apple-keychain")).unwrap();
        let window = desk.open().await;
        screen(
            &desk,
            &window,
            "backend-changed",
            "Another keychain is answering",
        )
        .await;

        let slots = desk.profile.join("keyslots.json");
        let ours = std::fs::read(&slots).unwrap();
        let other = desk.home().join("other");
        let done = desk
            .session
            .command(crate::support::cli_path())
            .arg("--profile")
            .arg(&other)
            .args(["setup", "--adult", "--accept-policy"])
            .status()
            .unwrap();
        assert!(done.success());
        std::fs::copy(other.join("keyslots.json"), &slots).unwrap();
        std::fs::write(&info, &before).unwrap();
        window.click_exactly("Try again").await;
        screen(
            &desk,
            &window,
            "wrong-key",
            "The key belongs to another archive",
        )
        .await;
        std::fs::write(&slots, ours).unwrap();
        window.click_exactly("Try again").await;
        search_and_open(&window, &word).await;
        window.wait_text(&word).await;
        desk.quit(window).await;
    });
}

#[test]
fn a_lost_key_ends_in_a_fresh_archive_beside_the_old_one() {
    runtime().block_on(async {
        let home = Home::new();
        let (desk, _) = home.set_up();
        drop(desk);
        std::fs::remove_dir_all(home.folder.path().join(".local/share/keyrings")).unwrap();
        let desk = home.log_in(Keyring::Unlocked);
        let old = std::fs::read(desk.profile.join("archive.db")).unwrap();
        let window = desk.open().await;
        screen(&desk, &window, "key-lost", "The key is missing").await;
        start_anew(&window).await;
        set_aside(&desk.profile, &old);
        first_run(&window).await;
        ask(&window, "a new beginning").await;
        desk.quit(window).await;
        set_aside(&desk.profile, &old);
    });
}

#[test]
fn a_damaged_archive_is_set_aside_as_it_is() {
    runtime().block_on(async {
        let home = Home::new();
        let (desk, _) = home.set_up();
        let archive = desk.profile.join("archive.db");
        let mut bytes = std::fs::read(&archive).unwrap();
        bytes[1_000] ^= 1;
        std::fs::write(&archive, &bytes).unwrap();
        let window = desk.open().await;
        screen(&desk, &window, "corrupt", "The archive is damaged").await;
        window.click_exactly("Try again").await;
        window.wait_text("The archive is damaged").await;
        assert!(
            std::fs::read(&archive).unwrap() == bytes,
            "looking changes nothing"
        );
        start_anew(&window).await;
        set_aside(&desk.profile, &bytes);
        first_run(&window).await;
        desk.quit(window).await;
    });
}

#[test]
fn a_profile_in_use_is_given_back_and_opened() {
    runtime().block_on(async {
        let home = Home::new();
        let (desk, word) = home.set_up();
        let server = Recorder::start(Answer::Hang(vec!["going on".into()])).await;
        desk.cli(&["source", "add", "rec", "--url", &server.base_url()]);
        let mut asking = desk
            .session
            .command(crate::support::cli_path())
            .arg("--profile")
            .arg(&desk.profile)
            .args(["ask", "wait", "--source", "rec"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        server.arrived(2).await;
        let window = desk.open().await;
        screen(&desk, &window, "in-use", "Fluxchat is already open").await;
        crate::cli::interrupt(&asking);
        asking.wait().unwrap();
        window.click_exactly("Try again").await;
        search_and_open(&window, &word).await;
        window.wait_text(&word).await;
        let violations = window
            .run("return window.__cspViolations ?? []", vec![])
            .await;
        assert_eq!(violations, json!([]));
        desk.quit(window).await;
    });
}
