//! Folders and tags: what they are called, and what lies where.

use fluxchat_model::{Conversation, ConversationId, Folder, FolderId, Tag, TagId};
use fluxchat_store::{
    ConversationCursor, ConversationPatch, FolderTotal, ReadTx, StoreError, TagTotal, WriteTx,
};

use crate::{App, Error, Event, reserve};

/// Counting stops here: more is shown as "more than".
pub const MOST_COUNTED: u32 = 1_000;
/// What a person can still look through.
const MOST: usize = 1_000;
const LONGEST_NAME: usize = 100;

/// Where conversations are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filed {
    /// In a folder.
    Folder(FolderId),
    /// Under a tag.
    Tag(TagId),
}

impl App {
    /// All folders by name.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn folders(&self) -> Result<Vec<FolderTotal>, Error> {
        let mut folders = self.read(|tx| tx.folder_totals(MOST_COUNTED)).await?;
        folders.sort_by_cached_key(|total| total.folder.name.to_lowercase());
        Ok(folders)
    }

    /// All tags by name.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn tags(&self) -> Result<Vec<TagTotal>, Error> {
        let mut tags = self.read(|tx| tx.tag_totals(MOST_COUNTED)).await?;
        tags.sort_by_cached_key(|total| total.tag.name.to_lowercase());
        Ok(tags)
    }

    /// Makes a folder.
    ///
    /// # Errors
    /// `invalid_name`, `name_taken`.
    pub async fn add_folder(&self, name: &str) -> Result<Folder, Error> {
        let folder = Folder {
            id: self.fresh(FolderId::new)?,
            name: checked(name)?,
            created_at: self.now(),
        };
        let row = folder.clone();
        self.file(move |tx| {
            if !free(&folder_names(tx)?, &row.name, None) {
                return Ok(Err(taken()));
            }
            tx.folder_insert(&row).map(Ok)
        })
        .await?;
        Ok(folder)
    }

    /// Makes a tag.
    ///
    /// # Errors
    /// `invalid_name`, `name_taken`.
    pub async fn add_tag(&self, name: &str) -> Result<Tag, Error> {
        let tag = Tag {
            id: self.fresh(TagId::new)?,
            name: checked(name)?,
            created_at: self.now(),
        };
        let row = tag.clone();
        self.file(move |tx| {
            if !free(&tag_names(tx)?, &row.name, None) {
                return Ok(Err(taken()));
            }
            tx.tag_insert(&row).map(Ok)
        })
        .await?;
        Ok(tag)
    }

    /// Renames a folder.
    ///
    /// # Errors
    /// When it does not exist; `invalid_name`, `name_taken`.
    pub async fn rename_folder(&self, id: FolderId, name: &str) -> Result<(), Error> {
        let name = checked(name)?;
        self.file(move |tx| {
            if !free(&folder_names(tx)?, &name, Some(id)) {
                return Ok(Err(taken()));
            }
            tx.folder_rename(id, &name).map(Ok)
        })
        .await?;
        self.forget_names().await
    }

    /// Renames a tag.
    ///
    /// # Errors
    /// When it does not exist; `invalid_name`, `name_taken`.
    pub async fn rename_tag(&self, id: TagId, name: &str) -> Result<(), Error> {
        let name = checked(name)?;
        self.file(move |tx| {
            if !free(&tag_names(tx)?, &name, Some(id)) {
                return Ok(Err(taken()));
            }
            tx.tag_rename(id, &name).map(Ok)
        })
        .await?;
        self.forget_names().await
    }

    /// Removes a folder. Its conversations stay and lie in none.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn remove_folder(&self, id: FolderId) -> Result<(), Error> {
        self.file_deleting(move |tx| tx.folder_remove(id)).await
    }

    /// Removes a tag. Its conversations stay.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn remove_tag(&self, id: TagId) -> Result<(), Error> {
        self.file_deleting(move |tx| tx.tag_remove(id)).await
    }

    /// Puts a conversation into a folder, or takes it out of the one it is in.
    ///
    /// # Errors
    /// When conversation or folder do not exist.
    pub async fn move_conversation(
        &self,
        id: ConversationId,
        folder: Option<FolderId>,
    ) -> Result<Conversation, Error> {
        if let Some(folder) = folder {
            self.read(move |tx| tx.folder(folder))
                .await?
                .ok_or(Error::NotFound("folder"))?;
        }
        let patch = ConversationPatch {
            folder_id: Some(folder),
            ..ConversationPatch::default()
        };
        let moved = self.update_conversation(id, patch).await?;
        self.tell(Event::FilingChanged);
        Ok(moved)
    }

    /// The tags of a conversation.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn tags_of(&self, id: ConversationId) -> Result<Vec<TagId>, Error> {
        self.conversation(id).await?;
        self.read(move |tx| tx.tags_of(id)).await
    }

    /// Gives a conversation a tag, or takes it away. Returns the tags it has then.
    ///
    /// # Errors
    /// When conversation or tag do not exist.
    pub async fn tag_conversation(
        &self,
        id: ConversationId,
        tag: TagId,
        on: bool,
    ) -> Result<Vec<TagId>, Error> {
        self.must_be_kept(id)?;
        self.conversation(id).await?;
        self.read(move |tx| tx.tag(tag))
            .await?
            .ok_or(Error::NotFound("tag"))?;
        self.write(move |tx| tx.conversation_tag_set(id, tag, on))
            .await?;
        self.tell(Event::ConversationChanged(id));
        self.tell(Event::FilingChanged);
        self.tags_of(id).await
    }

    /// A page of what lies in a folder or under a tag, archived or not, newest first.
    ///
    /// # Errors
    /// When folder or tag do not exist.
    pub async fn conversations_filed(
        &self,
        filed: Filed,
        after: Option<ConversationCursor>,
        limit: u32,
    ) -> Result<Vec<Conversation>, Error> {
        self.read(move |tx| match filed {
            Filed::Folder(id) if tx.folder(id)?.is_none() => Err(StoreError::NotFound("folder")),
            Filed::Tag(id) if tx.tag(id)?.is_none() => Err(StoreError::NotFound("tag")),
            Filed::Folder(id) => tx.conversations_in_folder(id, after, limit),
            Filed::Tag(id) => tx.conversations_with_tag(id, after, limit),
        })
        .await
    }

    /// The folder of this name, however it is written.
    ///
    /// # Errors
    /// When there is none.
    pub async fn folder_named(&self, name: &str) -> Result<Folder, Error> {
        let wanted = name.trim().to_lowercase();
        let folders = self.read(|tx| tx.folders()).await?;
        let found = folders
            .into_iter()
            .find(|folder| folder.name.to_lowercase() == wanted || folder.id.to_string() == wanted);
        found.ok_or(Error::NotFound("folder"))
    }

    /// The tag of this name, however it is written.
    ///
    /// # Errors
    /// When there is none.
    pub async fn tag_named(&self, name: &str) -> Result<Tag, Error> {
        let wanted = name.trim().to_lowercase();
        let tags = self.read(|tx| tx.tags()).await?;
        let found = tags
            .into_iter()
            .find(|tag| tag.name.to_lowercase() == wanted || tag.id.to_string() == wanted);
        found.ok_or(Error::NotFound("tag"))
    }

    async fn file(
        &self,
        write: impl FnOnce(&WriteTx<'_>) -> Result<Result<(), Error>, StoreError> + Send + 'static,
    ) -> Result<(), Error> {
        self.write(write).await??;
        self.tell(Event::FilingChanged);
        Ok(())
    }

    async fn file_deleting(
        &self,
        write: impl Fn(&WriteTx<'_>) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), Error> {
        self.off_thread(move |app| {
            let open = app.open()?;
            reserve::deleting(&app.inner.options.profile, || open.store.write(&write))?;
            Ok(())
        })
        .await?;
        self.tell(Event::FilingChanged);
        self.forget_names().await
    }

    /// What a folder or a tag was called before is in the log of the archive until it is emptied.
    /// A reader of another process may be in the way; the next scrub takes it along.
    pub(crate) async fn forget_names(&self) -> Result<(), Error> {
        let open = self.open()?;
        match tokio::task::spawn_blocking(move || open.store.scrub()).await? {
            Ok(_) | Err(StoreError::Busy) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

type Names<Id> = Vec<(Id, String)>;

fn folder_names(tx: &ReadTx<'_>) -> Result<Names<FolderId>, StoreError> {
    let folders = tx.folders()?.into_iter();
    Ok(folders.map(|folder| (folder.id, folder.name)).collect())
}

fn tag_names(tx: &ReadTx<'_>) -> Result<Names<TagId>, StoreError> {
    let tags = tx.tags()?.into_iter();
    Ok(tags.map(|tag| (tag.id, tag.name)).collect())
}

/// Whether a name can be told from all others.
fn free<Id: PartialEq>(names: &[(Id, String)], wanted: &str, of: Option<Id>) -> bool {
    names.len() < MOST && free_among(names, wanted, of)
}

/// Whether a name can be told from all others, however many there are.
pub(crate) fn free_among<Id: PartialEq>(
    names: &[(Id, String)],
    wanted: &str,
    of: Option<Id>,
) -> bool {
    let wanted = wanted.to_lowercase();
    let mut others = names.iter().filter(|(id, _)| Some(id) != of.as_ref());
    others.all(|(_, name)| name.to_lowercase() != wanted)
}

pub(crate) fn taken() -> Error {
    Error::invalid(
        "name_taken",
        "There is one of this name already, or there are too many.",
    )
}

pub(crate) fn checked(name: &str) -> Result<String, Error> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control)
    {
        return Err(Error::invalid(
            "invalid_name",
            "A name has between 1 and 100 characters.",
        ));
    }
    Ok(name)
}
