use std::path::PathBuf;

use fluxchat_model::ArchiveKey;

/// How an archive is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Read and write; creates the file if `create` is set.
    ReadWrite,
    /// Beside the process that owns the profile. Writes fail with `read_only`.
    ReadOnly,
    /// In memory, gone when the last handle is dropped. Path and key are not used.
    Memory,
}

/// Where the verified copy goes that is made before a migration.
#[derive(Clone, Debug)]
pub struct MigrationCopy {
    /// The file; one that is there is replaced.
    pub path: PathBuf,
    /// Its own key, which the caller has already put in the vault.
    pub key: ArchiveKey,
}

/// What [`crate::Store::open`] needs to know.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// The database file. `-wal`, `-shm` and `.ballast` stand beside it.
    pub path: PathBuf,
    /// Its raw key.
    pub key: ArchiveKey,
    /// How to open it.
    pub mode: Mode,
    /// Whether a missing file is created. Only the first run may say so.
    pub create: bool,
    /// Where the copy before a migration goes. Without it an old archive is not migrated but
    /// refused with `migration_needed`, so that the key of the copy can be stored first.
    pub migration_copy: Option<MigrationCopy>,
    /// See [`OpenOptions::control_arm`].
    deletes_for_good: bool,
}

impl OpenOptions {
    /// An existing archive, to read and write.
    #[must_use]
    pub fn existing(path: impl Into<PathBuf>, key: ArchiveKey) -> Self {
        Self {
            path: path.into(),
            key,
            mode: Mode::ReadWrite,
            create: false,
            migration_copy: None,
            deletes_for_good: true,
        }
    }

    /// A new archive. An existing one is opened.
    #[must_use]
    pub fn create(path: impl Into<PathBuf>, key: ArchiveKey) -> Self {
        Self {
            create: true,
            ..Self::existing(path, key)
        }
    }

    /// An existing archive beside the process that owns it.
    #[must_use]
    pub fn read_only(path: impl Into<PathBuf>, key: ArchiveKey) -> Self {
        Self {
            mode: Mode::ReadOnly,
            ..Self::existing(path, key)
        }
    }

    /// An archive in memory.
    #[must_use]
    pub fn memory() -> Self {
        Self {
            mode: Mode::Memory,
            ..Self::existing(PathBuf::new(), ArchiveKey::new([0; 32]))
        }
    }

    /// A new archive without anything that makes deletions final. The forensic scan must find what
    /// is deleted in it: a scan that finds nothing there proves nothing elsewhere. It can only be
    /// made anew, so that no archive of a person is ever opened like this.
    #[must_use]
    pub fn control_arm(path: impl Into<PathBuf>, key: ArchiveKey) -> Self {
        Self {
            deletes_for_good: false,
            ..Self::create(path, key)
        }
    }

    /// Names the place for the copy before a migration.
    #[must_use]
    pub fn with_migration_copy(mut self, copy: MigrationCopy) -> Self {
        self.migration_copy = Some(copy);
        self
    }

    pub(crate) fn deletes_for_good(&self) -> bool {
        self.deletes_for_good
    }
}
