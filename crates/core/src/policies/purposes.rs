//! What a policy says about each purpose, as a hash. A version that changes it asks anew, whether it
//! says so or not.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use fluxchat_model::{Policy, Purpose};
use sha2::{Digest as _, Sha256};

use super::diff::{Kind, paragraphs};

type Hash = [u8; 32];

/// Beginnings of the words by which the texts name a purpose, in every language of them.
fn names(purpose: Purpose) -> &'static [&'static str] {
    match purpose {
        Purpose::CrashReport => &["crash", "absturz"],
        Purpose::UsageAnalytics => &["usage", "statistic", "nutzung", "statistik"],
        Purpose::ProductImprovement => &["improve", "verbesser"],
        Purpose::AiTraining => &["train"],
        Purpose::DirectMarketing => &["news", "neuigkeit", "marketing"],
        _ => &[],
    }
}

fn is_named(purpose: Purpose, text: &str) -> bool {
    let text = text.to_lowercase();
    let begins = |word: &str| names(purpose).iter().any(|name| word.starts_with(name));
    text.contains(purpose.id()) || text.split(|c: char| !c.is_alphanumeric()).any(begins)
}

/// The sentences that name a purpose, and all of a section whose heading does. All of a text that
/// does not name it: then any change may be one of it.
fn statement(policy: &Policy, purpose: Purpose) -> Hash {
    let mut said = Vec::new();
    let mut in_section = false;
    let all = paragraphs(&policy.markdown);
    for paragraph in &all {
        match paragraph.kind {
            Kind::Heading => in_section = is_named(purpose, &paragraph.text),
            _ if in_section => said.push(paragraph.text.as_str()),
            Kind::Row if is_named(purpose, &paragraph.text) => said.push(&paragraph.text),
            Kind::Row => {}
            Kind::Paragraph | Kind::Item => {
                let sentences = paragraph.text.split_inclusive(". ");
                said.extend(sentences.filter(|it| is_named(purpose, it)));
            }
        }
    }
    let summary = policy.summary.iter().map(String::as_str);
    said.extend(summary.filter(|it| is_named(purpose, it)));
    if said.is_empty() {
        said.push(&policy.markdown);
    }
    let mut digest = Sha256::new();
    digest.update(b"fluxchat policy purpose 1");
    for part in said.into_iter().map(str::trim) {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

type Statements = HashMap<(String, String, &'static str), Hash>;

/// What the bundled texts say, which never change while the program runs, as far as it was asked
/// for: a start asks about one purpose of them.
static BUNDLED: LazyLock<Mutex<Statements>> = LazyLock::new(Mutex::default);

fn hash(policy: &Policy, purpose: Purpose) -> Hash {
    let (version, language) = (&policy.version.0, &policy.language);
    let mut known = BUNDLED.lock().unwrap_or_else(PoisonError::into_inner);
    let place = (version.clone(), language.clone(), purpose.id());
    if let Some(hash) = known.get(&place) {
        return *hash;
    }
    match fluxchat_service::policy(version, language) {
        Some(bundled) => *known
            .entry(place)
            .or_insert_with(|| statement(&bundled, purpose)),
        None => statement(policy, purpose),
    }
}

/// Whether a text says something else about a purpose that rests on consent than another one of the
/// same language.
pub(super) fn differs(from: &Policy, to: &Policy, purpose: Purpose) -> bool {
    Purpose::optional().any(|it| it == purpose) && hash(from, purpose) != hash(to, purpose)
}

/// The purposes that are asked for anew: those that a version declares, and those whose text it
/// changed.
pub(super) fn changed(from: &Policy, to: &Policy) -> Vec<String> {
    let mut changed = to.changed.clone();
    for purpose in Purpose::optional().filter(|purpose| differs(from, to, *purpose)) {
        if !changed.iter().any(|id| id == purpose.id()) {
            changed.push(purpose.id().to_owned());
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(from: &str, to: &str) -> Vec<String> {
        let before = fluxchat_service::policy("2026-11-01", "en").unwrap();
        let mut after = before.clone();
        after.version.0 = "2026-12-01".to_owned();
        after.changed.clear();
        after.markdown = before.markdown.replace(from, to);
        assert_ne!(before.markdown, after.markdown);
        changed(&before, &after)
    }

    #[test]
    fn every_purpose_that_rests_on_consent_is_named_in_every_text_in_force() {
        for language in fluxchat_service::LANGUAGES {
            let policy = fluxchat_service::policy("2026-11-01", language).unwrap();
            for purpose in Purpose::optional() {
                assert!(!names(purpose).is_empty(), "{purpose}");
                assert!(is_named(purpose, &policy.markdown), "{purpose} {language}");
            }
        }
    }

    #[test]
    fn what_is_said_about_a_purpose_and_nothing_else_changes_it() {
        assert_eq!(
            edited("no field for card data", "no field for cards"),
            [""; 0]
        );
        assert_eq!(
            edited("of a request, no content", "of a request, and no content"),
            [""; 0]
        );
        assert_eq!(
            edited("We train no models", "We train models"),
            ["ai.training"]
        );
        assert_eq!(
            edited("Whether a provider follows it, we cannot check.", ""),
            ["ai.training"],
            "it stands under the heading of the purpose"
        );
        assert_eq!(
            edited("## Contact", "Crashes are read by people.\n\n## Contact"),
            ["diag.crash"]
        );
        let mut listed = edited("and are off: crash", "and are off, all but crash");
        listed.sort();
        let mut all: Vec<_> = Purpose::optional().map(|it| it.id().to_owned()).collect();
        all.sort();
        assert_eq!(listed, all, "one sentence names them all");
    }

    #[test]
    fn a_text_that_does_not_name_a_purpose_counts_as_a_whole() {
        let before = fluxchat_service::policy("2026-11-01", "en").unwrap();
        let mut silent = before.clone();
        silent.markdown = "# Policy\n\nNothing.\n".to_owned();
        silent.summary.clear();
        silent.version.0 = "2026-12-01".to_owned();
        let mut next = silent.clone();
        next.markdown.push_str("\nSomething.\n");
        assert!(Purpose::optional().all(|purpose| differs(&silent, &next, purpose)));
        assert!(!Purpose::optional().any(|purpose| differs(&silent, &silent.clone(), purpose)));
    }
}
