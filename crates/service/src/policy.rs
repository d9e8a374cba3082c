//! The privacy policy, bundled so that it can be read before anything is sent.

use fluxchat_model::{Policy, PolicyVersion};
use sha2::{Digest, Sha256};

use crate::help::front_matter;

/// The languages of the policy and of the help (BCP 47); the first is the fallback.
pub const LANGUAGES: [&str; 2] = ["en", "de"];

struct Text {
    version: &'static str,
    language: &'static str,
    source: &'static str,
}

/// Newest version first.
const TEXTS: &[Text] = &[
    Text {
        version: "2026-11-01",
        language: "en",
        source: include_str!("../policy/2026-11-01/en.md"),
    },
    Text {
        version: "2026-11-01",
        language: "de",
        source: include_str!("../policy/2026-11-01/de.md"),
    },
];

impl Text {
    fn read(&self) -> Policy {
        let (head, markdown) = front_matter(self.source);
        Policy {
            version: PolicyVersion(self.version.to_owned()),
            language: self.language.to_owned(),
            sha256: hex::encode(Sha256::digest(markdown)),
            summary: head
                .filter(|(name, _)| *name == "summary")
                .map(|(_, sentence)| sentence.to_owned())
                .collect(),
            markdown: markdown.to_owned(),
        }
    }
}

/// Every bundled version in every language, newest version first.
#[must_use]
pub fn policies() -> Vec<Policy> {
    TEXTS.iter().map(Text::read).collect()
}

/// One version in one of [`LANGUAGES`].
#[must_use]
pub fn policy(version: &str, language: &str) -> Option<Policy> {
    TEXTS
        .iter()
        .find(|text| text.version == version && text.language == language)
        .map(Text::read)
}

/// The version in force, in the language that fits a BCP 47 tag best (`de-AT` gets `de`, what
/// there is no text for gets `en`).
#[must_use]
pub fn current_policy(language: &str) -> Policy {
    let language = best_language(&[language.to_ascii_lowercase()]);
    let fitting = TEXTS
        .iter()
        .find(|text| text.version == current_version() && text.language == language);
    fitting.unwrap_or(&TEXTS[0]).read()
}

pub(crate) fn current_version() -> &'static str {
    TEXTS[0].version
}

/// The first of the wanted languages that there is a text in.
pub(crate) fn best_language(wanted: &[String]) -> &'static str {
    wanted
        .iter()
        .filter_map(|tag| tag.split(['-', '_']).next())
        .find_map(|primary| {
            LANGUAGES
                .into_iter()
                .find(|language| primary.eq_ignore_ascii_case(language))
        })
        .unwrap_or(LANGUAGES[0])
}
