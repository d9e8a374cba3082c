//! Files that come in pieces from the window. They are in memory until they are complete.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use fluxchat_extract::LARGEST_FILE;
use fluxchat_model::{Attachment, DraftKey};

use super::too_large;
use crate::{App, Error};

/// Files on their way at the same time.
const MOST: usize = 8;

struct Upload {
    key: DraftKey,
    name: String,
    size: usize,
    bytes: Vec<u8>,
}

/// What is on its way.
#[derive(Default)]
pub(crate) struct Uploads(Mutex<(u32, HashMap<u32, Upload>)>);

impl App {
    /// Begins a file of so many bytes. Returns its number.
    ///
    /// # Errors
    /// `file_too_large`, `too_many_files`; when the archive is not open.
    pub fn begin_upload(&self, key: DraftKey, name: String, size: usize) -> Result<u32, Error> {
        if size > LARGEST_FILE {
            return Err(too_large());
        }
        let open = self.open()?;
        let mut held = open
            .uploads
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if held.1.len() >= MOST {
            return Err(Error::invalid(
                "too_many_files",
                "Too many files are being read at the same time.",
            ));
        }
        held.0 = held.0.wrapping_add(1);
        let number = held.0;
        held.1.insert(
            number,
            Upload {
                key,
                name,
                size,
                bytes: Vec::new(),
            },
        );
        Ok(number)
    }

    /// Adds a piece. More than was announced ends the file.
    ///
    /// # Errors
    /// When there is no such file, or it is longer than it said.
    pub fn add_to_upload(&self, number: u32, piece: &[u8]) -> Result<(), Error> {
        let open = self.open()?;
        let mut held = open
            .uploads
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let upload = held.1.get_mut(&number).ok_or(Error::NotFound("file"))?;
        if upload.bytes.len() + piece.len() > upload.size {
            held.1.remove(&number);
            return Err(Error::invalid(
                "file_changed",
                "The file changed while it was read.",
            ));
        }
        upload.bytes.extend_from_slice(piece);
        Ok(())
    }

    /// Attaches what has come.
    ///
    /// # Errors
    /// As [`App::attach`]; `file_changed` if some of it is missing.
    pub async fn finish_upload(&self, number: u32) -> Result<Attachment, Error> {
        let upload = self.take_upload(number)?.ok_or(Error::NotFound("file"))?;
        if upload.bytes.len() != upload.size {
            return Err(Error::invalid(
                "file_changed",
                "The file changed while it was read.",
            ));
        }
        self.attach(upload.key, upload.name, upload.bytes).await
    }

    /// Forgets a file that is on its way. One that is not is left alone.
    ///
    /// # Errors
    /// When the archive is not open.
    pub fn drop_upload(&self, number: u32) -> Result<(), Error> {
        self.take_upload(number).map(|_| ())
    }

    fn take_upload(&self, number: u32) -> Result<Option<Upload>, Error> {
        let open = self.open()?;
        let mut held = open
            .uploads
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Ok(held.1.remove(&number))
    }
}
