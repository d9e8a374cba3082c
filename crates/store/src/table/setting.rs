//! `setting`: a key and its JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::table::{all, change, from_json, scalar, to_json};
use crate::{ReadTx, StoreError, WriteTx};

impl ReadTx<'_> {
    /// The JSON text of a setting.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn setting_json(&self, key: &str) -> Result<Option<String>, StoreError> {
        scalar(self.conn, "SELECT value FROM setting WHERE key = ?1", [key])
    }

    /// A setting, decoded.
    ///
    /// # Errors
    /// `unreadable` if it is of another type; when the archive cannot be read.
    pub fn setting<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        self.setting_json(key)?
            .map(|text| from_json(&text, "setting"))
            .transpose()
    }

    /// Every setting with its JSON text, by key.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn settings(&self) -> Result<Vec<(String, String)>, StoreError> {
        all(
            self.conn,
            "SELECT key, value FROM setting ORDER BY key",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }
}

impl WriteTx<'_> {
    /// Sets a setting to JSON text.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn setting_set_json(&self, key: &str, json: &str) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO setting (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [key, json],
        )?;
        Ok(())
    }

    /// Sets a setting.
    ///
    /// # Errors
    /// When the value has no JSON form or the archive cannot be written.
    pub fn setting_set<T: Serialize>(&self, key: &str, value: &T) -> Result<(), StoreError> {
        self.setting_set_json(key, &to_json(value, "setting")?)
    }

    /// Returns a setting to its default. Returns whether it was set.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn setting_remove(&self, key: &str) -> Result<bool, StoreError> {
        Ok(change(self.conn, "DELETE FROM setting WHERE key = ?1", [key])? > 0)
    }
}
