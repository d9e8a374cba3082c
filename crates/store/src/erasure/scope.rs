//! What a deletion covers, as SQL says it.

use fluxchat_model::{
    ConversationId, ErasureScope, FolderId, MediaKind, MessageId, SourceId, TagId, TimeRange,
    Timestamp,
};
use rusqlite::Row;
use uuid::Uuid;

use crate::StoreError;
use crate::table::{all, scalar};
use crate::{ReadTx, WriteTx};

pub(super) struct Columns {
    pub word: &'static str,
    pub id: Option<Uuid>,
    pub range: Option<TimeRange>,
    pub media: Option<&'static str>,
}

pub(super) fn columns(scope: ErasureScope) -> Columns {
    let id = match scope {
        ErasureScope::Message(id) => Some(id.0),
        ErasureScope::Conversation(id) => Some(id.0),
        ErasureScope::Folder(id) => Some(id.0),
        ErasureScope::Tag(id) => Some(id.0),
        ErasureScope::Source(id) => Some(id.0),
        _ => None,
    };
    Columns {
        word: scope.word(),
        id,
        range: match scope {
            ErasureScope::Range(range) => Some(range),
            _ => None,
        },
        media: match scope {
            ErasureScope::Media(kind) => Some(kind.word()),
            _ => None,
        },
    }
}

/// Reads `scope, scope_id, scope_from, scope_to, scope_media` from a row in which they begin at
/// `first`. `None` once the rows are gone.
pub(super) fn read(row: &Row<'_>, first: usize) -> Result<Option<ErasureScope>, StoreError> {
    let word: String = row.get(first)?;
    let id: Option<Uuid> = row.get(first + 1)?;
    let from: Option<i64> = row.get(first + 2)?;
    let to: Option<i64> = row.get(first + 3)?;
    let media: Option<String> = row.get(first + 4)?;
    let media = media.as_deref().and_then(MediaKind::from_word);
    Ok(match (word.as_str(), id) {
        ("message", Some(id)) => Some(ErasureScope::Message(MessageId(id))),
        ("conversation", Some(id)) => Some(ErasureScope::Conversation(ConversationId(id))),
        ("folder", Some(id)) => Some(ErasureScope::Folder(FolderId(id))),
        ("tag", Some(id)) => Some(ErasureScope::Tag(TagId(id))),
        ("source", Some(id)) => Some(ErasureScope::Source(SourceId(id))),
        ("range", _) => from.zip(to).map(|(from, to)| {
            ErasureScope::Range(TimeRange {
                from: Timestamp(from),
                to: Timestamp(to),
            })
        }),
        ("media", _) => media.map(ErasureScope::Media),
        ("searches", _) => Some(ErasureScope::Searches),
        ("drafts", _) => Some(ErasureScope::Drafts),
        ("everything", _) => Some(ErasureScope::Everything),
        _ => None,
    })
}

pub(crate) const OF_SOURCE: &str = "SELECT id FROM conversation WHERE source_id = ?1
        UNION SELECT a.conversation_id FROM source s
          CROSS JOIN answer_name n ON n.name = s.name
          CROSS JOIN answered_by a ON a.name = n.id
          WHERE s.id = ?1 AND EXISTS (
            SELECT 1 FROM message m
            WHERE m.conversation_id = a.conversation_id AND m.source_name = n.name)";

/// The conversations that a scope takes as a whole, as a query with the id of the scope as `?1`.
/// A source is known to its answers by the name it had when it answered.
pub(super) fn conversations(scope: ErasureScope) -> Option<&'static str> {
    match scope {
        ErasureScope::Conversation(_) => Some("SELECT id FROM conversation WHERE id = ?1"),
        ErasureScope::Folder(_) => Some("SELECT id FROM conversation WHERE folder_id = ?1"),
        ErasureScope::Tag(_) => {
            Some("SELECT conversation_id FROM conversation_tag WHERE tag_id = ?1")
        }
        ErasureScope::Source(_) => Some(OF_SOURCE),
        _ => None,
    }
}

/// The kind of a file in SQL; says the same as [`MediaKind::of`], which a test compares.
pub(super) const MEDIA_KIND: &str = "CASE
   WHEN lower(media_type) LIKE 'image/%' THEN 'image'
   WHEN lower(media_type) LIKE 'audio/%' THEN 'audio'
   WHEN lower(media_type) LIKE 'video/%' THEN 'video'
   WHEN lower(media_type) LIKE 'text/%' THEN 'document'
   WHEN lower(media_type) LIKE 'application/vnd.openxmlformats-officedocument%'
     OR lower(media_type) LIKE 'application/vnd.oasis.opendocument%'
     OR lower(media_type) LIKE 'application/vnd.ms-%' THEN 'document'
   WHEN trim(substr(lower(media_type) || ';', 1, instr(media_type || ';', ';') - 1)) IN (
     'application/pdf', 'application/rtf', 'application/msword', 'application/json',
     'application/xml', 'application/epub+zip', 'application/x-tex', 'application/yaml')
     THEN 'document'
   ELSE 'other' END";

/// The first place in the order of messages that one of this time can have: none is before it.
pub(super) fn first_seq(at: Timestamp) -> i64 {
    at.0.div_euclid(Timestamp::SECOND).clamp(0, 1 << 40) * 32
}

impl ReadTx<'_> {
    /// The names by which services know the conversations that a deletion touches; asked for
    /// before its rows go.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn erasure_aliases(&self, scope: ErasureScope) -> Result<Vec<String>, StoreError> {
        let text = |row: &Row<'_>| Ok(row.get::<_, String>(0)?);
        if let Some(set) = conversations(scope) {
            return all(
                self.conn,
                &format!(
                    "SELECT alias FROM conversation WHERE alias IS NOT NULL AND id IN ({set})
                     ORDER BY seq"
                ),
                [columns(scope).id],
                text,
            );
        }
        match scope {
            // The service keeps nothing per message, so the conversation it belongs to is named.
            ErasureScope::Message(id) => all(
                self.conn,
                "SELECT alias FROM conversation WHERE alias IS NOT NULL
                   AND id = (SELECT conversation_id FROM message WHERE id = ?1)",
                [id.0],
                text,
            ),
            ErasureScope::Range(range) => all(
                self.conn,
                "SELECT c.alias FROM conversation c WHERE c.alias IS NOT NULL AND c.id IN (
                   SELECT conversation_id FROM message WHERE created_at >= ?1 AND created_at < ?2)
                 ORDER BY c.seq",
                [range.from.0, range.to.0],
                text,
            ),
            _ => Ok(Vec::new()),
        }
    }
}

impl WriteTx<'_> {
    /// Fails unless what a scope names is there.
    pub(super) fn scope_must_exist(&self, scope: ErasureScope) -> Result<(), StoreError> {
        let (sql, what) = match scope {
            ErasureScope::Folder(_) => ("SELECT 1 FROM folder WHERE id = ?1", "folder"),
            ErasureScope::Tag(_) => ("SELECT 1 FROM tag WHERE id = ?1", "tag"),
            ErasureScope::Source(_) => ("SELECT 1 FROM source WHERE id = ?1", "source"),
            _ => return Ok(()),
        };
        let found: Option<i64> = scalar(self.conn, sql, [columns(scope).id])?;
        found.map(drop).ok_or(StoreError::NotFound(what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_and_the_model_agree_about_kinds_of_files() {
        let conn = rusqlite::Connection::open_in_memory().unwrap();
        for media_type in [
            "image/png",
            "IMAGE/JPEG",
            "audio/ogg; codecs=opus",
            "video/mp4",
            "text/plain; charset=utf-8",
            "application/pdf",
            "application/pdf ; x=y",
            "application/json;charset=utf-8",
            "application/vnd.oasis.opendocument.text",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.ms-excel",
            "application/zip",
            "application/octet-stream",
            "image",
            "",
        ] {
            let word: String = conn
                .query_row(
                    &format!("SELECT {MEDIA_KIND} FROM (SELECT ?1 AS media_type)"),
                    [media_type],
                    |row| row.get(0),
                )
                .unwrap();
            let kind = MediaKind::from_word(&word).unwrap();
            assert_eq!(kind, MediaKind::of(media_type), "{media_type}");
        }
    }
}
