//! Files of a temporary conversation that is to be kept: out of memory, into the archive.

use std::io::Write as _;

use fluxchat_model::{AssetId, Attachment, ConversationId, DraftKey};
use fluxchat_store::{Asset, AttachmentChunk, Store, StoreError, WriteTx};
use fluxchat_vault::asset::AssetWriter;

use crate::{App, Error, profile};

/// A file that was written and has no row yet.
pub(crate) struct Moved {
    asset: Asset,
    attachment: Attachment,
    chunks: Vec<AttachmentChunk>,
    is_draft: bool,
}

impl App {
    /// Writes the files of a store in memory. A file without a row is noise that the next start
    /// removes.
    pub(crate) fn move_files(
        &self,
        store: &Store,
        id: ConversationId,
    ) -> Result<Vec<Moved>, Error> {
        let (ids, drafts) = store.read(|tx| {
            let drafts = tx.draft_attachments(DraftKey::Conversation(id))?;
            Ok((tx.asset_ids()?, drafts))
        })?;
        let is_draft = |id: AssetId| drafts.iter().any(|it| it.asset_id == id);
        // Files beside the unsent text keep their order.
        let said = ids.iter().copied().filter(|id| !is_draft(*id));
        let beside = drafts.iter().map(|it| it.asset_id);
        said.chain(beside)
            .map(|id| self.move_file(store, id, is_draft(id)))
            .collect()
    }

    fn move_file(&self, store: &Store, id: AssetId, is_draft: bool) -> Result<Moved, Error> {
        let (asset, attachment, chunks, bytes) = store.read(|tx| {
            let missing = StoreError::NotFound("file");
            Ok((
                tx.asset(id)?.ok_or(missing.clone())?,
                tx.attachment(id)?.ok_or(missing.clone())?,
                tx.attachment_chunks(id, 0, u32::MAX)?,
                tx.asset_in_memory(id)?.ok_or(missing)?,
            ))
        })?;
        let path = self.asset_path(id);
        if let Some(folder) = path.parent() {
            profile::create_private(folder)?;
        }
        let mut writer = AssetWriter::create(&path, &asset.key)?;
        writer.write_all(&bytes)?;
        let content_hash = writer.finish()?.content_hash;
        Ok(Moved {
            asset: Asset {
                content_hash,
                ..asset
            },
            attachment,
            chunks,
            is_draft,
        })
    }
}

/// Gives moved files their rows. The conversation is there, its messages are not.
pub(crate) fn settle(
    tx: &WriteTx<'_>,
    id: ConversationId,
    files: &[Moved],
) -> Result<(), StoreError> {
    for file in files {
        tx.asset_insert(&file.asset)?;
        tx.attachment_insert(&file.attachment, &file.chunks)?;
        if file.is_draft {
            tx.draft_attachment_add(DraftKey::Conversation(id), file.asset.id)?;
        }
    }
    Ok(())
}
