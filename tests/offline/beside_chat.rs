//! What stands beside a chat while nobody can be reached: dictation and reading aloud, the list of
//! models, titles, budgets, and a conversation too long for one screen. Each works from what is
//! here, or says a sentence and loses nothing.

use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::webdriver::Window;
use serde_json::{Value, json};

use crate::accessibility::axe_is_content;
use crate::desktop::{Desk, add_source, ask, ask_in_vain, end_find, find, first_run, set_offline};
use crate::support::{in_namespace, runtime};
use crate::voice::window::{pipes, talk};

/// What the window says of what it could not do.
async fn composer_says(window: &Window, words: &str) {
    let script = "return document.querySelector('[data-testid=composer-error]')?.innerText.includes(arguments[0]) ?? false";
    let what = format!("the message field says “{words}”");
    window.wait_true(script, vec![json!(words)], &what).await;
}

async fn typed(window: &Window) -> Value {
    let script = "return document.querySelector('[data-testid=composer-input]').value";
    window.run(script, vec![]).await
}

#[test]
fn what_was_dictated_is_kept_until_it_can_be_sent() {
    in_namespace("offline::beside_chat::spoken");
}

#[test]
#[ignore = "runs inside the namespace that what_was_dictated_is_kept_until_it_can_be_sent makes"]
fn spoken() {
    runtime().block_on(async {
        let words = "Nobody has to say this twice.";
        let written = format!(r#"{{"text":"{words}"}}"#);
        let heard = |status, said: &str| {
            Answer::ByPath(vec![
                ("/completions", Answer::Words(vec!["Not this.".to_owned()])),
                (
                    "/transcriptions",
                    Answer::Plain(status, "application/json", said.to_owned()),
                ),
            ])
        };
        let busy = r#"{"error":{"message":"busy"}}"#;
        let server = Recorder::start(heard(503, busy)).await;
        let desk = Desk::new();
        let settings = pipes(desk.home());
        let window = desk.open().await;
        first_run(&window).await;
        add_source(&window, "Mock", &server.base_url()).await;
        desk.quit(window).await;
        desk.cli(&[
            "voice",
            "set",
            "--dictation",
            "Mock:whisper-1",
            "--reading",
            "Mock:tts-1",
        ]);
        desk.cli(&["voice", "agree", server.host()]);

        let window = desk.open_with(&[("ALSA_CONFIG_PATH", &settings)]).await;
        ask(&window, "What leaves this computer?").await;
        let audio = || {
            let seen = server.seen().into_iter();
            seen.filter(|it| it.path.contains("/audio/")).count()
        };

        // Switched off, a person is told before they speak.
        set_offline(&window, true).await;
        window.click("voice-dictate").await;
        composer_says(&window, "Fluxchat is offline").await;
        window.wait("voice-dictate").await;
        let stop = talk(desk.home().join("sound").join("ears"));
        set_offline(&window, false).await;

        // Switched off while they speak, what was said stays.
        window.click("voice-dictate").await;
        window
            .wait_true(
                "return /0:0[2-9]/.test(document.querySelector('[data-testid=voice-time]')?.textContent ?? '')",
                vec![],
                "it counts what it hears",
            )
            .await;
        set_offline(&window, true).await;
        window.click("voice-done").await;
        window.click("voice-send").await;
        window.wait("voice-again").await;
        composer_says(&window, "Nothing was lost.").await;
        assert_eq!(audio(), 0, "nothing left");
        desk.picture("offline-dictation");
        axe_is_content(&window, "a recording that could not be sent").await;
        let taken = "return document.querySelector('[data-testid=voice-taken]').innerText";
        let taken = window.run(taken, vec![]).await;

        // Reading aloud says the same, and the recording waits on.
        window.click_in_message(-1, "message-more").await;
        window.click("message-read").await;
        composer_says(&window, "Fluxchat is offline").await;
        assert_eq!(audio(), 0, "nothing left");

        // A source that cannot answer takes nothing away either.
        set_offline(&window, false).await;
        window.click("voice-again").await;
        window.wait_gone("[data-testid=voice-writing]").await;
        window.wait("voice-again").await;
        assert!(audio() >= 1, "it was asked");
        let again = "return document.querySelector('[data-testid=voice-taken]').innerText";
        assert_eq!(window.run(again, vec![]).await, taken, "as it was recorded");
        server.answer(heard(200, &written));
        window.click("voice-again").await;
        let there = "return document.querySelector('[data-testid=composer-input]').value === arguments[0]";
        window
            .wait_true(there, vec![json!(words)], "the words stand in the message field")
            .await;
        stop.store(true, std::sync::atomic::Ordering::SeqCst);
        desk.quit(window).await;
    });
}

#[test]
fn models_titles_and_budgets_are_there_without_a_network() {
    in_namespace("offline::beside_chat::counted");
}

#[test]
#[ignore = "runs inside the namespace that models_titles_and_budgets_are_there_without_a_network makes"]
fn counted() {
    runtime().block_on(async {
        let server = Recorder::start(Answer::Words(vec!["fine".to_owned()])).await;
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        add_source(&window, "Mock", &server.base_url()).await;
        desk.quit(window).await;
        let described = [
            "source", "describe", "Mock", "recorder-1", "--input", "1000", "--output", "1000",
        ];
        desk.cli(&described);
        desk.cli(&["titles", "on"]);
        let listed = desk.cli(&["source", "models", "Mock"]);

        // Another start, and nobody answers there any more.
        drop(server);
        let window = desk.open().await;
        window.click("new-chat").await;
        window.click("model-picker").await;
        let offered = "return [...document.querySelectorAll('[data-testid=model-option]')].some((it) => it.dataset.model === 'recorder-1')";
        window
            .wait_true(offered, vec![], "what it offered is still offered")
            .await;
        window.wait("models-kept").await;
        window.wait_text("as of ").await;
        window.wait_text("No connection to 127.0.0.1").await;
        desk.picture("offline-models");
        axe_is_content(&window, "models as they were last told").await;
        let choose = "document.querySelector('[data-testid=model-option][data-model=recorder-1]').click()";
        window.run(choose, vec![]).await;
        window.wait_gone("[data-testid=model-list]").await;

        // No title can be asked for: the question's own words stand there.
        let said = ask_in_vain(&window, "Why is the zephyr valve tight? It was loose.").await;
        assert!(said.contains("Your question was kept"), "{said}");
        let row = "return document.querySelector('[data-testid=conversation-row]')?.innerText.includes('Why is the zephyr valve tight')";
        window
            .wait_true(row, vec![], "it is called after the question")
            .await;

        // What did not arrive costs nothing, and the budget stops as ever.
        desk.quit(window).await;
        assert_eq!(desk.cli(&["spend", "--by", "source"])["rows"], json!([]));
        desk.cli(&["budget", "set", "0.004", "--per", "day"]);
        let window = desk.open().await;
        window.click("conversation-row").await;
        window
            .type_into("composer-input", "And how tight is it now, after all?")
            .await;
        window.wait("context-stop").await;
        set_offline(&window, true).await;
        window.wait("composer-offline").await;
        window.wait("context-stop").await;
        assert_eq!(typed(&window).await, json!("And how tight is it now, after all?"));
        desk.picture("offline-budget");
        window.click("model-picker").await;
        window.wait_true(offered, vec![], "offline, too").await;
        window.wait("models-kept").await;
        desk.picture("offline-models-switch");
        desk.quit(window).await;
        let kept = desk.cli(&["--offline", "source", "models", "Mock"]);
        assert_eq!(kept[0]["id"], listed[0]["id"]);
        assert_eq!(desk.cli(&["spend", "--by", "source"])["rows"], json!([]));
    });
}

#[test]
fn a_conversation_of_many_screens_is_read_found_in_and_mapped_without_a_network() {
    in_namespace("offline::beside_chat::long");
}

#[test]
#[ignore = "runs inside the namespace that a_conversation_of_many_screens_is_read_found_in_and_mapped_without_a_network makes"]
fn long() {
    runtime().block_on(async {
        let line = "It warns ships of rocks.\n\n".repeat(30);
        let server = Recorder::start(Answer::Words(vec![line])).await;
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        add_source(&window, "Mock", &server.base_url()).await;
        desk.quit(window).await;
        let first = desk.cli(&["ask", "Question 0 of lighthouses?", "--source", "Mock"]);
        let id = first["conversation_id"].as_str().unwrap().to_owned();
        for place in 1..25 {
            let question = format!("Question {place} of lighthouses?");
            desk.cli(&["ask", &question, "--conversation", &id]);
        }
        let before = server.seen().len();

        let window = desk.open().await;
        set_offline(&window, true).await;
        window.click("conversation-row").await;
        window.wait_text("It warns ships of rocks.").await;
        find(&window, "Question 3 of").await;
        window.wait_text("1 of 1").await;
        window.wait_text("Question 3 of lighthouses?").await;
        end_find(&window).await;

        // Other words up there begin a branch that waits; the map shows both, and leads back.
        let edit = "const row = [...document.querySelectorAll('[data-testid=message-row]')].find((it) => it.innerText.includes('Question 3 of'));
          row?.dispatchEvent(new PointerEvent('pointerover', { bubbles: true }));
          const button = row?.querySelector('[data-testid=message-edit]'); button?.click(); return Boolean(button)";
        window.wait_true(edit, vec![], "it can be edited").await;
        window.type_into("message-edit-input", " And harbours?").await;
        window.click("message-edit-send").await;
        window.wait_text("Fluxchat is offline").await;
        window.wait_text("And harbours?").await;
        desk.picture("offline-long-branch");
        window.click_in_message(-1, "message-more").await;
        window.click("message-map").await;
        window.wait("map-line").await;
        let two = "return document.querySelectorAll('[data-testid=map-line]').length >= 2";
        window.wait_true(two, vec![], "both branches are on the map").await;
        desk.picture("offline-long-map");
        axe_is_content(&window, "the map while offline").await;
        let other = "[...document.querySelectorAll('[data-testid=map-line][aria-selected=false]')].at(0).click()";
        window.run(other, vec![]).await;
        window.wait_gone("[data-testid=message-map-sheet]").await;
        window.wait_text("of lighthouses?").await;
        assert_eq!(server.seen().len(), before, "nothing left");
        desk.quit(window).await;
        let kept = desk.cli(&["history", "map", &id]);
        assert!(kept.as_array().is_some_and(|all| all.len() >= 2), "{kept}");
    });
}
