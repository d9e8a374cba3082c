//! The sandbox keeps its records in the archive, so that the laws hold for it too.

use fluxchat_model::{Source, Timestamp};
use fluxchat_service::{Collection, Page, Record, SigningKey, Storage, StorageError};
use fluxchat_store::{SandboxPage, SandboxRecord, Store, StoreError};

/// The storage of the service over the archive.
pub(crate) struct ArchiveStorage(Store);

impl ArchiveStorage {
    pub(crate) fn new(store: Store) -> Self {
        Self(store)
    }
}

/// The sandbox signs what it says about data rights with a key of its own, and the app knows it
/// by that key. Both stay when everything is deleted: what was signed can still be checked.
pub(crate) fn ensure_key(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    if store.read(|tx| tx.sandbox_seed())?.is_some() {
        return Ok(());
    }
    let mut seed = [0; 32];
    let Ok(()) = getrandom::fill(&mut seed) else {
        return Ok(());
    };
    let Some(key) = SigningKey::from_seed(&seed) else {
        return Ok(());
    };
    store.write(|tx| {
        tx.sandbox_seed_set(&seed)?;
        tx.service_key_pin(Source::SANDBOX, key.public().0, now)
    })
}

fn failed(error: StoreError) -> StorageError {
    match error {
        StoreError::Closed | StoreError::Busy => StorageError::Unavailable,
        other => StorageError::Failed(other.code().to_owned()),
    }
}

fn row(record: Record) -> SandboxRecord {
    SandboxRecord {
        collection: record.collection.id().to_owned(),
        key: record.key,
        owner: record.owner,
        body: record.body.to_string(),
        at: record.at,
    }
}

fn record(row: SandboxRecord) -> Result<Record, StoreError> {
    let unreadable = || StoreError::Unreadable("sandbox record");
    Ok(Record {
        collection: Collection::from_id(&row.collection).ok_or_else(unreadable)?,
        key: row.key,
        owner: row.owner,
        body: serde_json::from_str(&row.body).map_err(|_| unreadable())?,
        at: row.at,
    })
}

impl Storage for ArchiveStorage {
    fn insert(&self, new: Record) -> Result<Option<Record>, StorageError> {
        let new = row(new);
        self.0
            .write(|tx| tx.sandbox_insert(&new)?.map(record).transpose())
            .map_err(failed)
    }

    fn put(&self, new: Record) -> Result<(), StorageError> {
        let new = row(new);
        self.0.write(|tx| tx.sandbox_put(&new)).map_err(failed)
    }

    fn get(&self, collection: Collection, key: &str) -> Result<Option<Record>, StorageError> {
        self.0
            .read(|tx| {
                tx.sandbox_record(collection.id(), key)?
                    .map(record)
                    .transpose()
            })
            .map_err(failed)
    }

    fn list(&self, collection: Collection, page: &Page) -> Result<Vec<Record>, StorageError> {
        let page = SandboxPage {
            owner: page.owner.clone(),
            after: page.after.clone(),
            limit: u32::try_from(page.limit).unwrap_or(u32::MAX),
        };
        self.0
            .read(|tx| {
                tx.sandbox_records(collection.id(), &page)?
                    .into_iter()
                    .map(record)
                    .collect()
            })
            .map_err(failed)
    }

    fn delete(&self, collection: Collection, key: &str) -> Result<bool, StorageError> {
        self.0
            .write(|tx| tx.sandbox_delete(collection.id(), key))
            .map_err(failed)
    }

    fn delete_owned(&self, owner: &str) -> Result<u64, StorageError> {
        self.0
            .write(|tx| tx.sandbox_delete_owned(owner))
            .map_err(failed)
    }

    fn delete_all(&self) -> Result<u64, StorageError> {
        self.0.write(|tx| tx.sandbox_delete_all()).map_err(failed)
    }
}
