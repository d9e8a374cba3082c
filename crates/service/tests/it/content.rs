//! The bundled texts: complete in both languages, and pointing at what exists.

use std::collections::BTreeSet;

use fluxchat_model::Timestamp;
use fluxchat_service::{LANGUAGES, current_policy, help, policies, policy};
use sha2::{Digest, Sha256};

#[test]
fn every_page_has_the_same_sections_in_every_language() {
    let shape = |language: &str| -> Vec<(String, Vec<String>)> {
        help::pages(language)
            .map(|page| {
                let anchors = page
                    .sections
                    .iter()
                    .map(|it| it.anchor.to_owned())
                    .collect();
                (page.slug.to_owned(), anchors)
            })
            .collect()
    };
    assert_eq!(shape("en"), shape("de"));
    assert_eq!(help::pages("en").count(), 16);
    assert_eq!(help::pages("fr").count(), 0);
}

#[test]
fn every_section_is_complete_and_none_is_named_twice() {
    for language in LANGUAGES {
        for page in help::pages(language) {
            assert_ne!(
                page.title, page.slug,
                "{language} {} has a title",
                page.slug
            );
            let anchors: BTreeSet<_> = page.sections.iter().map(|it| it.anchor).collect();
            assert_eq!(
                anchors.len(),
                page.sections.len(),
                "{language} {}",
                page.slug
            );
            for section in &page.sections {
                let name = format!("{language} {}", page.target(section));
                assert!(section.markdown.len() > 80, "{name} says something");
                assert!(!section.questions.is_empty(), "{name} has questions");
                assert!(
                    !section.markdown.contains("{#"),
                    "{name} swallowed a heading"
                );
                assert!(
                    !section.markdown.starts_with('?'),
                    "{name} swallowed a question"
                );
            }
            let whole = page.markdown();
            assert!(whole.starts_with(&format!("# {}\n", page.title)));
            assert!(!whole.contains("\n? "));
        }
    }
}

#[test]
fn pages_are_found_by_name_and_fall_back_to_english() {
    assert_eq!(help::page("deleting", "de").unwrap().language, "de");
    assert_eq!(help::page("deleting", "fr").unwrap().language, "en");
    assert!(help::page("nothing", "en").is_none());
}

#[test]
fn texts_use_plain_words() {
    let help = LANGUAGES
        .into_iter()
        .flat_map(help::pages)
        .map(help::HelpPage::markdown);
    for text in help.chain(policies().into_iter().map(|policy| policy.markdown)) {
        for word in ["Oops", "local storage", "seamless", "simply", "einfach nur"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
        assert!(
            !text.contains("! ") && !text.contains("!\n"),
            "no exclamation marks: {text}"
        );
    }
}

#[test]
fn the_policy_is_there_in_both_languages_with_its_hash() {
    assert_eq!(policies().len(), 4);
    for (language, version) in LANGUAGES
        .into_iter()
        .flat_map(|language| [(language, "2026-10-01"), (language, "2026-11-01")])
    {
        let policy = policy(version, language).unwrap();
        assert_eq!(policy.language, language);
        assert_eq!(policy.summary.len(), 3, "{language}");
        assert!(policy.markdown.starts_with("# "));
        assert_eq!(policy.sha256, hex::encode(Sha256::digest(&policy.markdown)));
    }
    assert!(policy("2026-11-01", "fr").is_none());
    assert!(policy("1999-01-01", "en").is_none());
    let now = Timestamp(1_793_491_200_000);
    assert_eq!(current_policy("de-AT", now).language, "de");
    assert_eq!(current_policy("fr", now).language, "en");
}

#[test]
fn a_version_is_in_force_from_its_own_day_on() {
    let first_of_november = 1_793_491_200_000;
    for (at, version) in [
        (0, "2026-10-01"),
        (first_of_november - 1, "2026-10-01"),
        (first_of_november, "2026-11-01"),
        (i64::MAX, "2026-11-01"),
    ] {
        assert_eq!(current_policy("en", Timestamp(at)).version.0, version);
    }
    let older = policy("2026-10-01", "en").unwrap();
    let newer = policy("2026-11-01", "en").unwrap();
    assert_ne!(older.sha256, newer.sha256);
    assert_eq!(newer.changed, ["improve.product", "ai.training"]);
}
