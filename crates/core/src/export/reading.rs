//! One conversation for reading, without any app: the branch that is shown, as Markdown.

use std::path::PathBuf;

use fluxchat_exchange::Sheet;
use fluxchat_model::ConversationId;
use fluxchat_store::{PathAnchor, StoreError};

use super::content::BRANCH_PAGE;
use super::save_small;
use super::target::settled;
use crate::{App, Error};

impl App {
    /// Under which name a conversation is offered to be saved.
    ///
    /// # Errors
    /// When the conversation does not exist.
    pub async fn conversation_file_name(&self, id: ConversationId) -> Result<String, Error> {
        Ok(Sheet::file_name(&self.conversation(id).await?))
    }

    /// Writes it for its owner alone, complete or not at all. Returns the name of the file.
    /// `language` as for [`App::conversation_text`].
    ///
    /// # Errors
    /// When the conversation does not exist; `export_exists`, `export_link`, `export_place`,
    /// `export_unwritable`, `disk_full`.
    pub async fn conversation_text_save(
        &self,
        id: ConversationId,
        with_workings: bool,
        language: &str,
        path: PathBuf,
        replace: bool,
    ) -> Result<String, Error> {
        let text = self.conversation_text(id, with_workings, language).await?;
        let profile = self.inner.options.profile.clone();
        let save = move || save_small(&settled(&path, &profile)?, text.as_bytes(), replace);
        tokio::task::spawn_blocking(save).await?
    }

    /// The branch of a conversation that is shown, as Markdown; `with_workings` adds what was
    /// thought, and what tools were asked and answered. What stands between its words is in
    /// `language`, a BCP 47 tag.
    ///
    /// # Errors
    /// When the conversation does not exist.
    pub async fn conversation_text(
        &self,
        id: ConversationId,
        with_workings: bool,
        language: &str,
    ) -> Result<String, Error> {
        let open = self.open()?;
        let home = open.home(id);
        let language = language.to_owned();
        self.read_at(&home, move |tx| {
            let conversation = tx
                .conversation(id)?
                .ok_or(StoreError::NotFound("conversation"))?;
            let sources = tx.sources()?;
            let source = sources
                .iter()
                .find(|source| Some(source.id) == conversation.source_id)
                .map(|source| source.name.as_str());
            let mut page = tx.path_page(id, PathAnchor::Start, BRANCH_PAGE)?;
            let all = tx.export_message_count(id)?;
            let others = all.saturating_sub(u64::from(page.total));
            let mut sheet = Sheet::new(&conversation, source, others, with_workings, &language);
            while let Some(last) = page.items.last().map(|item| item.message.id) {
                let has_later = page.has_later();
                for item in page.items {
                    let version = (item.sibling_index + 1, item.sibling_count);
                    let flag = tx.statement_flag(item.message.id)?;
                    let message = crate::chat::writable(open.as_it_stands(item.message));
                    sheet.add(&message, version, flag.as_ref());
                }
                if !has_later {
                    break;
                }
                page = tx.path_page(id, PathAnchor::After(last), BRANCH_PAGE)?;
            }
            Ok(sheet.finish())
        })
        .await
    }
}
