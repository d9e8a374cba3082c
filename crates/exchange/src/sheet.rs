//! One conversation by itself, to read and to pass on: as in a package, without what only a package
//! has beside it.

use std::fmt::Write as _;

use fluxchat_model::{Conversation, Message, Part, StatementFlag};

use crate::footnotes::Footnotes;
use crate::markdown::{Markdown, about, ended, label, part_of, said_by};
use crate::name::Names;

/// Gathers a conversation message by message.
pub struct Sheet {
    out: String,
    /// Whether what was thought, and what tools were asked and answered, is in it.
    with_workings: bool,
    notes: usize,
}

impl Sheet {
    /// Begins with title and facts; `others` is how many messages are on other branches.
    #[must_use]
    pub fn new(
        conversation: &Conversation,
        source: Option<&str>,
        others: u64,
        with_workings: bool,
    ) -> Self {
        let mut out = about(conversation, source);
        if others > 0 {
            let what = if others == 1 { "message is" } else { "messages are" };
            let _ = writeln!(
                out,
                "\nThis is one branch of the conversation. {others} more {what} on other branches."
            );
        }
        Self {
            out,
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
    /// [`Markdown::message`].
    pub fn add(&mut self, message: &Message, version: (u32, u32), flag: Option<&StatementFlag>) {
        self.out.push_str(&said_by(message, version));
        let cited = message.parts.iter().filter_map(|part| match part {
            Part::Citation { title, target } => Some((title.as_str(), target.as_str())),
            _ => None,
        });
        let cited: Vec<_> = cited.collect();
        let count = cited.len();
        let mut notes = Footnotes::new(cited, self.notes);
        self.notes += count;
        for part in &message.parts {
            self.part(part, &mut notes);
        }
        self.out.push_str(&notes.finish());
        self.out.push_str(&ended(message));
        if let Some(flag) = flag {
            self.out.push_str(&Markdown::flag(flag));
        }
    }

    fn part(&mut self, part: &Part, notes: &mut Footnotes<'_>) {
        match part {
            Part::Text { text } => {
                let _ = writeln!(self.out, "{}\n", notes.mark(text.trim_end()));
            }
            Part::Attachment { name, .. } => {
                let _ = writeln!(self.out, "- Attached: {}\n", label(name));
            }
            Part::ToolCall(call) if !self.with_workings => {
                let _ = writeln!(self.out, "- Tool: {}\n", label(&call.tool));
            }
            Part::Citation { .. } => {}
            Part::Reasoning { .. } | Part::Unknown { .. } if !self.with_workings => {}
            other => part_of(&mut self.out, other, &[]),
        }
    }

    /// The whole text; it ends with one line break.
    #[must_use]
    pub fn finish(mut self) -> String {
        let end = self.out.trim_end().len();
        self.out.truncate(end);
        self.out.push('\n');
        self.out
    }
}
