//! The window is drawn once the page stands, and not before.

use crate::desktop::{Desk, runtime};

/// When the document was loaded, from when on WebKitGTK draws, and when the words of the page came,
/// without which it does not stand.
const TIMES: &str = "const [page] = performance.getEntriesByType('navigation'); \
    return JSON.stringify([page?.loadEventStart, performance.getEntriesByType('resource').map((it) => [it.name, it.responseEnd])]);";

#[test]
fn nothing_is_drawn_before_the_page_stands() {
    runtime().block_on(async {
        let desk = Desk::new();
        let window = desk.open().await;
        window.wait_css("#app *").await;
        let times = window.run(TIMES, vec![]).await;
        eprintln!("{times}");
        desk.quit(window).await;
    });
}
