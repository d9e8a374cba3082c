//! Files that tools returned: read apart as attached ones, kept with the call they came from.

use fluxchat_extract::Detected;
use fluxchat_model::{Attachment, AttachmentKind, Message, Part, ToolCallPart};
use fluxchat_store::{ReadTx, StoreError};

use super::{Taken, known, read};
use crate::app::Open;
use crate::temporary::Home;
use crate::tools::is_told_as_words;
use crate::{App, Error, profile};

/// A file that was read and is not kept yet.
pub(crate) struct ReadFile {
    pub(crate) name: String,
    taken: Taken,
}

impl ReadFile {
    pub(crate) fn kind(&self) -> AttachmentKind {
        self.taken.facts.kind
    }

    /// Its text, piece by piece.
    pub(crate) fn fresh_words(&self) -> impl Iterator<Item = &str> {
        self.taken.chunks.iter().map(|chunk| {
            let fresh = usize::try_from(chunk.fresh).unwrap_or(0);
            chunk.body.get(fresh..).unwrap_or_default()
        })
    }
}

impl App {
    /// Reads a file in a process of its own. Blocks.
    pub(crate) fn read_file_apart(
        &self,
        name: String,
        detected: Detected,
        bytes: Vec<u8>,
    ) -> Result<ReadFile, Error> {
        let taken = read(&self.reader()?, detected, bytes)?;
        Ok(ReadFile { name, taken })
    }

    /// Keeps the files a call returned and what came of it, or nothing: a file without a row is
    /// noise that the next start removes. Blocks.
    pub(crate) fn keep_files_of_call(
        &self,
        open: &Open,
        home: &Home,
        answer: &Message,
        call: &ToolCallPart,
        files: Vec<ReadFile>,
    ) -> Result<(), Error> {
        let mut written = Vec::with_capacity(files.len());
        let mut failed = None;
        for file in files {
            match self.write_file(home, Some(answer.conversation_id), file.name, file.taken) {
                Ok(file) => written.push(file),
                Err(error) => failed = Some(error),
            }
        }
        let kept = match failed {
            Some(error) => Err(error),
            None => home
                .store
                .write(|tx| {
                    tx.message_append_part(answer.id, &Part::ToolCall(call.clone()))?;
                    for file in &written {
                        file.insert(tx, home)?;
                        let part = Part::Attachment {
                            asset_id: file.attachment.asset_id,
                            name: file.attachment.name.clone(),
                            media_type: file.attachment.media_type.clone(),
                            call: Some(call.number),
                        };
                        tx.message_append_part(answer.id, &part)?;
                    }
                    Ok(())
                })
                .map_err(Error::from),
        };
        if kept.is_err() && !home.is_temporary {
            for file in &written {
                profile::remove_durably(&self.asset_path(file.attachment.asset_id))?;
            }
        }
        kept?;
        self.must_live(open, home)
    }
}

/// The files of a message that go along as files: what of a call is words stands in its result.
pub(crate) fn known_told(
    tx: &ReadTx<'_>,
    message: &Message,
) -> Result<Vec<Attachment>, StoreError> {
    let mut told = Vec::new();
    for part in &message.parts {
        let Part::Attachment { asset_id, call, .. } = part else {
            continue;
        };
        let files = known(tx, [*asset_id])?.into_iter();
        told.extend(files.filter(|it| call.is_none() || !is_told_as_words(it.facts.kind)));
    }
    Ok(told)
}
