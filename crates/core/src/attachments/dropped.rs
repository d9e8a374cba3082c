//! Files that were dropped on the window or pasted into it where its web view gives the page none of
//! them: since CVE-2025-13947 `WebKitGTK` hands no page a file. The page learns names and numbers,
//! never paths, and can take only what a person gave.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use fluxchat_extract::LARGEST_FILE;
use fluxchat_model::{Attachment, DraftKey};

use crate::{App, Error, Event};

/// Dropped files that nobody took yet; the oldest go first.
const MOST: usize = 200;
/// What a picture without a name is called.
const PASTED: &str = "image.png";
const SCREENSHOT: &str = "screenshot.png";

/// A file that was dropped and can be taken once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DroppedFile {
    /// What it is asked for by.
    pub number: u32,
    /// Its name, without where it lies.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

/// Where it is.
enum Held {
    File(PathBuf),
    Picture(&'static str, Vec<u8>),
}

/// What was dropped or pasted, by number.
#[derive(Default)]
pub(crate) struct Dropped(Mutex<(u32, BTreeMap<u32, Held>)>);

impl App {
    /// Somebody dropped files on the window: it is told which.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn drop_files(&self, paths: Vec<PathBuf>) -> Result<(), Error> {
        let files = self.off_thread(move |app| app.remember(paths)).await?;
        if !files.is_empty() {
            self.tell(Event::FilesDropped(files));
        }
        Ok(())
    }

    /// Somebody pasted a picture: the window is told.
    ///
    /// # Errors
    /// When the archive is not open.
    pub fn paste_picture(&self, png: Vec<u8>) -> Result<(), Error> {
        self.hold_picture(PASTED, png)
    }

    /// Before anybody is asked to choose something: whether it could be taken.
    ///
    /// # Errors
    /// When the archive is not open.
    pub fn expect_open(&self) -> Result<(), Error> {
        self.open().map(drop)
    }

    /// Somebody chose a picture of the screen: the window is told, as of a pasted one.
    ///
    /// # Errors
    /// When the archive is not open.
    pub fn add_screenshot(&self, png: Vec<u8>) -> Result<(), Error> {
        self.hold_picture(SCREENSHOT, png)
    }

    fn hold_picture(&self, name: &'static str, png: Vec<u8>) -> Result<(), Error> {
        let open = self.open()?;
        let bytes = png.len() as u64;
        let number = open.dropped.keep(Held::Picture(name, png));
        self.tell(Event::FilesDropped(vec![DroppedFile {
            number,
            name: name.to_owned(),
            bytes,
        }]));
        Ok(())
    }

    /// Attaches a file that was dropped or pasted.
    ///
    /// # Errors
    /// As [`App::attach`]; `file_unreadable` if it cannot be read where it lies.
    pub async fn take_dropped(&self, key: DraftKey, number: u32) -> Result<Attachment, Error> {
        let open = self.open()?;
        let held = open.dropped.held().1.remove(&number);
        let path = match held.ok_or(Error::NotFound("file"))? {
            Held::File(path) => path,
            Held::Picture(name, png) => return self.attach(key, name.to_owned(), png).await,
        };
        let name = name(&path);
        let unreadable = |_| Error::invalid("file_unreadable", "The file could not be read.");
        let bytes = self
            .off_thread(move |_| read_file(&path).map_err(unreadable))
            .await?;
        self.attach(key, name, bytes).await
    }

    fn remember(&self, paths: Vec<PathBuf>) -> Result<Vec<DroppedFile>, Error> {
        let open = self.open()?;
        let mut files = Vec::new();
        for path in paths.into_iter().take(MOST) {
            files.push(DroppedFile {
                name: name(&path),
                bytes: path.metadata().map_or(0, |it| it.len()),
                number: open.dropped.keep(Held::File(path)),
            });
        }
        Ok(files)
    }
}

impl Dropped {
    fn keep(&self, it: Held) -> u32 {
        let mut held = self.held();
        held.0 = held.0.wrapping_add(1);
        let number = held.0;
        held.1.insert(number, it);
        while held.1.len() > MOST {
            held.1.pop_first();
        }
        number
    }

    fn held(&self) -> std::sync::MutexGuard<'_, (u32, BTreeMap<u32, Held>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// The bytes of a file; of one that is too large to be attached, one more than it may have.
///
/// # Errors
/// When it is no file or cannot be read.
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    // Before it is opened: opening a pipe waits for whoever writes to it.
    if !path.metadata()?.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a file",
        ));
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LARGEST_FILE as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::read_file;

    #[test]
    fn only_a_file_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, "words").unwrap();
        assert_eq!(read_file(&path).unwrap(), b"words");
        assert!(read_file(folder.path()).is_err());
        assert!(read_file(&folder.path().join("none")).is_err());
    }
}
