//! `source`: where answers come from.

use fluxchat_model::{Dialect, Source, SourceId, Timestamp};
use rusqlite::{Row, params};

use crate::table::{all, change, from_json, from_word, must_exist, one, scalar, to_json, to_word};
use crate::{ReadTx, StoreError, WriteTx};

const COLUMNS: &str = "SELECT id, name, dialect, origin, base_path, has_credential, default_model, practices, created_at, redact, api FROM source";

fn read(row: &Row<'_>) -> Result<Source, StoreError> {
    Ok(Source {
        id: SourceId(row.get(0)?),
        name: row.get(1)?,
        dialect: match row.get::<_, Option<String>>(10)? {
            Some(api) => from_word(&api, "dialect")?,
            None => from_word(&row.get::<_, String>(2)?, "dialect")?,
        },
        origin: row
            .get::<_, Option<String>>(3)?
            .map(|text| text.parse().map_err(|_| StoreError::Unreadable("origin")))
            .transpose()?,
        base_path: row.get(4)?,
        has_credential: row.get(5)?,
        default_model: row.get(6)?,
        practices: from_json(&row.get::<_, String>(7)?, "data practices")?,
        redact: row.get(9)?,
        created_at: Timestamp(row.get(8)?),
    })
}

/// The family of a dialect, and which of its ways to ask, where it is not the first.
fn words(dialect: Dialect) -> Result<(String, Option<String>), StoreError> {
    let family = dialect.family();
    let api = (family != dialect)
        .then(|| to_word(&dialect, "dialect"))
        .transpose()?;
    Ok((to_word(&family, "dialect")?, api))
}

impl ReadTx<'_> {
    /// All sources, the oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn sources(&self) -> Result<Vec<Source>, StoreError> {
        all(
            self.conn,
            &format!("{COLUMNS} ORDER BY created_at, id"),
            [],
            read,
        )
    }

    /// A source by id.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn source(&self, id: SourceId) -> Result<Option<Source>, StoreError> {
        one(self.conn, &format!("{COLUMNS} WHERE id = ?1"), [id.0], read)
    }

    /// A source by name. Names are few and not indexed.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn source_by_name(&self, name: &str) -> Result<Option<Source>, StoreError> {
        one(
            self.conn,
            &format!("{COLUMNS} WHERE name = ?1"),
            [name],
            read,
        )
    }
}

impl WriteTx<'_> {
    /// Adds a source.
    ///
    /// # Errors
    /// `conflict` if its name is taken.
    pub fn source_insert(&self, source: &Source) -> Result<(), StoreError> {
        self.name_is_free(source)?;
        let (family, api) = words(source.dialect)?;
        change(
            self.conn,
            "INSERT INTO source (id, name, dialect, origin, base_path, has_credential, default_model, practices, created_at, redact, api)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                source.id.0,
                source.name,
                family,
                source.origin.as_ref().map(ToString::to_string),
                source.base_path,
                source.has_credential,
                source.default_model,
                to_json(&source.practices, "data practices")?,
                source.created_at.0,
                source.redact,
                api,
            ],
        )?;
        Ok(())
    }

    /// Replaces everything of a source but its id and its date.
    ///
    /// # Errors
    /// `conflict` if its name is taken, `not_found`.
    pub fn source_update(&self, source: &Source) -> Result<(), StoreError> {
        self.name_is_free(source)?;
        let (family, api) = words(source.dialect)?;
        let changed = change(
            self.conn,
            "UPDATE source SET name = ?2, dialect = ?3, origin = ?4, base_path = ?5,
               has_credential = ?6, default_model = ?7, practices = ?8, redact = ?9, api = ?10
             WHERE id = ?1",
            params![
                source.id.0,
                source.name,
                family,
                source.origin.as_ref().map(ToString::to_string),
                source.base_path,
                source.has_credential,
                source.default_model,
                to_json(&source.practices, "data practices")?,
                source.redact,
                api,
            ],
        )?;
        must_exist(changed, "source")
    }

    /// Removes a source; its conversations stay, without one. Returns whether it was there.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn source_remove(&self, id: SourceId) -> Result<bool, StoreError> {
        Ok(change(self.conn, "DELETE FROM source WHERE id = ?1", [id.0])? > 0)
    }

    fn name_is_free(&self, source: &Source) -> Result<(), StoreError> {
        let taken: Option<i64> = scalar(
            self.conn,
            "SELECT 1 FROM source WHERE name = ?1 AND id <> ?2",
            params![source.name, source.id.0],
        )?;
        match taken {
            Some(_) => Err(StoreError::Conflict("source name")),
            None => Ok(()),
        }
    }
}
