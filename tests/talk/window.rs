//! The same in the real window: an assistant, a prompt with a field, finding, quoting, a copy and
//! the map.

use serde_json::json;

use crate::desktop::{Desk, ask, first_run};
use crate::support::{in_namespace, runtime};

#[test]
fn a_conversation_is_begun_found_in_quoted_copied_and_mapped() {
    in_namespace("talk::window::inside");
}

#[test]
#[ignore = "runs inside the namespace that a_conversation_is_begun_found_in_quoted_copied_and_mapped makes"]
fn inside() {
    runtime().block_on(async {
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;

        // Instructions, before the first question.
        window.click("instructions-open").await;
        window.wait("instructions-sheet").await;
        window
            .type_into("instructions-system", "Answer briefly.")
            .await;
        window.click("instructions-save").await;
        window.wait_gone("[data-testid=instructions-sheet]").await;
        ask(&window, "How do I delete a conversation?").await;
        ask(&window, "What is a temporary conversation?").await;

        // Finding jumps to the older of the two.
        let press =
            "window.dispatchEvent(new KeyboardEvent('keydown', { key: 'f', ctrlKey: true }))";
        window.run(press, Vec::new()).await;
        window.type_into("find-input", "delete").await;
        window.wait_text(" of ").await;
        window.click("find-close").await;
        window.wait_gone("[data-testid=find-bar]").await;

        // Quoting the question puts it before what is typed.
        window.click("message-more").await;
        window.click("message-quote").await;
        window.wait("composer-input").await;

        window.click("message-more").await;
        window.click("message-fork").await;
        window.wait("fork-origin").await;
        window.click("message-more").await;
        window.click("message-map").await;
        window.wait("message-map-sheet").await;
        window.wait("map-line").await;
        desk.quit(window).await;

        let kept = desk.cli(&["history", "list"]);
        assert_eq!(kept.as_array().map(Vec::len), Some(2), "{kept}");
        let copy = kept[0]["id"].as_str().unwrap();
        let shown = desk.cli(&["history", "show", copy]);
        assert_eq!(
            shown["messages"].as_array().map(Vec::len),
            Some(1),
            "{shown}"
        );
        assert_ne!(kept[0]["id"], json!(null));
    });
}
