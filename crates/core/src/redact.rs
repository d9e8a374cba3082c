//! Whether private details are replaced before anything leaves, and whose names.

use fluxchat_model::SourceId;

use crate::{App, Error, Event};

const LONGEST_NAME: usize = 200;
const MOST_NAMES: usize = 1_000;

impl App {
    /// Switches local redaction of a source on or off; from the next request on.
    ///
    /// # Errors
    /// When the source does not exist.
    pub async fn set_redact(&self, id: SourceId, on: bool) -> Result<(), Error> {
        let mut source = self.source(id).await?;
        source.redact = on;
        self.write(move |tx| tx.source_update(&source)).await?;
        self.tell(Event::SourcesChanged);
        Ok(())
    }

    /// The names that are replaced, in the order they were added.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn redact_names(&self) -> Result<Vec<String>, Error> {
        self.read(|tx| tx.redact_names()).await
    }

    /// Adds a name to replace.
    ///
    /// # Errors
    /// When it is empty or too long, or there are too many.
    pub async fn redact_name_add(&self, name: &str) -> Result<(), Error> {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(Error::invalid(
                "redact_name",
                "A name to replace has 1 to 200 characters.",
            ));
        }
        if self.redact_names().await?.len() >= MOST_NAMES {
            return Err(Error::invalid(
                "redact_names_full",
                "A thousand names are on the list already.",
            ));
        }
        self.write(move |tx| tx.redact_name_add(&name)).await?;
        self.tell(Event::SettingsChanged);
        Ok(())
    }

    /// Takes a name off the list. Returns whether it was there.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn redact_name_remove(&self, name: &str) -> Result<bool, Error> {
        let name = name.to_owned();
        let gone = self.write(move |tx| tx.redact_name_remove(&name)).await?;
        self.tell(Event::SettingsChanged);
        Ok(gone)
    }
}
