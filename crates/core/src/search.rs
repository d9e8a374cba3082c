//! Search, and what was searched for.

use fluxchat_store::{SearchHit, SearchQuery, SearchScope};

use crate::{App, Error, restriction};

const REMEMBERED: u32 = 20;

impl App {
    /// The newest messages and titles that match what was typed; the last word may go on.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn search(
        &self,
        text: String,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<SearchHit>, Error> {
        let query = SearchQuery {
            text,
            prefix_last: true,
            scope: SearchScope::All,
            before,
            limit,
        };
        self.read(move |tx| tx.search(&query)).await
    }

    /// What was searched for last, newest first. Nothing is suggested while everything is frozen.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn recent_searches(&self) -> Result<Vec<String>, Error> {
        let recent = self
            .read(|tx| {
                if restriction::is_everything_frozen(tx)? {
                    return Ok(Vec::new());
                }
                tx.recent_searches(REMEMBERED)
            })
            .await?;
        Ok(recent.into_iter().map(|search| search.query).collect())
    }

    /// Remembers a search whose hit was opened.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn remember_search(&self, query: String) -> Result<(), Error> {
        let query = query.trim().to_owned();
        if query.is_empty() {
            return Ok(());
        }
        let now = self.now();
        self.write(move |tx| tx.recent_search_add(&query, now))
            .await
    }

    /// Forgets every search.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn forget_searches(&self) -> Result<(), Error> {
        self.write(|tx| tx.recent_searches_clear()).await?;
        let open = self.open()?;
        tokio::task::spawn_blocking(move || open.store.scrub()).await??;
        Ok(())
    }
}
