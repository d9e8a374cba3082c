use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use crate::connection::{self, Kind};
use crate::migrate::{self, MigrationReport};
use crate::pool::Readers;
use crate::{Mode, OpenOptions, ReadTx, StoreError, WriteTx, log_head, search};

/// The archive. Clones share the same connections.
///
/// Calls block; an async caller makes them off its runtime threads. A closure given to
/// [`Store::read`] or [`Store::write`] must not call back into the store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    mode: Mode,
    path: PathBuf,
    /// Replaced when the key is changed.
    options: RwLock<Arc<OpenOptions>>,
    writer: Mutex<Option<Connection>>,
    readers: Readers,
    migrated: Option<MigrationReport>,
    /// Set when a transaction was rolled back: pages it had spilled stay readable in the log.
    log_is_dirty: AtomicBool,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("mode", &self.inner.mode)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens, and where asked creates, the archive; migrates an older one after a verified copy of
    /// it has been set aside.
    ///
    /// # Errors
    /// `not_a_database` for a foreign file or a wrong key, `corrupt`, `too_new`,
    /// `migration_needed`, `copy_failed`, `not_encrypted`, `cannot_open`, `read_only`, `full`.
    pub fn open(options: OpenOptions) -> Result<Self, StoreError> {
        if options.mode != Mode::Memory && !options.create && !options.path.exists() {
            return Err(StoreError::CannotOpen);
        }
        if options.mode != Mode::Memory {
            log_head::check(&options.path)?;
        }
        if !options.deletes_for_good() && options.path.exists() {
            return Err(StoreError::CannotOpen);
        }
        let mut conn = connection::open(&options, Kind::Writer)?;
        let migrated = migrate::run(&mut conn, &options)?;
        if options.mode == Mode::ReadWrite {
            connection::assert_encrypted(&options.path)?;
            search::configure(&conn, options.deletes_for_good())?;
        }
        Ok(Self {
            inner: Arc::new(Inner {
                mode: options.mode,
                path: options.path.clone(),
                options: RwLock::new(Arc::new(options)),
                writer: Mutex::new(Some(conn)),
                readers: Readers::default(),
                migrated,
                log_is_dirty: AtomicBool::new(false),
            }),
        })
    }

    /// What the migration at opening did, if there was one.
    #[must_use]
    pub fn migrated(&self) -> Option<&MigrationReport> {
        self.inner.migrated.as_ref()
    }

    /// The database file; `None` in memory.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        (self.inner.mode != Mode::Memory).then_some(self.inner.path.as_path())
    }

    /// How it was opened.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.inner.mode
    }

    /// Runs reads on one unchanging view.
    ///
    /// # Errors
    /// What the closure returns; `interrupted` if a deletion ended the read, `closed`.
    pub fn read<T>(
        &self,
        f: impl FnOnce(&ReadTx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.inner.mode == Mode::ReadWrite {
            let mut loan = self.inner.readers.take(|| self.options())?;
            return read_on(loan.conn()?, f);
        }
        let mut writer = self.lock_writer();
        read_on(writer.as_mut().ok_or(StoreError::Closed)?, f)
    }

    /// Runs a long read on one unchanging view. It has to ask `awaited` now and then, and to end
    /// with [`StoreError::Interrupted`] when the answer is yes: a deletion waits for it.
    ///
    /// # Errors
    /// As for [`Store::read`].
    pub fn read_long<T>(
        &self,
        f: impl FnOnce(&ReadTx<'_>, &dyn Fn() -> bool) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.read(|tx| f(tx, &|| self.inner.readers.are_awaited()))
    }

    /// Runs changes in one transaction: all of them are durable when this returns `Ok`, and none
    /// is there when it returns `Err`.
    ///
    /// # Errors
    /// What the closure returns; `full`, `read_only`, `busy`, `closed`.
    pub fn write<T>(
        &self,
        f: impl FnOnce(&WriteTx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.with_writer(|conn| {
            let done = write_on(conn, f);
            if done.is_err() {
                self.inner.log_is_dirty.store(true, Ordering::Relaxed);
            }
            done
        })
    }

    /// Gives page cache back to the system and empties the write-ahead log after rollbacks.
    /// For moments when nobody waits; never fails, since it can be tried again.
    pub fn idle(&self) {
        self.inner.readers.shrink();
        let mut writer = self.lock_writer();
        let Some(conn) = writer.as_mut() else { return };
        let _ = conn.execute_batch("PRAGMA shrink_memory");
        if self.inner.mode == Mode::ReadWrite
            && self.inner.log_is_dirty.swap(false, Ordering::Relaxed)
        {
            let _ = conn.busy_timeout(Duration::ZERO);
            let emptied = crate::erasure::checkpoint(conn).is_ok_and(|row| row[0] == 0);
            let _ = conn.busy_timeout(Duration::from_millis(5_000));
            self.inner
                .log_is_dirty
                .fetch_or(!emptied, Ordering::Relaxed);
        }
    }

    /// Closes every connection and drops their keys; later calls fail with `closed`. A running
    /// write is waited for, running reads are interrupted.
    pub fn close(&self) {
        self.inner.readers.close();
        drop(self.lock_writer().take());
    }

    /// The key in force.
    #[must_use]
    pub fn key(&self) -> fluxchat_model::ArchiveKey {
        self.options().key.clone()
    }

    pub(crate) fn options(&self) -> Arc<OpenOptions> {
        let options = self.inner.options.read();
        Arc::clone(&options.unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_options(&self, options: OpenOptions) {
        let held = self.inner.options.write();
        *held.unwrap_or_else(PoisonError::into_inner) = Arc::new(options);
    }

    pub(crate) fn readers(&self) -> &Readers {
        &self.inner.readers
    }

    pub(crate) fn wal_path(&self) -> Option<PathBuf> {
        let mut name = self.path()?.as_os_str().to_owned();
        name.push("-wal");
        Some(name.into())
    }

    /// The writer outside a transaction.
    pub(crate) fn with_writer<T>(
        &self,
        f: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.inner.mode == Mode::ReadOnly {
            return Err(StoreError::ReadOnly);
        }
        f(self.lock_writer().as_mut().ok_or(StoreError::Closed)?).map_err(StoreError::once_open)
    }

    pub(crate) fn lock_writer(&self) -> MutexGuard<'_, Option<Connection>> {
        // A panic inside a transaction rolls it back, so the connection is good again.
        self.inner
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn read_on<T>(
    conn: &mut Connection,
    f: impl FnOnce(&ReadTx<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Deferred)?;
    f(&ReadTx::new(&tx)).map_err(StoreError::once_open)
}

pub(crate) fn write_on<T>(
    conn: &mut Connection,
    f: impl FnOnce(&WriteTx<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = f(&WriteTx::new(&tx))?;
    tx.commit()?;
    Ok(value)
}
