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

    /// The name for a copy of a file. A picture that was written anew ends as what it is now.
    ///
    /// # Errors
    /// When it does not exist, or was not attached.
    pub async fn attachment_copy_name(&self, id: AssetId) -> Result<String, Error> {
        let it = self.attachment(id).await?;
        let endings: &[&str] = match it.media_type.as_str() {
            "image/png" => &["png"],
            "image/jpeg" => &["jpg", "jpeg"],
            _ => return Ok(it.name),
        };
        Ok(ending_as(&it.name, endings))
    }
}

fn ending_as(name: &str, endings: &[&str]) -> String {
    let (stem, own) = name.rsplit_once('.').unwrap_or((name, ""));
    if endings
        .iter()
        .any(|ending| own.eq_ignore_ascii_case(ending))
    {
        return name.to_owned();
    }
    format!("{stem}.{}", endings.first().unwrap_or(&own))
}

#[cfg(test)]
mod tests {
    use super::ending_as;

    #[test]
    fn a_copy_ends_as_what_it_is() {
        assert_eq!(ending_as("a.b.webp", &["png"]), "a.b.png");
        assert_eq!(ending_as("a.PNG", &["png"]), "a.PNG");
        assert_eq!(ending_as("a.jpeg", &["jpg", "jpeg"]), "a.jpeg");
        assert_eq!(ending_as("picture", &["png"]), "picture.png");
    }
}
