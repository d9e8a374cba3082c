//! `attachment`, `attachment_chunk`, `draft_attachment`, `attachment_told`, `asset_memory`: files
//! that go with a question, what they say, and what of it was told.

use fluxchat_model::{AssetId, Attachment, AttachmentTold, AttachmentWay, DraftKey, MessageId};
use rusqlite::{Row, params};
use uuid::Uuid;

use crate::table::{
    all, change, from_json, from_word, one, refused, scalar, to_json, to_word, unsigned,
};
use crate::{ReadTx, StoreError, WriteTx, search, tokenizer};

/// From how many pieces on the index is cleaned as a whole rather than piece by piece.
const BULK_CHUNKS: i64 = 64;
const BULK_SHARE: i64 = 50;

/// A piece of what a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentChunk {
    /// Its place among all pieces; grows within a file. Not used for a new one.
    pub seq: i64,
    /// The page it is on; 0 where there are none.
    pub page: u32,
    /// Where in `body` begins what the piece before does not have.
    pub fresh: u32,
    /// The words.
    pub body: String,
}

pub(crate) const OF_DRAFT: &str =
    "SELECT a.id, a.name, a.media_type, a.bytes, t.facts FROM draft_attachment d
     JOIN asset a ON a.id = d.asset_id JOIN attachment t ON t.asset_id = d.asset_id
     WHERE d.conversation_id IS ?1 ORDER BY d.seq";
pub(crate) const CHUNKS: &str = "SELECT seq, page, fresh, body FROM attachment_chunk
     WHERE asset_id = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3";
pub(crate) const PAGE: &str = "SELECT seq, page, fresh, body FROM attachment_chunk
     WHERE asset_id = ?1 AND page = ?2 ORDER BY seq LIMIT ?3 OFFSET ?4";
pub(crate) const PAGE_START: &str = "SELECT seq FROM attachment_chunk
     WHERE asset_id = ?1 AND page >= ?2 ORDER BY seq LIMIT 1";
pub(crate) const FOUND: &str = "SELECT rowid FROM attachment_search
     WHERE attachment_search MATCH ?1 AND rowid >= ?2 AND rowid <= ?3 ORDER BY rowid";
pub(crate) const WAY: &str = "SELECT way FROM attachment_told WHERE asset_id = ?1 LIMIT 1";
const RANGE: &str = "SELECT min(seq), max(seq) FROM attachment_chunk WHERE asset_id = ?1";

fn column(key: DraftKey) -> Option<Uuid> {
    match key {
        DraftKey::NewConversation => None,
        DraftKey::Conversation(id) => Some(id.0),
    }
}

fn read(row: &Row<'_>) -> Result<Attachment, StoreError> {
    Ok(Attachment {
        asset_id: AssetId(row.get(0)?),
        name: row.get(1)?,
        media_type: row.get(2)?,
        bytes: unsigned(row.get(3)?, "attachment")?,
        facts: from_json(&row.get::<_, String>(4)?, "attachment")?,
    })
}

fn chunk(row: &Row<'_>) -> Result<AttachmentChunk, StoreError> {
    Ok(AttachmentChunk {
        seq: row.get(0)?,
        page: row.get(1)?,
        fresh: row.get(2)?,
        body: row.get(3)?,
    })
}

impl ReadTx<'_> {
    /// A file that was attached; `None` for one that came otherwise, by an import for example.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn attachment(&self, id: AssetId) -> Result<Option<Attachment>, StoreError> {
        one(
            self.conn,
            "SELECT a.id, a.name, a.media_type, a.bytes, t.facts FROM asset a
             JOIN attachment t ON t.asset_id = a.id WHERE a.id = ?1",
            [id.0],
            read,
        )
    }

    /// The files beside an unsent text, in the order in which they were attached.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn draft_attachments(&self, key: DraftKey) -> Result<Vec<Attachment>, StoreError> {
        all(self.conn, OF_DRAFT, [column(key)], read)
    }

    /// Some pieces of a file, in order, from one on.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn attachment_chunks(
        &self,
        id: AssetId,
        from: i64,
        limit: u32,
    ) -> Result<Vec<AttachmentChunk>, StoreError> {
        all(self.conn, CHUNKS, params![id.0, from, limit], chunk)
    }

    /// Some pieces of a page of a file, in order, after so many of them.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn attachment_page(
        &self,
        id: AssetId,
        page: u32,
        after: u32,
        limit: u32,
    ) -> Result<Vec<AttachmentChunk>, StoreError> {
        all(self.conn, PAGE, params![id.0, page, limit, after], chunk)
    }

    /// The first piece of a page of a file, or of the next one that has words.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn attachment_page_start(&self, id: AssetId, page: u32) -> Result<Option<i64>, StoreError> {
        scalar(self.conn, PAGE_START, params![id.0, page])
    }

    /// Which pieces of a file have a word, in order.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn attachment_find(&self, id: AssetId, word: &str) -> Result<Vec<i64>, StoreError> {
        let range = one(self.conn, RANGE, [id.0], |row| {
            Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i64>>(1)?))
        })?;
        let (Some((Some(first), Some(last))), Some(expression)) =
            (range, tokenizer::query_expression(word, false))
        else {
            return Ok(Vec::new());
        };
        all(self.conn, FOUND, params![expression, first, last], |row| {
            Ok(row.get(0)?)
        })
    }

    /// What an answer's source was given of the files.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn attachments_told(&self, answer: MessageId) -> Result<Vec<AttachmentTold>, StoreError> {
        all(
            self.conn,
            "SELECT asset_id, way, pages FROM attachment_told WHERE message_id = ?1",
            [answer.0],
            |row| {
                Ok(AttachmentTold {
                    asset_id: AssetId(row.get(0)?),
                    way: from_word::<AttachmentWay>(&row.get::<_, String>(1)?, "attachment")?,
                    pages: from_json(&row.get::<_, String>(2)?, "attachment")?,
                })
            },
        )
    }

    /// How a file was told, if it ever was.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn attachment_way(&self, id: AssetId) -> Result<Option<AttachmentWay>, StoreError> {
        let way: Option<String> = scalar(self.conn, WAY, [id.0])?;
        way.map(|way| from_word(&way, "attachment")).transpose()
    }

    /// A file of a conversation in memory.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn asset_in_memory(&self, id: AssetId) -> Result<Option<Vec<u8>>, StoreError> {
        scalar(
            self.conn,
            "SELECT bytes FROM asset_memory WHERE asset_id = ?1",
            [id.0],
        )
    }
}

impl WriteTx<'_> {
    /// Adds what was found in a file and what it says. The file's row is there.
    ///
    /// # Errors
    /// `conflict` if it was added before.
    pub fn attachment_insert(
        &self,
        attachment: &Attachment,
        chunks: &[AttachmentChunk],
    ) -> Result<(), StoreError> {
        let id = attachment.asset_id;
        change(
            self.conn,
            "INSERT INTO attachment (asset_id, facts) VALUES (?1, ?2)",
            params![id.0, to_json(&attachment.facts, "attachment")?],
        )
        .map_err(refused("attachment"))?;
        for chunk in chunks {
            change(
                self.conn,
                "INSERT INTO attachment_chunk (asset_id, page, fresh, body) VALUES (?1, ?2, ?3, ?4)",
                params![id.0, chunk.page, chunk.fresh, chunk.body],
            )?;
        }
        Ok(())
    }

    /// Puts a file beside an unsent text.
    ///
    /// # Errors
    /// `conflict` if it is beside one, or there is no such conversation.
    pub fn draft_attachment_add(&self, key: DraftKey, id: AssetId) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO draft_attachment (asset_id, conversation_id) VALUES (?1, ?2)",
            params![id.0, column(key)],
        )
        .map_err(refused("attachment"))?;
        Ok(())
    }

    /// Takes a file away from its unsent text. Returns whether it was beside one.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn draft_attachment_take(&self, id: AssetId) -> Result<bool, StoreError> {
        Ok(change(
            self.conn,
            "DELETE FROM draft_attachment WHERE asset_id = ?1",
            [id.0],
        )? > 0)
    }

    /// Keeps what an answer's source was given; the last word holds.
    ///
    /// # Errors
    /// `conflict` if there is no such answer or file.
    pub fn attachments_told_set(
        &self,
        answer: MessageId,
        told: &[AttachmentTold],
    ) -> Result<(), StoreError> {
        change(
            self.conn,
            "DELETE FROM attachment_told WHERE message_id = ?1",
            [answer.0],
        )?;
        for it in told {
            change(
                self.conn,
                "INSERT INTO attachment_told (message_id, asset_id, way, pages) VALUES (?1, ?2, ?3, ?4)",
                params![
                    answer.0,
                    it.asset_id.0,
                    to_word(&it.way, "attachment")?,
                    to_json(&it.pages, "attachment")?
                ],
            )
            .map_err(refused("attachment"))?;
        }
        Ok(())
    }

    /// Keeps a file of a conversation in memory.
    ///
    /// # Errors
    /// `conflict` if it is there.
    pub fn asset_keep_in_memory(&self, id: AssetId, bytes: &[u8]) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO asset_memory (asset_id, bytes) VALUES (?1, ?2)",
            params![id.0, bytes],
        )
        .map_err(refused("asset"))?;
        Ok(())
    }

    /// Removes what a file says, from the table and from the index. Returns how many pieces.
    pub(crate) fn attachment_chunks_remove(&self, id: AssetId) -> Result<usize, StoreError> {
        let count: i64 = scalar(
            self.conn,
            "SELECT count(*) FROM attachment_chunk WHERE asset_id = ?1",
            [id.0],
        )?
        .unwrap_or(0);
        if count == 0 {
            return Ok(0);
        }
        let ends = one(
            self.conn,
            "SELECT (SELECT max(seq) FROM attachment_chunk) - (SELECT min(seq) FROM attachment_chunk)",
            [],
            |row| Ok(row.get::<_, Option<i64>>(0)?),
        )?;
        let all = ends.flatten().unwrap_or(0);
        let bulk = count > BULK_CHUNKS.max(all / BULK_SHARE)
            && search::zeroes(self.conn, search::Index::Attachments)?;
        if bulk {
            search::set_zeroes(self.conn, search::Index::Attachments, false)?;
        }
        let removed = change(
            self.conn,
            "DELETE FROM attachment_chunk WHERE asset_id = ?1",
            [id.0],
        )?;
        if bulk {
            self.conn.execute(
                "INSERT INTO attachment_search (attachment_search) VALUES ('optimize')",
                [],
            )?;
            search::set_zeroes(self.conn, search::Index::Attachments, true)?;
        }
        Ok(removed)
    }
}
