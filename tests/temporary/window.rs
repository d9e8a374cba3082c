//! The same in the real window: the web view keeps nothing of it either.

use fluxchat_testkit::canary;
use fluxchat_testkit::forensic::{all_needles, scan_tree};
use serde_json::{Value, json};

use crate::desktop::{Desk, ask, first_run};
use crate::support::{in_namespace, runtime};

#[test]
fn the_window_and_its_web_view_keep_nothing_of_it() {
    in_namespace("temporary::window::inside");
}

#[test]
#[ignore = "runs inside the namespace that the_window_and_its_web_view_keep_nothing_of_it makes"]
fn inside() {
    runtime().block_on(async {
        let (asked, typed, other) = (canary(), canary(), canary());
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        let listed = |desk: &Desk| desk.cli(&["history", "list"]);
        let needles = all_needles(&[&asked, &typed, &other]);

        window.click("new-temporary").await;
        window.wait("temporary-empty").await;
        window.wait("temporary-line").await;
        ask(
            &window,
            &format!("What is a temporary conversation? {asked}"),
        )
        .await;
        window.wait_text("is in memory alone").await;
        window.type_into("composer-input", &typed).await;
        // The draft is given to the core when typing rests; another page is looked at meanwhile.
        window.click("rail-privacy").await;
        window.click("rail-chat").await;
        window.wait_text(&asked).await;
        assert_eq!(listed(&desk), json!([]), "it is in no list");
        for word in [&asked, &typed] {
            assert_eq!(desk.cli(&["history", "search", word]), json!([]));
        }
        assert!(scan_tree(desk.home(), &needles).is_empty());
        // Another conversation is looked at, and this one is still there.
        window.click("new-chat").await;
        ask(&window, &format!("How do I delete a conversation? {other}")).await;
        window.click("temporary-row").await;
        window.wait_text(&asked).await;
        window.click("temporary-end").await;
        window.wait("temporary-gone").await;
        let shown = window.text().await;
        assert!(!shown.contains(&asked) && !shown.contains(&typed));
        desk.quit(window).await;

        let kept = listed(&desk);
        assert_eq!(kept.as_array().map(Vec::len), Some(1), "the other: {kept}");
        let found = desk.cli(&["history", "search", &other]);
        assert_ne!(found, json!([]), "the search sees what is kept");
        let ledger = desk.cli(&["privacy", "ledger"]);
        let chats = |rows: &Value| {
            let rows = rows.as_array().unwrap().iter();
            rows.filter(|row| row["purpose"] == "svc.chat").count()
        };
        assert_eq!(chats(&ledger), 2, "both are booked: {ledger}");
        let id = kept[0]["id"].as_str().unwrap();
        let named = desk.cli(&["privacy", "ledger", "--conversation", id]);
        assert_eq!(chats(&named), 1, "and one of them by name: {named}");
        let hits = scan_tree(desk.home(), &needles);
        assert!(hits.is_empty(), "no file shows any of it: {hits:?}");
    });
}
