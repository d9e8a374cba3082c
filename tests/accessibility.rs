//! The real window for everybody: axe finds nothing on any screen, and the main job is done
//! without a pointer, with the focus in sight all the time.

use std::path::Path;
use std::time::Duration;

use fluxchat_testkit::keyboard::key::{BACKSPACE, CONTROL, ENTER, ESCAPE, SHIFT};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::webdriver::Window;
use serde_json::{Value, json};

use crate::desktop::{Desk, add_source, ask, first_run, record_violations, runtime};

/// Runs axe in the window as it stands.
pub async fn axe_is_content(window: &Window, screen: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/node_modules/axe-core/axe.min.js");
    let source =
        std::fs::read_to_string(path).expect("axe-core; install it with: npm ci --prefix ui");
    window.run(&source, vec![]).await;
    let script = "const done = arguments[arguments.length - 1];
        // What is still fading in has the colours of what lies below mixed into its own.
        const moving = document.getAnimations().filter(it => Number.isFinite(it.effect?.getComputedTiming().endTime));
        Promise.all(moving.map(it => it.finished.catch(() => undefined))).then(() => axe.run(document, { resultTypes: ['violations'], iframes: false,
          rules: { 'region': { enabled: true } } }))
        .then(found => done(found.violations.map(v => v.id + ': ' + v.help + '\\n' +
          v.nodes.map(n => '  ' + n.html.slice(0, 160) + ' (' + (n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? '') + ')').join('\\n'))),
          error => done([String(error)]));";
    let found = window
        .client()
        .execute_async(script, vec![])
        .await
        .expect("axe runs");
    let found: Vec<String> = found
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    assert!(found.is_empty(), "axe on {screen}:\n{}", found.join("\n"));
}

#[test]
fn axe_finds_nothing_on_any_screen() {
    runtime().block_on(async {
        let desk = Desk::new();
        let server = Recorder::start(Answer::Words(vec![
            "## A plan\n\nText with `code`, a [link](https://example.com/) and ".into(),
            "**more**.\n\n```rust\nfn main() {}\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- [ ] one\n- [x] two\n\n$\\pi r^2$\n".into(),
        ]))
        .await;
        let window = desk.open().await;
        record_violations(&window).await;
        window.wait_text("Agree and start").await;
        axe_is_content(&window, "welcome").await;
        window.click_text("I am an adult").await;
        window.click_text("Agree and start").await;
        window.wait_text("Try it now").await;
        axe_is_content(&window, "doors").await;
        window.click_text("Try it now").await;
        window.wait("composer-input").await;
        axe_is_content(&window, "empty chat").await;
        add_source(&window, "Mock", &server.base_url()).await;
        window.click("new-chat").await;
        ask(&window, "Plan something for me.").await;
        axe_is_content(&window, "chat").await;
        window.click("model-picker").await;
        window.wait("model-option").await;
        axe_is_content(&window, "model picker").await;
        window.chord(&[ESCAPE]).await;
        window.wait_gone("[data-testid='model-list']").await;
        server.answer(Answer::Cut(vec!["Half an ".into()]));
        window.type_into("composer-input", "And again?").await;
        window.click("send").await;
        window.wait("message-error").await;
        axe_is_content(&window, "failed answer").await;
        window.click("search-open").await;
        window.type_into("search-input", "from:me plan").await;
        window.wait("search-hit").await;
        window.wait("search-filter").await;
        axe_is_content(&window, "search").await;
        window.chord(&[ESCAPE]).await;
        window.wait_gone("[data-testid='search-input']").await;
        window.chord(&[CONTROL, 'k']).await;
        window.wait("palette-input").await;
        axe_is_content(&window, "palette").await;
        window.chord(&[ESCAPE]).await;
        window.wait_gone("[data-testid='palette-input']").await;
        window.click("egress-lamp").await;
        window.wait_text("Open the whole ledger").await;
        axe_is_content(&window, "ledger drawer").await;
        window.chord(&[ESCAPE]).await;
        window.click("rail-settings").await;
        for page in ["Sources", "Appearance", "Writing", "About"] {
            window.click_text(page).await;
            window.wait_gone("[aria-busy='true']").await;
            axe_is_content(&window, page).await;
        }
        window.click("rail-privacy").await;
        window.wait_css("nav ul[aria-labelledby] button").await;
        let open = "const all = document.querySelectorAll('nav ul[aria-labelledby] button');
            all[arguments[0]]?.click(); return [all.length, all[arguments[0]]?.innerText ?? '']";
        let mut page = 0;
        loop {
            let opened = window.run(open, vec![json!(page)]).await;
            page += 1;
            window.wait_gone("[aria-busy='true']").await;
            axe_is_content(&window, opened[1].as_str().unwrap_or_default()).await;
            if opened[0].as_u64() <= Some(page) {
                break;
            }
        }
        assert!(page >= 6, "the pages of Privacy: {page}");
        desk.quit(window).await;
    });
}

#[test]
fn the_main_job_from_the_keyboard_alone() {
    runtime().block_on(async {
        let desk = Desk::new();
        let server = Recorder::start(Answer::Words(vec!["First ".into(), "answer.".into()])).await;
        let window = desk.open().await;
        record_violations(&window).await;
        window.wait_text("Welcome to Fluxchat").await;
        window.tab_to("I am an adult", false).await;
        window.keys(" ").await;
        window.tab_to("Agree and start", false).await;
        window.chord(&[ENTER]).await;
        window.wait_text("Try it now").await;
        window.tab_to("Try it now", false).await;
        window.chord(&[ENTER]).await;
        window.wait("composer-input").await;

        // A source of one's own.
        window.chord(&[CONTROL, ',']).await;
        window.tab_to("Sources", false).await;
        window.chord(&[ENTER]).await;
        window.tab_to("Add a source", false).await;
        window.chord(&[ENTER]).await;
        window.wait_text("Address").await;
        window.tab_to("Name", false).await;
        window.keys("Mock").await;
        window.tab_to("Address", false).await;
        window.keys(&server.base_url()).await;
        window.chord(&[ENTER]).await;
        window.wait_text("Mock answers").await;
        window.tab_to("Done", false).await;
        window.chord(&[ENTER]).await;

        // Ask, stop, edit, regenerate.
        window.chord(&[CONTROL, 'n']).await;
        window.wait("composer-input").await;
        window.chord(&[CONTROL, 'j']).await;
        server.answer(Answer::Hang(vec!["A long ".into(), "answer".into()]));
        window.keys("Tell me more").await;
        window.chord(&[ENTER]).await;
        window.wait_text("A long answer").await;
        window.chord(&[CONTROL, '.']).await;
        window.wait("message-interrupted").await;
        server.answer(Answer::Words(vec!["Second ".into(), "answer.".into()]));
        window.chord(&[CONTROL, 'j']).await;
        window.tab_to("message-edit", true).await;
        window.chord(&[ENTER]).await;
        window.wait("message-edit-input").await;
        window.keys(" please").await;
        window.tab_to("message-edit-send", false).await;
        window.chord(&[ENTER]).await;
        window.wait_text("Second answer.").await;
        window.wait_text("Tell me more please").await;
        server.answer(Answer::Words(vec!["Third ".into(), "answer.".into()]));
        window.chord(&[CONTROL, SHIFT, 'R']).await;
        window.wait_text("Third answer.").await;

        // From branch to branch.
        window.chord(&[CONTROL, 'j']).await;
        window.tab_to("branch-prev", true).await;
        window.chord(&[ENTER]).await;
        window.wait_text("Second answer.").await;

        // Search opens at the message; the palette reaches every action.
        window.chord(&[CONTROL, SHIFT, 'F']).await;
        window.wait("search-input").await;
        window.keys("third").await;
        window.wait("search-hit").await;
        window.chord(&[ENTER]).await;
        window.wait_gone("[data-testid='search-input']").await;
        window.wait_text("Third answer.").await;
        window.chord(&[CONTROL, 'k']).await;
        window.wait("palette-input").await;
        window.keys("high contrast").await;
        window.wait("palette-command").await;
        window.chord(&[ENTER]).await;
        window.wait_css("html.high-contrast").await;

        // Delete, and take it back.
        window.chord(&[CONTROL, SHIFT, BACKSPACE]).await;
        window.wait("undo").await;
        window.tab_to("undo", true).await;
        window.chord(&[ENTER]).await;
        window.wait_css("[data-testid='conversation-row']").await;

        window.chord(&[CONTROL, SHIFT, 'L']).await;
        window.wait_text("Open the whole ledger").await;
        window.tab_to("Open the whole ledger", false).await;
        window.chord(&[ENTER]).await;
        window.wait_text("Every request is written here").await;
        desk.quit(window).await;
    });
}

/// Waits until every program of the session would paste exactly this.
async fn on_the_clipboard(desk: &Desk, expected: &str) {
    let waiting = async {
        while desk.session.clipboard().as_deref() != Some(expected) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(
        tokio::time::timeout(Duration::from_secs(60), waiting)
            .await
            .is_ok(),
        "what was copied is not what would be pasted: {:?}",
        desk.session.clipboard()
    );
}

#[test]
fn copies_are_exact_and_an_input_method_never_sends() {
    runtime().block_on(async {
        let desk = Desk::new();
        let text = "Zeile 1 “quoted” — 人工\n\n```\n  let a = \"<b>\";\n```\n";
        let server = Recorder::start(Answer::Words(vec![text.into()])).await;
        let window = desk.open().await;
        first_run(&window).await;
        add_source(&window, "Mock", &server.base_url()).await;
        window.click("new-chat").await;
        ask(&window, "copy this").await;
        window.click("code-copy").await;
        on_the_clipboard(&desk, "  let a = \"<b>\";").await;
        window.chord(&[CONTROL, SHIFT, 'C']).await;
        on_the_clipboard(&desk, text).await;

        // An input method composes: no Enter of it sends, the one after it does.
        let before = server.seen().len();
        window.type_into("composer-input", "ka").await;
        let script = "const e = document.querySelector(\"[data-testid='composer-input']\");
            const enter = (more) => e.dispatchEvent(new KeyboardEvent('keydown',
              { key: 'Enter', bubbles: true, cancelable: true, ...more }));
            e.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
            e.dispatchEvent(new CompositionEvent('compositionupdate', { bubbles: true, data: 'か' }));
            enter({ isComposing: true }); enter({}); enter({ keyCode: 229 });
            e.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: 'か' }));
            enter({}); enter({ keyCode: 229 });
            return [e.value, performance.now()]";
        let kept = window.run(script, vec![]).await;
        assert_eq!(kept[0], json!("ka"), "the words are still in the composer");
        assert_eq!(server.seen().len(), before, "nothing was sent");
        // Nobody presses it again within the blink in which it still belongs to the input method.
        let later = "document.querySelector(\"[data-testid='composer-input']\").focus();
            return performance.now() - arguments[0] > 100";
        window
            .wait_true(later, vec![kept[1].clone()], "the clock of the page stands")
            .await;
        window.chord(&[ENTER]).await;
        server.arrived(before + 1).await;
        desk.quit(window).await;
    });
}
