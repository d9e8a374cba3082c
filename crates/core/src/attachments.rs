//! Files that go with a question: read apart, kept encrypted, told as far as a source can take
//! them.

mod answer;
mod best;
mod dropped;
mod keep;
mod parts;
mod pieces;
mod returned;
mod tell;
mod told;
mod upload;

use std::io::Write as _;
use std::sync::PoisonError;

use fluxchat_extract::{Detected, LARGEST_FILE, Picture, ReadError, Reader, Text, detect};
use fluxchat_model::{
    AssetId, Attachment, AttachmentFacts, AttachmentKind, ConversationId, DraftKey, Message,
    MessageId, Part,
};
use fluxchat_store::{Asset, AttachmentChunk, ReadTx, StoreError, WriteTx};
use fluxchat_vault::asset::AssetWriter;

use crate::app::Open;
use crate::temporary::Home;
use crate::{App, Error, profile};

pub(crate) use answer::{citation, cited};
pub(crate) use dropped::Dropped;
pub use dropped::{DroppedFile, read_file};
pub(crate) use keep::{Moved, settle};
pub(crate) use returned::{ReadFile, known_told};
pub use tell::FileSent;
pub(crate) use tell::{Said, path};
pub use told::ShownFile;
pub(crate) use upload::Uploads;

/// Files beside one question.
pub const MOST_FILES: usize = 20;
/// Up to here a text goes whole, in bytes: some six thousand tokens.
pub(crate) const WHOLE: u32 = 24 << 10;
/// The longest name that is kept, in characters.
const LONGEST_NAME: usize = 160;

/// A file as it was read: what is kept of it.
struct Taken {
    media_type: String,
    bytes: Vec<u8>,
    facts: AttachmentFacts,
    chunks: Vec<AttachmentChunk>,
}

/// A file that was written and has no row yet.
struct Written {
    asset: Asset,
    attachment: Attachment,
    chunks: Vec<AttachmentChunk>,
    /// The file, where it lives in memory.
    bytes: Vec<u8>,
}

impl Written {
    fn insert(&self, tx: &WriteTx<'_>, home: &Home) -> Result<(), StoreError> {
        tx.asset_insert(&self.asset)?;
        if home.is_temporary {
            tx.asset_keep_in_memory(self.asset.id, &self.bytes)?;
        }
        tx.attachment_insert(&self.attachment, &self.chunks)
    }
}

impl App {
    /// Puts a file beside an unsent text: reads it apart, takes out of a picture what its file
    /// tells besides, and keeps it encrypted. Nothing leaves.
    ///
    /// # Errors
    /// `file_empty`, `file_too_large`, `too_many_files`, `file_kind`, `file_unreadable`, `file_protected`,
    /// `file_too_much`; when it
    /// cannot be written.
    pub async fn attach(
        &self,
        key: DraftKey,
        name: String,
        bytes: Vec<u8>,
    ) -> Result<Attachment, Error> {
        self.attach_from(key, name, bytes, None).await
    }

    /// The same of a file that came from a server of tools.
    pub(crate) async fn attach_from(
        &self,
        key: DraftKey,
        name: String,
        bytes: Vec<u8>,
        from: Option<String>,
    ) -> Result<Attachment, Error> {
        if bytes.is_empty() {
            return Err(Error::invalid("file_empty", "The file is empty."));
        }
        if bytes.len() > LARGEST_FILE {
            return Err(too_large());
        }
        let home = self.home_of_draft(key)?;
        let there = self
            .read_at(&home, move |tx| tx.draft_attachments(key))
            .await?;
        if there.len() >= MOST_FILES {
            return Err(Error::invalid(
                "too_many_files",
                "There are twenty files beside this question already.",
            ));
        }
        let name = tidy_name(&name);
        let detected = detect(&name, &bytes).ok_or_else(|| {
            Error::invalid(
                "file_kind",
                "This is not a kind of file that can be attached: pictures, PDF, office documents, web pages, text and sound can.",
            )
        })?;
        self.off_thread(move |app| {
            let mut taken = read(&app.reader()?, detected, bytes)?;
            taken.facts.from = from;
            let open = app.open()?;
            app.keep_file(&open, &home, key, name, taken)
        })
        .await
    }

    fn keep_file(
        &self,
        open: &Open,
        home: &Home,
        draft: DraftKey,
        name: String,
        taken: Taken,
    ) -> Result<Attachment, Error> {
        let conversation = match draft {
            DraftKey::Conversation(id) => Some(id),
            DraftKey::NewConversation => None,
        };
        let file = self.write_file(home, conversation, name, taken)?;
        let written = home.store.write(|tx| {
            file.insert(tx, home)?;
            tx.draft_attachment_add(draft, file.attachment.asset_id)
        });
        if let Err(error) = written {
            if !home.is_temporary {
                profile::remove_durably(&self.asset_path(file.attachment.asset_id))?;
            }
            return Err(error.into());
        }
        self.must_live(open, home)?;
        Ok(file.attachment)
    }

    /// Writes a file, encrypted under a key of its own; of a conversation in memory, nothing. Its row
    /// is still to come.
    fn write_file(
        &self,
        home: &Home,
        conversation_id: Option<ConversationId>,
        name: String,
        taken: Taken,
    ) -> Result<Written, Error> {
        let id = self.fresh(AssetId::new)?;
        let key = fluxchat_vault::asset::new_key()?;
        let content_hash = if home.is_temporary {
            [0; 32]
        } else {
            let path = self.asset_path(id);
            if let Some(folder) = path.parent() {
                profile::create_private(folder)?;
            }
            let mut writer = AssetWriter::create(&path, &key)?;
            writer.write_all(&taken.bytes)?;
            writer.finish()?.content_hash
        };
        Ok(Written {
            asset: Asset {
                id,
                key,
                content_hash,
                media_type: taken.media_type.clone(),
                bytes: taken.bytes.len() as u64,
                conversation_id,
                created_at: self.now(),
                name: name.clone(),
            },
            attachment: Attachment {
                asset_id: id,
                name,
                media_type: taken.media_type,
                bytes: taken.bytes.len() as u64,
                facts: taken.facts,
            },
            chunks: taken.chunks,
            bytes: if home.is_temporary {
                taken.bytes
            } else {
                Vec::new()
            },
        })
    }

    /// Whoever closed the archive in between has ended what lived in memory.
    fn must_live(&self, open: &Open, home: &Home) -> Result<(), Error> {
        if home.is_temporary && open.stop.is_cancelled() {
            return Err(Error::NotOpen(self.state()));
        }
        Ok(())
    }

    /// The files beside an unsent text.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn attachments(&self, key: DraftKey) -> Result<Vec<Attachment>, Error> {
        self.read_at(&self.home_of_draft(key)?, move |tx| {
            tx.draft_attachments(key)
        })
        .await
    }

    /// Takes a file away from its unsent text, and erases it.
    ///
    /// # Errors
    /// When it is beside none, or cannot be removed.
    pub async fn detach(&self, key: DraftKey, id: AssetId) -> Result<(), Error> {
        let home = self.home_of_draft(key)?;
        self.off_thread(move |app| {
            let gone = home.store.write(|tx| {
                if !tx.draft_attachment_take(id)? {
                    return Err(StoreError::NotFound("file"));
                }
                tx.asset_remove_unused(id)
            })?;
            if gone && !home.is_temporary {
                profile::remove_durably(&app.asset_path(id))?;
            }
            Ok(())
        })
        .await
    }

    /// The text of a file, from a piece on: for a look at it.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn attachment_text(
        &self,
        id: AssetId,
        from: i64,
    ) -> Result<Vec<AttachmentChunk>, Error> {
        let home = self.home_of_asset(id).await?;
        self.read_at(&home, move |tx| {
            let mut chunks = tx.attachment_chunks(id, from, PIECES_SHOWN)?;
            for chunk in &mut chunks {
                let fresh = usize::try_from(chunk.fresh).unwrap_or(0);
                chunk.body.drain(..fresh.min(chunk.body.len()));
            }
            Ok(chunks)
        })
        .await
    }

    /// The piece of a file with which a page begins; 0 if there is no such page.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn attachment_page(&self, id: AssetId, page: u32) -> Result<i64, Error> {
        let home = self.home_of_asset(id).await?;
        let found = self.read_at(&home, move |tx| tx.attachment_page_start(id, page));
        Ok(found.await?.unwrap_or(0))
    }

    /// Has files read by a process of this program, which must call
    /// [`crate::read_apart_if_asked`] first of all. Without it, by the running one.
    pub fn read_files_with(&self, program: std::path::PathBuf) {
        let reader = self.inner.reader.lock();
        *reader.unwrap_or_else(PoisonError::into_inner) = Some(Reader::of(program));
    }

    pub(crate) fn reader(&self) -> Result<Reader, Error> {
        let reader = self.inner.reader.lock();
        match reader.unwrap_or_else(PoisonError::into_inner).clone() {
            Some(reader) => Ok(reader),
            None => Reader::this_program().map_err(unreadable),
        }
    }

    /// Where a file lives, asked off the async threads.
    pub(crate) async fn home_of_asset(&self, id: AssetId) -> Result<Home, Error> {
        self.off_thread(move |app| Ok(app.open()?.home_of_asset(id)?))
            .await
    }

    /// All of a file. Blocks.
    pub(crate) fn file_bytes(&self, home: &Home, id: AssetId) -> Result<Vec<u8>, Error> {
        let missing = Error::NotFound("file");
        if home.is_temporary {
            let bytes = home.store.read(|tx| tx.asset_in_memory(id))?;
            return bytes.ok_or(missing);
        }
        let asset = home.store.read(|tx| tx.asset(id))?.ok_or(missing)?;
        let mut reader =
            fluxchat_vault::asset::AssetReader::open(&self.asset_path(id), &asset.key)?;
        let length = reader.len();
        Ok(reader.read_range(0, usize::try_from(length).unwrap_or(usize::MAX))?)
    }
}

/// Pieces per page of a look at a file.
const PIECES_SHOWN: u32 = 40;

fn too_large() -> Error {
    Error::invalid("file_too_large", "The file is larger than 50 MB.")
}

pub(crate) fn unreadable(error: ReadError) -> Error {
    let code = match error {
        ReadError::NoReader => "no_reader",
        ReadError::Protected => "file_protected",
        ReadError::TooLarge | ReadError::Stopped => "file_too_much",
        _ => "file_unreadable",
    };
    Error::invalid(code, error.to_string())
}

fn read(reader: &Reader, detected: Detected, bytes: Vec<u8>) -> Result<Taken, Error> {
    let Detected { kind, media_type } = detected;
    let mut facts = AttachmentFacts::new(kind);
    match kind {
        AttachmentKind::Audio => Ok(Taken {
            media_type: media_type.to_owned(),
            bytes,
            facts,
            chunks: Vec::new(),
        }),
        AttachmentKind::Picture => {
            let picture = reader.picture(bytes).map_err(unreadable)?;
            let Picture {
                media_type, bytes, ..
            } = picture;
            facts.width = picture.width;
            facts.height = picture.height;
            facts.had_details = picture.had_details;
            facts.was_scaled = picture.was_scaled;
            Ok(Taken {
                media_type,
                bytes,
                facts,
                chunks: Vec::new(),
            })
        }
        _ => {
            let text = match reader.text(kind, bytes.clone()) {
                Ok(text) => text,
                // Some sources read it by themselves.
                Err(error @ (ReadError::Damaged | ReadError::Stopped))
                    if kind == AttachmentKind::Pdf =>
                {
                    facts.problem = Some(problem(error).to_owned());
                    Text::default()
                }
                Err(error) => return Err(unreadable(error)),
            };
            let chunks = pieces::cut(&text.pages);
            if chunks.is_empty() && kind != AttachmentKind::Pdf {
                return Err(Error::invalid(
                    "file_empty",
                    "There are no words in the file.",
                ));
            }
            facts.page_count = text.page_count;
            facts.is_partial = text.is_partial;
            facts.text_bytes = pieces::length(&chunks);
            Ok(Taken {
                media_type: media_type.to_owned(),
                bytes,
                facts,
                chunks,
            })
        }
    }
}

fn problem(error: ReadError) -> &'static str {
    match error {
        ReadError::Stopped => "stopped",
        _ => "damaged",
    }
}

/// A name without folders and without what cannot be shown.
pub(crate) fn tidy_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last
        .chars()
        .filter(|it| !it.is_control() && !is_hidden(*it))
        .take(LONGEST_NAME)
        .collect();
    let shown = shown.trim();
    if shown.is_empty() {
        "file".to_owned()
    } else {
        shown.to_owned()
    }
}

/// Characters without a look of their own, which turn names around.
fn is_hidden(it: char) -> bool {
    matches!(it, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// The files of a message.
pub(crate) fn of(parts: &[Part]) -> impl Iterator<Item = AssetId> + '_ {
    parts.iter().filter_map(|part| match part {
        Part::Attachment { asset_id, .. } => Some(*asset_id),
        _ => None,
    })
}

/// Files as parts of a message.
pub(crate) fn parts(attachments: &[Attachment]) -> Vec<Part> {
    attachments
        .iter()
        .map(|it| Part::Attachment {
            asset_id: it.asset_id,
            name: it.name.clone(),
            media_type: it.media_type.clone(),
            call: None,
        })
        .collect()
}

/// The files that are to go with a question, in this order; each must be beside its unsent text.
pub(crate) fn chosen(
    tx: &ReadTx<'_>,
    key: DraftKey,
    ids: &[AssetId],
) -> Result<Vec<Attachment>, StoreError> {
    let there = if ids.is_empty() {
        Vec::new()
    } else {
        tx.draft_attachments(key)?
    };
    ids.iter()
        .map(|id| {
            there
                .iter()
                .find(|it| it.asset_id == *id)
                .cloned()
                .ok_or(StoreError::NotFound("file"))
        })
        .collect()
}

/// Those of these files that are there.
pub(crate) fn known(
    tx: &ReadTx<'_>,
    ids: impl IntoIterator<Item = AssetId>,
) -> Result<Vec<Attachment>, StoreError> {
    ids.into_iter()
        .filter_map(|id| tx.attachment(id).transpose())
        .collect()
}

/// Files that are in a message now are beside no unsent text any more.
pub(crate) fn sent(tx: &WriteTx<'_>, question: &Message) -> Result<(), StoreError> {
    for id in of(&question.parts) {
        tx.draft_attachment_take(id)?;
    }
    Ok(())
}

/// Keeps what an answer's source is given, so that it can be seen while the answer arrives.
pub(crate) fn note(
    tx: &WriteTx<'_>,
    answer: MessageId,
    told: &[fluxchat_model::AttachmentTold],
) -> Result<(), StoreError> {
    tx.attachments_told_set(answer, told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_nothing_of_folders() {
        assert_eq!(tidy_name("/home/ada/secret/report.pdf"), "report.pdf");
        assert_eq!(tidy_name("C:\\Users\\ada\\a b.txt"), "a b.txt");
        assert_eq!(tidy_name("evil\u{202E}fdp.exe\n"), "evilfdp.exe");
        assert_eq!(tidy_name(" / "), "file");
        assert_eq!(tidy_name(&"x".repeat(900)).len(), LONGEST_NAME);
    }
}
