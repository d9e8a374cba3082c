//! Pictures of every screen, light and dark, for `docs/screenshots/`. Not a promise: run it to
//! look at the window: `cargo test -p fluxchat --test it screenshots -- --ignored` after
//! `cargo xtask test` has built the programs. `FLUXCHAT_SHOTS_DIR` names another folder.

use std::path::PathBuf;

use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::webdriver::Window;

use crate::desktop::{Desk, add_source, ask, open_settings, runtime, set_offline};

struct Shots {
    folder: PathBuf,
    theme: &'static str,
}

impl Shots {
    /// The screen itself, once it has come to rest (a blinking caret never does).
    fn take(&self, desk: &Desk, name: &str) {
        let path = self.folder.join(format!("{name}-{}.png", self.theme));
        let _ = desk.session.settled_screenshot(&path, 8);
    }
}

#[test]
#[ignore = "takes pictures for the documentation"]
fn screenshots() {
    let folder = std::env::var_os("FLUXCHAT_SHOTS_DIR")
        .map_or_else(|| PathBuf::from("docs/screenshots"), PathBuf::from);
    std::fs::create_dir_all(&folder).expect("the folder for pictures");
    runtime().block_on(async {
        for (theme, label) in [("light", "Light"), ("dark", "Dark")] {
            every_screen(
                &Shots {
                    folder: folder.clone(),
                    theme,
                },
                label,
            )
            .await;
        }
    });
}

async fn every_screen(shots: &Shots, label: &str) {
    let desk = Desk::new();
    let recorder = Recorder::start(Answer::Words(vec![
        "## Three days\n\nStart early at **Miradouro da Graça**.\n\n".into(),
        "- Morning: tiles\n- Afternoon: bookshops\n\n```python\nlines = {\n    \"28E\": [\"Graça\", \"Estrela\"],\n}\n```\n\n".into(),
        "| Line | From | To |\n|---|---|---|\n| 28E | Graça | Estrela |\n\nThe area is $\\pi r^2$.\n".into(),
    ]))
    .await;
    let window = desk.open().await;
    window.wait_text("Agree and start").await;
    dark_page(&window, shots.theme).await;
    shots.take(&desk, "welcome");
    window.click_text("Agree and start").await;
    window.wait_text("Try it now").await;
    shots.take(&desk, "doors");
    window.click_text("Try it now").await;
    window.wait("composer-input").await;
    open_settings(&window, "Appearance").await;
    window.click_exactly(label).await;
    shots.take(&desk, "settings-appearance");
    add_source(&window, "Home server", &recorder.base_url()).await;
    open_settings(&window, "Sources").await;
    shots.take(&desk, "settings-sources");
    window.click("rail-chat").await;
    window.click("new-chat").await;
    shots.take(&desk, "chat-new");
    ask(&window, "Plan three days in Lisbon without a car.").await;
    shots.take(&desk, "chat");
    recorder.answer(Answer::Cut(vec![
        "The first part of an answer that ".into(),
        "breaks off".into(),
    ]));
    window
        .type_into("composer-input", "And a fourth day?")
        .await;
    window.click("send").await;
    window.wait("message-error").await;
    shots.take(&desk, "chat-error");
    recorder.answer(Answer::Hang(vec![
        "An answer that is still ".into(),
        "arriving".into(),
    ]));
    window.type_into("composer-input", "And a fifth?").await;
    window.click("send").await;
    window.wait_text("arriving").await;
    shots.take(&desk, "chat-streaming");
    window.click("stop").await;
    window.wait("message-interrupted").await;
    shots.take(&desk, "chat-interrupted");
    window.click("search-open").await;
    window.type_into("search-input", "grac").await;
    window.wait("search-hit").await;
    shots.take(&desk, "search");
    escape(&window).await;
    window.click("egress-lamp").await;
    window.wait_text("Open the whole ledger").await;
    shots.take(&desk, "ledger-drawer");
    window.click_text("Open the whole ledger").await;
    window.wait_text("Every request is written here").await;
    shots.take(&desk, "privacy-left");
    for (page, name) in [
        ("Overview", "privacy-overview"),
        ("Kept on this computer", "privacy-kept"),
        ("Who receives what", "privacy-recipients"),
        ("Consents", "privacy-consents"),
        ("Deletion and receipts", "privacy-deletion"),
        ("Retention", "privacy-retention"),
        ("Frozen", "privacy-frozen"),
        ("App lock", "privacy-lock"),
        ("Your rights", "privacy-rights"),
        ("Export", "privacy-export"),
        ("Diagnostics", "privacy-diagnostics"),
        ("Policy", "privacy-policy"),
        ("Is this true?", "privacy-prove"),
    ] {
        window.click_text(page).await;
        window.wait_gone("[aria-busy='true']").await;
        shots.take(&desk, name);
    }
    set_offline(&window, true).await;
    window.click("rail-chat").await;
    shots.take(&desk, "chat-offline");
    desk.quit(window).await;
}

async fn escape(window: &Window) {
    let script = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))";
    window.run(script, vec![]).await;
    window.wait_gone("[data-testid='search-input']").await;
}

/// Before the first run there are no settings; the page shows the dark colours by its attribute.
async fn dark_page(window: &Window, theme: &str) {
    window
        .run(
            "document.documentElement.dataset.theme = arguments[0]",
            vec![serde_json::json!(theme)],
        )
        .await;
}
