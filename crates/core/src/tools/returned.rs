//! What a server's tool returned: its words for the model, and its files for the archive. A file is
//! read apart as one that was attached, and one that cannot be read is none.

use std::fmt::Write as _;

use fluxchat_egress::{CancellationToken, EgressError};
use fluxchat_extract::detect;
use fluxchat_mcp::{CallResult, LeftOut, MOST_FILES, Piece, ReturnedFile};
use fluxchat_model::AttachmentKind;

use super::Ran;
use crate::attachments::{ReadFile, tidy_name};
use crate::{App, Error};

/// What is in an answer after many calls.
pub(super) const MOST_IN_ANSWER: usize = 100;

impl App {
    /// Reads what came back. What it says for the model names every file, and why one is not kept.
    pub(super) async fn take_returned(
        &self,
        result: CallResult,
        room: usize,
        stop: CancellationToken,
    ) -> Result<Ran, Error> {
        self.off_thread(move |app| {
            let mut ran = Ran {
                text: String::new(),
                is_error: result.is_error,
                files: Vec::new(),
            };
            for piece in result.pieces {
                if stop.is_cancelled() {
                    return Err(EgressError::Cancelled.into());
                }
                if !ran.text.is_empty() {
                    ran.text.push('\n');
                }
                match piece {
                    Piece::Words(words) => ran.text.push_str(&words),
                    Piece::LeftOut { media_type, why } => {
                        ran.text.push_str(&left_out(&media_type, why));
                    }
                    Piece::File(file) => app.take_file(file, room, &mut ran),
                }
            }
            Ok(ran)
        })
        .await
    }

    fn take_file(&self, file: ReturnedFile, room: usize, ran: &mut Ran) {
        let words = words_of(&file).map(str::to_owned);
        let media_type = file.media_type.clone();
        let read = if ran.files.len() < room {
            self.read_returned(file, words.is_some(), ran.files.len())
        } else {
            Err(FULL)
        };
        match (&read, &words) {
            (Ok(read), _) => {
                let _ = write!(ran.text, "[File: {}]", read.name);
            }
            (Err(why), _) => {
                let _ = write!(ran.text, "[{} {why}]", named(&media_type));
            }
        }
        match (&read, words) {
            // As they are read, where they are written in a markup.
            (Ok(read), Some(_)) if is_told_as_words(read.kind()) => {
                ran.text.push('\n');
                ran.text.extend(read.fresh_words());
            }
            (Err(_), Some(words)) => {
                ran.text.push('\n');
                ran.text.push_str(&words);
            }
            // What it is goes along as a file, whatever it was said to be.
            (Ok(_), _) | (_, None) => {}
        }
        ran.files.extend(read.ok());
    }

    fn read_returned(
        &self,
        file: ReturnedFile,
        is_words: bool,
        number: usize,
    ) -> Result<ReadFile, &'static str> {
        let name = tidy_name(&called(&file, number));
        let detected = detect(&name, &file.bytes).ok_or(NO_KIND)?;
        if is_told_as_words(detected.kind) && !is_words {
            return Err(NO_KIND);
        }
        let read = self.read_file_apart(name, detected, file.bytes);
        read.map_err(|_| UNREADABLE)
    }
}

const FULL: &str = "was left out: an answer keeps 100 files of tools at most.";
const NO_KIND: &str = "was left out: it is not what it says, or no kind of file that is kept.";
const UNREADABLE: &str = "was left out: it cannot be read.";

/// The words of a file that is said to be words. A picture that is drawn by markup is such words and
/// nothing else.
fn words_of(file: &ReturnedFile) -> Option<&str> {
    let media_type = file.media_type.as_str();
    let is_medium = ["image/", "audio/", "video/"]
        .iter()
        .any(|it| media_type.starts_with(it));
    if is_medium && media_type != "image/svg+xml" {
        return None;
    }
    let text = std::str::from_utf8(&file.bytes).ok()?;
    (!text.contains('\0')).then_some(text)
}

/// What a file is called: its own name, ending as what it is said to be where it does not say.
pub(super) fn called(file: &ReturnedFile, number: usize) -> String {
    let media_type = file.media_type.as_str();
    let name = match file.name.trim() {
        "" => format!("{}-{}", kind_word(media_type), number + 1),
        name => name.to_owned(),
    };
    match ending_of(media_type) {
        Some(ending) if !name.contains('.') => format!("{name}.{ending}"),
        _ => name,
    }
}

/// Whether what a call returned is in its result already.
pub(crate) fn is_told_as_words(kind: AttachmentKind) -> bool {
    matches!(kind, AttachmentKind::Text | AttachmentKind::Html)
}

fn named(media_type: &str) -> String {
    let what = match media_type.split('/').next() {
        Some("image") => "A picture",
        Some("audio") => "A sound",
        _ => "A file",
    };
    if media_type.is_empty() {
        what.to_owned()
    } else {
        format!("{what} ({media_type})")
    }
}

fn kind_word(media_type: &str) -> &'static str {
    match media_type.split('/').next() {
        Some("image") => "picture",
        Some("audio") => "sound",
        _ => "file",
    }
}

fn ending_of(media_type: &str) -> Option<&'static str> {
    Some(match media_type {
        "image/png" => "png",
        "image/jpeg" | "image/jpg" => "jpg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "audio/mpeg" | "audio/mp3" => "mp3",
        "audio/wav" | "audio/x-wav" | "audio/wave" => "wav",
        "audio/ogg" => "ogg",
        "audio/flac" | "audio/x-flac" => "flac",
        "application/pdf" => "pdf",
        "application/json" => "json",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation" => "pptx",
        "text/html" => "html",
        "text/csv" => "csv",
        "text/markdown" => "md",
        "text/plain" => "txt",
        _ => return None,
    })
}

fn left_out(media_type: &str, why: LeftOut) -> String {
    let what = named(media_type);
    match why {
        LeftOut::Unreadable => format!("[{what} was left out: it cannot be read.]"),
        LeftOut::TooMany => {
            format!("[{what} was left out: {MOST_FILES} files of a call are kept at most.]")
        }
        LeftOut::TooLarge => {
            format!("[{what} was left out: the files of a call may have 20 MB together.]")
        }
        LeftOut::Rest { count } => format!("[{count} more pieces were left out.]"),
    }
}
