//! Diagrams in answers: drawn as shapes of a closed list, and saved as a file.

use std::io::Write as _;
use std::path::Path;

use fluxchat_core::App;

use crate::ApiError;
use crate::dto::diagram::{DiagramDrawReq, DiagramDrawn, DiagramSaveReq, DiagramSaved};

type Answer<T> = Result<T, ApiError>;

/// The picture of a diagram, or why there is none.
///
/// # Errors
/// When the archive is not open.
pub async fn diagram_draw(app: &App, req: DiagramDrawReq) -> Answer<DiagramDrawn> {
    let drawn = app.diagram(req.text, req.theme).await?;
    Ok(DiagramDrawn {
        refusal: drawn.as_ref().err().copied(),
        scene: drawn.ok(),
    })
}

/// Writes a picture. The file appears complete or not at all.
///
/// # Errors
/// When it cannot be drawn, or the place cannot be written.
pub async fn diagram_save(app: &App, req: DiagramSaveReq, path: &Path) -> Answer<DiagramSaved> {
    let svg = app.diagram_svg(req.text).await?;
    let write = async |mut file: std::fs::File| Ok(file.write_all(svg.as_bytes())?);
    super::desktop::whole_or_nothing(path, write).await?;
    Ok(DiagramSaved { saved: true })
}
