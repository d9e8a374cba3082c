//! `diagnostic_report`: what was shown and, if agreed, sent.

use fluxchat_model::{
    DiagnosticKind, DiagnosticReport, DiagnosticReportId, DiagnosticState, Timestamp,
};
use rusqlite::{Row, params};

use crate::table::{all, change, from_word, must_exist, one, refused, to_word};
use crate::{ReadTx, StoreError, WriteTx};

macro_rules! columns {
    () => {
        "SELECT id, kind, state, created_at, sent_at, body FROM diagnostic_report"
    };
}

fn read(row: &Row<'_>) -> Result<DiagnosticReport, StoreError> {
    Ok(DiagnosticReport {
        id: DiagnosticReportId(row.get(0)?),
        kind: from_word(&row.get::<_, String>(1)?, "diagnostic report")?,
        state: from_word(&row.get::<_, String>(2)?, "diagnostic report")?,
        created_at: Timestamp(row.get(3)?),
        sent_at: row.get::<_, Option<_>>(4)?.map(Timestamp),
        body: row.get(5)?,
    })
}

impl ReadTx<'_> {
    /// A report.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn diagnostic_report(
        &self,
        id: DiagnosticReportId,
    ) -> Result<Option<DiagnosticReport>, StoreError> {
        one(
            self.conn,
            concat!(columns!(), " WHERE id = ?1"),
            [id.0],
            read,
        )
    }

    /// The latest reports, newest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn diagnostic_reports(&self, limit: u32) -> Result<Vec<DiagnosticReport>, StoreError> {
        all(
            self.conn,
            concat!(columns!(), " ORDER BY seq DESC LIMIT ?1"),
            [limit],
            read,
        )
    }

    /// The latest report of a kind in a state.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn diagnostic_latest(
        &self,
        kind: DiagnosticKind,
        state: DiagnosticState,
    ) -> Result<Option<DiagnosticReport>, StoreError> {
        one(
            self.conn,
            concat!(
                columns!(),
                " WHERE state = ?1 AND kind = ?2 ORDER BY seq DESC LIMIT 1"
            ),
            [
                to_word(&state, "diagnostic report")?,
                to_word(&kind, "diagnostic report")?,
            ],
            read,
        )
    }
}

impl WriteTx<'_> {
    /// Keeps a report.
    ///
    /// # Errors
    /// `conflict` if its id is taken.
    pub fn diagnostic_insert(&self, report: &DiagnosticReport) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO diagnostic_report (id, kind, state, created_at, sent_at, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                report.id.0,
                to_word(&report.kind, "diagnostic report")?,
                to_word(&report.state, "diagnostic report")?,
                report.created_at.0,
                report.sent_at.map(|at| at.0),
                report.body,
            ],
        )
        .map_err(refused("diagnostic report"))?;
        Ok(())
    }

    /// Notes what became of a report. Its payload never changes.
    ///
    /// # Errors
    /// `not_found`.
    pub fn diagnostic_settle(
        &self,
        id: DiagnosticReportId,
        state: DiagnosticState,
        sent_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let changed = change(
            self.conn,
            "UPDATE diagnostic_report SET state = ?2, sent_at = ?3 WHERE id = ?1",
            params![
                id.0,
                to_word(&state, "diagnostic report")?,
                sent_at.map(|at| at.0)
            ],
        )?;
        must_exist(changed, "diagnostic report")
    }

    /// Forgets every report that is not waiting. Returns how many there were.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn diagnostics_clear(&self) -> Result<u32, StoreError> {
        let removed = change(
            self.conn,
            "DELETE FROM diagnostic_report WHERE state <> 'waiting'",
            [],
        )?;
        Ok(u32::try_from(removed).unwrap_or(u32::MAX))
    }
}
