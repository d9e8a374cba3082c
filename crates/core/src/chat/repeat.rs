//! What is there already, once more: a question in other words, another answer, the rest of one.
//! Who answers again and who goes on is whoever gave the answer there is.

use fluxchat_model::{
    AssetId, Conversation, Message, MessageId, MessageStatus, Role, Source, SourceId,
};

use super::side_by_side::Answerer;
use super::{Sent, checked_with, files_in, model_for, with_files};
use crate::temporary::Home;
use crate::{App, Error, only_here};

impl App {
    /// Asks the same differently: a sibling of the question, and an answer to it. Its files go
    /// again, without those that are named.
    ///
    /// # Errors
    /// When it is no question, nothing is left of it, or it cannot be written.
    pub async fn edit(
        &self,
        question: MessageId,
        text: &str,
        without: &[AssetId],
    ) -> Result<Sent, Error> {
        let home = self.home_of_message(question).await?;
        let old = self.own_question(&home, question).await?;
        let files = files_in(&old, without);
        let text = checked_with(text, !files.is_empty())?;
        let conversation = self.conversation_at(&home, old.conversation_id).await?;
        let source = self.source_for(Some(&conversation), None).await?;
        let model = model_for(Some(&conversation), &source, None);
        let mut new = self.message(&conversation, old.parent_id, Role::User, text)?;
        with_files(&mut new, files);
        let answer = self.answer_below(&conversation, new.id, &source, model.clone())?;
        let sent = Sent {
            conversation_id: conversation.id,
            question_id: Some(new.id),
            answer_id: answer.id,
        };
        let row = answer.clone();
        self.write_at(&home, move |tx| {
            tx.message_insert(&new)?;
            tx.message_insert(&row)
        })
        .await?;
        self.begin(home, answer, source, model, None).await?;
        Ok(sent)
    }

    /// Asks for another answer: a sibling of the one there is. Where nobody is named, who gave that
    /// one gives this one. Only one that failed and stands alone is asked of whoever answers the
    /// conversation now: another model is what a person chooses then.
    ///
    /// # Errors
    /// When the message does not exist or nothing can be written.
    pub async fn regenerate(
        &self,
        message: MessageId,
        source: Option<SourceId>,
        model: Option<String>,
    ) -> Result<Sent, Error> {
        let home = self.home_of_message(message).await?;
        let old = self.message_at(&home, message).await?;
        let question = question_of(&old)?;
        let conversation = self.conversation_at(&home, old.conversation_id).await?;
        let chosen = Answerer { source, model };
        let (source, model) = self.again(&home, &conversation, &old, chosen).await?;
        let answer = self.answer_below(&conversation, question, &source, model.clone())?;
        let sent = Sent {
            conversation_id: conversation.id,
            question_id: None,
            answer_id: answer.id,
        };
        let row = answer.clone();
        self.write_at(&home, move |tx| tx.message_insert(&row))
            .await?;
        self.begin(home, answer, source, model, None).await?;
        Ok(sent)
    }

    /// Lets an answer that was interrupted or failed go on, by who began it; where that source is
    /// gone, by who answers the conversation now.
    ///
    /// # Errors
    /// When it is not such an answer, or its source is gone.
    pub async fn resume(&self, message: MessageId) -> Result<Sent, Error> {
        let home = self.home_of_message(message).await?;
        let mut answer = self.message_at(&home, message).await?;
        if answer.role != Role::Assistant
            || !matches!(
                answer.status,
                MessageStatus::Interrupted | MessageStatus::Failed
            )
        {
            return Err(Error::invalid(
                "not_interrupted",
                "Only an unfinished answer can be continued.",
            ));
        }
        let conversation = self.conversation_at(&home, answer.conversation_id).await?;
        let (source, model) = self.as_before(&home, &conversation, &answer).await?;
        // One whose end could not be written is still streaming in the archive.
        let unwritten = self.open()?.unwritten().remove(&message).is_some();
        if !unwritten {
            let by = source.name.clone();
            self.write_at(&home, move |tx| tx.message_resume(message, &by))
                .await?;
        }
        let so_far = answer.clone();
        answer.status = MessageStatus::Streaming;
        answer.source_name = Some(source.name.clone());
        self.begin(home, answer, source, model, Some(so_far))
            .await?;
        Ok(Sent {
            conversation_id: conversation.id,
            question_id: None,
            answer_id: message,
        })
    }

    pub(super) async fn own_question(&self, home: &Home, id: MessageId) -> Result<Message, Error> {
        let message = self.message_at(home, id).await?;
        if message.role != Role::User {
            return Err(Error::invalid(
                "not_a_question",
                "Only your own messages can be edited.",
            ));
        }
        Ok(message)
    }

    /// Who gives another answer in place of `old`, or an answer to it where it is a question.
    pub(super) async fn again(
        &self,
        home: &Home,
        conversation: &Conversation,
        old: &Message,
        chosen: Answerer,
    ) -> Result<(Source, Option<String>), Error> {
        let is_chosen = chosen.source.is_some() || chosen.model.is_some();
        if is_chosen || old.role != Role::Assistant || self.failed_alone(home, old).await? {
            let source = self.source_for(Some(conversation), chosen.source).await?;
            let model = model_for(Some(conversation), &source, chosen.model);
            return Ok((source, model));
        }
        self.as_before(home, conversation, old).await
    }

    /// Whether it is an answer that failed, with no other beside it.
    async fn failed_alone(&self, home: &Home, answer: &Message) -> Result<bool, Error> {
        if answer.status != MessageStatus::Failed {
            return Ok(false);
        }
        let id = answer.id;
        let beside = self.read_at(home, move |tx| tx.siblings(id)).await?;
        Ok(beside.len() <= 1)
    }

    /// The source of an answer, where it still answers: not one that was removed or renamed since,
    /// nor one elsewhere in a conversation that is kept here.
    pub(super) async fn given_by(
        &self,
        conversation: &Conversation,
        answer: &Message,
    ) -> Result<Option<Source>, Error> {
        let name = answer.source_name.clone().unwrap_or_default();
        let named = self.read(move |tx| tx.source_by_name(&name)).await?;
        Ok(named.filter(|source| only_here::check(conversation, source).is_ok()))
    }

    /// The source of an answer and the model that was asked; where that source answers no more, the
    /// conversation's own.
    pub(super) async fn as_before(
        &self,
        home: &Home,
        conversation: &Conversation,
        answer: &Message,
    ) -> Result<(Source, Option<String>), Error> {
        let same = self.given_by(conversation, answer).await?;
        let same = same.map(|source| source.id);
        let source = self.source_for(Some(conversation), same).await?;
        let own = model_for(Some(conversation), &source, None);
        let model = match same {
            Some(_) => self.asked_of(home, answer).await?.or(own),
            None => own,
        };
        Ok((source, model))
    }

    /// The model an answer was asked of, by the name it was asked by.
    pub(super) async fn asked_of(
        &self,
        home: &Home,
        answer: &Message,
    ) -> Result<Option<String>, Error> {
        let id = answer.id;
        let asked = self.read_at(home, move |tx| tx.asked_model(id)).await?;
        Ok(asked.or_else(|| answer.model.clone()))
    }
}

/// The question of an answer, or the question itself.
pub(super) fn question_of(message: &Message) -> Result<MessageId, Error> {
    match message.role {
        Role::User => Ok(message.id),
        _ => message.parent_id.ok_or(Error::NotFound("question")),
    }
}
