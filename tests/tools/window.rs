//! The same in the real window: a tool is switched on, its call is shown before it runs, allowed once
//! and refused once, and an answer that waits can be stopped.

use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::json;

use super::openai;
use crate::desktop::{Desk, add_source, first_run};
use crate::support::{in_namespace, runtime};

#[test]
fn a_call_is_shown_allowed_and_refused() {
    in_namespace("tools::window::inside");
}

#[test]
#[ignore = "runs inside the namespace that a_call_is_shown_allowed_and_refused makes"]
fn inside() {
    runtime().block_on(async {
        let server = Recorder::start(Answer::Words(vec!["x".into()])).await;
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        add_source(&window, "Mock", &server.base_url()).await;
        window.click("new-chat").await;

        window.click("tools-open").await;
        window.wait("tools-panel").await;
        window.click("tool-switch-calculator").await;
        window
            .wait_css("[data-testid=tool-switch-calculator][aria-checked=true]")
            .await;
        desk.picture("tools-menu");
        window.click("tools-open").await;
        window.wait_gone("[data-testid=tools-panel]").await;

        let turn = |end: &str| {
            Answer::Turns(vec![
                openai("", &[("calculator", r#"{"expression":"6*7"}"#)]),
                openai(end, &[]),
            ])
        };
        server.answer(turn("It is forty-two."));
        window
            .type_into("composer-input", "What is six times seven?")
            .await;
        window.click("send").await;
        window.wait("tool-approval").await;
        window.wait_text("\"expression\": \"6*7\"").await;
        desk.picture("tools-approval");
        assert_eq!(asked(&server), 1, "nothing went on before somebody said so");
        window.click("tool-allow").await;
        window.wait_text("It is forty-two.").await;
        window
            .wait_css("[data-testid=tool-call][data-state=done]")
            .await;

        server.answer(turn("Then I guess."));
        window.type_into("composer-input", "And once more?").await;
        window.click("send").await;
        window.wait("tool-approval").await;
        window.click("tool-refuse").await;
        window.wait_text("Then I guess.").await;
        window
            .wait_css("[data-testid=tool-call][data-state=refused]")
            .await;

        server.answer(turn("never said"));
        window.type_into("composer-input", "A last one?").await;
        window.click("send").await;
        window.wait("tool-approval").await;
        window.click("stop").await;
        window.wait("message-interrupted").await;
        window.wait_gone("[data-testid=tool-approval]").await;
        desk.picture("tools-calls");
        desk.quit(window).await;

        let kept = desk.cli(&["history", "list"]);
        let id = kept[0]["id"].as_str().unwrap().to_owned();
        let shown = desk.cli(&["history", "show", &id]).to_string();
        assert!(shown.contains("\"state\":\"refused\""), "{shown}");
        assert!(!shown.contains("never said"), "{shown}");
        assert_eq!(desk.cli(&["privacy", "verify"])["holds"], json!(true));
    });
}

fn asked(server: &Recorder) -> usize {
    let seen = server.seen().into_iter();
    seen.filter(|request| request.method == "POST").count()
}
