//! The parts of the desktop's commands that need no desktop: what a link leads to, and the
//! ledger in a file. Paths and addresses end here; neither crosses to the page.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use fluxchat_core::{App, Error};
use fluxchat_markup::{self as markup, LinkKind, LinkTarget};
use fluxchat_model::{LedgerFilter, Part};

use crate::ApiError;
use crate::dto::chat::LinkOpenReq;
use crate::dto::consent::{ConsentExportReq, ConsentFormat};
use crate::dto::privacy::{ExportFormat, Exported, LedgerExportReq};
use crate::dto::proof::ProofSaved;
use crate::dto::tools::ToolServerReq;

type Answer<T> = Result<T, ApiError>;

/// The address a link of a message leads to, if it is one the browser or the mail program may
/// be given: `https:` or `mailto:`.
///
/// # Errors
/// `not_found` for an unknown message or link, `link_not_opened` for any other kind.
pub async fn link_address(app: &App, req: LinkOpenReq) -> Answer<String> {
    let message = app.message_by_id(req.message_id).await?;
    let target = if req.is_citation {
        cited(&message.parts, req.link_id)
    } else if req.in_reasoning {
        markup::link_target(&message.reasoning(), req.link_id)
    } else {
        markup::link_target(&message.text(), req.link_id)
    };
    let target = target.ok_or(Error::NotFound("link"))?;
    match target.kind {
        LinkKind::Https | LinkKind::Mailto => Ok(target.url),
        LinkKind::Http | LinkKind::Help | LinkKind::Blocked => Err(ApiError::invalid(
            "link_not_opened",
            "Only encrypted pages and mail addresses are opened.",
        )),
    }
}

/// What the citation with this number leads to.
fn cited(parts: &[Part], number: u32) -> Option<LinkTarget> {
    let mut targets = parts.iter().filter_map(|part| match part {
        Part::Citation { target, .. } => Some(target),
        _ => None,
    });
    let nth = usize::try_from(number).ok()?;
    markup::address_target(targets.nth(nth)?)
}

/// The page a person signs in on, if who hears of it was named and it is one the browser may be
/// given.
///
/// # Errors
/// `supervised`; `sign_in_*`; when no sign-in was begun.
pub async fn sign_in_address(app: &App, req: ToolServerReq) -> Answer<Option<String>> {
    Ok(app.sign_in_open(req.id).await?.map(|page| page.address))
}

/// Writes the ledger. The file appears complete or not at all.
///
/// # Errors
/// When the archive is not open or the place cannot be written.
pub async fn ledger_export(app: &App, req: LedgerExportReq, path: &Path) -> Answer<Exported> {
    let filter = LedgerFilter {
        purpose: req
            .purpose
            .as_deref()
            .map(super::privacy::purpose)
            .transpose()?,
        basis: req.basis,
        host: req.host,
        outcome: req.outcome,
        from: req.from,
        until: req.until,
        ..LedgerFilter::default()
    };
    let csv = req.format == ExportFormat::Csv;
    let write = async |file| app.ledger_export(filter, csv, BufWriter::new(file)).await;
    let rows = whole_or_nothing(path, write).await?;
    Ok(Exported { saved: true, rows })
}

/// Writes the last self-audit. The file appears complete or not at all.
///
/// # Errors
/// `not_found` if there was none; when the place cannot be written.
pub async fn proof_save(app: &App, path: &Path) -> Answer<ProofSaved> {
    let report = app.last_proof()?;
    let write = async |file: File| {
        let mut file = BufWriter::new(file);
        serde_json::to_writer_pretty(&mut file, &report).map_err(io::Error::from)?;
        Ok(file.flush()?)
    };
    whole_or_nothing(path, write).await?;
    Ok(ProofSaved { saved: true })
}

/// Writes beside the place and renames at the end.
pub(super) async fn whole_or_nothing<T>(
    path: &Path,
    write: impl AsyncFnOnce(File) -> Result<T, Error>,
) -> Result<T, Error> {
    let draft = beside(path);
    let written = match File::create(&draft) {
        Ok(file) => write(file).await,
        Err(error) => Err(error.into()),
    };
    let saved = written.and_then(|value| Ok(fs::rename(&draft, path).map(|()| value)?));
    if saved.is_err() {
        remove(&draft)?;
    }
    saved
}

/// Writes the consent records. The file appears complete or not at all.
///
/// # Errors
/// When the archive is not open or the place cannot be written.
pub async fn consent_export(app: &App, req: ConsentExportReq, path: &Path) -> Answer<Exported> {
    let format = match req.format {
        ConsentFormat::Iso27560 => fluxchat_core::ConsentFormat::Iso27560,
        ConsentFormat::Kantara => fluxchat_core::ConsentFormat::Kantara,
    };
    let (document, rows) = app.consent_export(format).await?;
    let draft = beside(path);
    let saved =
        fs::write(&draft, format!("{document:#}\n")).and_then(|()| fs::rename(&draft, path));
    if saved.is_err() {
        remove(&draft)?;
    }
    saved.map_err(Error::Io)?;
    Ok(Exported {
        saved: true,
        rows: u32::try_from(rows).unwrap_or(u32::MAX),
    })
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

fn remove(draft: &Path) -> Result<(), Error> {
    match fs::remove_file(draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::message::citations;

    fn citation(title: &str, target: &str) -> Part {
        Part::Citation {
            title: title.to_owned(),
            target: target.to_owned(),
            spans: Vec::new(),
        }
    }

    /// What a browser may be given is shown in full and opened by its number; all else is words.
    #[test]
    fn a_citation_leads_where_it_is_shown_to_lead() {
        let parts = [
            citation("A page", "https://example.org/a?b=c#d"),
            Part::Text {
                text: "words".to_owned(),
            },
            citation("Help", "help:search#delete"),
            citation("Plain", "http://example.org/a"),
            citation("A trick", "https://good.example@evil.example/"),
            citation("Code", "javascript:alert(1)"),
            citation("Another", "https://xn--80ak6aa92e.com/x"),
        ];
        let rows = citations(&parts);
        let shown: Vec<Option<&str>> = rows.iter().map(|row| row.address.as_deref()).collect();
        assert_eq!(shown[0], Some("https://example.org/a?b=c#d"));
        assert_eq!(shown[1..5], [None; 4]);
        assert!(shown[5].is_some());
        assert_eq!(cited(&parts, 0).unwrap().url, "https://example.org/a?b=c#d");
        assert_eq!(cited(&parts, 3), None, "a name before the host");
        assert_eq!(cited(&parts, 4), None);
        assert_eq!(
            cited(&parts, 5).unwrap().url,
            "https://xn--80ak6aa92e.com/x"
        );
        assert_eq!(cited(&parts, 6), None);
    }
}
