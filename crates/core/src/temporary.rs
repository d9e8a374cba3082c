//! Temporary conversations: each lives in a store of its own in memory, and in no other place. It is
//! gone when it is ended, when the archive is closed or locked, and with the process.
//!
//! Everything that reads or changes a conversation asks [`Open::home`] where it lives, here alone.
//! The ledger has a row for each of their requests, as for any other, but none says whose it was.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use fluxchat_model::{
    AssetId, Conversation, ConversationId, DraftKey, MessageId, MessageStatus, Source, SourceId,
};
use fluxchat_store::{ConversationPatch, OpenOptions, ReadTx, Store, StoreError, WriteTx};

use crate::app::Open;
use crate::{App, Error, Event, attachments};

/// More than anybody has in view; a bound on memory.
const MOST: usize = 16;

/// Where a conversation lives.
#[derive(Clone)]
pub(crate) struct Home {
    pub(crate) store: Store,
    /// In memory alone.
    pub(crate) is_temporary: bool,
}

/// The conversations that live in memory, each with its store.
#[derive(Default)]
pub(crate) struct Temporaries(RwLock<HashMap<ConversationId, Store>>);

impl Temporaries {
    fn get(&self, id: ConversationId) -> Option<Store> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        held.get(&id).cloned()
    }

    fn all(&self) -> Vec<(ConversationId, Store)> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        held.iter()
            .map(|(id, store)| (*id, store.clone()))
            .collect()
    }

    fn take(&self, id: ConversationId) -> Option<Store> {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        held.remove(&id)
    }

    /// False if there are too many already.
    fn add(&self, id: ConversationId, store: Store) -> bool {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let fits = held.len() < MOST;
        if fits {
            held.insert(id, store);
        }
        fits
    }
}

impl Open {
    /// Where a conversation lives. One that is nowhere is looked for in the archive, and not found.
    pub(crate) fn home(&self, id: ConversationId) -> Home {
        self.temporaries
            .get(id)
            .map_or_else(|| self.archive(), in_memory)
    }

    /// The same by one of its messages.
    pub(crate) fn home_of_message(&self, id: MessageId) -> Result<Home, StoreError> {
        for (_, store) in self.temporaries.all() {
            if store.read(|tx| tx.message(id))?.is_some() {
                return Ok(in_memory(store));
            }
        }
        Ok(self.archive())
    }

    /// The same by a file.
    pub(crate) fn home_of_asset(&self, id: AssetId) -> Result<Home, StoreError> {
        for (_, store) in self.temporaries.all() {
            if store.read(|tx| tx.asset(id))?.is_some() {
                return Ok(in_memory(store));
            }
        }
        Ok(self.archive())
    }

    pub(crate) fn archive(&self) -> Home {
        Home {
            store: self.store.clone(),
            is_temporary: false,
        }
    }

    /// Ends every temporary conversation. Returns which.
    pub(crate) fn forget_temporaries(&self) -> Vec<ConversationId> {
        let mut ended = Vec::new();
        for (id, _) in self.temporaries.all() {
            if let Some(store) = self.temporaries.take(id) {
                store.forget();
                ended.push(id);
            }
        }
        ended
    }

    /// A source is gone: no temporary conversation names it any longer.
    pub(crate) fn temporaries_without(&self, source: SourceId) -> Result<(), StoreError> {
        for (_, store) in self.temporaries.all() {
            store.write(|tx| tx.source_remove(source))?;
        }
        Ok(())
    }
}

fn in_memory(store: Store) -> Home {
    Home {
        store,
        is_temporary: true,
    }
}

/// A conversation can only name a source that its store knows. The name is not asked for there.
pub(crate) fn know_source(tx: &WriteTx<'_>, source: &Source) -> Result<(), StoreError> {
    let known = Source {
        name: source.id.to_string(),
        ..source.clone()
    };
    if tx.source(source.id)?.is_some() {
        tx.source_update(&known)
    } else {
        tx.source_insert(&known)
    }
}

/// Refuses what only makes sense for something that is kept.
pub(crate) fn refuse() -> Error {
    Error::invalid(
        "temporary",
        "This conversation is temporary: nothing of it is kept, so this cannot be done with it.",
    )
}

/// Whether a change can be made to a temporary conversation: where its answers come from, and
/// nothing that sorts or keeps it.
fn suits(patch: &ConversationPatch) -> bool {
    let left = ConversationPatch {
        source_id: None,
        model: None,
        local_only: None,
        ..patch.clone()
    };
    left == ConversationPatch::default()
}

impl App {
    /// Begins a temporary conversation. One that nothing was said in is taken again.
    ///
    /// # Errors
    /// `too_many_temporary`; when there is no source, or everything is frozen.
    pub async fn begin_temporary(
        &self,
        source: Option<SourceId>,
        model: Option<String>,
    ) -> Result<Conversation, Error> {
        let unused = self
            .off_thread(|app| Ok(unused(app.open()?.as_ref())?))
            .await?;
        match unused {
            Some(id) => self.conversation(id).await,
            None => self.begin_another(source, model).await,
        }
    }

    /// Begins one, whatever there is.
    pub(crate) async fn begin_another(
        &self,
        source: Option<SourceId>,
        model: Option<String>,
    ) -> Result<Conversation, Error> {
        let source = self.source_for(None, source).await?;
        let conversation = Conversation {
            source_id: Some(source.id),
            model: model.or_else(|| source.default_model.clone()),
            ..Conversation::new(self.fresh(ConversationId::new)?, String::new(), self.now())
        };
        let begun = self
            .off_thread(move |app| {
                let open = app.open()?;
                let store = Store::open(OpenOptions::memory())?;
                store.write(|tx| {
                    know_source(tx, &source)?;
                    tx.conversation_insert(&conversation)
                })?;
                if !open.temporaries.add(conversation.id, store) {
                    return Err(Error::invalid(
                        "too_many_temporary",
                        "There are sixteen temporary conversations already.",
                    ));
                }
                // Whoever closes the archive ends those that it finds.
                if open.stop.is_cancelled() {
                    open.forget_temporaries();
                    return Err(Error::NotOpen(app.state()));
                }
                Ok(conversation)
            })
            .await?;
        self.tell(Event::ConversationChanged(begun.id));
        Ok(begun)
    }

    /// The temporary conversations there are, the latest first.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn temporaries(&self) -> Result<Vec<Conversation>, Error> {
        self.off_thread(|app| {
            let mut found = Vec::new();
            for (id, store) in app.open()?.temporaries.all() {
                found.extend(store.read(|tx| tx.conversation(id))?);
            }
            found.sort_by_key(|it| std::cmp::Reverse((it.updated_at, it.id)));
            Ok(found)
        })
        .await
    }

    /// Whether a conversation is temporary.
    #[must_use]
    pub fn is_temporary(&self, id: ConversationId) -> bool {
        self.open()
            .is_ok_and(|open| open.temporaries.get(id).is_some())
    }

    /// Ends a temporary conversation: an answer that arrives is stopped, and all of it is gone.
    ///
    /// # Errors
    /// When there is none of this id.
    pub async fn end_temporary(&self, id: ConversationId) -> Result<(), Error> {
        let open = self.open()?;
        let store = open
            .temporaries
            .take(id)
            .ok_or(Error::NotFound("temporary conversation"))?;
        open.stop_generations(|_, of| of == id).await;
        tokio::task::spawn_blocking(move || store.forget()).await?;
        self.tell(Event::ConversationRemoved(id));
        Ok(())
    }

    /// Ends all of them, where everything goes.
    pub(crate) async fn end_temporaries(&self) -> Result<(), Error> {
        let ended = self
            .off_thread(|app| Ok(app.open()?.forget_temporaries()))
            .await?;
        for id in ended {
            self.tell(Event::ConversationRemoved(id));
        }
        Ok(())
    }

    /// Keeps a temporary conversation: it moves into the archive with every branch and its draft,
    /// and is one like any other from then on. An answer that arrives is stopped.
    ///
    /// # Errors
    /// When there is none of this id, nothing was said in it, or it cannot be written; then it
    /// stays temporary.
    pub async fn keep_temporary(&self, id: ConversationId) -> Result<Conversation, Error> {
        self.open()?.stop_generations(|_, of| of == id).await;
        let now = self.now();
        let kept = self
            .off_thread(move |app| {
                let open = app.open()?;
                let store = open
                    .temporaries
                    .get(id)
                    .ok_or(Error::NotFound("temporary conversation"))?;
                let files = app.move_files(&store, id)?;
                let kept = store.read(|tx| copy(tx, &open.store, id, now, &files))??;
                open.temporaries.take(id);
                store.forget();
                Ok(kept)
            })
            .await?;
        self.tell(Event::ConversationChanged(id));
        self.tell(Event::MessagesChanged(id));
        Ok(kept)
    }

    /// Reads where a conversation lives.
    pub(crate) async fn read_at<T: Send + 'static>(
        &self,
        home: &Home,
        read: impl FnOnce(&ReadTx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Error> {
        let store = home.store.clone();
        Ok(tokio::task::spawn_blocking(move || store.read(read)).await??)
    }

    /// Changes what is where a conversation lives, in one transaction.
    pub(crate) async fn write_at<T: Send + 'static>(
        &self,
        home: &Home,
        write: impl FnOnce(&WriteTx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Error> {
        let store = home.store.clone();
        Ok(tokio::task::spawn_blocking(move || store.write(write)).await??)
    }

    /// Where a conversation lives, after it was asked to change like this.
    pub(crate) async fn home_to_change(
        &self,
        id: ConversationId,
        patch: &ConversationPatch,
    ) -> Result<Home, Error> {
        let home = self.open()?.home(id);
        if !home.is_temporary {
            return Ok(home);
        }
        if !suits(patch) {
            return Err(refuse());
        }
        if let Some(Some(source)) = patch.source_id {
            let source = self.source(source).await?;
            self.write_at(&home, move |tx| know_source(tx, &source))
                .await?;
        }
        Ok(home)
    }

    /// Where a message lives, asked off the async threads.
    pub(crate) async fn home_of_message(&self, id: MessageId) -> Result<Home, Error> {
        self.off_thread(move |app| Ok(app.open()?.home_of_message(id)?))
            .await
    }

    /// Refuses what only makes sense for a conversation that is kept.
    pub(crate) fn must_be_kept(&self, id: ConversationId) -> Result<(), Error> {
        if self.is_temporary(id) {
            return Err(refuse());
        }
        Ok(())
    }
}

/// One that nothing was said in and nothing typed.
fn unused(open: &Open) -> Result<Option<ConversationId>, StoreError> {
    for (id, store) in open.temporaries.all() {
        let is_unused = store.read(|tx| {
            let typed = tx.draft(DraftKey::Conversation(id))?.is_some()
                || !tx.draft_attachments(DraftKey::Conversation(id))?.is_empty();
            let said = tx.conversation(id)?.and_then(|it| it.head_id).is_some();
            Ok(!typed && !said)
        })?;
        if is_unused {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Writes a conversation in memory into the archive.
fn copy(
    tx: &ReadTx<'_>,
    archive: &Store,
    id: ConversationId,
    now: fluxchat_model::Timestamp,
    files: &[attachments::Moved],
) -> Result<Result<Conversation, Error>, StoreError> {
    let (Some(mut conversation), mut messages) = (tx.conversation(id)?, tx.messages_of(id)?) else {
        return Ok(Err(Error::NotFound("temporary conversation")));
    };
    let Some(head) = conversation.head_id else {
        return Ok(Err(Error::invalid(
            "nothing_to_keep",
            "Nothing was said in this conversation yet.",
        )));
    };
    for message in &mut messages {
        // One whose end could not be written.
        if message.status == MessageStatus::Streaming {
            message.status = MessageStatus::Interrupted;
            message.finished_at = Some(now);
        }
    }
    let first = messages.first().map(fluxchat_model::Message::text);
    conversation.title = fluxchat_markup::title_from(&first.unwrap_or_default());
    let draft = tx.draft(DraftKey::Conversation(id))?;
    let instructions = tx.instructions(id)?;
    Ok(archive
        .write(|tx| {
            if let Some(source) = conversation.source_id
                && tx.source(source)?.is_none()
            {
                conversation.source_id = None;
                conversation.model = None;
            }
            tx.conversation_insert(&conversation)?;
            attachments::settle(tx, id, files)?;
            for message in &messages {
                tx.message_insert(message)?;
            }
            tx.message_show(head)?;
            tx.instructions_set(id, &instructions)?;
            if let Some(draft) = draft {
                tx.draft_set(DraftKey::Conversation(id), &draft, now)?;
            }
            tx.conversation(id)?
                .ok_or(StoreError::NotFound("conversation"))
        })
        .map_err(Error::from))
}
