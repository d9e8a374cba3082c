//! Single blocks of code in messages: saved, and beside those of other branches.

use std::io::Write as _;
use std::path::Path;

use fluxchat_core::{App, CodePlace};

use crate::ApiError;
use crate::dto::code::{CodeBeside, CodeBesideRow, CodeReq, CodeSaved};

type Answer<T> = Result<T, ApiError>;

fn place(req: &CodeReq) -> CodePlace {
    CodePlace {
        message: req.message_id,
        in_reasoning: req.in_reasoning,
        index: req.index,
    }
}

/// A block of code beside those of other branches.
///
/// # Errors
/// When message or block do not exist.
pub async fn code_beside(app: &App, req: CodeReq) -> Answer<CodeBeside> {
    let found = app.code_beside(place(&req)).await?;
    let rows = found.into_iter().map(|it| CodeBesideRow {
        message_id: it.message.id,
        model: it.message.model,
        source_name: it.message.source_name,
        parts: it.parts,
    });
    Ok(CodeBeside {
        rows: rows.collect(),
    })
}

/// The name under which a block is offered to be saved.
///
/// # Errors
/// When message or block do not exist.
pub async fn name_of(app: &App, req: &CodeReq) -> Answer<String> {
    Ok(app.code(place(req)).await?.1)
}

/// Writes a block. The file appears complete or not at all.
///
/// # Errors
/// When message or block do not exist, or the place cannot be written.
pub async fn code_save(app: &App, req: CodeReq, path: &Path) -> Answer<CodeSaved> {
    let (code, _) = app.code(place(&req)).await?;
    let write = async |mut file: std::fs::File| {
        file.write_all(code.text.as_bytes())?;
        Ok(file.write_all(b"\n")?)
    };
    super::desktop::whole_or_nothing(path, write).await?;
    Ok(CodeSaved { saved: true })
}
