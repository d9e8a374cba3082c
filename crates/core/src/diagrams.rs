//! Diagrams in answers: drawn apart, where no file, network or program is to be had.

mod svg;

use std::sync::Arc;

use fluxchat_extract::ReadError;
use fluxchat_model::{DiagramRefusal, DiagramTheme, Scene};

use crate::attachments::unreadable;
use crate::{App, Error};

/// A page may ask for all of a long conversation at once.
pub(crate) const AT_ONCE: usize = 2;

impl App {
    /// The picture of a diagram, or why there is none. Nothing of it is kept.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn diagram(
        &self,
        text: String,
        theme: DiagramTheme,
    ) -> Result<Result<Scene, DiagramRefusal>, Error> {
        self.expect_open()?;
        let turn = Arc::clone(&self.inner.drawing).acquire_owned().await;
        // It may have been locked while others were drawn.
        self.expect_open()?;
        let drawn = self
            .off_thread(move |app| {
                let _turn = turn;
                let Ok(reader) = app.reader() else {
                    return Ok(Err(DiagramRefusal::NoReader));
                };
                Ok(reader.diagram(theme, app.now().0, &text))
            })
            .await?;
        self.expect_open()?;
        // It comes from another process.
        Ok(drawn.and_then(|scene| match scene.holds() {
            true => Ok(scene),
            false => Err(DiagramRefusal::TooLarge),
        }))
    }

    /// The picture of a diagram as an SVG file, for white paper.
    ///
    /// # Errors
    /// `diagram_refused`, `diagram_stopped`, `no_reader`; when the archive is not open.
    pub async fn diagram_svg(&self, text: String) -> Result<String, Error> {
        match self.diagram(text, DiagramTheme::Light).await? {
            Ok(scene) => Ok(svg::write(&scene)),
            Err(refusal) => Err(refused(refusal)),
        }
    }
}

fn refused(refusal: DiagramRefusal) -> Error {
    match refusal {
        DiagramRefusal::NoReader => unreadable(ReadError::NoReader),
        DiagramRefusal::Stopped => Error::invalid(
            "diagram_stopped",
            "Drawing this diagram took too long or broke off.",
        ),
        DiagramRefusal::TooLong
        | DiagramRefusal::UnknownKind
        | DiagramRefusal::NotUnderstood
        | DiagramRefusal::TooLarge => {
            Error::invalid("diagram_refused", "This diagram cannot be drawn.")
        }
    }
}
