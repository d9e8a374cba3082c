//! Where the words of two texts differ.

use fluxchat_model::{TextChange, TextPart};
use similar::{ChangeTag, TextDiff};

/// The words of both texts in order; neighbours that share their fate are one part.
pub(crate) fn parts(diff: &TextDiff<'_, '_, str>) -> Vec<TextPart> {
    let mut parts: Vec<TextPart> = Vec::new();
    for change in diff.iter_all_changes() {
        let tag = match change.tag() {
            ChangeTag::Equal => TextChange::Same,
            ChangeTag::Insert => TextChange::Added,
            ChangeTag::Delete => TextChange::Removed,
        };
        match parts.last_mut().filter(|part| part.change == tag) {
            Some(part) => part.text.push_str(change.value()),
            None => parts.push(TextPart {
                change: tag,
                text: change.value().to_owned(),
            }),
        }
    }
    parts
}
