//! Deletion: hidden at once, carried out at its deadline, proven by a receipt, and requested of
//! the service where the service may hold a part.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use fluxchat_model::{
    ConversationId, ErasureId, ErasureScope, ErasureStage, MessageId, Receipt, Timestamp,
    TombstoneId,
};
use fluxchat_store::{Erasure, ErasureRequest, FinishedBy, StoreError};

use crate::app::Open;
use crate::outbox::Subject;
use crate::profile::remove_durably;
use crate::{App, Error, Event, reserve};

/// How long undo is offered in the window, in milliseconds.
pub const UNDO_MS: i64 = 10 * Timestamp::SECOND;
/// When a small deletion is carried out, in milliseconds after it was asked for.
const PURGE_MS: i64 = 30 * Timestamp::SECOND;
/// When to try again after a reader of another process was in the way.
const BUSY_WAIT: Duration = Duration::from_secs(2);
/// Between two steps of a long deletion, so that others get to write.
const BREATH: Duration = Duration::from_millis(2);
/// How often a long deletion tells how far it is.
const TELL: Duration = Duration::from_millis(150);

/// A deletion that is hidden and can still be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erasing {
    /// Names it.
    pub id: ErasureId,
    /// Undo is offered until then.
    pub undo_until: Timestamp,
    /// When it is carried out.
    pub purge_after: Timestamp,
    /// How many messages went with the one it is about, on all branches below it.
    pub below: u32,
}

/// Carries deletions out at their deadlines.
pub(crate) fn spawn(app: &App, open: &Arc<Open>) {
    let (app, open_for_task, stop) = (app.clone(), Arc::clone(open), open.stop.clone());
    open.tasks.spawn(async move {
        loop {
            let wait = app.purge_due().await.unwrap_or(Some(BUSY_WAIT));
            tokio::select! {
                () = stop.cancelled() => return,
                () = open_for_task.deletions.notified() => {}
                () = sleep(wait) => {}
            }
        }
    });
}

async fn sleep(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}

impl App {
    /// Hides a conversation at once; it is deleted for good at the deadline.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn delete_conversation(&self, id: ConversationId) -> Result<Erasing, Error> {
        self.must_be_kept(id)?;
        self.open()?.stop_generations(|_, of| of == id).await;
        let erasing = self.hide(ErasureScope::Conversation(id)).await?;
        self.tell(Event::ConversationRemoved(id));
        Ok(erasing)
    }

    /// Hides a message and everything below it at once; they are deleted for good at the deadline.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn delete_message(&self, id: MessageId) -> Result<Erasing, Error> {
        let conversation = self.message_by_id(id).await?.conversation_id;
        self.must_be_kept(conversation)?;
        // Whatever is arriving below it would be orphaned.
        self.open()?
            .stop_generations(|_, of| of == conversation)
            .await;
        let erasing = self.hide(ErasureScope::Message(id)).await?;
        let hidden = self.read(move |tx| tx.erasure_hides(erasing.id)).await?;
        let erasing = Erasing {
            below: hidden.saturating_sub(1),
            ..erasing
        };
        self.tell(Event::MessagesChanged(conversation));
        self.tell(Event::ConversationChanged(conversation));
        Ok(erasing)
    }

    /// Takes a deletion back.
    ///
    /// # Errors
    /// `too_late` when it was carried out, or its deadline has passed.
    pub async fn undo_deletion(&self, id: ErasureId) -> Result<(), Error> {
        let now = self.now();
        let Some(scope) = self.write(move |tx| tx.erasure_undo(id, now)).await? else {
            return Err(Error::invalid(
                "too_late",
                "It was deleted for good and cannot be brought back.",
            ));
        };
        match scope {
            ErasureScope::Conversation(id) => self.tell(Event::ConversationChanged(id)),
            ErasureScope::Message(id) => {
                let conversation = self.message_by_id(id).await?.conversation_id;
                self.tell(Event::MessagesChanged(conversation));
            }
            // Nothing else can be taken back.
            _ => {}
        }
        Ok(())
    }

    /// The deletion of a conversation that can still be undone.
    ///
    /// # Errors
    /// When there is none.
    pub async fn deletion_of(&self, conversation: ConversationId) -> Result<ErasureId, Error> {
        let scope = Some(ErasureScope::Conversation(conversation));
        let pending = self.read(|tx| tx.erasures()).await?;
        let found = pending.into_iter().find(|erasure| erasure.scope == scope);
        found
            .map(|erasure| erasure.id)
            .ok_or(Error::NotFound("deletion"))
    }

    /// Carries a deletion out now, whatever its deadline, and returns its receipt.
    ///
    /// # Errors
    /// `busy` while another process reads: the rows are gone, the proof follows later.
    pub async fn purge_now(&self, id: ErasureId) -> Result<Receipt, Error> {
        let receipt = self.off_thread(move |app| app.carry_out(id)).await?;
        self.tell(Event::ReceiptsChanged);
        if !["message", "conversation"].contains(&receipt.scope.as_str()) {
            self.tell(Event::ContentRemoved);
            self.tell(Event::DeletionsChanged);
            self.tell(Event::FilingChanged);
        }
        self.open()?.outbox.notify_one();
        Ok(receipt)
    }

    /// Deletes all content, here and now. There is no undo.
    ///
    /// # Errors
    /// `busy` while another process reads: the rows are gone, the proof follows later.
    pub async fn delete_everything(&self) -> Result<Receipt, Error> {
        self.open()?.stop_generations(|_, _| true).await;
        self.hold_permits().await?;
        let erasing = self.hide(ErasureScope::Everything).await?;
        self.end_temporaries().await?;
        let receipt = self.purge_now(erasing.id).await?;
        self.tell(Event::SessionChanged);
        Ok(receipt)
    }

    /// Carries out every deletion whose deadline has come, and finishes those that were begun.
    /// Returns how long to wait for the next.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn purge_due(&self) -> Result<Option<Duration>, Error> {
        let now = self.now();
        let mut again = None;
        for erasure in self.read(|tx| tx.erasures()).await? {
            let due = erasure.stage != ErasureStage::Hidden || erasure.purge_after <= now;
            let wait = if due {
                self.try_purge(&erasure).await
            } else {
                Some(until(now, erasure.purge_after))
            };
            again = [again, wait].into_iter().flatten().min();
        }
        Ok(again)
    }

    /// Carries out what waits: everything where the process settles deletions at its start and
    /// end, otherwise what is due. A large one is hidden already and takes its time: the window
    /// does not wait for it, its task goes on with it.
    pub(crate) async fn settle_deletions(&self) -> Result<(), Error> {
        if self.inner.options.settle_deletions {
            for erasure in self.read(|tx| tx.erasures()).await? {
                let steps = [ErasureStage::Purging, ErasureStage::Cleaning];
                if !steps.contains(&erasure.stage) {
                    self.try_purge(&erasure).await;
                }
            }
            return Ok(());
        }
        self.purge_due().await.map(|_| ())
    }

    /// How many deletions are hidden and not carried out.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn pending_deletions(&self) -> Result<u32, Error> {
        let pending = self.read(|tx| tx.erasures()).await?;
        Ok(u32::try_from(pending.len()).unwrap_or(u32::MAX))
    }

    /// All receipts, newest first.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn receipts(&self) -> Result<Vec<Receipt>, Error> {
        self.read(|tx| tx.receipts()).await
    }

    async fn try_purge(&self, erasure: &Erasure) -> Option<Duration> {
        match self.purge_now(erasure.id).await {
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(name: "deletion.waits", code = error.code());
                Some(BUSY_WAIT)
            }
        }
    }

    async fn hide(&self, scope: ErasureScope) -> Result<Erasing, Error> {
        let now = self.now();
        let purge_ms = if scope.is_small() { PURGE_MS } else { 0 };
        let request = ErasureRequest {
            id: self.fresh(ErasureId::new)?,
            scope,
            requested_at: now,
            purge_after: now.plus_ms(purge_ms),
        };
        self.off_thread(move |app| {
            let open = app.open()?;
            let write = || open.store.write(|tx| tx.erasure_request(&request));
            Ok(reserve::deleting(&app.inner.options.profile, write)?)
        })
        .await?;
        self.open()?.deletions.notify_one();
        Ok(Erasing {
            id: request.id,
            undo_until: now.plus_ms(UNDO_MS),
            purge_after: request.purge_after,
            below: 0,
        })
    }

    /// The protocol: request to the service, rows, files, log, proof. Every step can be repeated,
    /// so a crash between any two of them is taken up where it stood.
    fn carry_out(&self, id: ErasureId) -> Result<Receipt, Error> {
        let open = self.open()?;
        let _alone = open.erasing.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(erasure) = open.store.read(|tx| tx.erasure(id))? else {
            // Whoever held the lock before may have done it.
            return open
                .store
                .read(|tx| tx.receipt(id))?
                .ok_or(Error::NotFound("deletion"));
        };
        if let Some(scope) = erasure.scope
            && let Some(subject) = self.subject(&open, scope)?
        {
            self.queue_erasure(&open, id, &subject)?;
        }
        if erasure.scope == Some(ErasureScope::Everything) {
            self.forget_tool_servers(&open)?;
        }
        let mut renamed = None;
        if let Some(ErasureScope::Message(message)) = erasure.scope {
            // A conversation is called after its first question: that name quotes what goes.
            renamed = reserve::deleting(&self.inner.options.profile, || {
                open.store.write(|tx| {
                    let changed = tx.erasure_retitle(message, &fluxchat_markup::titles_from)?;
                    if changed {
                        tx.conversation_of_message(message)
                    } else {
                        Ok(None)
                    }
                })
            })?;
        }
        self.step_through(&open, id)?;
        let tombstone = self.fresh(TombstoneId::new)?;
        let purged = open.store.erasure_purge(id, tombstone, self.now())?;
        let mut files_removed = 0;
        for asset in &purged.files {
            files_removed += u32::from(remove_durably(&self.asset_path(*asset))?);
        }
        self.drop_migration_copy(&open.store, true)?;
        open.store.erasure_scrub(id)?;
        let by = FinishedBy {
            files_removed,
            key_epoch: self.vault().key_epoch()?,
            app_version: self.version().to_owned(),
            at: self.now(),
        };
        let receipt = open.store.erasure_finish(id, &by)?;
        if let Some(conversation) = renamed {
            self.tell(Event::ConversationChanged(conversation));
        }
        tracing::info!(name: "deletion.proven", files = files_removed);
        // What it was for is forgotten when its rows are gone.
        if matches!(erasure.scope, None | Some(ErasureScope::Everything)) {
            open.tools.return_held(&open);
        }
        Ok(receipt)
    }

    /// Removes the rows of a large deletion, some at a time. Ends early when the app does; the next
    /// start goes on.
    fn step_through(&self, open: &Open, id: ErasureId) -> Result<(), Error> {
        let mut told = Instant::now();
        loop {
            let step = open.store.erasure_step(id, fluxchat_markup::titles_from)?;
            if step.done {
                return Ok(());
            }
            if open.stop.is_cancelled() {
                return Err(StoreError::Interrupted.into());
            }
            if told.elapsed() >= TELL {
                told = Instant::now();
                self.tell(Event::DeletionsChanged);
            }
            std::thread::sleep(BREATH);
        }
    }

    fn subject(&self, open: &Open, scope: ErasureScope) -> Result<Option<Subject>, StoreError> {
        if scope == ErasureScope::Everything {
            return Ok(Some(Subject::Everything));
        }
        let aliases = open.store.read(|tx| tx.erasure_aliases(scope))?;
        Ok((!aliases.is_empty()).then_some(Subject::Conversations(aliases)))
    }
}

fn until(now: Timestamp, then: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(then.0.saturating_sub(now.0)).unwrap_or(0))
}
