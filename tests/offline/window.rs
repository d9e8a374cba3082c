//! The same in the real window: nobody can be reached, or the switch is on. Each job says what
//! happened, what was kept and what to do; what was typed stays; reading goes on.

use fluxchat_testkit::keyboard::key::ESCAPE;
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::webdriver::Window;
use serde_json::{Value, json};

use crate::accessibility::axe_is_content;
use crate::attachments::pdf;
use crate::desktop::{
    Desk, add_source, ask, ask_in_vain, end_find, find, first_run, search_and_open, set_offline,
};
use crate::support::{in_namespace, runtime};

const MODELS: &str = r#"{"object":"list","data":[
  {"id":"one","object":"model"},{"id":"two","object":"model"},
  {"id":"three","object":"model"},{"id":"four","object":"model"}]}"#;

/// Asks in vain: the answer says what happened, what was kept and what to do.
async fn fails(window: &Window, desk: &Desk, question: &str, job: &str) {
    let said = ask_in_vain(window, question).await;
    for part in [
        "No connection to 127.0.0.1",
        "Your question was kept",
        "Check the address",
    ] {
        assert!(said.contains(part), "{job} says “{part}”:\n{said}");
    }
    desk.picture(&format!("offline-{job}"));
    axe_is_content(window, job).await;
}

async fn typed(window: &Window) -> Value {
    let script = "return document.querySelector('[data-testid=composer-input]').value";
    window.run(script, vec![]).await
}

/// Goes through what needs nobody: search, find, map, a file's page and an export.
async fn reading_works(window: &Window, desk: &Desk, when: &str) {
    search_and_open(window, "zephyr").await;
    window.wait_text("How tight is the zephyr valve?").await;
    find(window, "zephyr").await;
    window.wait_text("1 of ").await;
    end_find(window).await;
    window.click_in_message(0, "message-more").await;
    window.click("message-map").await;
    window.wait("map-line").await;
    desk.picture(&format!("offline-{when}-map"));
    window.chord(&[ESCAPE]).await;
    window.wait_gone("[data-testid=message-map-sheet]").await;
}

#[test]
fn every_job_says_what_happened_and_reading_goes_on() {
    in_namespace("offline::window::inside");
}

#[test]
#[ignore = "runs inside the namespace that every_job_says_what_happened_and_reading_goes_on makes"]
fn inside() {
    runtime().block_on(async {
        let server = Recorder::start(Answer::Words(vec!["It is tight.".to_owned()])).await;
        server.models(MODELS);
        let desk = Desk::new();
        let files = tempfile::tempdir().unwrap();
        let manual = files.path().join("manual.pdf");
        let page = |page| vec![format!("Page {page} speaks of the gasket.")];
        std::fs::write(&manual, pdf(3, page)).unwrap();
        let window = desk.open().await;
        first_run(&window).await;
        add_source(&window, "Mock", &server.base_url()).await;
        window.click("new-chat").await;
        ask(&window, "How tight is the zephyr valve?").await;
        window.wait_text("It is tight.").await;

        window.click("new-chat").await;
        window.click("model-picker").await;
        window.wait("model-option").await;
        window.click("beside-several").await;
        let all = "return document.querySelectorAll(\"[data-testid='model-option']\").length >= 4";
        window.wait_true(all, vec![], "all models are offered").await;
        let choose = "const options = [...document.querySelectorAll(\"[data-testid='model-option']\")];
            for (const option of options) if (option.ariaSelected !== 'true' && /one|two|three|four/.test(option.textContent)) option.click();
            return true";
        window.run(choose, vec![]).await;
        window.wait_text("Four models chosen").await;
        window.click("beside-take").await;
        drop(server);

        // Nobody answers there any more.
        window.type_into("composer-input", "And all four of you?").await;
        window.click("send").await;
        let failed = "return document.querySelectorAll(\"[data-testid='beside-column'][data-status='failed']\").length === 4";
        window.wait_true(failed, vec![], "four say that they failed").await;
        desk.picture("offline-four");
        axe_is_content(&window, "four failed answers").await;
        let each = "return [...document.querySelectorAll(\"[data-testid='beside-column']\")].every((it) => it.innerText.includes('No connection to 127.0.0.1'))";
        assert_eq!(window.run(each, vec![]).await, json!(true), "{}", window.text().await);

        window.click("new-chat").await;
        fails(&window, &desk, "Are you there?", "ask").await;

        window.click("new-chat").await;
        window.click("tools-open").await;
        window.wait("tools-panel").await;
        window.click("tool-switch-calculator").await;
        window
            .wait_css("[data-testid=tool-switch-calculator][aria-checked=true]")
            .await;
        window.click("tools-open").await;
        window.wait_gone("[data-testid=tools-panel]").await;
        fails(&window, &desk, "What is six times seven?", "tools").await;

        window.click("new-chat").await;
        let input = window.wait("attach-input").await;
        input.send_keys(manual.to_str().unwrap()).await.unwrap();
        window
            .wait_css("[data-testid='attach-chip'][data-state='ready']")
            .await;
        fails(&window, &desk, "What does it say of the gasket?", "file").await;
        window.wait("message-file").await;

        reading_works(&window, &desk, "unreachable").await;

        // The switch: said before anything is sent, and what was typed stays.
        set_offline(&window, true).await;
        window.click("new-chat").await;
        window.type_into("composer-input", "Written down for later").await;
        window.wait("composer-offline").await;
        let barred = "return document.querySelector('[data-testid=send]').disabled";
        window.wait_true(barred, vec![], "it cannot be sent").await;
        let input = window.wait("attach-input").await;
        input.send_keys(manual.to_str().unwrap()).await.unwrap();
        window
            .wait_css("[data-testid='attach-chip'][data-state='ready']")
            .await;
        assert_eq!(typed(&window).await, json!("Written down for later"));
        desk.picture("offline-switch");
        axe_is_content(&window, "the composer while offline").await;
        reading_works(&window, &desk, "switch").await;
        window.click("new-chat").await;
        let kept = "return document.querySelector('[data-testid=composer-input]').value === 'Written down for later'";
        window.wait_true(kept, vec![], "what was typed stays").await;
        window.wait("attach-chip").await;
        desk.quit(window).await;
        let out = desk.home().join("export.zip");
        let export = desk.cli(&["privacy", "export", "--out", out.to_str().unwrap()]);
        assert!(out.is_file(), "{export}");
    });
}
