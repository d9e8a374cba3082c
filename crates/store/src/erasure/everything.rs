//! Everything, in steps. What is small goes with the asking, so that what somebody writes while the
//! steps are made is not taken for what was there before: names, drafts, files of no message. The
//! records of the sandbox, the search index and the conversations follow, some per transaction; the
//! references that other records have to them close it.

use fluxchat_model::{AssetId, ErasurePreview};
use rusqlite::params;

use super::ErasureRequest;
use super::steps::Batch;
use crate::table::{all, change, scalar, to_json};
use crate::{StoreError, WriteTx};

/// Small rows per transaction.
const ROWS: usize = 2_000;

impl WriteTx<'_> {
    pub(super) fn request_everything(
        &self,
        request: &ErasureRequest,
        counted: Option<&ErasurePreview>,
    ) -> Result<(), StoreError> {
        self.erasure_measure(request, counted)?;
        change(
            self.conn,
            "UPDATE conversation SET erasure_id = ?1",
            [request.id.0],
        )?;
        self.index_apart(request.id.0)?;
        let mut rows = self.rows_of(request.id)?;
        for (table, sql) in [
            ("draft", "DELETE FROM draft"),
            ("preset", "DELETE FROM preset"),
            ("saved_prompt", "DELETE FROM saved_prompt"),
            ("redact_name", "DELETE FROM redact_name"),
            ("tool_policy", "DELETE FROM tool_policy"),
            ("tool_server", "DELETE FROM tool_server"),
            ("diagnostic_report", "DELETE FROM diagnostic_report"),
            ("spend_day", "DELETE FROM spend_day"),
            ("model_list", "DELETE FROM model_list"),
            ("folder", "DELETE FROM folder"),
            ("conversation_tag", "DELETE FROM conversation_tag"),
            ("tag", "DELETE FROM tag"),
        ] {
            self.counted(&mut rows, table, sql, [])?;
        }
        let loose = all(
            self.conn,
            "SELECT a.id FROM asset a
             WHERE NOT EXISTS (SELECT 1 FROM message_asset l WHERE l.asset_id = a.id)",
            [],
            |row| Ok(AssetId(row.get(0)?)),
        )?;
        let files = self.purge_unused_assets(loose, &mut rows)?;
        self.note_files(request.id, &files)?;
        change(
            self.conn,
            "UPDATE erasure SET rows_by_table = ?2 WHERE id = ?1",
            params![request.id.0, to_json(&rows, "erasure")?],
        )?;
        Ok(())
    }

    /// What the sandbox keeps, before the first conversation goes. What it is told afterwards is
    /// about what came afterwards.
    pub(super) fn step_sandbox(&self, batch: &mut Batch<'_>) -> Result<bool, StoreError> {
        let begun = ["message", "conversation"].map(|table| batch.rows.contains_key(table));
        if begun.contains(&true) {
            return Ok(true);
        }
        self.counted(
            batch.rows,
            "sandbox_record",
            "DELETE FROM sandbox_record
             WHERE seq IN (SELECT seq FROM sandbox_record ORDER BY seq LIMIT ?1)",
            [ROWS as i64],
        )?;
        let left: Option<i64> = scalar(self.conn, "SELECT 1 FROM sandbox_record LIMIT 1", [])?;
        Ok(left.is_none())
    }

    /// Records that name a conversation that is no more.
    pub(super) fn step_references(&self, batch: &mut Batch<'_>) -> Result<bool, StoreError> {
        for (table, sql, left) in [
            (
                "egress_record.conversation_id",
                "UPDATE egress_record SET conversation_id = NULL WHERE seq IN (
                   SELECT r.seq FROM egress_record r WHERE r.conversation_id IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = r.conversation_id)
                   LIMIT ?1)",
                "SELECT 1 FROM egress_record r WHERE r.conversation_id IS NOT NULL
                   AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = r.conversation_id)",
            ),
            (
                "consent_event.conversation_id",
                "UPDATE consent_event SET conversation_id = NULL WHERE seq IN (
                   SELECT r.seq FROM consent_event r WHERE r.conversation_id IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = r.conversation_id)
                   LIMIT ?1)",
                "SELECT 1 FROM consent_event r WHERE r.conversation_id IS NOT NULL
                   AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = r.conversation_id)",
            ),
        ] {
            self.counted(batch.rows, table, sql, [ROWS as i64])?;
            if scalar::<i64, _>(self.conn, left, [])?.is_some() {
                return Ok(false);
            }
        }
        change(self.conn, "DELETE FROM stored_month WHERE count <= 0", [])?;
        Ok(true)
    }
}
