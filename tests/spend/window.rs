//! The same in the real window: a budget stops a question, a click sends it once, and what is left
//! out is told at its place.

use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::json;

use crate::desktop::{Desk, add_source, first_run};
use crate::support::runtime;

#[test]
fn a_budget_stops_and_what_is_left_out_is_said() {
    runtime().block_on(async {
        let server = Recorder::start(Answer::Words(vec!["fine".to_owned()])).await;
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        add_source(&window, "Recorder", &server.base_url()).await;
        desk.quit(window).await;
        let described = [
            "source",
            "describe",
            "Recorder",
            "recorder-1",
            "--input",
            "1000",
            "--output",
            "1000",
        ];
        desk.cli(&described);
        desk.cli(&["budget", "set", "0.004", "--per", "day"]);
        let before = server.seen().len();

        let window = desk.open().await;
        window.click("new-chat").await;
        window.type_into("composer-input", "hello there").await;
        window.wait("context-stop").await;
        window.click("send").await;
        window.wait("message-error").await;
        assert_eq!(server.seen().len(), before, "nothing left");
        desk.picture("budget-stop");
        window.wait_css("[data-testid=message-error] button").await;
        let anyway = "document.querySelector('[data-testid=message-error] button').click()";
        window.run(anyway, Vec::new()).await;
        window.wait_gone("[data-testid=message-error]").await;
        window.wait_text("fine").await;
        assert_eq!(server.seen().len(), before + 1, "once");
        desk.quit(window).await;

        desk.cli(&["budget", "remove", "--per", "day"]);
        let kept = desk.cli(&["history", "list"]);
        let id = kept[0]["id"].as_str().unwrap().to_owned();
        desk.cli(&["ask", "and more", "--conversation", &id, "--context", "2"]);

        let window = desk.open().await;
        window.wait("conversation-row").await;
        window.click("conversation-row").await;
        window.wait("not-sent-line").await;
        window.wait("context-left-out").await;
        window.type_into("composer-input", "now").await;
        window.click("context-line").await;
        window.wait("context-details").await;
        desk.picture("context");
        desk.quit(window).await;
        let spent = desk.cli(&["spend", "--by", "source"]);
        assert_eq!(spent["rows"][0]["answers"], json!(2), "{spent}");
    });
}
