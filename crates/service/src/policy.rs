//! The privacy policy, bundled so that it can be read before anything is sent.

use fluxchat_model::{Policy, PolicyVersion, Timestamp};
use sha2::{Digest, Sha256};

use crate::date::date;
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
    Text {
        version: "2026-10-01",
        language: "en",
        source: include_str!("../policy/2026-10-01/en.md"),
    },
    Text {
        version: "2026-10-01",
        language: "de",
        source: include_str!("../policy/2026-10-01/de.md"),
    },
];

impl Text {
    fn read(&self) -> Policy {
        let (head, markdown) = front_matter(self.source);
        let head: Vec<_> = head.collect();
        let all = |wanted: &str| {
            let fields = head.iter().filter(|(name, _)| *name == wanted);
            fields.map(|(_, value)| (*value).to_owned()).collect()
        };
        Policy {
            version: PolicyVersion(self.version.to_owned()),
            language: self.language.to_owned(),
            sha256: hex::encode(Sha256::digest(markdown)),
            changed: all("changed"),
            summary: all("summary"),
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

/// The purposes that a bundled version changed; `None` if it is not one.
#[must_use]
pub fn policy_changes(version: &str) -> Option<Vec<&'static str>> {
    let text = TEXTS.iter().find(|text| text.version == version)?;
    let (head, _) = front_matter(text.source);
    let changed = head.filter(|(name, _)| *name == "changed");
    Some(changed.map(|(_, purpose)| purpose).collect())
}

/// The bundled versions, newest first.
#[must_use]
pub fn policy_versions() -> Vec<PolicyVersion> {
    let mut versions: Vec<_> = TEXTS.iter().map(|text| text.version).collect();
    versions.dedup();
    versions
        .into_iter()
        .map(|version| PolicyVersion(version.to_owned()))
        .collect()
}

/// Which of some versions is in force: the newest whose date has come. Where none has come, as
/// with a clock that is wrong, the oldest.
#[must_use]
pub fn in_force<'v>(
    versions: impl IntoIterator<Item = &'v PolicyVersion>,
    now: Timestamp,
) -> Option<&'v PolicyVersion> {
    let today = date(now);
    let mut found: Option<&PolicyVersion> = None;
    let mut oldest: Option<&PolicyVersion> = None;
    for version in versions {
        if version.0 <= today && found.is_none_or(|it| it < version) {
            found = Some(version);
        }
        if oldest.is_none_or(|it| it > version) {
            oldest = Some(version);
        }
    }
    found.or(oldest)
}

/// The bundled version in force, in the language that fits a BCP 47 tag best (`de-AT` gets `de`,
/// what there is no text for gets `en`).
#[must_use]
pub fn current_policy(language: &str, now: Timestamp) -> Policy {
    let language = best_language(&[language.to_ascii_lowercase()]);
    let versions = policy_versions();
    let version = in_force(&versions, now);
    let fitting = TEXTS
        .iter()
        .find(|text| version.is_some_and(|it| it.0 == text.version) && text.language == language);
    fitting.unwrap_or(&TEXTS[0]).read()
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
