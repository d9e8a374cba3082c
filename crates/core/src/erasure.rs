//! Deletions beyond one message or conversation: looked at first, confirmed, then carried out at
//! once, step by step, with one receipt.

use fluxchat_model::{ErasureId, ErasurePreview, ErasureScope, Timestamp};
use fluxchat_store::{Erasure, ErasureRequest, StoreError};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::{App, Error, Event, reserve};

/// What a person types before a large deletion, per language.
const WORDS: [&str; 2] = ["delete", "löschen"];

/// A deletion as it was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Previewed {
    /// What it covers.
    pub scope: ErasureScope,
    /// What it removes.
    pub preview: ErasurePreview,
    /// Names exactly this scope with exactly these numbers. It counts only as long as they hold.
    pub token: String,
    /// Whether a word has to be typed.
    pub needs_word: bool,
    /// Whether it can be undone for a moment.
    pub can_be_undone: bool,
    /// What is not removed.
    pub stays: Vec<Stays>,
}

/// What a deletion leaves, and why; the window and the command line have the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stays {
    /// The account of what left, without content and without the name of the conversation.
    Ledger,
    /// The consents: they prove what was allowed.
    Consents,
    /// The receipts, and the tombstones that keep imports from bringing it back.
    Receipts,
    /// The messages a file was in.
    Messages,
    /// The settings of the source and its key.
    Source,
    /// What the service keeps; it is asked to delete it.
    Service,
    /// Conversations that were copied from what goes.
    Forks,
    /// Copies that were exported.
    Exports,
    /// Backups and snapshots of the system.
    Backups,
}

/// What was agreed to.
#[derive(Clone, Debug, Default)]
pub struct Confirmation {
    /// [`Previewed::token`].
    pub token: String,
    /// As it was typed.
    pub word: String,
}

impl App {
    /// What a deletion would remove and what it would leave. Changes nothing.
    ///
    /// # Errors
    /// When what the scope names is not there.
    pub async fn preview_deletion(&self, scope: ErasureScope) -> Result<Previewed, Error> {
        let look = move |tx: &fluxchat_store::ReadTx<'_>| tx.erasure_preview(scope);
        let preview = match self.read(look).await {
            // A deletion that is being carried out interrupts long reads.
            Err(Error::Store(StoreError::Interrupted)) => self.read(look).await?,
            other => other?,
        };
        Ok(previewed(scope, preview))
    }

    /// Begins a deletion that was looked at. Hidden at once, carried out by the task of the window
    /// or by [`App::purge_now`]; there is no undo.
    ///
    /// # Errors
    /// `not_confirmed` without the word; `preview_changed` when it would remove something else
    /// than what was looked at; `too_late` never, since nothing is hidden before.
    pub async fn begin_deletion(
        &self,
        scope: ErasureScope,
        confirmation: Confirmation,
    ) -> Result<ErasureId, Error> {
        if scope.is_small() {
            return Err(Error::invalid(
                "use_undo",
                "One message or conversation is deleted where it is shown.",
            ));
        }
        let typed = confirmation.word.trim().to_lowercase();
        if scope.needs_word() && !WORDS.contains(&typed.as_str()) {
            return Err(Error::invalid(
                "not_confirmed",
                "The word was not typed, so nothing was deleted.",
            ));
        }
        // Whatever is arriving could be in it, and would change what was counted.
        self.open()?.stop_generations(|_, _| true).await;
        let now = self.now();
        let request = ErasureRequest {
            id: self.fresh(ErasureId::new)?,
            scope,
            requested_at: now,
            purge_after: now,
        };
        if scope == ErasureScope::Everything {
            self.hold_permits().await?;
        }
        let begun = self
            .off_thread(move |app| {
                let open = app.open()?;
                let agreed = |preview: &ErasurePreview| {
                    previewed(scope, preview.clone()).token == confirmation.token
                };
                let write = || open.store.erasure_begin(&request, agreed);
                Ok(reserve::deleting(&app.inner.options.profile, write)?)
            })
            .await;
        if !matches!(begun, Ok(true)) {
            self.open()?.tools.hold(Vec::new());
        }
        if !begun? {
            return Err(Error::invalid(
                "preview_changed",
                "Something was added or removed since you looked, so nothing was deleted.",
            ));
        }
        if scope == ErasureScope::Everything {
            self.end_temporaries().await?;
        }
        self.tell(Event::ContentRemoved);
        self.tell(Event::DeletionsChanged);
        self.open()?.deletions.notify_one();
        Ok(request.id)
    }

    /// Now, by the clock of the app.
    #[must_use]
    pub fn moment(&self) -> Timestamp {
        self.now()
    }

    /// Deletions that have no receipt yet, oldest first, and how far they are.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn deletions_under_way(&self) -> Result<Vec<Erasure>, Error> {
        self.read(|tx| tx.erasures()).await
    }
}

fn previewed(scope: ErasureScope, preview: ErasurePreview) -> Previewed {
    let mut digest = Sha256::new();
    digest.update(b"fluxchat deletion preview 1");
    for part in [
        serde_json::to_vec(&scope).unwrap_or_default(),
        serde_json::to_vec(&preview).unwrap_or_default(),
    ] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    Previewed {
        scope,
        stays: stays(scope, &preview),
        token: hex::encode(digest.finalize()),
        needs_word: scope.needs_word(),
        can_be_undone: scope.is_small(),
        preview,
    }
}

fn stays(scope: ErasureScope, preview: &ErasurePreview) -> Vec<Stays> {
    let mut stays = Vec::new();
    match scope {
        ErasureScope::Media(_) => stays.push(Stays::Messages),
        ErasureScope::Source(_) => stays.push(Stays::Source),
        _ => {}
    }
    if !matches!(scope, ErasureScope::Searches | ErasureScope::Drafts) {
        stays.extend([Stays::Ledger, Stays::Consents]);
    }
    stays.push(Stays::Receipts);
    if preview.known_to_service > 0 || scope == ErasureScope::Everything {
        stays.push(Stays::Service);
    }
    if preview.forks > 0 && scope != ErasureScope::Everything {
        stays.push(Stays::Forks);
    }
    stays.extend([Stays::Exports, Stays::Backups]);
    stays
}
