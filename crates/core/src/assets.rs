//! Files that belong to messages: one key per row, encrypted in chunks, read in ranges.

use std::io::Write as _;
use std::path::PathBuf;

use fluxchat_model::{AssetId, ConversationId};
use fluxchat_store::Asset;
use fluxchat_vault::asset::{AssetReader, AssetWriter};

use crate::{App, Error, profile};

/// What of a file was asked for.
#[derive(Clone, Debug)]
pub struct AssetBytes {
    /// Its media type, as it was added.
    pub media_type: String,
    /// Its whole length in bytes.
    pub length: u64,
    /// Where `bytes` begins.
    pub start: u64,
    /// The part.
    pub bytes: Vec<u8>,
}

impl App {
    /// Keeps a file, encrypted under a key of its own.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn add_asset(
        &self,
        conversation: Option<ConversationId>,
        name: String,
        media_type: String,
        bytes: Vec<u8>,
    ) -> Result<AssetId, Error> {
        if let Some(conversation) = conversation {
            self.must_be_kept(conversation)?;
        }
        let id = self.fresh(AssetId::new)?;
        self.off_thread(move |app| {
            let open = app.open()?;
            let key = fluxchat_vault::asset::new_key()?;
            let path = app.asset_path(id);
            if let Some(folder) = path.parent() {
                profile::create_private(folder)?;
            }
            let mut writer = AssetWriter::create(&path, &key)?;
            writer.write_all(&bytes)?;
            let written = writer.finish()?;
            let asset = Asset {
                id,
                key,
                content_hash: written.content_hash,
                media_type,
                bytes: written.size,
                conversation_id: conversation,
                created_at: app.now(),
                name,
            };
            // The row comes last: a file without a row is noise that the next start removes.
            open.store.write(|tx| tx.asset_insert(&asset))?;
            Ok(id)
        })
        .await
    }

    /// Reads a part of a file; `length` bytes from `start` at most.
    ///
    /// # Errors
    /// When it does not exist or is damaged.
    pub async fn asset_range(
        &self,
        id: AssetId,
        start: u64,
        length: u64,
    ) -> Result<AssetBytes, Error> {
        self.off_thread(move |app| {
            let open = app.open()?;
            let home = open.home_of_asset(id)?;
            let asset = home
                .store
                .read(|tx| tx.asset(id))?
                .ok_or(Error::NotFound("file"))?;
            if home.is_temporary {
                let bytes = app.file_bytes(&home, id)?;
                let whole = bytes.len() as u64;
                let start = start.min(whole);
                let end = start + length.min(whole - start);
                let range = usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0);
                return Ok(AssetBytes {
                    media_type: asset.media_type,
                    length: whole,
                    start,
                    bytes: bytes.get(range).unwrap_or_default().to_vec(),
                });
            }
            let mut reader = AssetReader::open(&app.asset_path(id), &asset.key)?;
            let whole = reader.len();
            let start = start.min(whole);
            let length = length.min(whole - start);
            let bytes = reader.read_range(start, usize::try_from(length).unwrap_or(usize::MAX))?;
            Ok(AssetBytes {
                media_type: asset.media_type,
                length: whole,
                start,
                bytes,
            })
        })
        .await
    }

    pub(crate) fn asset_path(&self, id: AssetId) -> PathBuf {
        self.inner
            .options
            .profile
            .join(profile::ASSET_FOLDER)
            .join(id.to_string())
    }
}
