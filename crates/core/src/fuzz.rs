//! The entry for fuzzing: what this crate reads of what people type and servers say.

use fluxchat_model::{SoundFormat, Timestamp};

use crate::redaction::Redactor;
use crate::{joined_sound, search};

/// Reads `data` as what is typed into the search and as a text whose details are to stay here, and
/// checks what must always hold. The first byte chooses the day and the pieces.
///
/// # Panics
/// On a defect only.
pub fn fuzz(data: &[u8]) {
    let Some((seed, bytes)) = data.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(bytes);
    let typed = search::parse(&text, Timestamp(i64::from(*seed) * Timestamp::DAY * 100));
    let kept = typed.words.len() + typed.tokens.iter().map(|it| it.text.len()).sum::<usize>();
    assert!(kept <= text.len() + 1, "words come from what was typed");
    for prefix_last in [false, true] {
        if let Some(expression) = fluxchat_store::query_expression(&typed.words, prefix_last) {
            assert!(
                expression.matches('"').count() % 2 == 0 && !expression.contains('\0'),
                "an expression is whole"
            );
        }
    }

    let names = ["Ada Lovelace".to_owned(), "Zoë".to_owned()];
    let mut redactor = Redactor::new(&names, [text.as_ref()]);
    let redacted = redactor.redact(&text);
    let restored_at_once = redactor.restorer().restore(&redacted);
    for it in redactor.replaced() {
        assert!(
            redacted.contains(&it.placeholder) && restored_at_once.contains(&it.original),
            "what is replaced comes back"
        );
    }
    let mut pieces = redactor.restorer();
    let mut restored = String::new();
    let mut rest = redacted.as_str();
    while !rest.is_empty() {
        let mut cut = (usize::from(*seed) % 11 + 1).min(rest.len());
        while !rest.is_char_boundary(cut) {
            cut += 1;
        }
        let (piece, after) = rest.split_at(cut);
        restored += &pieces.push(piece);
        rest = after;
    }
    restored += &pieces.finish();
    assert!(restored == restored_at_once, "however it is cut");
}

/// Reads `data` as the head and the samples of a WAV file, and checks that what is joined is read
/// again as what it is.
///
/// # Panics
/// On a defect only.
pub fn fuzz_sound(data: &[u8]) {
    let joined = |sounds: &[Vec<u8>]| joined_sound(SoundFormat::Wav, sounds).ok();
    let Some(once) = joined(&[data.to_vec()]) else {
        return;
    };
    assert!(once.len() <= data.len() + 64, "nothing is made up");
    let again = joined(std::slice::from_ref(&once));
    assert!(
        again.as_ref() == Some(&once),
        "a file is read as it was written"
    );
    let twice = joined(&[once.clone(), once.clone()]);
    assert!(
        twice.is_some_and(|twice| twice.len() >= once.len()),
        "two of a kind are one"
    );
}
