//! Search.

use fluxchat_core::App;
use fluxchat_core::SearchHit as Found;

use super::page;
use crate::ApiError;
use crate::dto::search::{
    RecentSearches, SearchHit, SearchPage, SearchRememberReq, SearchReq, SnippetPart,
};
use crate::dto::{Done, Empty};

type Answer<T> = Result<T, ApiError>;

/// Searches titles and messages.
///
/// # Errors
/// When the cursor is none of ours or the archive is not open.
pub async fn search_query(app: &App, req: SearchReq) -> Answer<SearchPage> {
    let before = req
        .cursor
        .map(|cursor| cursor.parse::<i64>())
        .transpose()
        .map_err(|_| ApiError::invalid("invalid_cursor", "This is no page of the hits."))?;
    let limit = page(req.limit).min(100);
    let found = app.search_page(req.query, before, limit).await?;
    Ok(SearchPage {
        hits: found.hits.into_iter().map(hit).collect(),
        next: found.next.map(|cursor| cursor.to_string()),
        filters: found.tokens.into_iter().map(|it| it.text).collect(),
    })
}

/// What was searched for last.
///
/// # Errors
/// When the archive is not open.
pub async fn search_recent(app: &App, _: Empty) -> Answer<RecentSearches> {
    Ok(RecentSearches {
        queries: app.recent_searches().await?,
    })
}

/// Remembers a search.
///
/// # Errors
/// When the archive is not open.
pub async fn search_remember(app: &App, req: SearchRememberReq) -> Answer<Done> {
    app.remember_search(req.query).await?;
    Ok(Done {})
}

/// Forgets every search.
///
/// # Errors
/// When the archive is not open.
pub async fn search_forget(app: &App, _: Empty) -> Answer<Done> {
    app.forget_searches().await?;
    Ok(Done {})
}

fn hit(found: Found) -> SearchHit {
    SearchHit {
        conversation_id: found.conversation_id,
        message_id: found.message_id,
        title: found.title,
        role: found.role,
        snippet: found
            .snippet
            .into_iter()
            .map(|(text, marked)| SnippetPart { text, marked })
            .collect(),
        at: found.at,
    }
}
