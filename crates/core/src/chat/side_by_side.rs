//! One question to several models at once: their answers are branches beside each other, of which
//! one is shown and goes on.

use fluxchat_model::{Conversation, MessageId, MessageStatus, Role, Source, SourceId, TextPart};
use fluxchat_store::StoreError;
use similar::TextDiff;

use super::{Ask, Sent, model_for, remember_choice};
use crate::{App, Error, Event, ShownMessage, temporary, words};

/// So many answer at once, and so many are looked at beside each other.
pub const MOST_BESIDE: usize = 4;
/// Where two texts are too different for their size, what was found until then is shown.
const LONGEST_LOOK: std::time::Duration = std::time::Duration::from_millis(500);

/// Who answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answerer {
    /// Where the answer comes from; `None` as in [`Ask::source`].
    pub source: Option<SourceId>,
    /// Which model; `None` as in [`Ask::model`].
    pub model: Option<String>,
}

/// A question that several answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentBeside {
    /// The question and the answer that is shown.
    pub sent: Sent,
    /// The other answers, in the order of those who were asked.
    pub beside: Vec<MessageId>,
}

impl App {
    /// Asks one question of several at once. Who is named by the question itself answers first and
    /// is shown; what the others say are branches beside it.
    ///
    /// # Errors
    /// As [`App::ask`], and `too_many_answers`. Nothing is sent if one of them cannot be asked.
    pub async fn ask_side_by_side(
        &self,
        ask: Ask,
        others: Vec<Answerer>,
    ) -> Result<SentBeside, Error> {
        if others.len() >= MOST_BESIDE {
            return Err(Error::invalid(
                "too_many_answers",
                "At most four models answer side by side.",
            ));
        }
        let home = self.home_of_ask(&ask)?;
        let existing = match ask.conversation {
            Some(id) => Some(self.conversation_at(&home, id).await?),
            None => None,
        };
        let files = self.files_of(&home, &ask).await?;
        let mut asked = Vec::with_capacity(others.len());
        for other in others {
            let source = self.source_for(existing.as_ref(), other.source).await?;
            let model = model_for(existing.as_ref(), &source, other.model);
            self.must_take(&source, model.as_deref(), &files).await?;
            asked.push((source, model));
        }
        self.afford_all(existing.as_ref(), &ask, &asked).await?;
        let sent = self.ask(ask).await?;
        let question = sent.question_id.ok_or(Error::NotFound("question"))?;
        let home = self.open()?.home(sent.conversation_id);
        let conversation = self.conversation_at(&home, sent.conversation_id).await?;
        let mut beside = Vec::with_capacity(asked.len());
        for (source, model) in asked {
            let answer = self.answer_below(&conversation, question, &source, model.clone())?;
            beside.push(answer.id);
            let (row, shown, from) = (answer.clone(), sent.answer_id, source.clone());
            let is_temporary = home.is_temporary;
            self.write_at(&home, move |tx| {
                if is_temporary {
                    temporary::know_source(tx, &from)?;
                }
                tx.message_insert(&row)?;
                tx.message_show(shown)
            })
            .await?;
            self.begin(home.clone(), answer, source, model, None)
                .await?;
        }
        Ok(SentBeside { sent, beside })
    }

    /// Judges by what all answers may cost, before the first of them is asked for.
    async fn afford_all(
        &self,
        existing: Option<&Conversation>,
        ask: &Ask,
        others: &[(Source, Option<String>)],
    ) -> Result<(), Error> {
        let first = self.source_for(existing, ask.source).await?;
        let mut all = vec![(first, self.estimate(ask.clone()).await?)];
        for (source, model) in others {
            let ask = Ask {
                source: Some(source.id),
                model: model.clone(),
                ..ask.clone()
            };
            all.push((source.clone(), self.estimate(ask).await?));
        }
        self.afford_together(&all).await
    }

    /// An answer and those beside it, oldest first: itself and the newest others, at most
    /// [`MOST_BESIDE`].
    ///
    /// # Errors
    /// When the message does not exist or is no answer.
    pub async fn answers_beside(&self, answer: MessageId) -> Result<Vec<ShownMessage>, Error> {
        let home = self.home_of_message(answer).await?;
        is_answer(self.message_at(&home, answer).await?.role)?;
        let ids = self.read_at(&home, move |tx| tx.siblings(answer)).await?;
        let others = ids.iter().filter(|id| **id != answer).count();
        let mut left_out = others.saturating_sub(MOST_BESIDE - 1);
        let mut shown = Vec::with_capacity(MOST_BESIDE);
        for id in ids {
            if id != answer && left_out > 0 {
                left_out -= 1;
                continue;
            }
            shown.push(self.shown_message(id)?);
        }
        Ok(shown)
    }

    /// Goes on with one of several answers: it is shown, and who gave it answers next. The others
    /// stay as branches.
    ///
    /// # Errors
    /// When the message does not exist or is no answer.
    pub async fn go_on_with(&self, answer: MessageId) -> Result<(), Error> {
        let home = self.home_of_message(answer).await?;
        let message = self.message_at(&home, answer).await?;
        is_answer(message.role)?;
        let conversation = self.conversation_at(&home, message.conversation_id).await?;
        // Where it answers no more, the conversation keeps the one it has.
        let source = self.given_by(&conversation, &message).await?;
        let id = message.conversation_id;
        let model = self.asked_of(&home, &message).await?;
        self.write_at(&home, move |tx| {
            tx.message_show(answer)?;
            match source {
                Some(source) => remember_choice(tx, id, source.id, model),
                None => Ok::<_, StoreError>(()),
            }
        })
        .await?;
        self.tell(Event::ConversationChanged(id));
        self.tell(Event::MessagesChanged(id));
        Ok(())
    }

    /// What stands in the second message instead of what stands in the first, word by word.
    ///
    /// # Errors
    /// `still_arriving` while one of them does; when one does not exist.
    pub async fn difference(&self, from: MessageId, to: MessageId) -> Result<Vec<TextPart>, Error> {
        let mut texts = Vec::with_capacity(2);
        for id in [from, to] {
            let message = self.message_by_id(id).await?;
            if message.status == MessageStatus::Streaming {
                return Err(Error::invalid(
                    "still_arriving",
                    "An answer that is still arriving can be neither compared nor changed.",
                ));
            }
            texts.push(message.text());
        }
        Ok(tokio::task::spawn_blocking(move || {
            let diff = TextDiff::configure()
                .timeout(LONGEST_LOOK)
                .diff_words(&texts[0], &texts[1]);
            words::parts(&diff)
        })
        .await?)
    }
}

pub(super) fn is_answer(role: Role) -> Result<(), Error> {
    match role {
        Role::Assistant => Ok(()),
        _ => Err(Error::invalid(
            "not_an_answer",
            "Only answers can be chosen for this.",
        )),
    }
}
