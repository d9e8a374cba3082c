//! What sources offer, as they last said it: for when they cannot be asked.

use fluxchat_model::{Model, Source, SourceId, Timestamp};

use crate::{App, Error};

/// What a source offers.
#[derive(Debug)]
pub struct Listed {
    /// As the source orders them.
    pub models: Vec<Model>,
    /// When it said so.
    pub at: Timestamp,
    /// Why this is what it said then, and not what it says now.
    pub problem: Option<Error>,
}

impl App {
    /// What a source offers, asked live; what it last said where it cannot be asked.
    ///
    /// # Errors
    /// When it could not be asked and never was before.
    pub async fn listed(&self, source: &Source) -> Result<Listed, Error> {
        let problem = match self.models(source).await {
            Ok(models) => {
                return Ok(Listed {
                    models,
                    at: self.now(),
                    problem: None,
                });
            }
            Err(problem) => problem,
        };
        let id = source.id;
        // Whatever keeps the archive from telling, why the source did not tell is said.
        match self.read(move |tx| tx.model_list(id)).await {
            Ok(Some((mut models, at))) => {
                fluxchat_providers::publish(source, &mut models);
                Ok(Listed {
                    models,
                    at,
                    problem: Some(problem),
                })
            }
            _ => Err(problem),
        }
    }

    /// Remembers what a source told of its models, and that it told it now. A source that was
    /// removed meanwhile is not remembered.
    pub(crate) async fn remember_told(&self, id: SourceId, models: Vec<Model>) {
        let now = self.now();
        let told = self.write(move |tx| match tx.source(id)? {
            Some(_) => {
                tx.model_facts_told(id, &models)?;
                tx.model_list_keep(id, &models, now)
            }
            None => Ok(()),
        });
        if let Err(error) = told.await {
            tracing::warn!(name: "models.not_kept", code = error.code());
        }
    }
}
