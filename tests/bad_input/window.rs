//! The same mistakes, made in the window: a sentence stands where the person looks, and the next
//! try works.

use std::path::Path;
use std::process::Command;

use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::webdriver::Window;
use serde_json::json;

use super::disk::{fill, in_mount_namespace, mount_small_disk};
use super::server::misbehaviours;
use crate::desktop::{Desk, add_source, ask, first_run, open_settings, record_violations, runtime};

const FORM: &str = "form:has(input[inputmode='url'])";

#[test]
fn an_address_that_cannot_be_used_is_explained() {
    runtime().block_on(async {
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        open_settings(&window, "Sources").await;
        window.click_text("Add a source").await;
        window.type_into_label("Name", "Wrong").await;
        for (url, sentence) in [
            ("not an address", "This is not an address."),
            ("ftp://example.com/v1", "Only addresses that begin with"),
            (
                "https://me:secret-word@example.com/v1",
                "Remove the name and password",
            ),
            (
                "https://example.com/v1?key=secret-word",
                "Remove everything from the question mark on",
            ),
            (
                "https://example.com/v1#part",
                "Remove everything from the # on",
            ),
            ("http://example.com/v1", "must be encrypted"),
            (
                "http://169.254.169.254/latest",
                "is not an address to connect to",
            ),
        ] {
            retype(&window, url).await;
            window.click_exactly("Add").await;
            let said = problem(&window, FORM, sentence).await;
            assert!(said.len() > sentence.len() + 10, "what to do next: {said}");
            assert!(!said.contains("secret-word"), "{url}: {said}");
        }
        desk.picture("bad-input-address");
        desk.quit(window).await;
        let sources = desk.cli(&["source", "list"]);
        assert_eq!(sources.as_array().map(Vec::len), Some(1), "{sources}");
        assert_eq!(
            desk.cli(&["privacy", "ledger"]),
            json!([]),
            "nobody was asked"
        );
    });
}

/// A right form of an address where nobody answers as a source does.
#[test]
fn an_address_where_no_source_is_can_be_put_right() {
    runtime().block_on(async {
        let page = Answer::Plain(200, "text/html", "<!DOCTYPE html><h1>It works!</h1>".into());
        let server = Recorder::start(page).await;
        let gone = Recorder::start(Answer::Words(vec![])).await;
        let nobody = gone.base_url();
        drop(gone);
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        open_settings(&window, "Sources").await;
        window.click_text("Add a source").await;
        window.type_into_label("Name", "Mine").await;
        for (url, sentence) in [
            (nobody, "No connection to 127.0.0.1"),
            (server.base_url(), "It sent a web page."),
        ] {
            retype(&window, &url).await;
            click_in_form(&window).await;
            let said = problem(&window, FORM, sentence).await;
            assert!(!said.contains('<'), "{url}: {said}");
        }
        desk.picture("bad-input-no-source");
        server.answer(Answer::Words(vec!["Good day.".into()]));
        click_in_form(&window).await;
        window.wait_text("Mine answers").await;
        window.click_text("Done").await;
        window.click("rail-chat").await;
        window.click("new-chat").await;
        ask(&window, "and now?").await;
        window.wait_text("Good day.").await;
        desk.quit(window).await;
        let sources = desk.cli(&["source", "list"]);
        assert_eq!(
            sources.as_array().map(Vec::len),
            Some(2),
            "the tries before left none behind: {sources}"
        );
    });
}

#[test]
fn a_server_that_misbehaves_costs_nothing_but_the_answer() {
    runtime().block_on(async {
        let good = || Answer::Words(vec!["better ".into(), "now".into()]);
        let server = Recorder::start(good()).await;
        let elsewhere = Recorder::start_at("127.0.0.2", good()).await;
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        add_source(&window, "Recorder", &server.base_url()).await;
        for (what, answer, _, partial) in misbehaviours(&elsewhere) {
            server.answer(answer);
            window.click("new-chat").await;
            window.wait_gone("[data-testid='message-row']").await;
            window
                .type_into("composer-input", &format!("a question about {what}"))
                .await;
            window.click("send").await;
            let said = problem(&window, "[data-testid='message-error']", "").await;
            let kept = if partial.is_empty() {
                "Your question was kept."
            } else {
                window.wait_text(partial).await;
                "Your question and what had arrived were kept."
            };
            let (message, rest) = said
                .split_once(kept)
                .unwrap_or_else(|| panic!("{what}: says what was kept: {said}"));
            assert!(message.len() > 10, "{what}: says what happened: {said}");
            assert!(rest.len() > 10, "{what}: says what to do next: {said}");
            assert!(!said.contains('<'), "{what}: no markup: {said}");
            if what == "429" || what == "half a stream" {
                desk.picture(&format!("bad-input-{what}"));
            }

            server.answer(good());
            let helps = window
                .wait_css("[data-testid='message-error'] button")
                .await;
            // Where the same again would be refused again, something else is offered first.
            if helps.text().await.unwrap() == "Try again" {
                helps.click().await.unwrap();
            } else {
                window.click_in_message(-1, "message-regenerate").await;
                window.click("regenerate-same").await;
            }
            window.wait_text("better now").await;
            window.wait_gone("[data-testid='message-error']").await;
        }
        assert!(elsewhere.seen().is_empty(), "the redirect was not followed");
        desk.quit(window).await;
        assert_eq!(desk.cli(&["privacy", "verify"])["holds"], true);
    });
}

#[test]
fn a_full_disk_and_a_read_only_one() {
    in_mount_namespace("bad_input::window::disks_inside");
}

#[test]
#[ignore = "runs inside the namespace that a_full_disk_and_a_read_only_one makes"]
fn disks_inside() {
    runtime().block_on(async {
        let desk = Desk::new();
        std::fs::create_dir_all(&desk.profile).unwrap();
        mount_small_disk(&desk.profile, "24m");
        let window = desk.open().await;
        first_run(&window).await;
        ask(&window, "What is kept on this computer?").await;

        let filler = desk.profile.join("filler");
        fill(&filler);
        let refused = refuse(&window).await;
        assert!(refused.contains("disk is full"), "{refused}");
        assert!(refused.contains("space"), "{refused}");
        desk.picture("bad-input-disk-full");
        let typed = window
            .run(
                "return document.querySelector(\"[data-testid='composer-input']\").value.length",
                vec![],
            )
            .await;
        assert!(
            typed.as_u64() > Some(10_000),
            "what was typed is still there: {typed}"
        );
        std::fs::remove_file(&filler).unwrap();
        window.click("send").await;
        window
            .wait_true(
                ANSWERED,
                vec![],
                "the same question is answered as soon as there is room",
            )
            .await;
        desk.quit(window).await;

        remount(&desk.profile, "ro");
        let window = desk.open().await;
        record_violations(&window).await;
        window.wait_text("The folder cannot be written").await;
        desk.picture("bad-input-read-only");
        remount(&desk.profile, "rw");
        window.click_exactly("Try again").await;
        window.wait("conversation-row").await;
        desk.quit(window).await;
        assert_eq!(desk.cli(&["doctor"])["integrity"], "ok");
    });
}

/// Nothing waits in the composer, and the last answer is complete. The rows above are not drawn.
const ANSWERED: &str = "const rows = [...document.querySelectorAll(\"[data-testid='message-row']\")];\
    const last = rows.at(-1)?.dataset ?? {};\
    return document.querySelector(\"[data-testid='composer-error']\") === null\
        && document.querySelector(\"[data-testid='composer-input']\").value === ''\
        && last.role === 'assistant' && last.status === 'complete'";

/// Asks until there is no room for a question, and gives what is said then.
async fn refuse(window: &Window) -> String {
    let fill_in = "const field = document.querySelector(\"[data-testid='composer-input']\");\
        Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(field, arguments[0]);\
        field.dispatchEvent(new Event('input', { bubbles: true }));";
    let refused =
        "return document.querySelector(\"[data-testid='composer-error']\")?.innerText ?? ''";
    let settled = format!(
        "return (() => {{ {refused} }})() !== '' || (() => {{ {ANSWERED} }})()\
        && [...document.querySelectorAll(\"[data-testid='message-row']\")]\
            .some(row => row.textContent.includes('question' + arguments[0] + ' '))"
    );
    for n in 0..60 {
        let question = format!("question{n} {}", "a long question ".repeat(8_000));
        window.run(fill_in, vec![json!(question)]).await;
        window.click("send").await;
        window
            .wait_true(&settled, vec![json!(n)], "it was answered or refused")
            .await;
        let said = window.run(refused, vec![]).await;
        if let Some(words) = said.as_str().filter(|words| !words.is_empty()) {
            return words.replace('\n', " ");
        }
    }
    panic!("the disk never ran full");
}

/// What is said in this place, once this is among it.
async fn problem(window: &Window, place: &str, sentence: &str) -> String {
    let said = "return document.querySelector(arguments[0] + \" [role='alert']\")?.innerText ?? ''";
    let there =
        format!("return ((...arguments) => {{ {said} }})(arguments[0]).includes(arguments[1])");
    let place = json!(place);
    window
        .wait_css(&format!(
            "{} [role='alert']",
            place.as_str().unwrap_or_default()
        ))
        .await;
    window
        .wait_true(&there, vec![place.clone(), json!(sentence)], sentence)
        .await;
    let words = window.run(said, vec![place]).await;
    words.as_str().unwrap_or_default().replace('\n', " ")
}

async fn retype(window: &Window, url: &str) {
    let field = window.wait_css("input[inputmode='url']").await;
    field.clear().await.unwrap();
    field.send_keys(url).await.unwrap();
}

async fn click_in_form(window: &Window) {
    window
        .wait_css(&format!("{FORM} button[type='submit']"))
        .await
        .click()
        .await
        .unwrap();
    window.wait_css(&format!("{FORM}, [role='status']")).await;
}

fn remount(folder: &Path, how: &str) {
    let status = Command::new("mount")
        .args(["-o", &format!("remount,{how}")])
        .arg(folder)
        .status()
        .expect("mount");
    assert!(status.success(), "the disk is {how} now");
}
