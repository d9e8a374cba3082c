//! The bundled help.

use crate::{App, Error, consents};

/// The page of the promises, which the documentation shares with the help.
const PROMISES: &str = "promises";
const PROMISES_EN: &str = include_str!("../../../docs/PRIVACY-PROMISES.md");
const PROMISES_DE: &str = include_str!("../../../docs/PRIVACY-PROMISES.de.md");

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
        if slug == PROMISES {
            let text = if language == "de" {
                PROMISES_DE
            } else {
                PROMISES_EN
            };
            let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
            return Ok((title.trim_start_matches("# ").to_owned(), rest.to_owned()));
        }
        fluxchat_service::help::page(slug, language)
            .map(|page| (page.title.to_owned(), page.markdown()))
            .ok_or(Error::NotFound("help page"))
    }
}
