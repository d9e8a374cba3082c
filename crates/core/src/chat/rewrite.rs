//! An answer in a person's own words: a sibling of the model's, and it says whose words it has.

use fluxchat_model::{AnswerNotice, MessageId, MessageStatus, Part, Role};

use super::checked;
use super::side_by_side::is_answer;
use crate::{App, Error, Event, restriction};

impl App {
    /// Puts other words in the place of an answer. The answer stays as a branch; what is said from
    /// here on goes with the new words. What the model thought and which tools it asked for stay
    /// with its own.
    ///
    /// # Errors
    /// When it is no answer, `still_arriving`, `empty_text`, or the conversation is frozen.
    pub async fn rewrite(&self, answer: MessageId, text: &str) -> Result<MessageId, Error> {
        let text = checked(text)?;
        let home = self.home_of_message(answer).await?;
        let old = self.message_at(&home, answer).await?;
        is_answer(old.role)?;
        if old.status == MessageStatus::Streaming {
            return Err(Error::invalid(
                "still_arriving",
                "An answer that is still arriving can be neither compared nor changed.",
            ));
        }
        let conversation = self.conversation_at(&home, old.conversation_id).await?;
        let mut new = self.message(&conversation, old.parent_id, Role::Assistant, text)?;
        new.model = old.model;
        new.source_name = old.source_name;
        // Which of the new words a source is for, nobody knows.
        let cited = |part: Part| match part {
            Part::Citation { title, target, .. } => Some(Part::Citation {
                title,
                target,
                spans: Vec::new(),
            }),
            _ => None,
        };
        new.parts.extend(old.parts.into_iter().filter_map(cited));
        new.parts.push(Part::Notice {
            notice: AnswerNotice::Rewritten,
        });
        let (id, place) = (new.id, conversation.id);
        self.read(move |tx| restriction::check(tx, Some(&conversation)))
            .await??;
        self.write_at(&home, move |tx| tx.message_insert(&new))
            .await?;
        self.tell(Event::ConversationChanged(place));
        self.tell(Event::MessagesChanged(place));
        Ok(id)
    }
}
