//! The same in the real window: a prompt of a server is chosen after a `/` and filled in, a resource
//! of it attached, and nothing of either is sent before somebody sends it.

use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::tool_host::{Manner, ToolHost};

use super::window::{describe_server, save_server, switch_on_afar};
use crate::desktop::{Desk, add_source, first_run, set_offline, set_theme};
use crate::support::{in_namespace, runtime};

const ENTER: &str = "\u{e007}";
const VALUE: &str =
    "return document.querySelector('[data-testid=composer-input]').value === arguments[0]";

#[test]
fn a_prompt_is_filled_in_and_a_resource_stands_beside_it() {
    in_namespace("tools::offers_window::inside");
}

#[test]
#[ignore = "runs inside the namespace that a_prompt_is_filled_in_and_a_resource_stands_beside_it makes"]
fn inside() {
    runtime().block_on(async {
        let server = Recorder::start(Answer::Words(vec!["They differ.".into()])).await;
        let host = ToolHost::start(Manner::Well).await;
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        add_source(&window, "Mock", &server.base_url()).await;
        describe_server(&window, &host.url()).await;
        save_server(&window, host.host()).await;
        window.click("rail-chat").await;
        window.click("new-chat").await;
        switch_on_afar(&window).await;
        assert!(host.seen().is_empty(), "switched on, it is asked nothing yet");
        let before = server.seen().len();

        window.type_into("composer-input", "/").await;
        window.wait("slash-server").await;
        window.wait_text("Says what differs.").await;
        for theme in ["Dark", "Light"] {
            set_theme(&window, theme).await;
            window.click("composer-input").await;
            window.wait("slash-server").await;
            desk.picture(&format!("offers-slash-{}", theme.to_lowercase()));
        }
        window.type_into("composer-input", "comp").await;
        window.type_into("composer-input", ENTER).await;
        window.wait("offer-goes").await;
        window.wait_text(&format!("goes to {}", host.host())).await;
        let asks = |what: &str| host.asked().iter().filter(|it| *it == what).count();
        assert_eq!(asks("prompts/get"), 0, "nothing went there before somebody said so");
        desk.picture("offers-prompt");
        window.type_into_label("first", "Lisbon").await;
        window.click("fields-submit").await;
        let words = "Compare Lisbon\\u202e.\n\n> First:\n> second";
        window
            .wait_true(VALUE, vec![words.into()], "the words stand in the message")
            .await;
        // What could not be read is said, and taken away.
        window.wait_css("[data-testid=attach-chip][data-state=failed]").await;
        window.wait_text("from Afar").await;
        desk.picture("offers-brought");
        let take_away = "document.querySelector('[data-state=failed] [data-testid=attach-remove]').click(); return true";
        window.run(take_away, vec![]).await;

        window.click("attach").await;
        window.click("attach-from").await;
        window.wait("resource-option").await;
        let ready = "return document.activeElement?.dataset.testid === 'resource-filter'";
        window.wait_true(ready, vec![], "keys alone go on").await;
        window.wait_text("Lis\\u202ebon").await;
        desk.picture("offers-resources");
        window.type_into("resource-filter", "lis").await;
        window.type_into("resource-filter", ENTER).await;
        window.wait_gone("[data-testid=resource-filter]").await;
        window.wait_text("Lisbon.md").await;
        let back = "return document.activeElement?.dataset.testid === 'composer-input'";
        window.wait_true(back, vec![], "keys go on in the message").await;
        let two = "return document.querySelectorAll('[data-testid=attach-chip][data-state=ready]').length === 2";
        window.wait_true(two, vec![], "both files stand beside the text").await;
        assert_eq!((asks("prompts/get"), asks("resources/read")), (1, 1));
        assert_eq!(server.seen().len(), before, "nothing was sent by itself");

        window.click("send").await;
        window.wait_text("They differ.").await;
        let sent = server.seen().pop().unwrap().body;
        assert!(sent.contains("Compare Lisbon") && sent.contains("lisbon.md"), "{sent}");

        // Offline nobody is asked, and it says so.
        set_offline(&window, true).await;
        let so_far = host.seen().len();
        window.type_into("composer-input", "/").await;
        window.wait("slash-menu").await;
        window.wait_text("Afar: Fluxchat is offline").await;
        assert_eq!(host.seen().len(), so_far);
        desk.picture("offers-offline");
        desk.quit(window).await;

        let rows = desk.cli(&["privacy", "ledger"]);
        let of_server = |row: &&serde_json::Value| row["purpose"] == "svc.tool" && row["outcome"] != "blocked";
        let rows = rows.as_array().unwrap().iter().filter(of_server);
        let mut told: Vec<String> = rows
            .map(|row| row["request_id"].as_str().unwrap().to_owned())
            .collect();
        told.sort();
        assert_eq!(told, host.request_ids());
    });
}
