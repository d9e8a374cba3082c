//! Search, and what was searched for.

use fluxchat_store::{SearchHit, SearchQuery, SearchScope};

mod tokens;

pub(crate) use tokens::parse;
pub use tokens::{SearchToken, TokenKind};

use crate::{App, Error, restriction};

const REMEMBERED: u32 = 20;

/// A page of hits.
#[derive(Clone, Debug)]
pub struct Found {
    /// Newest first.
    pub hits: Vec<SearchHit>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<i64>,
    /// What narrows the search, in the order it was typed.
    pub tokens: Vec<SearchToken>,
}

impl App {
    /// The newest messages and titles that match what was typed; the last word may go on.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn search(
        &self,
        text: String,
        mut before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<SearchHit>, Error> {
        let mut hits = Vec::new();
        loop {
            let left = limit.saturating_sub(u32::try_from(hits.len()).unwrap_or(limit));
            let page = self.search_page(text.clone(), before, left).await?;
            hits.extend(page.hits);
            before = page.next;
            if before.is_none() || hits.len() >= limit as usize {
                return Ok(hits);
            }
        }
    }

    /// A page of the same, as far as it costs little, and what the tokens in it narrow by.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn search_page(
        &self,
        text: String,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Found, Error> {
        let typed = parse(&text, self.now());
        let query = SearchQuery {
            text: typed.words,
            prefix_last: true,
            scope: SearchScope::All,
            filter: typed.filter,
            before,
            limit,
        };
        let page = self.read(move |tx| tx.search_page(&query)).await?;
        let mut hits = page.hits;
        for hit in hits.iter_mut().filter(|hit| hit.message_id.is_some()) {
            hit.snippet = fluxchat_markup::snippet(&hit.snippet);
        }
        Ok(Found {
            hits,
            next: page.next,
            tokens: typed.tokens,
        })
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
