//! Diagrams in answers: drawn apart, where no file, network or program is to be had.

mod svg;

use std::sync::Arc;

use fluxchat_model::{DiagramRefusal, DiagramTheme, Scene};

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
    /// `diagram_refused`; when the archive is not open.
    pub async fn diagram_svg(&self, text: String) -> Result<String, Error> {
        match self.diagram(text, DiagramTheme::Light).await? {
            Ok(scene) => Ok(svg::write(&scene)),
            Err(_) => Err(Error::invalid(
                "diagram_refused",
                "This diagram cannot be drawn.",
            )),
        }
    }
}
