//! The bundled help.

use crate::{App, Error, consents};

impl App {
    /// Title and Markdown of a page, named `page` or `page#section`.
    ///
    /// # Errors
    /// When there is no such page.
    pub fn help_page(&self, target: &str, language: &str) -> Result<(String, String), Error> {
        let slug = target
            .trim_start_matches("help:")
            .split('#')
            .next()
            .unwrap_or_default();
        let language = consents::supported_language(language);
        fluxchat_service::help::page(slug, language)
            .map(|page| (page.title.to_owned(), page.markdown()))
            .ok_or(Error::NotFound("help page"))
    }
}
