//! About how many tokens a text is.
//!
//! Each family of models cuts text in its own way, and most do not say how. This counts words,
//! digits and signs as the widespread tokenizers treat them on average, without their tables of
//! several megabytes. How far it is off for a model is learned from what its answers report
//! (`ModelFacts::percent`).

mod files;

use fluxchat_model::{Message, Part};
use fluxchat_providers::ChatMessage;

pub(crate) use files::{of_any, of_file};

/// What surrounds each message on the wire.
const AROUND: u64 = 4;

/// Hundredths of a token.
const TOKEN: u64 = 100;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Latin letters.
    Latin,
    /// Letters of other alphabets.
    Other,
    Han,
    Kana,
    Hangul,
    Digit,
    Space,
    Sign,
}

fn kind(c: char) -> Kind {
    match c {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' => Kind::Latin,
        '0'..='9' => Kind::Digit,
        _ if c.is_whitespace() => Kind::Space,
        '\u{3040}'..='\u{30ff}' => Kind::Kana,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}' => Kind::Han,
        '\u{ac00}'..='\u{d7a3}' => Kind::Hangul,
        _ if c.is_alphabetic() => Kind::Other,
        _ => Kind::Sign,
    }
}

/// A run of one kind, in hundredths.
fn run(kind: Kind, length: u64, breaks_line: bool) -> u64 {
    match kind {
        Kind::Latin => TOKEN + length.saturating_sub(7) * 25,
        Kind::Other => TOKEN + length.saturating_sub(4) * 25,
        Kind::Han => length * 68,
        Kind::Kana => length * 65,
        Kind::Hangul => length * 70,
        Kind::Digit => length.div_ceil(3) * TOKEN,
        Kind::Sign => TOKEN + (length - 1) * 30,
        // A space goes with the word behind it.
        Kind::Space if length > 1 || breaks_line => 50 + length / 40 * TOKEN,
        Kind::Space => 0,
    }
}

/// About how many tokens a text is. One pass, no table.
#[must_use]
pub fn about(text: &str) -> u64 {
    let mut sum = 0;
    let mut now: Option<(Kind, u64, bool)> = None;
    for c in text.chars() {
        let (this, line) = (kind(c), c == '\n');
        now = match now {
            Some((kind, length, breaks)) if kind == this => {
                Some((kind, length + 1, breaks || line))
            }
            Some((kind, length, breaks)) => {
                sum += run(kind, length, breaks);
                Some((this, 1, line))
            }
            None => Some((this, 1, line)),
        };
    }
    if let Some((kind, length, breaks)) = now {
        sum += run(kind, length, breaks);
    }
    sum.div_ceil(TOKEN)
}

/// The same for words that are sent as a message; 0 for none.
#[must_use]
pub(crate) fn of_words(text: &str) -> u64 {
    if text.is_empty() {
        0
    } else {
        about(text) + AROUND
    }
}

/// The same for a message as it is kept; 0 for one that is not sent. Its files count apart.
#[must_use]
pub(crate) fn of_message(message: &Message) -> u64 {
    let calls: u64 = message
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::ToolCall(call) => {
                let result = call.result.as_deref().unwrap_or_default();
                Some(about(&call.wire_name) + about(&call.arguments) + about(result) + 2 * AROUND)
            }
            _ => None,
        })
        .sum();
    of_words(&message.text()) + calls
}

/// The same for messages as they are told; files that go as they are count apart.
#[must_use]
pub(crate) fn of_told(messages: &[ChatMessage]) -> u64 {
    let of = |message: &ChatMessage| message.texts().map(about).sum::<u64>() + AROUND;
    messages.iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts and how many tokens `o200k_base` makes of them.
    const KNOWN: &[(&str, u64)] = &[
        (
            "Please write a short letter to my landlord. The heating in the kitchen has not worked since Monday, and the plumber who came on Wednesday said that a new valve has to be ordered. Ask politely when it will be repaired, and whether the rent is reduced for these days.",
            55,
        ),
        (
            "Bitte schreiben Sie einen kurzen Brief an meine Vermieterin. Die Heizung in der Küche funktioniert seit Montag nicht mehr, und der Installateur, der am Mittwoch hier war, meinte, dass ein neues Ventil bestellt werden muss. Fragen Sie höflich, wann sie repariert wird und ob die Miete für diese Tage gemindert wird.",
            69,
        ),
        (
            "请帮我给房东写一封简短的信。厨房的暖气从星期一开始就不工作了，星期三来的水管工说需要订购一个新的阀门。请礼貌地询问什么时候能修好，以及这几天的房租是否可以减少。",
            64,
        ),
        (
            "Напишите, пожалуйста, короткое письмо моему арендодателю. Отопление на кухне не работает с понедельника, и сантехник сказал, что нужно заказать новый клапан.",
            41,
        ),
        (
            "台所の暖房が月曜日から動いていません。水曜日に来た業者によると、新しい部品を注文する必要があるそうです。いつ直るのか丁寧に聞いてください。",
            50,
        ),
        (
            "fn median(values: &mut [f64]) -> Option<f64> {\n    if values.is_empty() {\n        return None;\n    }\n    values.sort_by(|a, b| a.total_cmp(b));\n    let middle = values.len() / 2;\n    Some(if values.len() % 2 == 1 {\n        values[middle]\n    } else {\n        (values[middle - 1] + values[middle]) / 2.0\n    })\n}\n",
            99,
        ),
        (
            "SELECT c.name, count(*) AS orders, sum(o.total_cents) / 100.0 AS total\nFROM customer c JOIN orders o ON o.customer_id = c.id\nWHERE o.created_at >= '2026-01-01' AND o.status <> 'cancelled'\nGROUP BY c.id HAVING count(*) > 3 ORDER BY total DESC LIMIT 20;\n",
            77,
        ),
        (
            "| city | people | area |\n|---|---:|---:|\n| Berlin | 3,755,251 | 891 km² |\n| Hamburg | 1,892,122 | 755 km² |\n| Köln | 1,073,096 | 405 km² |\n",
            61,
        ),
    ];

    #[test]
    fn estimates_are_near_what_is_counted() {
        for (text, counted) in KNOWN {
            let about = about(text);
            let off = about.abs_diff(*counted) * 100 / counted;
            assert!(off <= 22, "{about} for {counted}: {text}");
        }
        let all: u64 = KNOWN.iter().map(|(text, _)| about(text)).sum();
        let counted: u64 = KNOWN.iter().map(|(_, counted)| counted).sum();
        assert!(
            all.abs_diff(counted) * 100 / counted <= 8,
            "{all} for {counted}"
        );
    }

    #[test]
    fn calls_of_tools_count_with_what_came_of_them() {
        use crate::sample::answer_of;
        use fluxchat_model::{SourceId, Timestamp, ToolCallPart, ToolState};
        let call = |result: &str| {
            Part::ToolCall(ToolCallPart {
                host: None,
                number: 0,
                id: "1".to_owned(),
                source_id: SourceId::new(Timestamp(0), [1; 10]),
                wire_name: "search".to_owned(),
                tool: "search".to_owned(),
                server: None,
                arguments: r#"{"words":"lisbon"}"#.to_owned(),
                state: ToolState::Done,
                changed: false,
                result: Some(result.to_owned()),
                sealed: None,
            })
        };
        let mut message = answer_of(vec![call("")]);
        let bare = of_message(&message);
        message.parts = vec![call(&"one more word ".repeat(100))];
        let full = of_message(&message);
        assert!(bare > 8, "{bare}");
        assert!(full - bare >= 300, "{full}");
    }

    #[test]
    fn nothing_is_nothing_and_more_is_never_less() {
        assert_eq!((about(""), of_words("")), (0, 0));
        let mut before = 0;
        let mut text = String::new();
        for word in ["one ", "zwei\n", "三四", "5 6", "{}();", "\u{1f600}"].repeat(50) {
            text.push_str(word);
            let now = about(&text);
            assert!(now >= before, "{text}");
            before = now;
        }
    }
}
