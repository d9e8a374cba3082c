//! Servers on this computer, looked for where they usually listen and only when asked to. Each
//! question goes through the door and has its row in the ledger.

use std::time::Duration;

use fluxchat_egress::{CancellationToken, parse_base_url};
use fluxchat_model::{DataPractices, Dialect, Model, Source, SourceId, Timestamp};
use fluxchat_providers::{Service, base_path, service_at, services};
use futures_util::future::join_all;

use crate::{App, Error};

/// A server on this computer answers at once; one that does not is something else.
const PATIENCE: Duration = Duration::from_secs(3);

/// A server that answers on this computer.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundServer {
    /// What usually listens there.
    pub service: &'static Service,
    /// What it offers; empty if it wants a key first.
    pub models: Vec<Model>,
    /// Whether it wants a key first.
    pub needs_key: bool,
    /// The source it already is.
    pub source: Option<SourceId>,
}

/// How a server at this address speaks, where that is known.
#[must_use]
pub fn dialect_at(url: &str) -> Option<Dialect> {
    let base = parse_base_url(url).ok()?;
    service_at(base.origin.host()).map(|service| service.dialect)
}

impl App {
    /// Asks every place where a server usually listens on this computer for its models.
    ///
    /// # Errors
    /// When nothing may be asked.
    pub async fn find_servers(&self) -> Result<Vec<FoundServer>, Error> {
        self.guarded().await?;
        let known = self.sources().await?.0;
        let asked = services()
            .iter()
            .filter(|service| service.local)
            .map(|service| self.look_at(service, &known));
        let mut found = Vec::new();
        for answer in join_all(asked).await {
            found.extend(answer?);
        }
        Ok(found)
    }

    async fn look_at(
        &self,
        service: &'static Service,
        known: &[Source],
    ) -> Result<Option<FoundServer>, Error> {
        let Some(source) = as_source(service) else {
            return Ok(None);
        };
        let cancel = CancellationToken::new();
        // Dropped, the question is over, and its row says so.
        let asked = tokio::time::timeout(PATIENCE, self.models_until(&source, cancel)).await;
        let (models, needs_key) = match asked {
            Ok(Ok(models)) => (models, false),
            Ok(Err(error)) => match error.code() {
                "remote_unauthorized" | "remote_forbidden" => (Vec::new(), true),
                "offline" | "locked" | "ledger_unavailable" => return Err(error),
                _ => return Ok(None),
            },
            Err(_) => return Ok(None),
        };
        let is_it = |other: &&Source| other.origin == source.origin;
        Ok(Some(FoundServer {
            service,
            models,
            needs_key,
            source: known.iter().find(is_it).map(|it| it.id),
        }))
    }
}

/// A service as the source it would be: what is known of its host and asked of it is the same.
#[must_use]
pub fn as_source(service: &Service) -> Option<Source> {
    let base = parse_base_url(service.url).ok()?;
    Some(Source {
        id: SourceId::new(Timestamp(0), [0; 10]),
        name: service.name.to_owned(),
        dialect: service.dialect,
        base_path: base_path(service.dialect, base.origin.host(), &base.base_path),
        origin: Some(base.origin),
        has_credential: false,
        default_model: None,
        practices: DataPractices::default(),
        redact: false,
        created_at: Timestamp(0),
    })
}
