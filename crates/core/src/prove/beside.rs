//! A temporary conversation that is there while the disk is looked at.

use fluxchat_forensic::Needle;
use fluxchat_model::ConversationId;

use super::planted::{canary, sandbox};
use crate::{App, Ask, Error};

/// A word in memory that must be nowhere else.
pub(super) struct Beside {
    conversation: ConversationId,
    word: String,
    pub(super) needles: Vec<Needle>,
}

impl Beside {
    /// Begins one and has a question in it answered in-process. `None` where there are too many
    /// temporary conversations already.
    pub(super) async fn begin(app: &App) -> Result<Option<Self>, Error> {
        let source = sandbox(app).await?;
        let word = canary()?;
        let conversation = match app.begin_another(Some(source), None).await {
            Ok(begun) => begun.id,
            Err(error) if error.code() == "too_many_temporary" => return Ok(None),
            Err(error) => return Err(error),
        };
        let beside = Self {
            conversation,
            needles: super::needles_of(std::slice::from_ref(&word)),
            word,
        };
        if let Err(error) = beside.ask(app, source).await {
            beside.end(app).await?;
            return Err(error);
        }
        Ok(Some(beside))
    }

    async fn ask(&self, app: &App, source: fluxchat_model::SourceId) -> Result<(), Error> {
        let sent = app
            .ask(Ask {
                conversation: Some(self.conversation),
                text: format!("What is a temporary conversation? {}", self.word),
                source: Some(source),
                ..Ask::default()
            })
            .await?;
        if let Some(generation) = app.open()?.generation(sent.answer_id) {
            generation.ended.cancelled().await;
        }
        Ok(())
    }

    pub(super) fn is(&self, needle: &Needle) -> bool {
        needle.canary == self.word
    }

    pub(super) async fn end(&self, app: &App) -> Result<(), Error> {
        app.end_temporary(self.conversation).await
    }
}
