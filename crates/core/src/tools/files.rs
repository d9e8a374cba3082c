//! Reading the text of a file that is attached to the conversation, part by part.

use fluxchat_model::{AssetId, Attachment, Part, ToolState};
use fluxchat_store::ReadTx;
use serde::Deserialize;

use super::{Asked, LocalTool, Ran};
use crate::chat::LONGEST_PATH;
use crate::{App, Error, attachments, restriction};

/// Pieces of a text in one part: about 16 kB.
const PIECES: u32 = 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// `None`: which files there are.
    file: Option<String>,
    page: Option<u32>,
    part: Option<u32>,
}

impl App {
    /// What a file says, on one of its pages. Files of other conversations do not exist for it, nor
    /// do those that are on another branch.
    pub(super) async fn read_file(&self, wanted: Wanted, asked: &Asked) -> Result<Ran, Error> {
        let (id, question) = (asked.conversation, asked.question);
        let (whose, files) = self
            .read_at(&asked.home, move |tx| {
                Ok((tx.conversation(id)?, files_before(tx, question)?))
            })
            .await?;
        let whose = whose.ok_or(Error::NotFound("conversation"))?;
        self.read(move |tx| restriction::check(tx, Some(&whose)))
            .await??;
        let Some(name) = wanted.file else {
            return Ok(Ran::done(listed(&files)));
        };
        let Some((at, file)) = find(files, &name) else {
            return Ok(Ran::failed("There is no such file in this conversation."));
        };
        let facts = &file.facts;
        if facts.text_bytes == 0 {
            return Ok(Ran::failed("No words were found in this file."));
        }
        let has_pages = facts.page_count > 0;
        let page = if has_pages {
            wanted.page.unwrap_or(1)
        } else {
            0
        };
        if page > facts.page_count || (has_pages && page == 0) {
            return Ok(Ran::failed(format!(
                "The file has {} pages.",
                facts.page_count
            )));
        }
        let part = wanted.part.unwrap_or(1).max(1);
        let from = (part - 1).saturating_mul(PIECES);
        let mut pieces = self
            .read_at(&asked.home, move |tx| {
                tx.attachment_page(at, page, from, PIECES + 1)
            })
            .await?;
        let goes_on = pieces.len() > PIECES as usize;
        pieces.truncate(PIECES as usize);
        let mut text = if has_pages {
            format!(
                "[{}, p. {page}] of {} pages. Name the pages you rely on in this form: [{}, p. {page}]\n\n",
                file.name, facts.page_count, file.name
            )
        } else {
            format!("{}, part {part}:\n\n", file.name)
        };
        if pieces.is_empty() {
            text.push_str("[There are no words here.]");
        }
        for piece in &pieces {
            let fresh = usize::try_from(piece.fresh).unwrap_or(0);
            text.push_str(piece.body.get(fresh..).unwrap_or_default());
        }
        if goes_on {
            text.push_str(&format!("\n\n[It goes on in part {}.]", part + 1));
        }
        if has_pages && !pieces.is_empty() {
            let mut read = asked
                .pages
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            read.push((at, file.name, vec![page]));
        }
        Ok(Ran::done(text))
    }
}

/// The pages that were read for answers before: what a model is told again it may name again.
pub(crate) fn pages_read(parts: &[Part]) -> impl Iterator<Item = (&str, u32)> {
    parts.iter().filter_map(|part| {
        let Part::ToolCall(call) = part else {
            return None;
        };
        let is_read = call.server.is_none()
            && call.tool == LocalTool::ReadAttachment.name()
            && call.state == ToolState::Done;
        let (place, _) = call
            .result
            .as_deref()?
            .strip_prefix('[')?
            .split_once("] of ")?;
        let (name, page) = place.rsplit_once(", p. ")?;
        Some((name, page.parse().ok()?)).filter(|_| is_read)
    })
}

/// The files of the branch that is answered, in order.
fn files_before(
    tx: &ReadTx<'_>,
    question: Option<fluxchat_model::MessageId>,
) -> Result<Vec<Attachment>, fluxchat_store::StoreError> {
    let Some(question) = question else {
        return Ok(Vec::new());
    };
    let mut ids = Vec::new();
    for message in tx.path_to(question, LONGEST_PATH)? {
        for id in attachments::of(&message.parts) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    attachments::known(tx, ids)
}

fn listed(files: &[Attachment]) -> String {
    if files.is_empty() {
        return "No files are attached to this conversation.".to_owned();
    }
    let lines = files.iter().zip(1..).map(|(file, number)| {
        let facts = &file.facts;
        let length = match (facts.text_bytes, facts.page_count) {
            (0, _) => "no words in it".to_owned(),
            (_, 0) => format!("{} kB of text", facts.text_bytes.div_ceil(1_000)),
            (_, pages) => format!("{pages} pages"),
        };
        format!("{number}. {} ({length})", file.name)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// By its name, or its number in the list.
fn find(files: Vec<Attachment>, name: &str) -> Option<(AssetId, Attachment)> {
    let wanted = name.trim().to_lowercase();
    let number = wanted.parse::<usize>().ok();
    let at = files
        .iter()
        .position(|it| it.name.to_lowercase() == wanted)
        .or_else(|| number?.checked_sub(1).filter(|at| *at < files.len()))?;
    let file = files.into_iter().nth(at)?;
    Some((file.asset_id, file))
}
