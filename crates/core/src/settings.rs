//! The settings of the window, opaque to the core.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{App, Error, Event};

const WINDOW: &str = "window";

/// Settings that guard something: a name with one of these words in it leaves with no export.
const GUARDED: [&str; 7] = [
    "secret",
    "passphrase",
    "verifier",
    "recovery",
    "hash",
    "salt",
    "lock",
];

/// Whether a setting is nothing to take along.
pub(crate) fn is_secret(key: &str) -> bool {
    GUARDED.iter().any(|word| key.contains(word))
}

impl App {
    /// The settings, or their default where none were stored or they cannot be read.
    pub async fn window_settings<T: DeserializeOwned + Default + Send + 'static>(&self) -> T {
        self.read(|tx| tx.setting(WINDOW))
            .await
            .ok()
            .flatten()
            .unwrap_or_default()
    }

    /// Stores the settings.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn set_window_settings<T: Serialize + Send + 'static>(
        &self,
        value: T,
    ) -> Result<(), Error> {
        self.write(move |tx| tx.setting_set(WINDOW, &value)).await?;
        self.tell(Event::SettingsChanged);
        Ok(())
    }
}
