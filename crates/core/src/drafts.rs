//! What was typed and not sent.

use fluxchat_model::DraftKey;

use crate::temporary::Home;
use crate::{App, Error};

impl App {
    /// A draft; empty if there is none.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn draft(&self, key: DraftKey) -> Result<String, Error> {
        Ok(self
            .read_at(&self.home_of_draft(key)?, move |tx| tx.draft(key))
            .await?
            .unwrap_or_default())
    }

    /// Keeps a draft; an empty text removes it.
    ///
    /// # Errors
    /// When the archive is not open or full.
    pub async fn set_draft(&self, key: DraftKey, text: String) -> Result<(), Error> {
        let now = self.now();
        self.write_at(&self.home_of_draft(key)?, move |tx| {
            tx.draft_set(key, &text, now)
        })
        .await
    }

    pub(crate) fn home_of_draft(&self, key: DraftKey) -> Result<Home, Error> {
        let open = self.open()?;
        Ok(match key {
            DraftKey::Conversation(id) => open.home(id),
            DraftKey::NewConversation => open.archive(),
        })
    }
}
