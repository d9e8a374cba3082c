//! The control arms: the same looks at something without the protection. They must find it broken.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fluxchat_egress::{Call, Ctx, Door, Endpoint, ForgetfulLedger, InProcess, Payload, Target};
use fluxchat_model::{
    ArchiveKey, Conversation, ConversationId, ErasureId, ErasureScope, Message, MessageId,
    MessageStatus, Part, Purpose, Role, TombstoneId,
};
use fluxchat_service::{MemoryStorage, ServiceState, router};
use fluxchat_store::{ErasureRequest, OpenOptions, Store};

use super::planted;
use crate::{App, Error, profile};

const FOLDER: &str = "self-audit";

fn folder(profile: &Path) -> PathBuf {
    profile.join(FOLDER)
}

/// Removes what an audit that was cut short left behind. Its key was never written down.
pub(crate) fn clear(profile: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(folder(profile)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Deletes a conversation in a scratch archive without anything that makes deletions final, and
/// counts what is found of it afterwards.
pub(super) fn deletion_without_protection(app: &App) -> Result<usize, Error> {
    let root = app.inner.options.profile.clone();
    clear(&root)?;
    profile::create_private(&folder(&root))?;
    let found = remnants_of_a_weak_deletion(app, &folder(&root).join("scratch.db"));
    clear(&root)?;
    found
}

fn remnants_of_a_weak_deletion(app: &App, path: &Path) -> Result<usize, Error> {
    let mut key = [0; 32];
    getrandom::fill(&mut key)?;
    let word = planted::canary()?;
    let store = Store::open(OpenOptions::control_arm(path, ArchiveKey::new(key)))?;
    let now = app.now();
    let conversation = Conversation::new(app.fresh(ConversationId::new)?, word.clone(), now);
    let message = Message {
        id: app.fresh(MessageId::new)?,
        conversation_id: conversation.id,
        parent_id: None,
        role: Role::User,
        status: MessageStatus::Complete,
        model: None,
        source_name: None,
        parts: vec![Part::Text { text: word.clone() }],
        usage: None,
        error: None,
        created_at: now,
        finished_at: None,
    };
    let erasure = app.fresh(ErasureId::new)?;
    let tombstone = app.fresh(TombstoneId::new)?;
    store.write(|tx| {
        tx.conversation_insert(&conversation)?;
        tx.message_insert(&message)
    })?;
    store.write(|tx| {
        tx.erasure_request(&ErasureRequest {
            id: erasure,
            scope: ErasureScope::Conversation(conversation.id),
            requested_at: now,
            purge_after: now,
        })
    })?;
    store.erasure_purge(erasure, tombstone, now)?;
    let needles = super::needles_of(&[word]);
    let found = store.find_in_pages(&needles)?.unwrap_or_default();
    store.close();
    Ok(found.len())
}

/// Sends one request in-process through a door whose ledger forgets. Returns whether comparing
/// requests with rows notices: one was answered, and the ledger grew by none.
pub(super) async fn door_that_forgets(app: &App) -> Result<bool, Error> {
    let clock = Arc::clone(&app.inner.options.clock);
    let service = ServiceState::new(Arc::new(MemoryStorage::new()), Arc::clone(&clock));
    let door = Door::new(
        Arc::new(ForgetfulLedger::new(())),
        clock,
        Some(InProcess::new(router(service))),
    );
    let rows = || app.read(|tx| tx.ledger_page(&fluxchat_model::LedgerFilter::default(), 1));
    let last = |page: &[fluxchat_model::LedgerEntry]| page.first().map(|row| row.record.request_id);
    let before = last(&rows().await?);
    let answer = door
        .send(
            Ctx::new(Purpose::Models, &[]),
            Endpoint::new(Call::ModelsList, Target::in_process()),
            Payload::Empty,
        )
        .await?;
    let after = last(&rows().await?);
    Ok(answer.status.is_success() && before == after)
}
