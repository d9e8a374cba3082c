//! What is wrong in an answer about a person: a note that stays with the answer and travels with
//! exports.

use fluxchat_model::{ConversationId, MessageId, StatementFlag};

use crate::{App, Error, Event};

const LONGEST_NOTE: usize = 2_000;

impl App {
    /// Writes down what is wrong in an answer; an empty note takes it away.
    ///
    /// # Errors
    /// When there is no such message, or the note is too long.
    pub async fn flag_statement(&self, message: MessageId, note: &str) -> Result<(), Error> {
        let conversation = self.message_by_id(message).await?.conversation_id;
        self.must_be_kept(conversation)?;
        let note = note.trim().to_owned();
        if note.chars().count() > LONGEST_NOTE {
            return Err(Error::invalid(
                "invalid_note",
                "A note has at most 2000 characters.",
            ));
        }
        let now = self.now();
        self.write(move |tx| {
            if note.is_empty() {
                tx.statement_flag_remove(message).map(drop)
            } else {
                tx.statement_flag_set(message, &note, now)
            }
        })
        .await?;
        self.tell(Event::MessagesChanged(conversation));
        Ok(())
    }

    /// A page of what was flagged, oldest first: everywhere, or in one conversation. Exports read
    /// it page by page: `after` is the `seq` of the last one before, 0 for the first page.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn statement_flags(
        &self,
        of: Option<ConversationId>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<StatementFlag>, Error> {
        self.read(move |tx| tx.statement_flags(of, after, limit))
            .await
    }
}
