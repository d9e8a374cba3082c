//! What the page says about itself while something happens.

use fluxchat_testkit::webdriver::Window;

use crate::Outcome;

/// Frames are counted, and how long the page let others wait. A message to oneself finds what
/// holds the page up between frames, and is asked for only where it does not disturb.
const WATCH: &str = "const w = window.__watched = { frames: 0, gap: 0, at: 0, held: 0, on: true, began: performance.now() };\
    let last = w.began;\
    const frame = (now) => { w.frames += 1; const gap = now - last; if (gap > w.gap) { w.gap = gap; w.at = now - w.began; } last = now; if (w.on) requestAnimationFrame(frame); };\
    requestAnimationFrame(frame);\
    if (arguments[0]) {\
      const { port1, port2 } = new MessageChannel(); let beat = performance.now();\
      port1.onmessage = () => { const now = performance.now(); w.held = Math.max(w.held, now - beat); beat = now; if (w.on) port2.postMessage(0); };\
      port2.postMessage(0);\
    }";
const WATCHED: &str = "const w = window.__watched; w.on = false;\
    return { frames: w.frames, gap: w.gap, at: w.at, held: w.held, passed: performance.now() - w.began };";
/// What a display usually shows in a second.
const FRAMES_A_SECOND: f64 = 60.0;

/// What was seen.
pub struct Watched {
    /// Of the frames a display would have shown, how many were not drawn, in percent.
    pub dropped: f64,
    /// The longest time without a frame, in milliseconds.
    pub gap: f64,
    /// When that ended, in milliseconds since watching began.
    pub gap_at: f64,
    /// The longest time in which the page answered nobody, in milliseconds; 0 if not asked for.
    pub held: f64,
    /// How long it was watched, in milliseconds.
    pub passed: f64,
}

/// Begins to watch.
pub async fn watch(window: &Window, beats: bool) {
    window.run(WATCH, vec![beats.into()]).await;
}

/// What was seen since.
pub async fn watched(window: &Window) -> Outcome<Watched> {
    let told = window.run(WATCHED, vec![]).await;
    let number = |name: &str| told[name].as_f64().ok_or("the page says nothing");
    let passed = number("passed")?;
    let possible = passed / 1_000.0 * FRAMES_A_SECOND;
    Ok(Watched {
        dropped: (100.0 * (1.0 - number("frames")? / possible.max(1.0))).max(0.0),
        gap: number("gap")?,
        gap_at: number("at")?,
        held: number("held")?,
        passed,
    })
}
