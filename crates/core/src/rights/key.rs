//! The key a service signs its answers about rights with: trusted on first use, then known.
//!
//! Answers signed with another key do not count. A service whose operator changed its key is
//! trusted anew only by a person who was shown both keys.

use fluxchat_egress::{Call, Payload};
use fluxchat_model::{Initiator, Source, Timestamp};
use fluxchat_service::{Discovery, PublicKey};

use crate::outbox::LARGEST_ANSWER;
use crate::{App, Error, Event};

/// What is known of the key of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceKey {
    /// The key that answers are checked with, in base64; `None` if none was ever offered.
    pub known: Option<String>,
    /// Since when it is.
    pub since: Option<Timestamp>,
    /// The key the service names now, in base64; `None` if it names none.
    pub offered: Option<String>,
}

impl ServiceKey {
    /// Whether the service signs with another key than the one that is known.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.known.is_some() && self.offered.is_some() && self.known != self.offered
    }
}

impl App {
    /// What is known of the key of a service, and what it says now.
    ///
    /// # Errors
    /// When there is no such source, or the service cannot be asked.
    pub async fn service_key(&self, source: &str) -> Result<ServiceKey, Error> {
        let source = self.source_named(source).await?;
        let offered = self.ask_service_key(&source, Initiator::User).await?;
        let known = self
            .read(move |tx| tx.service_key_since(&source.name))
            .await?;
        Ok(ServiceKey {
            known: known.map(|(key, _)| PublicKey(key).to_text()),
            since: known.map(|(_, since)| since),
            offered: offered.map(PublicKey::to_text),
        })
    }

    /// Trusts a service anew, by exactly this key.
    ///
    /// # Errors
    /// `key_not_offered` if it is not the one the service names now; when the service cannot be
    /// asked.
    pub async fn trust_service_key(&self, source: &str, key: &str) -> Result<ServiceKey, Error> {
        let found = self.service_key(source).await?;
        let offered = found.offered.as_deref().filter(|offered| *offered == key);
        let Some(key) = offered.and_then(PublicKey::from_text) else {
            return Err(Error::invalid(
                "key_not_offered",
                "The service does not sign with this key.",
            ));
        };
        let (name, now) = (source.to_owned(), self.now());
        self.write(move |tx| tx.service_key_replace(&name, key.0, now))
            .await?;
        tracing::info!(name: "rights.key_replaced", "");
        self.tell(Event::ReceiptsChanged);
        self.service_key(source).await
    }

    /// Learns the key of a source before the first request goes there.
    pub(crate) async fn pin_service_key(&self, source: &Source) -> Result<(), Error> {
        // The sandbox's key was kept when the archive was opened.
        if source.is_in_process() {
            return Ok(());
        }
        let name = source.name.clone();
        if self.read(move |tx| tx.service_key(&name)).await?.is_some() {
            return Ok(());
        }
        // A service that says nothing about its key is asked the next time.
        if let Ok(Some(key)) = self.ask_service_key(source, Initiator::Timer).await {
            let (name, now) = (source.name.clone(), self.now());
            self.write(move |tx| tx.service_key_pin(&name, key.0, now))
                .await?;
        }
        Ok(())
    }

    async fn ask_service_key(
        &self,
        source: &Source,
        initiator: Initiator,
    ) -> Result<Option<PublicKey>, Error> {
        let endpoint = self.rights_endpoint(source, Call::PrivacyDiscovery).await?;
        let door = self.open()?.door.clone();
        let ctx = self.rights_ctx(initiator);
        let mut response = door.send(ctx, endpoint, Payload::Empty).await?;
        if !response.status.is_success() {
            return Ok(None);
        }
        let body = response.body.collect(LARGEST_ANSWER).await?;
        Ok(serde_json::from_slice::<Discovery>(&body)
            .ok()
            .and_then(|found| found.processor_certificate)
            .and_then(|text| PublicKey::from_text(&text)))
    }
}
