use rusqlite::ffi;

/// Why the archive could not do what was asked. Carries no content and no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The file is no archive, or the key is another archive's: SQLCipher cannot tell these apart.
    #[error("the file is not an archive, or it belongs to another key")]
    NotADatabase,
    /// The file is damaged.
    #[error("the archive is damaged")]
    Corrupt,
    /// The search index is damaged; it can be rebuilt from the messages.
    #[error("the search index is damaged")]
    SearchCorrupt,
    /// A newer version wrote it.
    #[error("the archive has schema {found}; this version knows {known}")]
    TooNew {
        /// The schema of the file.
        found: u32,
        /// The newest schema this version knows.
        known: u32,
    },
    /// The schema is older, and a migration was not possible here: the archive was opened
    /// read-only, or no place for the copy was named.
    #[error("the archive has schema {found} and must be migrated to {known} first")]
    MigrationNeeded {
        /// The schema of the file.
        found: u32,
        /// The schema it must come to.
        known: u32,
    },
    /// The copy that is set aside before a migration could not be made or verified. The archive
    /// was not touched.
    #[error("the copy before the migration could not be verified")]
    CopyFailed,
    /// SQLCipher is not in this build, or ignored the key. Nothing was written.
    #[error("the file would not be encrypted")]
    NotEncrypted,
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The file or the connection is read-only.
    #[error("the archive is read-only")]
    ReadOnly,
    /// The file cannot be opened or created.
    #[error("the archive cannot be opened")]
    CannotOpen,
    /// Another connection holds what is needed; trying again later helps.
    #[error("the archive is busy")]
    Busy,
    /// A deletion stopped this read; trying again helps.
    #[error("the read was interrupted")]
    Interrupted,
    /// There is no such row, or it waits for its deletion.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// A rule of the schema forbids it: a name or an id that is taken, a missing parent.
    #[error("the archive refuses this {0}")]
    Conflict(&'static str),
    /// A stored value cannot be read.
    #[error("a stored {0} cannot be read")]
    Unreadable(&'static str),
    /// The archive was closed.
    #[error("the archive is closed")]
    Closed,
    /// The disk failed, or the system refused.
    #[error("the file system refused ({0})")]
    Io(std::io::ErrorKind),
    /// Anything else SQLite says, by its extended code.
    #[error("the archive failed with code {0}")]
    Sqlite(i32),
    /// A statement of this crate is wrong.
    #[error("a statement is wrong: {0}")]
    Statement(String),
}

impl StoreError {
    /// Stable, for machines and translations.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotADatabase => "not_a_database",
            Self::Corrupt => "corrupt",
            Self::SearchCorrupt => "search_corrupt",
            Self::TooNew { .. } => "too_new",
            Self::MigrationNeeded { .. } => "migration_needed",
            Self::CopyFailed => "copy_failed",
            Self::NotEncrypted => "not_encrypted",
            Self::Full => "full",
            Self::ReadOnly => "read_only",
            Self::CannotOpen => "cannot_open",
            Self::Busy => "busy",
            Self::Interrupted => "interrupted",
            Self::NotFound(_) => "not_found",
            Self::Conflict(_) => "conflict",
            Self::Unreadable(_) => "unreadable",
            Self::Closed => "closed",
            Self::Io(_) => "io",
            Self::Sqlite(_) => "sqlite",
            Self::Statement(_) => "statement",
        }
    }

    fn from_code(extended: i32) -> Self {
        if extended == ffi::SQLITE_CORRUPT_VTAB {
            return Self::SearchCorrupt;
        }
        match extended & 0xff {
            ffi::SQLITE_NOTADB => Self::NotADatabase,
            // After a page fails its HMAC, SQLCipher answers 7 on the same connection.
            ffi::SQLITE_CORRUPT | ffi::SQLITE_NOMEM => Self::Corrupt,
            ffi::SQLITE_FULL => Self::Full,
            ffi::SQLITE_READONLY => Self::ReadOnly,
            ffi::SQLITE_CANTOPEN | ffi::SQLITE_PERM | ffi::SQLITE_AUTH => Self::CannotOpen,
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Self::Busy,
            ffi::SQLITE_INTERRUPT => Self::Interrupted,
            ffi::SQLITE_CONSTRAINT => Self::Conflict("row"),
            _ => Self::Sqlite(extended),
        }
    }
}

impl StoreError {
    /// What it means in an archive that was opened: that one is a database under the right key, so
    /// a page that is not is damaged.
    pub(crate) fn once_open(self) -> Self {
        match self {
            Self::NotADatabase => Self::Corrupt,
            other => other,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        match error {
            // The message is dropped: for FTS5 it quotes the query.
            E::SqliteFailure(failure, _) => Self::from_code(failure.extended_code),
            E::SqlInputError { error, msg, .. } if error.extended_code == ffi::SQLITE_ERROR => {
                Self::Statement(msg)
            }
            E::SqlInputError { error, .. } => Self::from_code(error.extended_code),
            E::QueryReturnedNoRows => Self::NotFound("row"),
            E::FromSqlConversionFailure(..)
            | E::IntegralValueOutOfRange(..)
            | E::InvalidColumnType(..)
            | E::Utf8Error(..) => Self::Unreadable("row"),
            other => Self::Statement(match other {
                E::InvalidColumnName(name) => name,
                E::InvalidColumnIndex(index) => format!("column {index}"),
                E::InvalidParameterCount(given, wanted) => {
                    format!("{given} parameters instead of {wanted}")
                }
                E::InvalidParameterName(name) => name,
                _ => "misuse".to_owned(),
            }),
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::Full,
            std::io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            kind => Self::Io(kind),
        }
    }
}
