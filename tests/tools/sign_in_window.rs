//! Signing in to a server of tools in the real window: who hears of it is named first, the browser
//! is opened by a press alone, and what came of it is shown.

use std::path::{Path, PathBuf};
use std::time::Duration;

use fluxchat_testkit::guard::{Guard, Habits, access};
use fluxchat_testkit::tool_host::{Guarding, Manner, ToolHost};
use fluxchat_testkit::webdriver::Window;
use serde_json::json;

use super::sign_in::{sent_to, visit};
use super::window::{describe_server, save_server};
use crate::desktop::{Desk, first_run};
use crate::support::{in_namespace, runtime};

#[test]
fn a_person_signs_in_to_a_server_of_tools() {
    in_namespace("tools::sign_in_window::inside");
}

/// A browser that writes down what it is given.
struct Browser {
    folder: PathBuf,
    given: PathBuf,
}

impl Browser {
    fn in_home(home: &Path) -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = home.join("bin");
        std::fs::create_dir_all(&folder).unwrap();
        let given = home.join("given");
        let script = format!(
            "#!/bin/sh\nprintf '%s' \"$1\" > '{0}.new' && mv '{0}.new' '{0}'\n",
            given.display()
        );
        let program = folder.join("xdg-open");
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder, given }
    }

    /// Where programs are looked for.
    fn path(&self) -> String {
        let others = std::env::var("PATH").unwrap_or_default();
        format!("{}:{others}", self.folder.display())
    }

    fn was_given(&self) -> bool {
        self.given.exists()
    }

    /// The page it was given, once it was.
    async fn page(&self) -> String {
        let given = async {
            loop {
                if let Ok(address) = std::fs::read_to_string(&self.given) {
                    std::fs::remove_file(&self.given).unwrap();
                    return address;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), given)
            .await
            .expect("the browser is given a page")
    }

    /// Does there what a person would, and comes back.
    async fn sign_in(&self) {
        let back = sent_to(&self.page().await).await;
        visit(&back).await;
    }
}

async fn at_stage(window: &Window, stage: &str) {
    let css = format!("[data-testid='tool-sign-in'][data-stage='{stage}']");
    window.wait_css(&css).await;
}

/// The same screen in both looks.
async fn pictures(desk: &Desk, window: &Window, name: &str) {
    let script = "const list = document.documentElement.classList;\
         list.toggle('dark', arguments[0]); list.toggle('light', !arguments[0]);\
         document.querySelector('[data-testid=tool-sign-in]')?.scrollIntoView({ block: 'center' })";
    for (look, is_dark) in [("dark", true), ("light", false)] {
        window.run(script, vec![json!(is_dark)]).await;
        desk.picture(&format!("sign-in-{name}-{look}"));
    }
}

#[test]
#[ignore = "runs inside the namespace that a_person_signs_in_to_a_server_of_tools makes"]
fn inside() {
    runtime().block_on(async {
        let guard = Guard::start(Habits {
            lasts: 3_600,
            ..Habits::default()
        })
        .await;
        let host = ToolHost::start(Manner::Well).await;
        let wants = |number| {
            host.behave(Manner::Guarded(Guarding {
                guards: vec![guard.url()],
                access: access(number),
                ..Guarding::default()
            }));
        };
        wants(1);
        let desk = Desk::new();
        let browser = Browser::in_home(desk.home());
        let window = desk.open_with(&[("PATH", &browser.path())]).await;
        first_run(&window).await;

        describe_server(&window, &host.url()).await;
        window.click_text("Add a header").await;
        window.type_into("tool-value-name", "X-Team").await;
        window.type_into("tool-value", "blue").await;
        pictures(&desk, &window, "form").await;
        save_server(&window, host.host()).await;
        window.wait_text("x-team").await;
        at_stage(&window, "out").await;

        // What it answers says that somebody must sign in.
        window.click("tool-server-test").await;
        window.wait_text("Wants a sign-in").await;
        pictures(&desk, &window, "wanted").await;

        // Who guards it is named, and nobody there was asked.
        window.click("tool-sign-in-find").await;
        at_stage(&window, "named").await;
        window.wait_text(guard.host()).await;
        assert!(guard.seen().is_empty() && !browser.was_given());
        focus_is_in(&window).await;
        pictures(&desk, &window, "named").await;

        // Taken back while the browser is open.
        window.click("tool-sign-in-open").await;
        at_stage(&window, "waiting").await;
        let left = sent_to(&browser.page().await).await;
        focus_is_in(&window).await;
        pictures(&desk, &window, "waiting").await;
        window.click("tool-sign-in-cancel").await;
        at_stage(&window, "out").await;
        assert!(left.starts_with("http://127.0.0.1:"));
        assert!(guard.fields("/token").is_empty());

        // The person says no there.
        guard.behave(|habits| habits.denies = true);
        window.click("tool-sign-in-find").await;
        at_stage(&window, "named").await;
        window.click("tool-sign-in-open").await;
        at_stage(&window, "waiting").await;
        browser.sign_in().await;
        at_stage(&window, "failed").await;
        assert!(guard.fields("/token").is_empty());
        pictures(&desk, &window, "denied").await;

        // An app that is not known there says by what name it is.
        guard.behave(|habits| {
            habits.denies = false;
            habits.knows_all = true;
        });
        window.click("tool-sign-in-find").await;
        at_stage(&window, "named").await;
        window.click("tool-sign-in-open").await;
        at_stage(&window, "failed").await;
        window.type_into("tool-sign-in-client", "client-9").await;
        pictures(&desk, &window, "client").await;
        window.click("tool-sign-in-find").await;
        at_stage(&window, "named").await;
        window.click("tool-sign-in-open").await;
        at_stage(&window, "waiting").await;
        browser.sign_in().await;
        at_stage(&window, "in").await;
        window
            .wait_text(&format!("Signed in at {}", guard.host()))
            .await;
        assert_eq!(guard.fields("/token")[0]["client_id"], "client-9");
        pictures(&desk, &window, "in").await;
        window.click("tool-server-test").await;
        window.wait_text("Says it again.").await;
        let last = host.seen().pop().unwrap();
        assert_eq!(last.header("x-team"), Some("blue"));
        let permit = format!("Bearer {}", access(1));
        assert_eq!(last.header("authorization"), Some(permit.as_str()));

        // Given back where it came from.
        window.click("tool-sign-out").await;
        window.wait("tools-signed-out").await;
        at_stage(&window, "out").await;
        assert_eq!(guard.fields("/revoke").len(), 1);
        pictures(&desk, &window, "out").await;
        let page = window.text().await;
        assert!(
            !page.contains("canary") && !page.contains("state="),
            "{page}"
        );
        desk.quit(window).await;

        let rows = desk.cli(&["privacy", "ledger"]).to_string();
        assert!(
            rows.contains(guard.host()) && !rows.contains("canary"),
            "{rows}"
        );
        assert_eq!(desk.cli(&["privacy", "verify"])["holds"], json!(true));
    });
}

/// Who works by keyboard goes on where they are.
async fn focus_is_in(window: &Window) {
    let script = "return document.activeElement?.closest('[data-testid=tool-sign-in]') !== null";
    window
        .wait_true(script, vec![], "the keyboard is in the card")
        .await;
}
