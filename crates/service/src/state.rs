use std::sync::Arc;
use std::time::Duration;

use fluxchat_model::{Clock, Timestamp};
use uuid::Uuid;

use crate::{PublicKey, RightsAnswer, ServiceError, SigningKey, Storage, StorageError};

type Random = dyn Fn(&mut [u8]) -> Result<(), getrandom::Error> + Send + Sync;

/// What the handlers work with: storage, clock, randomness, and how fast Guide writes.
#[derive(Clone)]
pub struct ServiceState {
    storage: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
    random: Arc<Random>,
    pace: Duration,
    key: Option<Arc<SigningKey>>,
}

impl ServiceState {
    /// How long Guide waits between two words unless told otherwise: quick, yet readable as it
    /// arrives.
    pub const DEFAULT_PACE: Duration = Duration::from_millis(12);

    /// A state with the operating system's randomness and the default pace.
    pub fn new(storage: Arc<dyn Storage>, clock: Arc<dyn Clock>) -> Self {
        Self {
            storage,
            clock,
            random: Arc::new(getrandom::fill),
            pace: Self::DEFAULT_PACE,
            key: None,
        }
    }

    /// Signs answers about data rights with this key.
    #[must_use]
    pub fn with_key(mut self, key: SigningKey) -> Self {
        self.key = Some(Arc::new(key));
        self
    }

    /// Sets how long Guide waits between two words of a streamed answer; zero never waits.
    #[must_use]
    pub fn with_pace(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// Replaces the operating system's randomness.
    #[must_use]
    pub fn with_random(
        mut self,
        random: impl Fn(&mut [u8]) -> Result<(), getrandom::Error> + Send + Sync + 'static,
    ) -> Self {
        self.random = Arc::new(random);
        self
    }

    pub(crate) fn public_key(&self) -> Option<PublicKey> {
        self.key.as_ref().map(|key| key.public())
    }

    /// The answer with the signature of this service, where it has a key.
    pub(crate) fn signed(&self, mut answer: RightsAnswer) -> Result<RightsAnswer, ServiceError> {
        answer.processor_signature = None;
        if let Some(key) = &self.key {
            let body = serde_json::to_value(&answer).map_err(|_| ServiceError::Internal)?;
            answer.processor_signature = Some(key.sign(&body));
        }
        Ok(answer)
    }

    pub(crate) fn pace(&self) -> Duration {
        self.pace
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A version 7 UUID for this moment.
    pub(crate) fn new_id(&self, at: Timestamp) -> Result<Uuid, ServiceError> {
        let mut random = [0_u8; 10];
        (self.random)(&mut random).map_err(|_| ServiceError::Randomness)?;
        let ms = u64::try_from(at.0).unwrap_or(0);
        Ok(uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid())
    }

    /// Calls the storage where blocking does no harm.
    pub(crate) async fn store<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn Storage) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, ServiceError> {
        let storage = Arc::clone(&self.storage);
        tokio::task::spawn_blocking(move || call(storage.as_ref()))
            .await
            .map_err(|_| ServiceError::Storage(StorageError::Unavailable))?
            .map_err(ServiceError::Storage)
    }
}
