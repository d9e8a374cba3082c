//! The window from the keyboard alone: keys as a person presses them, and where the focus is.

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use serde_json::{Value, json};

use crate::webdriver::Window;

/// Keys that have no character, as WebDriver names them.
pub mod key {
    #![allow(missing_docs, reason = "the names of keys")]
    pub const BACKSPACE: char = '\u{E003}';
    pub const TAB: char = '\u{E004}';
    pub const ENTER: char = '\u{E007}';
    pub const SHIFT: char = '\u{E008}';
    pub const CONTROL: char = '\u{E009}';
    pub const ESCAPE: char = '\u{E00C}';
}

/// How many stops a walk may take: more than any screen has.
const STOPS: usize = 90;

/// What has the focus, and whether somebody who looks sees it: a ring or another edge that it has
/// only now, around it or around what it stands for; a text field has its caret, too.
const FOCUS: &str = "const e = document.activeElement;
    if (!e || e === document.body) return { name: '', testid: '', seen: true };
    const name = (e.getAttribute('aria-label') ?? e.innerText ?? '').trim()
      || [...(e.labels ?? [])].map(l => l.innerText.trim()).join(' ');
    const edge = n => { const s = getComputedStyle(n);
      return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none'; };
    const after = getComputedStyle(e, '::after');
    const drawn = after.content !== 'none' && after.backgroundColor !== 'rgba(0, 0, 0, 0)';
    const box = e.getBoundingClientRect();
    const typed = e.matches('input:not([type=radio]):not([type=checkbox]), textarea');
    const label = e.closest('label') ?? e.parentElement;
    const seen = typed || ((drawn || edge(e) || (label && edge(label))) && e.matches(':focus-visible'))
      || e.getAttribute('tabindex') === '-1';
    const inside = typed || box.width <= 1 || (box.bottom > 0 && box.top < innerHeight);
    return { name, testid: e.dataset.testid ?? '', seen: Boolean(seen && inside), html: e.outerHTML.slice(0, 200) };";

impl Window {
    /// Presses keys together, such as Control and K.
    ///
    /// # Panics
    /// When the driver takes no keys.
    pub async fn chord(&self, keys: &[char]) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in keys {
            actions = actions.then(KeyAction::Down { value: *value });
        }
        for value in keys.iter().rev() {
            actions = actions.then(KeyAction::Up { value: *value });
        }
        self.client()
            .perform_actions(actions)
            .await
            .expect("keys are pressed");
    }

    /// Types where the focus is.
    ///
    /// # Panics
    /// When the driver takes no keys.
    pub async fn keys(&self, text: &str) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in text.chars() {
            actions = actions
                .then(KeyAction::Down { value })
                .then(KeyAction::Up { value });
        }
        self.client()
            .perform_actions(actions)
            .await
            .expect("keys are pressed");
    }

    /// What has the focus: `name`, `testid`, `seen`.
    pub async fn focus(&self) -> Value {
        self.run(FOCUS, vec![]).await
    }

    /// Walks with Tab (or Shift+Tab) to the stop with this name or `data-testid`. The focus is
    /// visible at every stop.
    ///
    /// # Panics
    /// When it is invisible somewhere, or no stop is it.
    pub async fn tab_to(&self, wanted: &str, back: bool) {
        let mut stops = Vec::new();
        for _ in 0..STOPS {
            let focus = self.focus().await;
            assert_eq!(focus["seen"], json!(true), "nobody sees the focus: {focus}");
            let name = focus["name"].as_str().unwrap_or_default();
            if focus["testid"] == wanted || (!name.is_empty() && name.starts_with(wanted)) {
                return;
            }
            stops.push(format!(
                "{name} [{}]",
                focus["testid"].as_str().unwrap_or_default()
            ));
            let keys: &[char] = if back {
                &[key::SHIFT, key::TAB]
            } else {
                &[key::TAB]
            };
            self.chord(keys).await;
        }
        panic!(
            "Tab never comes to “{wanted}”, only to:\n{}\nthe page says:\n{}",
            stops.join("\n"),
            self.text().await
        );
    }
}
