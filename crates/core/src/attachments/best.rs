//! The parts of a file that fit a question best.

use std::collections::HashMap;

use fluxchat_model::Attachment;
use fluxchat_store::{AttachmentChunk, ReadTx, StoreError};

use super::WHOLE;

/// What fits so much less than the best is not told: nothing leaves that does not help.
const LEAST_SHARE: f64 = 0.2;
/// What it counts that a question names the page: more than some rare words.
const NAMED: f64 = 24.0;
/// Words of a question that are looked for.
const MOST_WORDS: usize = 48;
/// A shorter word says little, in characters; of a script without spaces any does.
const SHORTEST_WORD: usize = 3;

/// The pages that pieces are of.
pub(super) fn pages_of(chunks: &[AttachmentChunk]) -> Vec<u32> {
    let mut pages: Vec<u32> = chunks
        .iter()
        .map(|it| it.page)
        .filter(|page| *page > 0)
        .collect();
    pages.dedup();
    pages
}

/// The pieces of a file that fit a question best, in the order of the file: by BM25 among the
/// pieces of this file alone, so that the cost does not depend on what else is kept.
pub(super) fn best(
    tx: &ReadTx<'_>,
    it: &Attachment,
    question: &str,
) -> Result<Vec<AttachmentChunk>, StoreError> {
    let id = it.asset_id;
    let pieces = tx.attachment_chunks(id, 0, u32::MAX)?;
    let mut scores: HashMap<i64, f64> = HashMap::new();
    let count = pieces.len() as f64;
    let by_seq: HashMap<i64, &AttachmentChunk> =
        pieces.iter().map(|piece| (piece.seq, piece)).collect();
    for word in words_of(question) {
        let found = tx.attachment_find(id, &word)?;
        let holders = found.len() as f64;
        let rarity = (1.0 + (count - holders + 0.5) / (holders + 0.5)).ln();
        for seq in found {
            let Some(piece) = by_seq.get(&seq) else {
                continue;
            };
            let times = times(&piece.body, &word);
            let length = piece.body.len() as f64 / 1_600.0;
            let weight = times * 2.2 / (times + 1.2 * (0.25 + 0.75 * length));
            *scores.entry(seq).or_default() += rarity * weight;
        }
    }
    let named = pages_named(question);
    for piece in pieces.iter().filter(|piece| named.contains(&piece.page)) {
        *scores.entry(piece.seq).or_default() += NAMED;
    }
    let mut order: Vec<&AttachmentChunk> = pieces.iter().collect();
    // Where nothing fits, the beginning is as good as any.
    let score = |piece: &AttachmentChunk| scores.get(&piece.seq).copied().unwrap_or(0.0);
    order.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.seq.cmp(&b.seq)));
    let mut room = usize::try_from(WHOLE).unwrap_or(usize::MAX);
    let mut chosen: Vec<AttachmentChunk> = Vec::new();
    let least = order.first().map_or(0.0, |first| score(first)) * LEAST_SHARE;
    for piece in order {
        if piece.body.len() > room || score(piece) < least {
            break;
        }
        room -= piece.body.len();
        chosen.push(piece.clone());
    }
    chosen.sort_by_key(|piece| piece.seq);
    Ok(chosen)
}

fn times(body: &str, word: &str) -> f64 {
    let found = body.to_lowercase().matches(word).count();
    f64::from(u32::try_from(found).unwrap_or(u32::MAX)).max(1.0)
}

fn words_of(question: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in question.split(|it: char| !it.is_alphanumeric() && it != '-' && it != '_') {
        let word = word.to_lowercase();
        let says = word.chars().count() >= SHORTEST_WORD
            || !word.is_ascii()
            || word.contains(|it: char| it.is_ascii_digit());
        if says && !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    words.truncate(MOST_WORDS);
    words
}

/// The pages a question names: “page 12”, “S. 12”.
fn pages_named(question: &str) -> Vec<u32> {
    const NAMES: &[&str] = &[
        "page", "pages", "p", "slide", "sheet", "seite", "seiten", "s", "folie",
    ];
    let words: Vec<String> = question
        .split(|it: char| !it.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words
        .windows(2)
        .filter(|pair| NAMES.contains(&pair[0].as_str()))
        .filter_map(|pair| pair[1].parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_names_pages_and_words() {
        assert_eq!(pages_named("What is on page 77, and on S. 3?"), [77, 3]);
        assert_eq!(pages_named("Are 42 pages enough?"), [] as [u32; 0]);
        assert_eq!(
            words_of("Is it A4 or 7 nm? 漢"),
            ["a4", "7", "漢"],
            "short words say little, numbers much"
        );
    }
}
