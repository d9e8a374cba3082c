//! The file of an export: beside its place until it is complete, never through a link, never over
//! a file without a word.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use fluxchat_store::Store;

use super::ExportRequest;
use crate::Error;
use crate::app::Open;
use crate::profile::remove_durably;

const SUFFIX: &str = ".partial";
const MOST_NAMES: u32 = 10;

/// A file that is being written. Unless it is published, it is removed when this ends.
pub(super) struct Target<'a> {
    path: PathBuf,
    partial: PathBuf,
    file: File,
    replace: bool,
    store: &'a Store,
    published: bool,
}

impl<'a> Target<'a> {
    /// Creates the file beside its place, for its owner only, after the archive has remembered
    /// where it is.
    pub(super) fn create(
        open: &'a Open,
        profile: &Path,
        request: &ExportRequest,
    ) -> Result<Self, Error> {
        let path = settled(&request.path, profile)?;
        may_be_written(&path, request.replace)?;
        let partial = free_name(&path)?;
        let remembered = partial.to_str().ok_or_else(place)?;
        open.store.write(|tx| tx.export_partial_set(remembered))?;
        let file = create_private(&partial).map_err(|error| {
            let _ = open.store.write(|tx| tx.export_partial_clear());
            unwritable(error)
        })?;
        Ok(Self {
            path,
            partial,
            file,
            replace: request.replace,
            store: &open.store,
            published: false,
        })
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    pub(super) fn name(&self) -> String {
        self.path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    /// Puts the complete file in its place.
    pub(super) fn publish(&mut self, store: &Store) -> Result<(), Error> {
        may_be_written(&self.path, self.replace)?;
        let put = if self.replace {
            fs::rename(&self.partial, &self.path)
        } else {
            put_if_free(&self.partial, &self.path)
        };
        put.map_err(unwritable)?;
        self.published = true;
        sync_folder(&self.path).map_err(unwritable)?;
        store.write(|tx| tx.export_partial_clear())?;
        Ok(())
    }
}

impl Drop for Target<'_> {
    fn drop(&mut self) {
        if self.published {
            return;
        }
        // If it cannot be removed now, the archive still knows where it is.
        if remove_durably(&self.partial).is_ok() {
            let _ = self.store.write(|tx| tx.export_partial_clear());
        }
    }
}

/// Writes a small file by the same rules. It is there in one go, so nothing remembers where it was
/// while it was written.
pub(crate) fn save_small(path: &Path, content: &[u8], replace: bool) -> Result<String, Error> {
    may_be_written(path, replace)?;
    let partial = free_name(path)?;
    let written = create_private(&partial)
        .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
        .and_then(|()| {
            if replace {
                fs::rename(&partial, path)
            } else {
                put_if_free(&partial, path)
            }
        });
    if let Err(error) = written {
        let _ = fs::remove_file(&partial);
        return Err(unwritable(error));
    }
    let name = path.file_name().unwrap_or_default();
    Ok(name.to_string_lossy().into_owned())
}

/// Removes what a crash left. A folder that is not there now, such as a drive that was taken out,
/// is looked for again at the next start.
pub(super) fn sweep(store: &Store) -> Result<(), Error> {
    let Some(path) = store.read(|tx| tx.export_partial())?.map(PathBuf::from) else {
        return Ok(());
    };
    if path.parent().is_some_and(|folder| !folder.is_dir()) {
        return Ok(());
    }
    let ours = path.to_str().is_some_and(|path| path.ends_with(SUFFIX));
    let is_file = fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file());
    if ours && is_file {
        remove_durably(&path)?;
        tracing::info!(name: "export.leftover_removed", "");
    }
    store.write(|tx| tx.export_partial_clear())?;
    Ok(())
}

/// The place with its folder as it really is; a link of that name itself is left one.
pub(super) fn settled(path: &Path, profile: &Path) -> Result<PathBuf, Error> {
    let name = path.file_name().ok_or_else(place)?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let folder = folder.canonicalize().map_err(unwritable)?;
    let own = profile
        .canonicalize()
        .unwrap_or_else(|_| profile.to_owned());
    if folder.starts_with(own) {
        return Err(place());
    }
    Ok(folder.join(name))
}

fn may_be_written(path: &Path, replace: bool) -> Result<(), Error> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(unwritable(error)),
        Ok(meta) if meta.is_symlink() => Err(Error::invalid(
            "export_link",
            "There is a link of that name, and it is not followed.",
        )),
        Ok(meta) if replace && meta.is_file() => Ok(()),
        Ok(_) => Err(exists()),
    }
}

fn free_name(path: &Path) -> Result<PathBuf, Error> {
    for number in 0..MOST_NAMES {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        if number > 0 {
            name.push(format!(".{number}"));
        }
        name.push(SUFFIX);
        let candidate = path.with_file_name(name);
        match fs::symlink_metadata(&candidate) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(candidate),
            Err(error) => return Err(unwritable(error)),
            Ok(_) => {}
        }
    }
    Err(exists())
}

fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Linking refuses a name that was taken meanwhile. Where there are no links, as on many sticks,
/// it is looked at once more.
fn put_if_free(partial: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(partial, path) {
        Ok(()) => fs::remove_file(partial),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        Err(_) if fs::symlink_metadata(path).is_ok() => Err(ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(partial, path),
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// A failure of the place an export goes to, in its own words: not the profile's.
pub(super) fn unwritable(error: io::Error) -> Error {
    match error.kind() {
        ErrorKind::AlreadyExists => exists(),
        ErrorKind::NotFound
        | ErrorKind::NotADirectory
        | ErrorKind::PermissionDenied
        | ErrorKind::ReadOnlyFilesystem => Error::invalid(
            "export_unwritable",
            "The folder you chose cannot be written to.",
        ),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            Error::invalid("export_full", "There is not enough room for the export.")
        }
        _ => Error::Io(error),
    }
}

fn exists() -> Error {
    Error::invalid("export_exists", "There is something of that name already.")
}

fn place() -> Error {
    Error::invalid("export_place", "An export cannot be written there.")
}
