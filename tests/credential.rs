//! A key belongs to one address. In the real window: typed once, it is sent there and nowhere
//! else, whatever that address answers; and the page has it no more. Proxies: the tests of the door.

use fluxchat_testkit::canary;
use fluxchat_testkit::forensic::{all_needles, scan_tree};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::webdriver::Window;
use serde_json::{Value, json};

use crate::attacks::call;
use crate::desktop::{Desk, ask, first_run, open_settings, runtime};
use crate::support::in_namespace;

#[test]
fn a_key_typed_in_the_window_reaches_its_own_address_alone() {
    in_namespace("credential::its_own_address_alone_inside");
}

/// What reached a server, with its keys.
fn keys(server: &Recorder) -> Vec<Option<String>> {
    let seen = server.seen();
    seen.iter()
        .map(|it| it.header("authorization").map(str::to_owned))
        .collect()
}

/// Asks and waits until the answer has failed.
async fn ask_in_vain(window: &Window, question: &str) {
    window.click("new-chat").await;
    window.wait("chat-empty").await;
    window.type_into("composer-input", question).await;
    window.click("send").await;
    window.wait("message-error").await;
}

#[test]
#[ignore = "runs inside the namespace that a_key_typed_in_the_window_reaches_its_own_address_alone makes"]
fn its_own_address_alone_inside() {
    runtime().block_on(async {
        let key = format!("sk-{}", canary());
        let bearer = Some(format!("Bearer {key}"));
        let own = Recorder::start(Answer::Words(vec!["Good day.".into()])).await;
        let other = Recorder::start_at("127.0.0.2", Answer::Words(vec!["Hi.".into()])).await;
        let elsewhere = format!("http://{}", other.host());

        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;

        open_settings(&window, "Sources").await;
        window.click_text("Add a source").await;
        window.type_into_label("Name", "Mock").await;
        window.type_into_label("Address", &own.base_url()).await;
        window.type_into_label("Key", &key).await;
        window.click_exactly("Add").await;
        window.wait_text("Mock answers").await;
        window.click_text("Done").await;
        window.click("rail-chat").await;
        window.click("new-chat").await;
        ask(&window, "Good day?").await;

        // It points elsewhere, in every way an answer can.
        for status in [301, 302, 303, 307, 308] {
            let there = format!("{elsewhere}/v1/chat/completions");
            own.answer(Answer::Redirect(status, there));
            ask_in_vain(&window, &format!("Where to, {status}?")).await;
        }
        let document = json!({
            "id": "1", "object": "chat.completion", "url": format!("{elsewhere}/next"),
            "next": format!("{elsewhere}/next"), "status_url": format!("{elsewhere}/status"),
            "choices": [{"index": 0, "finish_reason": "stop", "message": {
                "role": "assistant",
                "content": format!("![a picture]({elsewhere}/x.png) [a link]({elsewhere}/y)"),
                "annotations": [{"type": "url_citation", "url_citation": {
                    "title": "a source", "url": format!("{elsewhere}/z") }}],
                "audio": {"url": format!("{elsewhere}/a.mp3")},
            }}],
        });
        own.answer(Answer::Plain(200, "application/json", document.to_string()));
        window.click("new-chat").await;
        window.wait("chat-empty").await;
        ask(&window, "And where now?").await;
        own.answer(Answer::Plain(
            401,
            "application/json",
            json!({"error": {"message": format!("Log in at {elsewhere}/login with {key}")}}).to_string(),
        ));
        ask_in_vain(&window, "May I?").await;
        assert!(!window.text().await.contains(&key), "the key is not shown");

        assert!(own.seen().len() >= 9, "the models, and eight questions");
        let all = keys(&own);
        assert!(all.iter().all(|it| *it == bearer), "each with its key: {all:?}");
        assert_eq!(keys(&other), [], "nobody else was asked");

        // The page knows that there is a key, and no more.
        let list = call(&window, "source_list", json!({"req": {}})).await;
        let text = list.to_string();
        assert!(text.contains("\"has_credential\":true") && !text.contains(&key), "{text}");
        let holds = "const all = [document.documentElement.outerHTML,
              ...[...document.querySelectorAll('input, textarea')].map(e => e.value),
              JSON.stringify(Object.entries(localStorage)), JSON.stringify(Object.entries(sessionStorage)),
              JSON.stringify(history.state), document.cookie, location.href, name];
            return all.some(it => String(it).includes(arguments[0]))";
        let held = window.run(holds, vec![json!(key)]).await;
        assert_eq!(held, json!(false), "the page has the key no more");

        // Another server under the old name starts without it.
        let id = list[1]["rows"]
            .as_array()
            .and_then(|rows| rows.iter().find(|row| row["name"] == "Mock"))
            .map(|row| row["id"].clone())
            .unwrap_or(Value::Null);
        let removed = call(&window, "source_remove", json!({"req": {"id": id}})).await;
        assert_eq!(removed[0], "ok", "{removed}");
        let before = own.seen().len();
        let add = json!({"req": {"name": "Mock", "url": other.base_url(), "dialect": "openai"}});
        let added = call(&window, "source_add", add).await;
        assert_eq!(added[0], "ok", "{added}");
        let all = keys(&other);
        assert!(!all.is_empty() && all.iter().all(Option::is_none), "{all:?}");
        assert_eq!(own.seen().len(), before, "and the old one is not asked");
        window.run("window.__cspViolations = []", vec![]).await;
        desk.quit(window).await;

        let hits = scan_tree(desk.home(), &all_needles(&[key]));
        assert!(hits.is_empty(), "the key is nowhere in the clear: {hits:?}");
    });
}
