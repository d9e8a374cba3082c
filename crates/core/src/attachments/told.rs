//! What of a message's files its answer's source was given, for showing.

use fluxchat_model::{AssetId, Attachment, AttachmentTold, MessageId};

use crate::{App, Error};

/// A file as a source was given it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownFile {
    /// Which, and how much.
    pub told: AttachmentTold,
    /// The file; `None` if it is gone.
    pub attachment: Option<Attachment>,
}

impl App {
    /// What an answer's source was given of the files before it.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn files_told(&self, answer: MessageId) -> Result<Vec<ShownFile>, Error> {
        let home = self.home_of_message(answer).await?;
        self.read_at(&home, move |tx| {
            tx.attachments_told(answer)?
                .into_iter()
                .map(|told| {
                    Ok(ShownFile {
                        attachment: tx.attachment(told.asset_id)?,
                        told,
                    })
                })
                .collect()
        })
        .await
    }

    /// What is known of a file.
    ///
    /// # Errors
    /// When it does not exist, or was not attached.
    pub async fn attachment(&self, id: AssetId) -> Result<Attachment, Error> {
        let home = self.home_of_asset(id).await?;
        self.read_at(&home, move |tx| tx.attachment(id))
            .await?
            .ok_or(Error::NotFound("file"))
    }
}
