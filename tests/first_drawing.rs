//! The window is drawn once there is something to see, and not before.

use serde_json::json;

use crate::desktop::{Desk, runtime};

/// When something could be seen for the first time, and when the document was loaded, which is when
/// WebKitGTK draws whatever there is; in milliseconds, 0 where it was not yet.
const TIMES: &str = "const [page] = performance.getEntriesByType('navigation'); \
    const [seen] = performance.getEntriesByType('paint'); \
    return [seen?.startTime ?? 0, page?.loadEventStart ?? 0];";
const LOADED: &str = "return performance.getEntriesByType('navigation')[0]?.loadEventStart > 0";
/// So long the shell holds it back (`src-tauri/src/assets.rs`), and a start on a machine that does
/// much else may take longer.
const HELD_MS: f64 = 500.0;
const STARTS: u32 = 5;

#[test]
fn nothing_is_drawn_before_there_is_something_to_see() {
    runtime().block_on(async {
        for _ in 0..STARTS {
            let desk = Desk::new();
            let window = desk.open().await;
            window.wait_css("#app *").await;
            window.wait_true(LOADED, vec![], "it is never loaded").await;
            let times = window.run(TIMES, vec![]).await;
            desk.quit(window).await;
            let (seen, loaded) = (times[0].as_f64().unwrap(), times[1].as_f64().unwrap());
            if seen < HELD_MS {
                assert!(loaded > seen && times[0] != json!(0), "{times}");
                return;
            }
        }
        panic!("no start of {STARTS} was done in {HELD_MS} ms");
    });
}
