//! In which form a source takes a file: what its list tells of the model, and otherwise what the
//! request builders can say, told before anything is built.

use fluxchat_model::{Abilities, AttachmentKind, Dialect, Source};

use crate::hosts::{Files, ways};

/// In which form a file is given to a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// As it is.
    File,
    /// As the words that are in it.
    Words,
    /// Not at all.
    Nothing,
}

/// Hosts that read a PDF by themselves where many others of their dialect do not.
const READ_PDF: &[&str] = &["openai.com", "openai.azure.com", "openrouter.ai"];

/// Hosts that cite pages of a PDF in a form of their own.
const CITE_PAGES: &[&str] = &["anthropic.com"];

/// In which form a model of a source takes a file of this kind and media type. `abilities` is what
/// the source's list tells of the model; where it is silent, the dialect decides.
#[must_use]
pub fn takes(
    source: &Source,
    abilities: Abilities,
    kind: AttachmentKind,
    media_type: &str,
) -> Takes {
    let files = match source.dialect {
        Dialect::Openai => ways(source).files,
        _ => Files::Usual,
    };
    match (kind, files) {
        (AttachmentKind::Picture | AttachmentKind::Audio, Files::None)
        | (AttachmentKind::Audio, Files::Pictures) => return Takes::Nothing,
        (AttachmentKind::Pdf, Files::None | Files::Pictures) => return Takes::Words,
        _ => {}
    }
    match kind {
        AttachmentKind::Picture => match source.dialect {
            Dialect::Fluxchat => Takes::Nothing,
            _ if abilities.images == Some(false) => Takes::Nothing,
            _ => Takes::File,
        },
        AttachmentKind::Pdf if abilities.files == Some(false) => Takes::Words,
        AttachmentKind::Pdf => match source.dialect {
            Dialect::Anthropic | Dialect::Gemini | Dialect::Interactions => Takes::File,
            Dialect::Openai | Dialect::Responses
                if is_at(source, READ_PDF) || abilities.files == Some(true) =>
            {
                Takes::File
            }
            _ => Takes::Words,
        },
        AttachmentKind::Audio if abilities.audio == Some(false) => Takes::Nothing,
        AttachmentKind::Audio => match source.dialect {
            Dialect::Gemini | Dialect::Interactions => Takes::File,
            Dialect::Openai if matches!(media_type, "audio/mpeg" | "audio/x-wav") => Takes::File,
            _ => Takes::Nothing,
        },
        AttachmentKind::Document
        | AttachmentKind::Sheet
        | AttachmentKind::Slides
        | AttachmentKind::Html
        | AttachmentKind::Text => Takes::Words,
    }
}

/// Whether a source cites the pages of a PDF by itself. Others that speak as it does may not, and
/// have to be told how pages are named.
#[must_use]
pub fn cites_pages(source: &Source) -> bool {
    source.dialect == Dialect::Anthropic && is_at(source, CITE_PAGES)
}

fn is_at(source: &Source, hosts: &[&str]) -> bool {
    source.origin.as_ref().is_some_and(|origin| {
        hosts.iter().any(|known| {
            origin
                .host()
                .strip_suffix(known)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    })
}
