//! The core in this process: no window, no command line, a clock that can be moved.

use std::path::Path;
use std::sync::Arc;

use fluxchat_core::{Access, App, Ask, Audience, Event, Options, Setup};
use fluxchat_model::{Clock, Message, MessageId, MessageStatus};
use fluxchat_vault::{Keychain, MemoryKeychain, Patience, Probe, Vault};

/// What an app in this process is started with.
pub fn options(profile: &Path, keychain: &Arc<MemoryKeychain>, clock: Arc<dyn Clock>) -> Options {
    Options {
        profile: profile.to_owned(),
        access: Access::Owner,
        keychain: Arc::clone(keychain) as Arc<dyn Keychain>,
        clock,
        passphrase: None,
        offline: false,
        surface: "window",
        version: "0.0.0",
        sandbox_pace: Some(std::time::Duration::ZERO),
        settle_deletions: false,
        ledger_layer: None,
    }
}

/// Completes the first run of an adult who agrees to nothing optional.
pub async fn set_up(app: &App) {
    let policy = app.policy(None, "en").unwrap();
    app.setup(Setup {
        audience: Audience::Adult,
        policy_version: policy.version.0.clone(),
        language: policy.language,
        consents: Vec::new(),
    })
    .await
    .unwrap();
}

/// Asks and waits for the end of the answer, good or bad.
pub async fn ask(app: &App, ask: Ask) -> Message {
    let mut events = app.events().subscribe();
    let sent = app.ask(ask).await.unwrap();
    while let Some(event) = events.recv().await {
        if matches!(event, Event::StreamEnded { answer: id, .. } if id == sent.answer_id) {
            break;
        }
    }
    app.message_by_id(sent.answer_id).await.unwrap()
}

/// An answer as it stands once it arrives no more.
pub async fn ended(app: &App, answer: MessageId) -> Message {
    let mut events = app.events().subscribe();
    loop {
        let message = app.message_by_id(answer).await.unwrap();
        if message.status != MessageStatus::Streaming {
            return message;
        }
        while let Some(event) = events.recv().await {
            if matches!(event, Event::StreamEnded { answer: id, .. } if id == answer) {
                break;
            }
        }
    }
}

/// The raw key of an archive whose key is in a keychain of this process.
pub fn archive_key(profile: &Path, keychain: &Arc<MemoryKeychain>) -> [u8; 32] {
    let vault = Vault::new(profile, Arc::clone(keychain) as Arc<dyn Keychain>);
    match vault.probe(Patience::Probe).unwrap() {
        Probe::Key(key, _) => *vault.archive_key(key).unwrap().expose(),
        other => panic!("the keychain has no key: {:?}", other.session_state()),
    }
}
