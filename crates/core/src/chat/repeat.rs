//! Who answers again, and who goes on: whoever gave the answer there is.

use fluxchat_model::{Conversation, Message, MessageStatus, Role, Source};

use super::model_for;
use super::side_by_side::Answerer;
use crate::temporary::Home;
use crate::{App, Error, only_here};

impl App {
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
