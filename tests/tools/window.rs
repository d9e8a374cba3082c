//! The same in the real window: a tool is switched on, its call is shown before it runs, allowed once
//! and refused once, and an answer that waits can be stopped.

use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::tool_host::{Manner, ToolHost};
use fluxchat_testkit::webdriver::Window;
use serde_json::json;

use super::openai;
use crate::desktop::{Desk, add_source, first_run, open_settings, set_offline, set_theme};
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

#[test]
fn a_server_at_an_address_is_added_shown_asked_and_left_alone_offline() {
    in_namespace("tools::window::at_an_address");
}

#[test]
#[ignore = "runs inside the namespace that a_server_at_an_address_is_added_shown_asked_and_left_alone_offline makes"]
fn at_an_address() {
    runtime().block_on(async {
        let server = Recorder::start(Answer::Words(vec!["x".into()])).await;
        let host = ToolHost::start(Manner::Events).await;
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        add_source(&window, "Mock", &server.base_url()).await;

        describe_server(&window, &host.url()).await;
        window.type_into_label("Key", "k-1").await;
        desk.picture("tools-address-form");
        save_server(&window, host.host()).await;
        assert!(host.seen().is_empty(), "adding it asks it nothing");
        window.click("tool-server-test").await;
        window.wait_text("Says it again.").await;
        desk.picture("tools-address");
        let seen = host.seen();
        assert!(seen.iter().all(|it| it.header("authorization") == Some("Bearer k-1")));

        window.click("rail-chat").await;
        window.click("new-chat").await;
        switch_on_afar(&window).await;
        let turn = |end: &str| {
            Answer::Turns(vec![
                openai(
                    "I will ask **somebody afar**.",
                    &[("Afar__echo", r#"{"text":"hello there"}"#)],
                ),
                openai(end, &[]),
            ])
        };
        server.answer(turn("It said so."));
        window.type_into("composer-input", "Say hello").await;
        window.click("send").await;
        window.wait("tool-approval").await;
        window.wait_text(&format!("Goes to {}", host.host())).await;
        let calls = || host.asked().iter().filter(|it| *it == "tools/call").count();
        assert_eq!(calls(), 0, "nothing went there before somebody said so");
        // A look at the settings leaves a call that waits as it is.
        for theme in ["Dark", "Light"] {
            set_theme(&window, theme).await;
            window.wait("tool-approval").await;
            desk.picture(&format!("tools-address-approval-{}", theme.to_lowercase()));
        }
        window.click("tool-allow").await;
        window.wait_text("It said so.").await;
        window
            .wait_css("[data-testid=tool-call][data-state=done]")
            .await;
        assert_eq!(calls(), 1);
        // The call stands where it happened.
        let order = "const at = (word) => document.body.innerText.indexOf(word);\
             return at('somebody afar') < at('echo') && at('echo') < at('It said so.')";
        window
            .wait_true(order, vec![], "the call stands between the words")
            .await;
        desk.picture("tools-address-call");

        // Decided once for all, it is not asked about.
        open_settings(&window, "Tools").await;
        let always = "const label = [...document.querySelectorAll('label')].find(it => it.innerText.trim() === 'May echo run?');\
             const select = label && document.getElementById(label.htmlFor); if (!select) return false;\
             select.value = 'always'; select.dispatchEvent(new Event('change', { bubbles: true })); return true";
        window.wait_true(always, vec![], "the policy can be chosen").await;
        window
            .wait_true(
                "return [...document.querySelectorAll('select')].some(it => it.value === 'always')",
                vec![],
                "the policy is kept",
            )
            .await;
        window.click("rail-chat").await;
        server.answer(turn("Again it said so."));
        window.type_into("composer-input", "Once more").await;
        window.click("send").await;
        window.wait_text("Again it said so.").await;
        assert_eq!(calls(), 2);

        // Offline nobody is asked, and it says so before anything is sent.
        set_offline(&window, true).await;
        let before = (host.seen().len(), asked(&server));
        window.type_into("composer-input", "And offline?").await;
        window.wait_text("nothing can be sent to").await;
        let barred = "return document.querySelector('[data-testid=send]').disabled";
        window.wait_true(barred, vec![], "it cannot be sent").await;
        desk.picture("tools-address-offline");
        assert_eq!((host.seen().len(), asked(&server)), before);
        desk.quit(window).await;
        let rows = desk.cli(&["privacy", "ledger"]);
        let mut told: Vec<String> = rows
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["purpose"] == "svc.tool" && row["outcome"] != "blocked")
            .map(|row| row["request_id"].as_str().unwrap().to_owned())
            .collect();
        told.sort();
        assert_eq!(told, host.request_ids());
        assert_eq!(desk.cli(&["privacy", "verify"])["holds"], json!(true));
    });
}

fn asked(server: &Recorder) -> usize {
    let seen = server.seen().into_iter();
    seen.filter(|request| request.method == "POST").count()
}

/// Opens the form of a server of tools and enters its address. The name is “Afar”.
pub async fn describe_server(window: &Window, address: &str) {
    open_settings(window, "Tools").await;
    window.click("tool-server-add").await;
    window.wait("tool-server-form").await;
    window.click_text("An address").await;
    window.type_into_label("Name", "Afar").await;
    window.type_into_label("Address", address).await;
}

/// Keeps what was entered, and waits until who would be asked is said.
pub async fn save_server(window: &Window, host: &str) {
    window.click("tool-server-save").await;
    window.wait_gone("[data-testid=tool-server-form]").await;
    window.wait_text(&format!("Goes to {host}")).await;
}

/// Switches all tools of “Afar” on for the open conversation.
pub async fn switch_on_afar(window: &Window) {
    window.click("tools-open").await;
    window.wait("tools-panel").await;
    window.click_text("Afar").await;
    window
        .wait_css("[data-testid=tools-panel] [role=switch][aria-checked=true]")
        .await;
    window.click("tools-open").await;
    window.wait_gone("[data-testid=tools-panel]").await;
}
