//! The sentences behind the codes. The window translates by code and falls back to these.

mod archive;
mod export;
mod files;
mod privacy;
mod remote;
mod source;
mod spend;
mod talk;
mod tools;
mod voice;

pub(super) struct Words {
    pub message: &'static str,
    kept: &'static str,
    pub next: &'static str,
}

impl Words {
    /// What was kept where nothing was asked.
    pub(super) fn kept(&self) -> &'static str {
        if self.is_about_answer() {
            NOTHING_LOST
        } else {
            self.kept
        }
    }

    /// The same in a temporary conversation.
    pub(super) fn kept_of_temporary(&self) -> &'static str {
        if self.is_about_answer() || self.kept == NOTHING_LOST {
            TEMPORARY
        } else {
            self.kept
        }
    }

    /// What was kept of a question and its answer.
    pub(super) fn kept_of_answer(&self, arrived: bool) -> &'static str {
        match (self.is_about_answer() || self.kept == NOTHING_LOST, arrived) {
            (true, true) => BOTH,
            (true, false) => QUESTION,
            (false, _) => self.kept,
        }
    }

    fn is_about_answer(&self) -> bool {
        self.kept == QUESTION || self.kept == ARRIVED
    }
}

const NOTHING_LOST: &str = "Nothing was lost.";
const ARRIVED: &str = "What had arrived was kept.";
const QUESTION: &str = "Your question was kept.";
const BOTH: &str = "Your question and what had arrived were kept.";
const TEMPORARY: &str = "It is there until this conversation ends.";
const NOTHING_CHANGED: &str = "Nothing was changed.";

/// `(code, message, kept, next)`
pub(super) type Entry = (&'static str, &'static str, &'static str, &'static str);

pub(super) fn all() -> impl Iterator<Item = &'static Entry> {
    archive::TABLE
        .iter()
        .chain(export::TABLE)
        .chain(files::TABLE)
        .chain(privacy::TABLE)
        .chain(remote::TABLE)
        .chain(source::TABLE)
        .chain(spend::TABLE)
        .chain(talk::TABLE)
        .chain(tools::TABLE)
        .chain(voice::TABLE)
}

pub(super) fn of(code: &str) -> Words {
    all().find(|entry| entry.0 == code).map_or(
        Words {
            message: "Something unexpected happened.",
            kept: NOTHING_LOST,
            next: "Try again; if it happens again, restart Fluxchat.",
        },
        |&(_, message, kept, next)| Words {
            message,
            kept,
            next,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_three_sentences_once() {
        let mut codes = std::collections::BTreeSet::new();
        for (code, message, kept, next) in all() {
            assert!(codes.insert(code), "{code} stands there once");
            for sentence in [message, kept, next] {
                assert!(
                    sentence.ends_with(['.', ';']) && sentence.len() > 8,
                    "{code}: {sentence:?} is a sentence"
                );
            }
        }
    }

    #[test]
    fn what_is_said_to_be_kept_is_what_there_was() {
        assert_eq!(
            of("remote_timeout").kept(),
            NOTHING_LOST,
            "nothing was asked"
        );
        assert_eq!(of("remote_timeout").kept_of_answer(false), QUESTION);
        assert_eq!(of("offline").kept_of_answer(true), BOTH);
        assert_eq!(
            of("disk_full").kept_of_answer(true),
            "Everything that was saved before is safe."
        );
    }
}
