//! The main job in the real window, end to end: a private chat on an archive that works offline,
//! deletes for good and shows what left.

use std::path::{Path, PathBuf};

use fluxchat_testkit::canary;
use fluxchat_testkit::forensic::{all_needles, scan_tree};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::session::{DesktopSession, Keyring};
use fluxchat_testkit::webdriver::Window;
use serde_json::{Value, json};

use crate::aimock::Aimock;
use crate::support::{automation_path, cli_path, in_namespace};

/// A session with keychain and display, and the app in it.
pub struct Desk {
    pub session: DesktopSession,
    pub profile: PathBuf,
    web_view: PathBuf,
}

impl Desk {
    pub fn new() -> Self {
        Self::of(DesktopSession::start(Keyring::Unlocked, true))
    }

    /// A login to a home folder that outlives it.
    pub fn at(home: &Path, keyring: Keyring) -> Self {
        Self::of(DesktopSession::start_in(home, keyring, true))
    }

    fn of(session: DesktopSession) -> Self {
        let profile = session.home().join("profile");
        let web_view = session.home().join("web-view");
        Self {
            session,
            profile,
            web_view,
        }
    }

    /// Opens the window on the profile.
    pub async fn open(&self) -> Window {
        self.open_with(&[]).await
    }

    /// The same, with more in its environment.
    pub async fn open_with(&self, more: &[(&str, &str)]) -> Window {
        let profile = self.profile.display().to_string();
        let web_view = self.web_view.display().to_string();
        let mut env = vec![("FLUXCHAT_AUTOMATION_DATA", web_view.as_str())];
        env.extend(more);
        Window::open(
            &self.session,
            &automation_path(),
            &["--profile", &profile],
            &env,
        )
        .await
    }

    /// Quits as a person would, and waits until everything a quit has to do is done.
    pub async fn quit(&self, window: Window) {
        let violations = window
            .run("return window.__cspViolations ?? []", vec![])
            .await;
        assert_eq!(
            violations,
            json!([]),
            "the page broke no rule of its content security policy"
        );
        let status = self
            .session
            .command("pkill")
            .args(["-TERM", "-f"])
            .arg(self.app_pattern())
            .status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "the app was running"
        );
        self.wait_for_exit().await;
        window.close().await;
    }

    /// The CLI on the same profile.
    pub fn cli(&self, args: &[&str]) -> Value {
        let output = self
            .session
            .command(cli_path())
            .arg("--profile")
            .arg(&self.profile)
            .arg("--json")
            .args(args)
            .output()
            .expect("the CLI starts");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!(
                "{args:?}: {error}\n{}",
                String::from_utf8_lossy(&output.stderr)
            )
        })
    }

    /// A picture for whoever wants to look; `FLUXCHAT_SHOTS_DIR` names another folder.
    pub fn picture(&self, name: &str) {
        let folder = std::env::var_os("FLUXCHAT_SHOTS_DIR")
            .map_or_else(|| self.home().join("pictures"), PathBuf::from);
        std::fs::create_dir_all(&folder).unwrap();
        let _ = self
            .session
            .settled_screenshot(&folder.join(format!("{name}.png")), 6);
    }

    /// Everything below the session's home: profile, web view data, caches, keyring.
    pub fn home(&self) -> &Path {
        self.session.home()
    }

    fn app_pattern(&self) -> String {
        format!("fluxchat.*--profile {}", self.profile.display())
    }

    async fn wait_for_exit(&self) {
        let lock = self.profile.join("lock");
        let free = async {
            loop {
                let file = std::fs::File::open(&lock).expect("the profile has a lock file");
                if file.try_lock().is_ok() {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(60), free)
            .await
            .expect("the app gives its profile back");
    }
}

/// First run with everything optional refused, through the first door.
pub async fn first_run(window: &Window) {
    record_violations(window).await;
    window.wait_text("Welcome to Fluxchat").await;
    window.click_text("I am an adult").await;
    window.click_text("Agree and start").await;
    window.click_text("Try it now").await;
    window.wait("composer-input").await;
}

/// From here on every violation of the content security policy is remembered.
pub async fn record_violations(window: &Window) {
    let script = "window.__cspViolations = [];\
        document.addEventListener('securitypolicyviolation', e => window.__cspViolations.push(e.violatedDirective + ' ' + e.blockedURI));";
    window.run(script, vec![]).await;
}

/// Asks in the open conversation and waits until the answer is complete.
pub async fn ask(window: &Window, question: &str) {
    let before = complete_answers(window).await;
    window.type_into("composer-input", question).await;
    window.click("send").await;
    let script = "return document.querySelectorAll(\"[data-testid='message-row'][data-role='assistant'][data-status='complete']\").length > arguments[0]\
        && document.querySelector(\"[data-testid='message-row'][data-status='streaming']\") === null";
    window
        .wait_true(script, vec![json!(before)], "no answer was completed")
        .await;
}

async fn complete_answers(window: &Window) -> u64 {
    let script = "return document.querySelectorAll(\"[data-testid='message-row'][data-role='assistant'][data-status='complete']\").length";
    window.run(script, vec![]).await.as_u64().unwrap_or(0)
}

/// Searches from the keyboard's overlay and opens the first hit.
pub async fn search_and_open(window: &Window, query: &str) {
    window.click("search-open").await;
    window.type_into("search-input", query).await;
    // Those of the words before stay in sight until the answer is there.
    let hit = window
        .wait_css("[aria-busy='false'] [data-testid='search-hit']")
        .await;
    hit.click().await.expect("open the hit");
    window.wait_gone("[data-testid='search-input']").await;
}

/// The whole promise, in a network of its own that holds nothing but loopback.
#[test]
fn the_main_job() {
    in_namespace("desktop::the_main_job_inside");
}

#[test]
#[ignore = "runs inside the namespace that the_main_job makes"]
fn the_main_job_inside() {
    runtime().block_on(async {
        let (question, other) = (canary(), canary());
        let desk = Desk::new();
        let server = Aimock::start();

        let window = desk.open().await;
        first_run(&window).await;
        ask(
            &window,
            &format!("How do I delete a conversation? {question}"),
        )
        .await;
        window.wait_text("Guide").await;

        add_source(&window, "Mock", &server.base_url()).await;
        window.click("new-chat").await;
        ask(&window, &format!("tell me about lighthouses {other}")).await;
        window.wait_text("It warns ships of rocks").await;
        desk.quit(window).await;
        drop(server);

        // No server and no network now: everything is found and read.
        let window = desk.open().await;
        record_violations(&window).await;
        for word in [&question, &other] {
            search_and_open(&window, word).await;
            window.wait_text(word).await;
        }
        // Both are deleted: the open one by its menu, the other by opening it first.
        for word in [&other, &question] {
            search_and_open(&window, word).await;
            delete_open_conversation(&window).await;
        }
        desk.quit(window).await;

        let ledger = desk.cli(&["privacy", "ledger"]);
        let asked: Vec<&Value> = ledger
            .as_array()
            .expect("rows")
            .iter()
            .filter(|row| row["purpose"] == "svc.chat")
            .collect();
        assert_eq!(
            asked.len(),
            2,
            "the ledger shows exactly two inference requests: {ledger}"
        );
        assert_eq!(
            desk.cli(&["history", "list"]),
            json!([]),
            "nothing is left in the history"
        );
        assert_eq!(
            desk.cli(&["privacy", "receipts"]).as_array().map(Vec::len),
            Some(2),
            "each deletion has its receipt"
        );

        let hits = scan_tree(desk.home(), &all_needles(&[question, other]));
        assert!(hits.is_empty(), "nothing of it is on the disk: {hits:?}");
    });
}

/// Law 1 in the real window: what a server saw and what the ledger says are the same.
#[test]
fn what_the_window_sends_is_what_the_ledger_says() {
    in_namespace("desktop::wire_and_ledger_inside");
}

#[test]
#[ignore = "runs inside the namespace that what_the_window_sends_is_what_the_ledger_says makes"]
fn wire_and_ledger_inside() {
    runtime().block_on(async {
        let desk = Desk::new();
        let recorder = Recorder::start(Answer::Words(vec!["Good ".into(), "day.".into()])).await;
        let window = desk.open().await;
        first_run(&window).await;
        add_source(&window, "Recorder", &recorder.base_url()).await;
        window.click("new-chat").await;
        for question in ["one", "two", "three"] {
            ask(&window, question).await;
        }
        desk.quit(window).await;
        let mut said: Vec<String> = desk
            .cli(&["privacy", "ledger"])
            .as_array()
            .expect("rows")
            .iter()
            .filter(|row| row["host"] == recorder.host() && row["outcome"] != "blocked")
            .map(|row| row["request_id"].as_str().unwrap_or_default().to_owned())
            .collect();
        said.sort();
        assert_eq!(
            said,
            recorder.request_ids(),
            "wire and ledger are the same multiset"
        );
        assert!(said.len() >= 4, "models and three answers");
    });
}

/// Opens a page of the settings and waits until it is there.
pub async fn open_settings(window: &Window, page: &str) {
    window.click("rail-settings").await;
    window.wait_css("nav[aria-label='Settings'] button").await;
    window.click_text(page).await;
    window
        .wait_css(&format!("section[aria-label='{page}']"))
        .await;
}

/// Chooses how the app looks, as a person does, and goes back to the chat.
pub async fn set_theme(window: &Window, theme: &str) {
    open_settings(window, "Appearance").await;
    window.click_exactly(theme).await;
    window.click("rail-chat").await;
}

/// Closes or opens the one door, as a person does.
pub async fn set_offline(window: &Window, offline: bool) {
    window.click("offline-switch").await;
    window
        .wait_css(&format!(
            "[data-testid='offline-switch'][aria-checked='{offline}']"
        ))
        .await;
}

/// Finds words in the open conversation. The bar stays.
pub async fn find(window: &Window, words: &str) {
    let press = "window.dispatchEvent(new KeyboardEvent('keydown', { key: 'f', ctrlKey: true }))";
    window.run(press, vec![]).await;
    window.type_into("find-input", words).await;
}

/// Puts the bar of finding away.
pub async fn end_find(window: &Window) {
    window.click("find-close").await;
    window.wait_gone("[data-testid=find-bar]").await;
}

/// Types a question, sends it and waits until its answer says that it failed. Answers what the
/// error says.
pub async fn ask_in_vain(window: &Window, question: &str) -> String {
    window.type_into("composer-input", question).await;
    window.click("send").await;
    let script = "const last = [...document.querySelectorAll('[data-testid=message-row]')].at(-1);
      return last?.dataset.status === 'failed' && last.querySelector('[data-testid=message-error]') !== null
        && document.body.innerText.includes(arguments[0])";
    let what = format!("“{question}” is kept and its answer failed");
    window.wait_true(script, vec![json!(question)], &what).await;
    let script = "return [...document.querySelectorAll('[data-testid=message-error]')].at(-1)?.innerText ?? ''";
    let said = window.run(script, vec![]).await;
    said.as_str().unwrap_or_default().to_owned()
}

/// Adds an OpenAI-compatible server in the settings and makes it the start of new chats.
pub async fn add_source(window: &Window, name: &str, url: &str) {
    open_settings(window, "Sources").await;
    window.click_text("Add a source").await;
    window.type_into_label("Name", name).await;
    window.type_into_label("Address", url).await;
    window.click_exactly("Add").await;
    window.wait_text(&format!("{name} answers")).await;
    window.click_text("Done").await;
    window.click("rail-chat").await;
}

/// Deletes the conversation that is open.
pub async fn delete_open_conversation(window: &Window) {
    let rows = "return document.querySelectorAll(\"[data-testid='conversation-row']\").length";
    let before = window.run(rows, vec![]).await.as_u64().unwrap_or(0);
    window.click("conversation-menu").await;
    window.click("conversation-delete").await;
    let fewer = "return document.querySelectorAll(\"[data-testid='conversation-row']\").length < arguments[0]";
    window
        .wait_true(fewer, vec![json!(before)], "the conversation left the list")
        .await;
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}
