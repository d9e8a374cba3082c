//! Who may get recordings: a consent that names them.

use fluxchat_model::{ConsentStatus, Purpose, SourceId};
use uuid::Uuid;

use super::{VoiceState, not_chosen};
use crate::{App, Error, clock, consents, session};

/// Who may get recordings: a source, and the host it had when that was agreed to.
const AGREED: &str = "voice_agreed";

impl App {
    /// Agrees that recordings go to who was chosen for them: a link of the consent chain. `host` is
    /// who the person was told.
    ///
    /// # Errors
    /// `voice_not_chosen` if that is another one by now; in a supervised profile, unless its
    /// guardian unlocked it.
    pub async fn agree_to_dictation(&self, host: &str) -> Result<VoiceState, Error> {
        self.guarded().await?;
        let chosen = self.voice().await?.dictation;
        let partner = chosen
            .filter(|partner| partner.host == host)
            .ok_or_else(|| not_chosen("dictation"))?;
        self.off_thread(move |app| {
            let open = app.open()?;
            let setup = session::set_up(&open.store)?;
            let policy = app.policy(None, &setup.language)?;
            let given = app.consent_event(
                Purpose::Transcription,
                ConsentStatus::Given,
                &policy,
                "microphone",
            )?;
            let fresh = Uuid::from_bytes(clock::random16()?);
            let now = app.now();
            open.store.write(|tx| {
                consents::decide(tx, &given, fresh, now)?;
                tx.setting_set(AGREED, &(partner.source_id, partner.host))
            })?;
            open.outbox.notify_one();
            Ok(())
        })
        .await?;
        self.tell_decided(Vec::new());
        self.voice().await
    }

    pub(super) async fn voice_agreed(&self, source: SourceId, host: &str) -> Result<bool, Error> {
        let (host, now) = (host.to_owned(), self.now());
        self.read(move |tx| {
            let with: Option<(SourceId, String)> = tx.setting(AGREED)?;
            Ok(
                with == Some((source, host))
                    && consents::is_given(tx, Purpose::Transcription, now)?,
            )
        })
        .await
    }
}
