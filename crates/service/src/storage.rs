//! What the service keeps, behind a trait: JSON records by collection and key.
//!
//! The app implements it over the encrypted archive, so that what the sandbox keeps obeys the
//! same laws as everything else. No record ever holds what was said in a chat.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use fluxchat_model::Timestamp;

/// A kind of record. The names are stable; a storage may use them as a column or a table name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Collection {
    /// One row per answered chat request: model, time and token counts. Never content.
    Requests,
    /// Consent records (ISO/IEC TS 27560).
    Consents,
    /// Requests about data rights and what became of them.
    PrivacyRequests,
    /// Versions of the policy that the operator published beyond the bundled ones, by
    /// `version/language`.
    Policies,
    /// What is known of a data subject, and what the subject decided about it.
    Subjects,
}

impl Collection {
    /// Every collection.
    pub const ALL: [Self; 5] = [
        Self::Requests,
        Self::Consents,
        Self::PrivacyRequests,
        Self::Policies,
        Self::Subjects,
    ];

    /// The name in storage.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Consents => "consents",
            Self::PrivacyRequests => "privacy_requests",
            Self::Policies => "policies",
            Self::Subjects => "subjects",
        }
    }

    /// Reads [`Collection::id`].
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.id() == id)
    }
}

/// One stored record.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its kind.
    pub collection: Collection,
    /// Unique within its collection.
    pub key: String,
    /// Whom an erasure finds it by: the alias of a conversation or the id of a data subject.
    pub owner: Option<String>,
    /// The record itself, an object.
    pub body: serde_json::Value,
    /// When it was stored.
    pub at: Timestamp,
}

/// Which records of a collection to list, in the order of their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Only records of this owner.
    pub owner: Option<String>,
    /// Only records with a greater key; the cursor of the page before.
    pub after: Option<String>,
    /// At most this many.
    pub limit: usize,
}

/// Why a record could not be read or written. Carries no content.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The storage is locked, closed or cannot be reached.
    #[error("the storage of the service is not available")]
    Unavailable,
    /// The storage refused; the text names the reason in the words of the storage.
    #[error("the storage of the service failed: {0}")]
    Failed(String),
}

impl StorageError {
    /// Stable, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable => "storage_unavailable",
            Self::Failed(_) => "storage_failed",
        }
    }
}

/// Where records are kept. Calls may block; the service makes them off its async threads.
pub trait Storage: Send + Sync + 'static {
    /// Stores a record unless its key is taken, in one step. Returns the record that was there
    /// already, or `None` if this one was stored.
    ///
    /// # Errors
    /// When the storage cannot be reached or refuses.
    fn insert(&self, record: Record) -> Result<Option<Record>, StorageError>;

    /// Stores a record, replacing one with the same key.
    ///
    /// # Errors
    /// When the storage cannot be reached or refuses.
    fn put(&self, record: Record) -> Result<(), StorageError>;

    /// Reads a record.
    ///
    /// # Errors
    /// When the storage cannot be reached or refuses.
    fn get(&self, collection: Collection, key: &str) -> Result<Option<Record>, StorageError>;

    /// Lists records in the order of their keys.
    ///
    /// # Errors
    /// When the storage cannot be reached or refuses.
    fn list(&self, collection: Collection, page: &Page) -> Result<Vec<Record>, StorageError>;

    /// Removes a record. Returns whether it was there.
    ///
    /// # Errors
    /// When the storage cannot be reached or refuses.
    fn delete(&self, collection: Collection, key: &str) -> Result<bool, StorageError>;

    /// Removes every record of an owner, in all collections and in one step. Returns how many.
    ///
    /// # Errors
    /// When the storage cannot be reached or refuses.
    fn delete_owned(&self, owner: &str) -> Result<u64, StorageError>;

    /// Removes every record, in one step. Returns how many.
    ///
    /// # Errors
    /// When the storage cannot be reached or refuses.
    fn delete_all(&self) -> Result<u64, StorageError>;
}

/// Keeps records in memory; gone when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryStorage {
    records: Mutex<BTreeMap<(Collection, String), Record>>,
}

impl MemoryStorage {
    /// An empty storage.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, BTreeMap<(Collection, String), Record>> {
        // Every change is one call on the map, so a panic elsewhere cannot leave it half done.
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn delete_where(&self, doomed: impl Fn(&Record) -> bool) -> u64 {
        let mut records = self.locked();
        let before = records.len();
        records.retain(|_, record| !doomed(record));
        u64::try_from(before - records.len()).unwrap_or(u64::MAX)
    }
}

impl Storage for MemoryStorage {
    fn insert(&self, record: Record) -> Result<Option<Record>, StorageError> {
        use std::collections::btree_map::Entry;
        match self.locked().entry((record.collection, record.key.clone())) {
            Entry::Occupied(taken) => Ok(Some(taken.get().clone())),
            Entry::Vacant(free) => {
                free.insert(record);
                Ok(None)
            }
        }
    }

    fn put(&self, record: Record) -> Result<(), StorageError> {
        self.locked()
            .insert((record.collection, record.key.clone()), record);
        Ok(())
    }

    fn get(&self, collection: Collection, key: &str) -> Result<Option<Record>, StorageError> {
        Ok(self.locked().get(&(collection, key.to_owned())).cloned())
    }

    fn list(&self, collection: Collection, page: &Page) -> Result<Vec<Record>, StorageError> {
        Ok(self
            .locked()
            .values()
            .filter(|record| record.collection == collection)
            .filter(|record| page.owner.is_none() || record.owner == page.owner)
            .filter(|record| page.after.as_ref().is_none_or(|after| record.key > *after))
            .take(page.limit)
            .cloned()
            .collect())
    }

    fn delete(&self, collection: Collection, key: &str) -> Result<bool, StorageError> {
        Ok(self
            .locked()
            .remove(&(collection, key.to_owned()))
            .is_some())
    }

    fn delete_owned(&self, owner: &str) -> Result<u64, StorageError> {
        Ok(self.delete_where(|record| record.owner.as_deref() == Some(owner)))
    }

    fn delete_all(&self) -> Result<u64, StorageError> {
        Ok(self.delete_where(|_| true))
    }
}
