//! `preset` and `saved_prompt`: what a person keeps to begin and to ask with. Content.

use fluxchat_model::{Preset, PresetId, PromptId, SavedPrompt, SourceId, Timestamp};
use rusqlite::{Row, params};

use crate::table::{all, change, from_json, must_exist, one, refused, to_json};
use crate::{ReadTx, StoreError, WriteTx};

macro_rules! presets {
    () => {
        "SELECT id, name, system, parameters, source_id, model, created_at FROM preset"
    };
}

macro_rules! prompts {
    () => {
        "SELECT id, name, body, created_at FROM saved_prompt"
    };
}

fn read_preset(row: &Row<'_>) -> Result<Preset, StoreError> {
    Ok(Preset {
        id: PresetId(row.get(0)?),
        name: row.get(1)?,
        system: row.get(2)?,
        parameters: from_json(&row.get::<_, String>(3)?, "parameters")?,
        source_id: row.get::<_, Option<_>>(4)?.map(SourceId),
        model: row.get(5)?,
        created_at: Timestamp(row.get(6)?),
    })
}

fn read_prompt(row: &Row<'_>) -> Result<SavedPrompt, StoreError> {
    Ok(SavedPrompt {
        id: PromptId(row.get(0)?),
        name: row.get(1)?,
        text: row.get(2)?,
        created_at: Timestamp(row.get(3)?),
    })
}

impl ReadTx<'_> {
    /// All presets, oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn presets(&self) -> Result<Vec<Preset>, StoreError> {
        all(
            self.conn,
            concat!(presets!(), " ORDER BY seq"),
            [],
            read_preset,
        )
    }

    /// A preset.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn preset(&self, id: PresetId) -> Result<Option<Preset>, StoreError> {
        one(
            self.conn,
            concat!(presets!(), " WHERE id = ?1"),
            [id.0],
            read_preset,
        )
    }

    /// All saved prompts, oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn saved_prompts(&self) -> Result<Vec<SavedPrompt>, StoreError> {
        all(
            self.conn,
            concat!(prompts!(), " ORDER BY seq"),
            [],
            read_prompt,
        )
    }
}

impl WriteTx<'_> {
    /// Adds a preset.
    ///
    /// # Errors
    /// `conflict` if its id is taken or its source does not exist.
    pub fn preset_insert(&self, preset: &Preset) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO preset (id, source_id, created_at, name, model, parameters, system)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                preset.id.0,
                preset.source_id.map(|id| id.0),
                preset.created_at.0,
                preset.name,
                preset.model,
                to_json(&preset.parameters, "parameters")?,
                preset.system,
            ],
        )
        .map_err(refused("preset"))?;
        Ok(())
    }

    /// Changes a preset, all but when it was made.
    ///
    /// # Errors
    /// `not_found`; `conflict` if its source does not exist.
    pub fn preset_update(&self, preset: &Preset) -> Result<(), StoreError> {
        let changed = change(
            self.conn,
            "UPDATE preset SET source_id = ?2, name = ?3, model = ?4, parameters = ?5, system = ?6
             WHERE id = ?1",
            params![
                preset.id.0,
                preset.source_id.map(|id| id.0),
                preset.name,
                preset.model,
                to_json(&preset.parameters, "parameters")?,
                preset.system,
            ],
        )
        .map_err(refused("preset"))?;
        must_exist(changed, "preset")
    }

    /// Removes a preset. Follow it with [`crate::Store::scrub`].
    ///
    /// # Errors
    /// `not_found`.
    pub fn preset_remove(&self, id: PresetId) -> Result<(), StoreError> {
        let changed = change(self.conn, "DELETE FROM preset WHERE id = ?1", [id.0])?;
        must_exist(changed, "preset")
    }

    /// Adds a saved prompt.
    ///
    /// # Errors
    /// `conflict` if its id is taken.
    pub fn saved_prompt_insert(&self, prompt: &SavedPrompt) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO saved_prompt (id, created_at, name, body) VALUES (?1, ?2, ?3, ?4)",
            params![prompt.id.0, prompt.created_at.0, prompt.name, prompt.text],
        )
        .map_err(refused("saved prompt"))?;
        Ok(())
    }

    /// Changes the name and the words of a saved prompt.
    ///
    /// # Errors
    /// `not_found`.
    pub fn saved_prompt_update(&self, prompt: &SavedPrompt) -> Result<(), StoreError> {
        let changed = change(
            self.conn,
            "UPDATE saved_prompt SET name = ?2, body = ?3 WHERE id = ?1",
            params![prompt.id.0, prompt.name, prompt.text],
        )?;
        must_exist(changed, "saved prompt")
    }

    /// Removes a saved prompt. Follow it with [`crate::Store::scrub`].
    ///
    /// # Errors
    /// `not_found`.
    pub fn saved_prompt_remove(&self, id: PromptId) -> Result<(), StoreError> {
        let changed = change(self.conn, "DELETE FROM saved_prompt WHERE id = ?1", [id.0])?;
        must_exist(changed, "saved prompt")
    }
}
