//! Where what an answer cites has its marks.

use fluxchat_markup::{Cited, mark_places};
use fluxchat_model::{CitedSpan, Message, Part};

/// The marks of the citations among the parts of a message. The first has the number 1.
#[must_use]
pub fn cited(parts: &[Part]) -> Vec<Cited<'_>> {
    let cited = parts.iter().filter_map(|part| match part {
        Part::Citation { target, spans, .. } => Some((target, spans)),
        _ => None,
    });
    let marks = (1..).zip(cited).flat_map(|(number, (target, spans))| {
        spans.iter().map(move |span| Cited {
            start: usize::try_from(span.start).unwrap_or(usize::MAX),
            end: usize::try_from(span.end).unwrap_or(usize::MAX),
            number,
            address: target,
        })
    });
    marks.collect()
}

/// The same message, whose citations are for nothing but the places where their marks can be written
/// into its text.
pub(crate) fn writable(mut message: Message) -> Message {
    let marks = cited(&message.parts);
    if marks.is_empty() {
        return message;
    }
    let places = mark_places(&message.text(), &marks);
    let mut number = 0;
    for part in &mut message.parts {
        if let Part::Citation { spans, .. } = part {
            number += 1;
            let own = places.iter().filter(|(_, of)| *of == number);
            let own = own.filter_map(|(place, _)| u32::try_from(*place).ok());
            *spans = own.map(|end| CitedSpan { start: end, end }).collect();
        }
    }
    message
}
