//! One conversation by itself, to read and to pass on: as in a package, without what only a package
//! has beside it.

use std::fmt::Write as _;

use fluxchat_model::{Conversation, Message, Part, StatementFlag};

use crate::footnotes::Footnotes;
use crate::markdown::{Markdown, about, ended, flagged, label, part_of, said_by};
use crate::name::Names;
use crate::words::{Words, words};

/// Gathers a conversation message by message.
pub struct Sheet {
    out: String,
    words: &'static Words,
    /// Whether what was thought, and what tools were asked and answered, is in it.
    with_workings: bool,
    notes: usize,
}

impl Sheet {
    /// Begins with title and facts; `others` is how many messages are on other branches, and
    /// `language` the BCP 47 tag of what stands between the words of the conversation.
    #[must_use]
    pub fn new(
        conversation: &Conversation,
        source: Option<&str>,
        others: u64,
        with_workings: bool,
        language: &str,
    ) -> Self {
        let words = words(language);
        let mut out = about(conversation, source, words);
        if others > 0 {
            let (one_branch, one, more) = words.others;
            let what = if others == 1 { one } else { more };
            let _ = writeln!(out, "\n{one_branch} {others} {what}");
        }
        Self {
            out,
            words,
            with_workings,
            notes: 0,
        }
    }

    /// Under which name it is offered to be saved: day and title, safe on every system.
    #[must_use]
    pub fn file_name(conversation: &Conversation) -> String {
        let day = Markdown::day(conversation.created_at);
        Names::default().conversation(&day, &conversation.title)
    }

    /// Adds a message, and what a person said is wrong in it; `version` is as for
    /// [`Markdown::message`], and so are the stretches its citations are for.
    pub fn add(&mut self, message: &Message, version: (u32, u32), flag: Option<&StatementFlag>) {
        self.end_line();
        self.out.push_str(&said_by(message, version, self.words));
        let mut notes = Footnotes::of(message, self.notes);
        self.notes = notes.count();
        for part in &message.parts {
            self.part(part, &mut notes);
        }
        self.out.push_str(&notes.finish(self.words));
        self.out.push_str(&ended(message, self.words));
        if let Some(flag) = flag {
            self.out.push_str(&flagged(flag, self.words));
        }
    }

    fn part(&mut self, part: &Part, notes: &mut Footnotes<'_>) {
        match part {
            Part::Text { text } => {
                let _ = writeln!(self.out, "{}\n", notes.mark(text).trim_end());
            }
            Part::Attachment { name, .. } => {
                let _ = writeln!(self.out, "- {}: {}\n", self.words.attached, label(name));
            }
            Part::ToolCall(call) if !self.with_workings => {
                let _ = writeln!(self.out, "- {}: {}\n", self.words.tool, label(&call.tool));
            }
            Part::Reasoning { .. } | Part::Unknown { .. } if !self.with_workings => {}
            other => part_of(&mut self.out, other, &[], self.words),
        }
    }

    /// The whole text; it ends with one line break.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.end_line();
        self.out
    }

    /// One line break at the end, however many there are.
    fn end_line(&mut self) {
        let end = self.out.trim_end().len();
        self.out.truncate(end);
        self.out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxchat_model::{
        AssetId, ConversationId, MessageId, MessageStatus, Role, SourceId, Timestamp, ToolCallPart,
        ToolState,
    };

    const AT: Timestamp = Timestamp(1_795_000_000_000);

    fn text(words: &str) -> Part {
        Part::Text {
            text: words.to_owned(),
        }
    }

    fn citation(title: &str, target: &str) -> Part {
        Part::Citation {
            title: title.to_owned(),
            target: target.to_owned(),
            spans: Vec::new(),
        }
    }

    fn message(role: Role, parts: Vec<Part>) -> Message {
        Message {
            id: MessageId::new(Timestamp(0), [1; 10]),
            conversation_id: ConversationId::new(Timestamp(0), [2; 10]),
            parent_id: None,
            role,
            status: MessageStatus::Complete,
            model: Some("mistral-small".to_owned()),
            source_name: Some("Mistral".to_owned()),
            parts,
            usage: None,
            error: None,
            created_at: AT,
            finished_at: None,
        }
    }

    fn conversation(title: &str) -> Conversation {
        let id = ConversationId::new(Timestamp(0), [2; 10]);
        let mut made = Conversation::new(id, title.to_owned(), AT);
        made.model = Some("mistral-small".to_owned());
        made
    }

    fn sheet(with_workings: bool, language: &str) -> String {
        let mut sheet = Sheet::new(
            &conversation("Lisbon, three days"),
            Some("Mistral"),
            1,
            with_workings,
            language,
        );
        let picture = Part::Attachment {
            asset_id: AssetId::new(Timestamp(0), [3; 10]),
            name: "map](x) <of> [Lisbon.png".to_owned(),
            media_type: "image/png".to_owned(),
            call: None,
        };
        let question = message(
            Role::User,
            vec![text("Plan it. `row[1]` is mine."), picture],
        );
        sheet.add(&question, (1, 1), None);
        let call = Part::ToolCall(ToolCallPart {
            number: 0,
            id: "call".to_owned(),
            source_id: SourceId::new(Timestamp(0), [4; 10]),
            wire_name: "calculator".to_owned(),
            tool: "calculator".to_owned(),
            server: None,
            host: None,
            arguments: "{\"expression\":\"6*7\"}".to_owned(),
            state: ToolState::Done,
            changed: false,
            result: Some("42".to_owned()),
            sealed: None,
        });
        let reasoning = Part::Reasoning {
            text: "Alfama is steep.\nThe 28E is crowded.".to_owned(),
        };
        let answer = message(
            Role::Assistant,
            vec![
                reasoning,
                call,
                text("Walk in the morning [1][2].\n\n```py\nrow[1]\n```"),
                citation("Trams", "https://carris.pt/en/"),
                citation("Museum", "https://museum.example/a_(b)"),
                citation("", "help:search"),
            ],
        );
        sheet.add(&answer, (2, 3), None);
        let mut last = message(
            Role::Assistant,
            vec![
                text("And then [1]"),
                citation("Ferry", "https://ferry.example/"),
            ],
        );
        last.status = MessageStatus::Interrupted;
        sheet.add(&last, (1, 1), None);
        sheet.finish()
    }

    /// After a deliberate change: `UPDATE_GOLDEN=1 cargo test -p fluxchat-exchange golden`.
    #[test]
    fn a_conversation_reads_as_the_golden_one() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
        for (name, with_workings, language) in [
            ("conversation.md", false, "en"),
            ("workings.md", true, "en-GB"),
            ("workings.de.md", true, "de-AT"),
        ] {
            let (path, now) = (folder.join(name), sheet(with_workings, language));
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                std::fs::write(&path, &now).unwrap();
            }
            assert_eq!(now, std::fs::read_to_string(&path).unwrap(), "{name}");
        }
    }

    #[test]
    fn hostile_titles_name_a_file_and_nothing_else() {
        for title in [
            "../../etc/passwd",
            "C:\\Windows\\x",
            "bill\u{202e}gpj.exe",
            "  ... ",
            "a\nb\0c",
            "-rf *",
        ] {
            let name = Sheet::file_name(&conversation(title));
            assert!(name.starts_with("2026-11-18 "), "{name}");
            assert!(name.ends_with(".md") && !name.contains(['/', '\\', ':', '*']));
            assert!(!name.chars().any(char::is_control), "{name:?}");
        }
        assert_eq!(
            Sheet::file_name(&conversation("")),
            "2026-11-18 untitled.md"
        );
    }
}
