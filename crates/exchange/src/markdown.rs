use std::fmt::Write as _;

use fluxchat_model::{
    AnswerNotice, AssetId, Conversation, Message, MessageStatus, Part, Role, StatementFlag,
    Timestamp,
};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::footnotes::Footnotes;
use crate::name::{attachment_path, attachment_text_path};
use crate::package::utc;
use crate::words::{ENGLISH, Words};

const MINUTE: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// Writes the branch of a conversation that is shown, for reading without any app.
pub struct Markdown;

impl Markdown {
    /// The day of a moment, for a file's name.
    #[must_use]
    pub fn day(at: Timestamp) -> String {
        utc(at).format(&DAY).unwrap_or_default()
    }

    /// What stands above the messages. `others` is how many messages are on other branches.
    #[must_use]
    pub fn head(conversation: &Conversation, source: Option<&str>, others: u64) -> String {
        let mut out = about(conversation, source, &ENGLISH);
        let _ = writeln!(out, "- Id: {}", conversation.id);
        if others > 0 {
            let _ = writeln!(
                out,
                "\nThis file shows one branch of the conversation. {others} more messages are on other branches: see `messages.jsonl`."
            );
        }
        out
    }

    /// A message; `version` is its place among its siblings, from 1, and how many there are, and
    /// `with_text` are the files whose words are in the package as well. The stretches its citations
    /// are for end where a mark can be written; `notes` counts the footnotes of a conversation.
    #[must_use]
    pub fn message(
        message: &Message,
        version: (u32, u32),
        with_text: &[AssetId],
        notes: &mut usize,
    ) -> String {
        let mut out = said_by(message, version, &ENGLISH);
        let mut cited = Footnotes::of(message, *notes);
        *notes = cited.count();
        for part in &message.parts {
            match part {
                Part::Text { text } => {
                    let _ = writeln!(out, "{}\n", cited.mark(text).trim_end());
                }
                other => part_of(&mut out, other, with_text, &ENGLISH),
            }
        }
        out.push_str(&cited.finish(&ENGLISH));
        out.push_str(&ended(message, &ENGLISH));
        out
    }

    /// What a person says is wrong in the message above.
    #[must_use]
    pub fn flag(flag: &StatementFlag) -> String {
        flagged(flag, &ENGLISH)
    }
}

/// What a person says is wrong in the message above.
pub(crate) fn flagged(flag: &StatementFlag, words: &Words) -> String {
    let mut out = format!(
        "> **{}** · {}\n>\n",
        words.said_to_be_wrong,
        minute(flag.at)
    );
    for line in flag.note.trim_end().lines() {
        let _ = writeln!(out, "> {line}");
    }
    out.push('\n');
    out
}

/// The title, and the facts below it.
pub(crate) fn about(conversation: &Conversation, source: Option<&str>, words: &Words) -> String {
    let title = one_line(&conversation.title);
    let title = if title.is_empty() {
        words.untitled
    } else {
        &title
    };
    let mut out = format!("# {title}\n\n");
    let _ = writeln!(
        out,
        "- {}: {}",
        words.begun,
        minute(conversation.created_at)
    );
    let _ = writeln!(
        out,
        "- {}: {}",
        words.last_message,
        minute(conversation.updated_at)
    );
    if let Some(source) = source {
        let _ = writeln!(out, "- {}: {}", words.source, one_line(source));
    }
    if let Some(model) = &conversation.model {
        let _ = writeln!(out, "- {}: {}", words.model, one_line(model));
    }
    out
}

/// The line above the words of a message: who said them, and when.
pub(crate) fn said_by(message: &Message, version: (u32, u32), words: &Words) -> String {
    let who = match message.role {
        Role::User => words.you,
        Role::System => words.instructions,
        Role::Tool => words.tool,
        Role::Assistant => message.source_name.as_deref().unwrap_or(words.answer),
    };
    let mut out = format!("\n---\n\n**{}**", one_line(who));
    if let (Role::Assistant, Some(model)) = (message.role, &message.model) {
        let _ = write!(out, " · {}", one_line(model));
    }
    let _ = write!(out, " · {}", minute(message.created_at));
    if version.1 > 1 {
        let (named, of) = words.version;
        let _ = write!(out, " · {named} {} {of} {}", version.0, version.1);
    }
    out.push_str("\n\n");
    out
}

/// How a message ended that did not come to its end.
pub(crate) fn ended(message: &Message, words: &Words) -> String {
    match message.status {
        MessageStatus::Interrupted => format!("*{}*\n", words.interrupted),
        MessageStatus::Streaming => format!("*{}*\n", words.still_arriving),
        MessageStatus::Failed => {
            let why = message.error.as_ref().map_or("", |error| &error.message);
            format!("*{}*\n", one_line(&format!("{} {why}", words.failed)))
        }
        MessageStatus::Complete => String::new(),
    }
}

pub(crate) fn part_of(out: &mut String, part: &Part, with_text: &[AssetId], words: &Words) {
    match part {
        Part::Text { text } => {
            let _ = writeln!(out, "{}\n", text.trim_end());
        }
        Part::Reasoning { text } => {
            let _ = writeln!(out, "> *{}*\n>", words.reasoning);
            for line in text.trim_end().lines() {
                let _ = writeln!(out, "> {line}");
            }
            out.push('\n');
        }
        Part::Attachment {
            asset_id,
            name,
            media_type,
            ..
        } => {
            let path = attachment_path(*asset_id, media_type, name);
            let picture = if media_type.starts_with("image/") {
                "!"
            } else {
                ""
            };
            let _ = write!(out, "{picture}[{}](../{path})", label(name));
            if with_text.contains(asset_id) {
                let text = attachment_text_path(*asset_id);
                let _ = write!(out, " · [{}](../{text})", words.its_text);
            }
            out.push_str("\n\n");
        }
        // Told by the footnotes.
        Part::Citation { .. } => {}
        Part::ToolCall(call) => {
            let _ = writeln!(out, "- {}: {}\n", words.tool, label(&call.tool));
            fenced(out, &call.arguments);
            if let Some(result) = &call.result {
                fenced(out, result);
            }
        }
        Part::Notice {
            notice: AnswerNotice::Rewritten,
        } => {
            let _ = writeln!(out, "*{}*\n", words.rewritten);
        }
        // For the source alone, and about the sending.
        Part::Sealed(_) | Part::Notice { .. } => {}
        Part::Unknown { raw } => fenced(out, raw),
    }
}

fn fenced(out: &mut String, raw: &str) {
    let fence = "`".repeat(longest_run(raw).max(2) + 1);
    let _ = writeln!(out, "{fence}\n{}\n{fence}\n", raw.trim_end());
}

fn minute(at: Timestamp) -> String {
    utc(at).format(&MINUTE).unwrap_or_default()
}

pub(crate) fn one_line(text: &str) -> String {
    text.split(char::is_whitespace)
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A name in the words of a link: it must not end the link.
pub(crate) fn label(text: &str) -> String {
    one_line(text)
        .chars()
        .flat_map(|c| {
            matches!(c, '[' | ']' | '\\' | '<' | '`')
                .then_some('\\')
                .into_iter()
                .chain([c])
        })
        .collect()
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxchat_model::{CitedSpan, ConversationId, MessageId};

    fn message(parts: Vec<Part>) -> Message {
        Message {
            id: MessageId::new(Timestamp(0), [1; 10]),
            conversation_id: ConversationId::new(Timestamp(0), [2; 10]),
            parent_id: None,
            role: Role::Assistant,
            status: MessageStatus::Interrupted,
            model: Some("guide".to_owned()),
            source_name: Some("sandbox".to_owned()),
            parts,
            usage: None,
            error: None,
            created_at: Timestamp(1_795_000_000_000),
            finished_at: None,
        }
    }

    #[test]
    fn every_part_is_readable() {
        let asset_id = AssetId::new(Timestamp(0), [3; 10]);
        let text = Markdown::message(
            &message(vec![
                Part::Reasoning {
                    text: "first\nsecond".to_owned(),
                },
                Part::Text {
                    text: "An *answer*.".to_owned(),
                },
                Part::Attachment {
                    asset_id,
                    name: "a](http://x) [b.png".to_owned(),
                    media_type: "image/png".to_owned(),
                    call: None,
                },
                Part::Citation {
                    title: "Help".to_owned(),
                    target: "storage".to_owned(),
                    spans: vec![CitedSpan { start: 0, end: 11 }],
                },
                Part::Notice {
                    notice: AnswerNotice::Rewritten,
                },
                Part::Unknown {
                    raw: "{\"```\":1}".to_owned(),
                },
            ]),
            (2, 3),
            &[asset_id],
            &mut 4,
        );
        assert!(
            text.contains("**sandbox** · guide · 2026-11-18 11:06 UTC · version 2 of 3"),
            "{text}"
        );
        assert!(text.contains("> first\n> second"), "{text}");
        assert!(text.contains("An *answer*[^5].\n"), "{text}");
        assert!(text.contains("\n[^5]: Help (storage)\n"), "{text}");
        assert!(text.contains("words were changed"), "{text}");
        assert!(
            text.contains(&format!(
                "![a\\](http://x) \\[b.png](../media/{asset_id}.png) · [its text](../media/{asset_id}.text.txt)"
            )),
            "{text}"
        );
        assert!(text.contains("````\n{\"```\":1}\n````"), "{text}");
        assert!(text.contains("*Interrupted here.*"), "{text}");
    }

    #[test]
    fn the_head_tells_of_other_branches() {
        let id = ConversationId::new(Timestamp(0), [2; 10]);
        let conversation = Conversation::new(id, "Two\nlines".to_owned(), Timestamp(0));
        let head = Markdown::head(&conversation, None, 4);
        assert!(head.starts_with("# Two lines\n"), "{head}");
        assert!(
            head.contains("4 more messages are on other branches"),
            "{head}"
        );
        assert!(!Markdown::head(&conversation, None, 0).contains("branch"));
    }
}
