//! What came from a server: words for the unsent text, and files that stand beside it.

use fluxchat_mcp::{LeftOut, Piece, PromptMessage, ReturnedFile};
use fluxchat_model::{Attachment, DraftKey, ToolServer, VisibleError};

use super::super::returned::called;
use super::super::words::{shown, written};
use super::asking::{Waits, stopped};
use crate::{App, Error};

/// What a person was brought: words for the unsent text, and files that are beside it now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Brought {
    /// The words.
    pub text: String,
    /// The files.
    pub files: Vec<Attachment>,
    /// What could not be taken.
    pub left_out: Vec<LeftOutFile>,
}

/// Something that a server returned and that could not be taken.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOutFile {
    /// What it is called, or what it was said to be.
    pub name: String,
    /// Why.
    pub problem: VisibleError,
}

/// Where what comes is put.
pub(super) struct Place<'a> {
    /// Beside this unsent text.
    pub key: DraftKey,
    /// From this server.
    pub server: &'a ToolServer,
    /// Under this name, where it is one file.
    pub name: Option<&'a str>,
}

impl App {
    /// Puts what came beside an unsent text, as far as it can be; and why something could not.
    ///
    /// # Errors
    /// `cancelled`, and nothing stands there, when nobody waits any more.
    pub(super) async fn bring(
        &self,
        place: &Place<'_>,
        messages: Vec<PromptMessage>,
        waits: &Waits<'_>,
    ) -> Result<(Brought, Option<Error>), Error> {
        let is_one = messages.iter().map(|it| it.pieces.len()).sum::<usize>() == 1;
        let mut name = place.name.filter(|name| is_one && !name.trim().is_empty());
        let mut brought = Brought::default();
        let mut paragraphs = Vec::new();
        let mut first = None;
        'all: for message in messages {
            for piece in message.pieces {
                let (name, problem) = match piece {
                    Piece::Words(words) => {
                        let words = written(words.trim());
                        paragraphs.push(if message.is_answer {
                            quoted(&words)
                        } else {
                            words
                        });
                        continue;
                    }
                    Piece::File(file) => {
                        let file = named(file, name.take());
                        let name = called(&file, brought.files.len());
                        let from = Some(place.server.name.clone());
                        let read = self.attach_from(place.key, name.clone(), file.bytes, from);
                        let read = read.await;
                        let problem = read.map(|it| brought.files.push(it)).err();
                        if waits.is_over() {
                            break 'all;
                        }
                        let Some(error) = problem else {
                            continue;
                        };
                        (name, error)
                    }
                    Piece::LeftOut { media_type, why } => left_out(media_type, why),
                };
                brought.left_out.push(LeftOutFile {
                    name: shown(&name),
                    problem: problem.visible(),
                });
                first.get_or_insert(problem);
            }
        }
        if waits.is_over() {
            self.take_away(place.key, &brought.files).await;
            return Err(stopped());
        }
        paragraphs.retain(|it| !it.is_empty());
        brought.text = paragraphs.join("\n\n");
        Ok((brought, first))
    }

    /// What of it the person took away or sent by themselves is no longer there to be taken.
    async fn take_away(&self, key: DraftKey, files: &[Attachment]) {
        for file in files {
            let _ = self.detach(key, file.asset_id).await;
        }
    }
}

pub(super) fn nothing() -> Error {
    Error::invalid(
        "tool_nothing",
        "The server of tools returned nothing that could be used.",
    )
}

fn left_out(media_type: String, why: LeftOut) -> (String, Error) {
    let name = if media_type.is_empty() {
        "file".to_owned()
    } else {
        media_type
    };
    match why {
        LeftOut::Unreadable => (
            name,
            Error::invalid("file_unreadable", "The file could not be read."),
        ),
        LeftOut::TooLarge => (
            name,
            Error::invalid(
                "tool_file_too_large",
                "What a server of tools returns at once is taken up to 20 MB.",
            ),
        ),
        LeftOut::TooMany => (name, too_many()),
        LeftOut::Rest { count } => (format!("+{count}"), too_many()),
    }
}

fn too_many() -> Error {
    Error::invalid(
        "too_many_files",
        "There are twenty files beside a question at most.",
    )
}

/// A file under the name a person saw, ending as its address does where that name does not.
fn named(file: ReturnedFile, name: Option<&str>) -> ReturnedFile {
    let Some(name) = name else {
        return file;
    };
    // It is a name, and leads into no folder.
    let name = &name.replace(['/', '\\'], "-");
    let is_ending =
        |it: &&str| (1..=5).contains(&it.len()) && it.chars().all(char::is_alphanumeric);
    let ending = |name: &str| name.rsplit_once('.').map(|it| it.1.to_owned());
    let name = match ending(&file.name).as_deref().filter(is_ending) {
        Some(own) if ending(name).as_deref().filter(is_ending).is_none() => format!("{name}.{own}"),
        _ => name.to_owned(),
    };
    ReturnedFile { name, ..file }
}

/// Words that a prompt puts into the mouth of a model, as they stand in a person's text.
fn quoted(words: &str) -> String {
    let lines = words.lines().map(|line| match line {
        "" => ">".to_owned(),
        line => format!("> {line}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> ReturnedFile {
        ReturnedFile {
            name: name.to_owned(),
            media_type: String::new(),
            bytes: vec![1],
        }
    }

    #[test]
    fn a_file_is_called_what_a_person_saw_and_ends_as_its_address() {
        for (own, seen, want) in [
            ("plan.md", Some("Project plan"), "Project plan.md"),
            (
                "plan.md",
                Some("Project plan v2.0 for us"),
                "Project plan v2.0 for us.md",
            ),
            ("plan.md", Some("notes.txt"), "notes.txt"),
            ("1", Some("Text resource 1"), "Text resource 1"),
            ("plan.md", Some("2/3 \\ of it"), "2-3 - of it.md"),
            ("plan.md", None, "plan.md"),
        ] {
            assert_eq!(named(file(own), seen).name, want);
        }
    }

    #[test]
    fn the_words_of_a_model_are_a_quotation() {
        assert_eq!(quoted("one\n\ntwo"), "> one\n>\n> two");
    }
}
