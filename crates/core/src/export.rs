//! Export everything: one documented ZIP, written in one pass from one unchanging view of the
//! archive.
//!
//! A deletion always wins. While it empties the log it ends the read of an export, and whatever was
//! asked to be deleted meanwhile makes the export begin again without it: what is in the finished
//! file was not deleted when the file appeared. Until then it is beside its place under another
//! name, which the archive remembers, so that the next start removes what a crash left.

mod content;
mod reading;
mod target;

use std::io::{BufWriter, Seek as _};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use fluxchat_exchange::{Envelope, PackError, Package};
use fluxchat_model::{Secret, StoredKind, StoredTotal};
use fluxchat_store::{ErasureMark, StoreError};
use fluxchat_vault::asset::AssetError;
use tokio_util::sync::CancellationToken;

use crate::app::Open;
use crate::{App, Error, Event};
use target::Target;

pub(crate) use target::save_small;

/// How often a deletion may make an export begin again.
const MOST_ROUNDS: u32 = 20;
const SHORTEST_PASSPHRASE: usize = 8;

/// A passphrase nobody has to invent: a hundred bits in twenty letters and digits that are hard to
/// mistake for each other.
///
/// # Errors
/// When the operating system has no randomness.
pub fn fresh_passphrase() -> Result<Secret<String>, Error> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let mut bytes = [0_u8; 20];
    getrandom::fill(&mut bytes)?;
    let mut text = String::with_capacity(23);
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place % 5 == 0 {
            text.push('-');
        }
        text.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    Ok(Secret::new(text))
}

/// What to write, and where.
#[derive(Clone, Debug)]
pub struct ExportRequest {
    /// The file.
    pub path: PathBuf,
    /// Whether a file that is there may be replaced: the person was asked.
    pub replace: bool,
    /// Seals the file.
    pub passphrase: Option<Secret<String>>,
}

/// How far an export is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportProgress {
    /// What is being written: `messages`, `media`, …
    pub kind: &'static str,
    /// Rows and files so far.
    pub items: u64,
    /// Of about how many.
    pub items_total: u64,
    /// Bytes of the file so far.
    pub bytes: u64,
    /// How often it began again because something was deleted meanwhile.
    pub restarts: u32,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportDone {
    /// The name of the file, without its folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// How many entries it has.
    pub entries: u64,
    /// Rows per kind.
    pub counts: std::collections::BTreeMap<String, u64>,
    /// Whether it is sealed.
    pub encrypted: bool,
    /// Files that could not be taken along, because they are damaged or gone.
    pub problems: u32,
    /// How often it began again because something was deleted meanwhile.
    pub restarts: u32,
}

/// The export that is running, if one is.
#[derive(Default)]
pub(crate) struct Board(Mutex<Option<Running>>);

struct Running {
    cancel: CancellationToken,
    progress: ExportProgress,
}

impl Board {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn cancel(&self) {
        if let Some(running) = &*self.lock() {
            running.cancel.cancel();
        }
    }
}

/// Takes the running export off the board, however it ends.
struct OnBoard<'a>(&'a Board);

impl Drop for OnBoard<'_> {
    fn drop(&mut self) {
        self.0.lock().take();
    }
}

/// Why a round of writing ended early.
enum Halt {
    /// The person, or the end of the session.
    Cancelled,
    /// A deletion waits.
    Awaited,
    Failed(Error),
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Interrupted => Self::Awaited,
            other => Self::Failed(other.into()),
        }
    }
}

impl From<PackError> for Halt {
    fn from(error: PackError) -> Self {
        match error {
            PackError::Io(error) => error.into(),
            PackError::Container | PackError::Json => Self::Failed(Error::Task),
        }
    }
}

impl From<std::io::Error> for Halt {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(target::unwritable(error))
    }
}

impl From<AssetError> for Halt {
    fn from(error: AssetError) -> Self {
        Self::Failed(error.into())
    }
}

/// What the writing asks and tells on its way.
struct Course<'a> {
    app: &'a App,
    open: &'a Open,
    cancel: &'a CancellationToken,
    awaited: &'a dyn Fn() -> bool,
    progress: ExportProgress,
    told: u64,
}

impl Course<'_> {
    /// Counts, tells now and then, and says whether to go on.
    fn step(&mut self, items: u64, bytes: u64) -> Result<(), Halt> {
        /// Every so many bytes, and a hundredth of the rows, something is told.
        const BYTES: u64 = 1 << 20;
        self.progress.items += items;
        let part = self.progress.items_total / 100 + 1;
        let told = bytes / BYTES + self.progress.items / part;
        self.progress.bytes = bytes;
        if told != self.told {
            self.told = told;
            self.tell();
        }
        self.go_on()
    }

    fn begin(&mut self, kind: &'static str) -> Result<(), Halt> {
        self.progress.kind = kind;
        self.tell();
        self.go_on()
    }

    fn go_on(&self) -> Result<(), Halt> {
        if self.cancel.is_cancelled() {
            Err(Halt::Cancelled)
        } else if (self.awaited)() {
            Err(Halt::Awaited)
        } else {
            Ok(())
        }
    }

    fn tell(&self) {
        if let Some(running) = &mut *self.open.export.lock() {
            running.progress = self.progress;
        }
        self.app.tell(Event::ExportProgress(self.progress));
    }
}

impl App {
    /// What an export holds, per kind, and about how many bytes that is.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn export_preview(&self) -> Result<Vec<StoredTotal>, Error> {
        let mut kinds = self.read(|tx| tx.stored_totals()).await?;
        kinds.retain(|total| !matches!(total.kind, StoredKind::SearchIndex | StoredKind::Overhead));
        Ok(kinds)
    }

    /// How far the running export is; `None` if none runs.
    #[must_use]
    pub fn export_progress(&self) -> Option<ExportProgress> {
        let open = self.open().ok()?;
        let board = open.export.lock();
        board.as_ref().map(|running| running.progress)
    }

    /// Ends the running export; nothing of it stays.
    pub fn export_cancel(&self) {
        if let Ok(open) = self.open() {
            open.export.cancel();
        }
    }

    /// Writes everything into one file. It appears complete or not at all.
    ///
    /// # Errors
    /// `export_running`, `export_cancelled`, `export_exists`, `export_link`, `export_place`,
    /// `export_unwritable`, `export_disturbed`, `disk_full`, `passphrase_short`.
    pub async fn export(&self, request: ExportRequest) -> Result<ExportDone, Error> {
        if request
            .passphrase
            .as_ref()
            .is_some_and(|it| it.expose().chars().count() < SHORTEST_PASSPHRASE)
        {
            return Err(Error::invalid(
                "passphrase_short",
                "A passphrase needs at least 8 characters.",
            ));
        }
        let open = self.open()?;
        let app = self.clone();
        // On the tracker: the end of a session waits until nothing of it is left.
        let done = open
            .tasks
            .clone()
            .spawn_blocking(move || app.export_now(&open, &request))
            .await?;
        if let Err(error) = &done {
            tracing::info!(name: "export.not_written", code = error.code());
        }
        self.tell(Event::ExportEnded);
        done
    }

    fn export_now(&self, open: &Open, request: &ExportRequest) -> Result<ExportDone, Error> {
        let cancel = open.stop.child_token();
        {
            let mut board = open.export.lock();
            if board.is_some() {
                return Err(Error::invalid("export_running", "An export is running."));
            }
            *board = Some(Running {
                cancel: cancel.clone(),
                progress: ExportProgress::default(),
            });
        }
        let _on_board = OnBoard(&open.export);
        target::sweep(&open.store)?;
        let mut target = Target::create(open, &self.inner.options.profile, request)?;
        for restarts in 0..MOST_ROUNDS {
            let written = self.round(open, &cancel, &mut target, request, restarts);
            match written {
                Ok((done, mark)) => {
                    if open.store.read(|tx| tx.erasure_mark())? == mark {
                        target.publish(&open.store)?;
                        tracing::info!(name: "export.written", bytes = done.bytes, restarts);
                        return Ok(done);
                    }
                }
                Err(Halt::Awaited) => {}
                Err(Halt::Cancelled) => {
                    return Err(Error::invalid(
                        "export_cancelled",
                        "The export was cancelled.",
                    ));
                }
                Err(Halt::Failed(error)) => return Err(error),
            }
            if cancel.is_cancelled() {
                return Err(Error::invalid(
                    "export_cancelled",
                    "The export was cancelled.",
                ));
            }
        }
        Err(Error::invalid(
            "export_disturbed",
            "Deletions went on for as long as the export was tried.",
        ))
    }

    /// Writes the whole package once, and says how far deletion was when its view began.
    fn round(
        &self,
        open: &Open,
        cancel: &CancellationToken,
        target: &mut Target<'_>,
        request: &ExportRequest,
        restarts: u32,
    ) -> Result<(ExportDone, ErasureMark), Halt> {
        let file = target.file();
        file.set_len(0)?;
        (&*file).rewind()?;
        let out = Envelope::new(BufWriter::new(file), request.passphrase.as_ref())?;
        let (mark, package) = open.store.read_long(|tx, awaited| {
            let mark = tx.erasure_mark()?;
            let mut package = Package::new(out, self.now());
            let mut course = Course {
                app: self,
                open,
                cancel,
                awaited,
                progress: ExportProgress {
                    restarts,
                    ..ExportProgress::default()
                },
                told: 0,
            };
            let written = content::write(tx, &mut package, &mut course);
            Ok(written.map(|()| (mark, package)))
        })??;
        let (out, manifest) = package.finish(self.version())?;
        let out = out.finish()?;
        out.into_inner()
            .map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        let done = ExportDone {
            name: target.name(),
            bytes: file.metadata()?.len(),
            entries: manifest.entries.len() as u64 + 1,
            counts: manifest.counts,
            encrypted: request.passphrase.is_some(),
            problems: u32::try_from(manifest.problems.len()).unwrap_or(u32::MAX),
            restarts,
        };
        Ok((done, mark))
    }

    /// Removes what an export left whose process ended.
    pub(crate) fn sweep_exports(&self) -> Result<(), Error> {
        target::sweep(&self.open()?.store)
    }
}
