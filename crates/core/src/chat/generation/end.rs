//! The end of an answer: its last words, what it cost, and who hears of it.

use std::sync::{Arc, PoisonError};

use fluxchat_model::{MessageStatus, Part, Usage, VisibleError};
use fluxchat_store::FinishMessage;

use super::{Gathered, Run};
use crate::{Event, spend};

impl Run {
    pub(super) async fn finish(
        &self,
        mut gathered: Gathered,
        status: MessageStatus,
        error: Option<VisibleError>,
    ) {
        let mut failed = self.save(&mut gathered).await.err();
        // Words that could not be kept: it is not complete, even where its end can be written.
        let (status, error) = match &failed {
            Some(reason) => (MessageStatus::Failed, Some(self.visible(reason))),
            None => (status, error),
        };
        self.cite_pages(&mut gathered);
        let notices = gathered.notices.iter().cloned();
        let told = self.so_far.as_ref().map(|message| message.parts.as_slice());
        let notices: Vec<Part> = notices
            .map(|notice| Part::Notice { notice })
            .filter(|part| !told.unwrap_or_default().contains(part))
            .collect();
        self.settle(&mut gathered, status).await;
        let model = gathered.asked_model.take();
        let finish = FinishMessage {
            model: gathered.model,
            usage: gathered.spent,
            error,
            more_parts: gathered.citations.into_iter().chain(notices).collect(),
            ..FinishMessage::new(status, self.app.now())
        };
        let (id, store) = (self.answer.id, self.home.store.clone());
        let (told, echo, now) = (gathered.told, gathered.echo, self.app.now());
        let written = tokio::task::spawn_blocking(move || {
            store.write(|tx| {
                if let Some(told) = told {
                    tx.training_echo_keep(id, told, echo, now)?;
                }
                tx.message_finish(id, &finish)
            })
        })
        .await;
        match written {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => failed = Some(error.into()),
            Err(error) => failed = Some(error.into()),
        }
        if let Some(error) = failed {
            // The next start finds the message streaming and keeps what is in the archive.
            tracing::error!(name: "answer.not_finished", code = error.code());
            self.open
                .unwritten()
                .insert(self.answer.id, self.visible(&error));
        }
        self.show(true);
        let followed = Arc::new(self.generation.live().followed());
        self.open
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.answer.id);
        self.generation.ended.cancel();
        if status == MessageStatus::Complete && !self.home.is_temporary {
            self.app.title_soon(&self.answer, &self.source, model).await;
        }
        self.app.tell(Event::StreamEnded {
            answer: self.answer.id,
            followed,
        });
        self.app
            .tell(Event::ConversationChanged(self.answer.conversation_id));
    }

    /// Counts what a request took that has ended.
    pub(super) async fn settle(&self, gathered: &mut Gathered, status: MessageStatus) {
        let first = gathered.spent.is_none();
        let ended = spend::Ended {
            answer: self.answer.id,
            source: &self.source,
            asked: gathered.asked.take(),
            usage: gathered.usage.take(),
            before: self
                .so_far
                .as_ref()
                .filter(|_| first)
                .and_then(|it| it.usage),
            status,
            is_kept: !self.home.is_temporary,
        };
        let usage = self.app.settle_cost(&self.open, ended).await;
        gathered.spent = sum(gathered.spent.take(), usage);
    }
}

/// What an answer of several requests cost.
fn sum(one: Option<Usage>, other: Option<Usage>) -> Option<Usage> {
    fn both<T: std::ops::Add<Output = T>>(one: Option<T>, other: Option<T>) -> Option<T> {
        match (one, other) {
            (Some(one), Some(other)) => Some(one + other),
            (one, other) => one.or(other),
        }
    }
    match (one, other) {
        (Some(one), Some(other)) => Some(Usage {
            input_tokens: one.input_tokens.saturating_add(other.input_tokens),
            output_tokens: one.output_tokens.saturating_add(other.output_tokens),
            reasoning_tokens: both(one.reasoning_tokens, other.reasoning_tokens),
            cached_tokens: both(one.cached_tokens, other.cached_tokens),
            cache_written_tokens: both(one.cache_written_tokens, other.cache_written_tokens),
            cost: both(one.cost, other.cost),
            spent: spend::joined(one.spent, other.spent),
        }),
        (one, other) => one.or(other),
    }
}
