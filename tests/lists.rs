//! Lists as the web view really lays them out: a marker beside its text, never above it.

use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::webdriver::Window;
use serde_json::json;

use crate::desktop::{Desk, add_source, ask, first_run, record_violations, runtime};

const LISTS: &str = "Some lists:\n\n\
    - one, which is long enough to be broken over more than one line in a window of any usual \
    width, because it goes on and on until it has no more to say\n\
    - two\n  - below two\n    - below that\n- three with `code`\n\n\
    98. ninety-eight\n99. ninety-nine\n100. a hundred\n\n\
    - loose\n\n  with two paragraphs\n\n- [ ] open\n- [x] done\n\n\
    1. first\n   ```sh\n   make it\n   ```\n2. second\n";

/// Of every item: how far below the item's own beginning its text begins, in pixels, where its
/// marker is drawn and where its text.
const PLACES: &str = "return [...document.querySelectorAll(\"[data-testid='message-text'] li\")].map(li => {\
    const text = li.querySelector(':scope > div');\
    const a = li.getBoundingClientRect(), b = text.getBoundingClientRect();\
    return { words: text.textContent.slice(0, 20), down: b.top - a.top, in: b.left - a.left,\
        marker: getComputedStyle(li, '::before').content, own: getComputedStyle(li).listStyleType,\
        line: parseFloat(getComputedStyle(text).lineHeight) };\
    })";

async fn beside(window: &Window, at_least: usize) {
    let places = window.run(PLACES, vec![]).await;
    let places = places.as_array().cloned().unwrap_or_default();
    assert!(places.len() >= at_least, "{} items", places.len());
    for place in &places {
        let number = |name: &str| place[name].as_f64().unwrap_or(f64::MAX);
        assert_eq!(place["own"], "none", "the web view draws none: {place}");
        assert!(
            number("down") < number("line") / 2.0,
            "the text begins where the item begins: {place}"
        );
        assert!(number("in") > 8.0, "there is room for a marker: {place}");
    }
}

#[test]
fn a_marker_stands_beside_its_text() {
    runtime().block_on(async {
        let words = LISTS.split_inclusive(' ').map(str::to_owned).collect();
        let server = Recorder::start(Answer::Words(words)).await;
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        ask(&window, "What leaves my computer?").await;
        beside(&window, 2).await;

        add_source(&window, "Recorder", &server.base_url()).await;
        window.click("new-chat").await;
        ask(&window, "make lists").await;
        beside(&window, 11).await;
        // Numbers of any length leave all texts of a list in one line.
        let starts = "return [...document.querySelectorAll(\"[data-testid='message-text'] ol[start='98'] > li > div\")]\
            .map(text => Math.round(text.getBoundingClientRect().left))";
        let starts = window.run(starts, vec![]).await;
        let starts = starts.as_array().cloned().unwrap_or_default();
        assert_eq!(starts.len(), 3);
        assert!(starts.iter().all(|it| *it == starts[0]), "{starts:?}");
        let tasks = "return document.querySelectorAll(\"[data-testid='message-text'] li > input\").length";
        assert_eq!(window.run(tasks, vec![]).await, json!(2));
        desk.picture("lists");
        desk.quit(window).await;

        let window = desk.open().await;
        record_violations(&window).await;
        for row in 0..2 {
            let open = "document.querySelectorAll(\"[data-testid='conversation-row']\")[arguments[0]].click(); return true";
            window.wait("conversation-row").await;
            window.run(open, vec![json!(row)]).await;
            window.wait_css("[data-testid='message-text'] li").await;
            beside(&window, 2).await;
        }
        desk.quit(window).await;
    });
}
