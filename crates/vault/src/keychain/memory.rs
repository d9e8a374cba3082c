use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use fluxchat_model::Secret;

use super::{Keychain, KeychainError, Patience};

/// A keychain for tests: in memory, with states a test can set.
#[derive(Default)]
pub struct MemoryKeychain {
    backend: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    items: BTreeMap<String, Secret<String>>,
    failure: Option<KeychainError>,
    write_failure: Option<KeychainError>,
}

impl MemoryKeychain {
    /// An empty, unlocked keychain.
    #[must_use]
    pub fn new() -> Self {
        Self::of_backend("memory-keychain")
    }

    /// An empty, unlocked keychain that calls itself `backend`.
    #[must_use]
    pub fn of_backend(backend: &str) -> Self {
        Self {
            backend: backend.to_owned(),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every call fails like this from now on; `None` makes it work again.
    pub fn fail_with(&self, failure: Option<KeychainError>) {
        self.state().failure = failure;
    }

    /// Writing and deleting fail like this from now on; reading works.
    pub fn fail_writes_with(&self, failure: Option<KeychainError>) {
        self.state().write_failure = failure;
    }

    /// Loses every item, as a deleted or truncated keyring file does.
    pub fn lose_everything(&self) {
        self.state().items.clear();
    }

    /// The names of all items.
    #[must_use]
    pub fn items(&self) -> Vec<String> {
        self.state().items.keys().cloned().collect()
    }

    /// Puts a value there without asking for the state.
    pub fn plant(&self, item: &str, value: &str) {
        self.state()
            .items
            .insert(item.to_owned(), Secret::new(value.to_owned()));
    }
}

impl Keychain for MemoryKeychain {
    fn backend(&self) -> &str {
        &self.backend
    }

    fn get(
        &self,
        item: &str,
        _patience: Patience,
    ) -> Result<Option<Secret<String>>, KeychainError> {
        let state = self.state();
        match state.failure {
            Some(failure) => Err(failure),
            None => Ok(state.items.get(item).cloned()),
        }
    }

    fn set(&self, item: &str, secret: &Secret<String>) -> Result<(), KeychainError> {
        #[cfg(test)]
        crate::file::fuse::step().map_err(|_| KeychainError::Other("cut_off"))?;
        let mut state = self.state();
        if let Some(failure) = state.failure.or(state.write_failure) {
            return Err(failure);
        }
        state.items.insert(item.to_owned(), secret.clone());
        Ok(())
    }

    fn delete(&self, item: &str) -> Result<(), KeychainError> {
        #[cfg(test)]
        crate::file::fuse::step().map_err(|_| KeychainError::Other("cut_off"))?;
        let mut state = self.state();
        if let Some(failure) = state.failure.or(state.write_failure) {
            return Err(failure);
        }
        state.items.remove(item);
        Ok(())
    }
}
