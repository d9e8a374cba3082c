//! The same in the real window: an assistant, a prompt with a field, finding, quoting, a copy and
//! the map.

use fluxchat_testkit::webdriver::Window;
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

        to_the_first(&window).await;
        // Quoting the question puts it before what is typed.
        window.click_in_message(0, "message-more").await;
        window.click("message-quote").await;
        let quoted = "return document.querySelector('[data-testid=composer-input]').value.startsWith('> How do I')";
        window.wait_true(quoted, Vec::new(), "the question is quoted").await;

        window.click_in_message(0, "message-more").await;
        window.click("message-fork").await;
        window.wait("fork-origin").await;
        window.click_in_message(0, "message-more").await;
        window.click("message-map").await;
        window.wait("message-map-sheet").await;
        window.wait("map-line").await;
        window.click("map-line").await;
        window.wait_gone("[data-testid=message-map-sheet]").await;

        // In the original, other words begin a second branch; the map leads back to the first.
        window.wait("fork-origin").await;
        let back = "document.querySelector('[data-testid=fork-origin] button').click()";
        window.run(back, Vec::new()).await;
        window.wait_text("What is a temporary conversation?").await;
        to_the_first(&window).await;
        window.click_in_message(0, "message-edit").await;
        window.type_into("message-edit-input", " For good?").await;
        window.click("message-edit-send").await;
        let edited = "return document.querySelectorAll('[data-testid=message-row]').length === 2
          && !document.querySelector('[data-status=streaming]')";
        window.wait_true(edited, Vec::new(), "the other branch is shown").await;
        window.click_in_message(0, "message-more").await;
        window.click("message-map").await;
        let two = "return document.querySelectorAll('[data-testid=map-line]').length === 2";
        window.wait_true(two, Vec::new(), "both branches are on the map").await;
        let other = "document.querySelector('[data-testid=map-line][aria-selected=false]').click()";
        window.run(other, Vec::new()).await;
        window.wait_text("What is a temporary conversation?").await;
        desk.quit(window).await;

        let kept = desk.cli(&["history", "list"]);
        assert_eq!(kept.as_array().map(Vec::len), Some(2), "{kept}");
        // The original was asked last, so it stands first; the map has led back to its first branch.
        let original = kept[0]["id"].as_str().unwrap();
        let first = desk.cli(&["history", "show", original]);
        assert_eq!(first["messages"].as_array().map(Vec::len), Some(4), "{first}");
        assert_eq!(first["instructions"]["system"], "Answer briefly.");
        assert_eq!(first["origin"], json!(null), "the original is no copy");
        let map = desk.cli(&["history", "map", original]);
        assert_eq!(map.as_array().map(Vec::len), Some(2), "{map}");
        let copy = desk.cli(&["history", "show", kept[1]["id"].as_str().unwrap()]);
        assert_eq!(copy["messages"].as_array().map(Vec::len), Some(1), "{copy}");
        assert_eq!(copy["instructions"]["system"], "Answer briefly.", "a copy is asked alike");
        assert_eq!(copy["origin"]["conversation_id"], json!(original));
    });
}

/// Scrolls up until the first question is drawn: rows far from the view are not.
async fn to_the_first(window: &Window) {
    let scrolled = "let box = document.querySelector('[data-testid=message-row]');
      if (!box) return false;
      if (box.dataset.role === 'user' && box.textContent.includes('How do I')) return true;
      while (box && (box.scrollTop === 0 || box.scrollHeight <= box.clientHeight)) box = box.parentElement;
      if (box) box.scrollTop = 0;
      return false";
    window
        .wait_true(scrolled, Vec::new(), "the first question is drawn")
        .await;
}
