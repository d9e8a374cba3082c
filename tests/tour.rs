//! A short tour of the real window, for machines where nobody could see it. `cargo xtask run`
//! starts it; each step is printed with its result, and its picture kept.

use std::path::PathBuf;

use crate::desktop::{
    Desk, ask, delete_open_conversation, first_run, runtime, search_and_open, set_offline,
};

struct Tour {
    folder: PathBuf,
    step: u32,
}

impl Tour {
    /// Keeps the screen as a person would see it. The driver's own pictures wait for a frame that
    /// a window at rest may never draw.
    fn seen(&mut self, desk: &Desk, what: &str) {
        self.step += 1;
        let file = self
            .folder
            .join(format!("{:02}-{}.png", self.step, what.replace(' ', "-")));
        desk.session.screenshot(&file);
        eprintln!("  {}. {what}: done  ({})", self.step, file.display());
    }
}

/// Started by `cargo xtask run` without a display, never with the other promises.
#[test]
#[ignore = "started by `cargo xtask run`"]
fn tour() {
    let folder = std::env::var_os("FLUXCHAT_TOUR_DIR")
        .map_or_else(|| PathBuf::from("target/tour"), PathBuf::from);
    std::fs::create_dir_all(&folder).expect("the folder for pictures");
    runtime().block_on(async {
        let mut tour = Tour { folder, step: 0 };
        let desk = Desk::new();
        let window = desk.open().await;
        window.wait_text("Welcome to Fluxchat").await;
        tour.seen(&desk, "welcome");
        first_run(&window).await;
        tour.seen(&desk, "first run");
        ask(&window, "How do I delete a conversation?").await;
        tour.seen(&desk, "one answer streamed by the sandbox");
        window.click("search-open").await;
        window.type_into("search-input", "delet").await;
        window.wait_css("[data-testid='search-hit']").await;
        tour.seen(&desk, "search");
        window.run("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))", vec![]).await;
        window.wait_gone("[data-testid='search-input']").await;
        search_and_open(&window, "delet").await;
        set_offline(&window, true).await;
        tour.seen(&desk, "offline");
        ask(&window, "Does the sandbox answer offline?").await;
        delete_open_conversation(&window).await;
        tour.seen(&desk, "delete");
        window.click("egress-lamp").await;
        window.wait_text("stayed on this computer").await;
        tour.seen(&desk, "ledger");
        desk.quit(window).await;
        let ledger = desk.cli(&["privacy", "ledger"]);
        assert!(ledger.as_array().is_some_and(|rows| rows.len() >= 2), "the ledger knows both answers");
    });
}
