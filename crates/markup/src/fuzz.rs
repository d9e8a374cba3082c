//! The entry for fuzzing: every parser of this crate over foreign bytes.

use crate::block::Block;
use crate::{
    Cited, MAX_OP_BYTES, StreamParser, apply, excerpt, link_target, mark_places, parse,
    parse_cited, plain_text, title_from, title_told, title_typed,
};

/// Parses `data` whole and in pieces and checks what must always hold. The first byte
/// chooses the length of the pieces.
///
/// # Panics
///
/// On a defect only.
pub fn fuzz(data: &[u8]) {
    let (step, text) = match data.split_first() {
        Some((first, rest)) => (usize::from(*first) % 61 + 1, rest),
        None => (1, data),
    };
    let text = String::from_utf8_lossy(text);
    let whole = parse(&text);
    let mut blocks: Vec<Block> = Vec::new();
    let mut stream = StreamParser::new();
    let mut ops = Vec::new();
    let mut rest: &str = &text;
    while !rest.is_empty() {
        let mut cut = step.min(rest.len());
        while !rest.is_char_boundary(cut) {
            cut += 1;
        }
        let (piece, after) = rest.split_at(cut);
        ops.extend(stream.push(piece));
        rest = after;
    }
    ops.extend(stream.finish());
    for op in &ops {
        assert!(
            crate::diff::json_len(op) < MAX_OP_BYTES,
            "an operation is too long"
        );
        assert!(apply(&mut blocks, op), "an operation does not fit");
    }
    assert!(blocks == whole.blocks, "the stream differs from the whole");
    assert!(stream.blocks() == whole.blocks, "the stream lost its tree");
    let _ = (plain_text(&text, 200), excerpt(&text), title_told(&text));
    let _ = (title_from(&text), title_typed(&text));
    let at = step * text.len() / 61;
    let cited = [(0, at), (at / 2, step), (at, usize::MAX)].map(|(start, end)| Cited {
        start,
        end,
        number: 1,
        address: "https://a.example/",
    });
    let marked = parse_cited(&text, &cited).blocks.len();
    assert_eq!(marked, whole.blocks.len(), "a mark made or took a block");
    for (place, _) in mark_places(&text, &cited) {
        assert!(text.is_char_boundary(place), "a mark within a character");
    }
    for id in 0..4 {
        let _ = link_target(&text, id);
    }
}
