//! Files beside a question.

use std::path::{Path, PathBuf};

use fluxchat_core::{App, Error, FileSent, ShownFile, read_file};
use fluxchat_model::{AssetId, Attachment, AttachmentWay, CitedSpan, DraftKey, Message, Part};
use serde_json::{Value, json};

use crate::output::{Failure, Out, in_words, plain};

/// Attaches files; where one cannot be, those before it are taken back.
pub(super) async fn files(
    app: &App,
    key: DraftKey,
    paths: &[PathBuf],
    out: &Out,
) -> Result<Vec<AssetId>, Failure> {
    let mut attached = Vec::new();
    for path in paths {
        match file(app, key, path).await {
            Ok(it) => {
                changed(&it, out);
                attached.push(it.asset_id);
            }
            Err(failure) => {
                take_back(app, key, &attached).await;
                return Err(failure);
            }
        }
    }
    Ok(attached)
}

/// Tells what was changed in a picture.
pub(super) fn changed(it: &Attachment, out: &Out) {
    if it.facts.had_details {
        out.note(&format!(
            "{}: place, camera and time were taken out of the picture.",
            plain(&it.name)
        ));
    }
    if it.facts.was_scaled {
        out.note(&format!(
            "{}: made smaller, to {} × {} pixels.",
            plain(&it.name),
            it.facts.width,
            it.facts.height
        ));
    }
}

async fn file(app: &App, key: DraftKey, path: &Path) -> Result<Attachment, Failure> {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned();
    let unreadable = |error: std::io::Error| {
        let (name, why) = (plain(&name), in_words(&error));
        Failure::usage(&format!("“{name}” cannot be read: {why}"))
    };
    let bytes = read_file(path).map_err(unreadable)?;
    Ok(app.attach(key, name.clone(), bytes).await?)
}

/// What was not sent does not stay.
pub(super) async fn take_back(app: &App, key: DraftKey, ids: &[AssetId]) {
    for id in ids {
        let _: Result<(), Error> = app.detach(key, *id).await;
    }
}

/// What a source was given of files, as JSON.
pub(super) fn told(files: &[ShownFile]) -> Vec<Value> {
    files
        .iter()
        .map(|it| {
            json!({
                "name": it.attachment.as_ref().map(|it| &it.name),
                "media_type": it.attachment.as_ref().map(|it| &it.media_type),
                "bytes": it.attachment.as_ref().map(|it| it.bytes),
                "sent": it.told.way,
                "pages": it.told.pages,
            })
        })
        .collect()
}

/// What a source would be given of files, as JSON.
pub(super) fn sent(files: &[FileSent]) -> Vec<Value> {
    files
        .iter()
        .map(|it| {
            json!({
                "name": it.attachment.name,
                "media_type": it.attachment.media_type,
                "bytes": it.attachment.bytes,
                "page_count": it.attachment.facts.page_count,
                "sent": it.way,
                "pages": it.pages,
                "unredacted": it.unredacted,
                "details_removed": it.attachment.facts.had_details,
                "scaled": it.attachment.facts.was_scaled,
            })
        })
        .collect()
}

/// What an answer cites, as JSON; `spans` are the words it is for, in bytes of the answer.
pub(super) fn citations(answer: &Message) -> Vec<Value> {
    cited(answer)
        .map(|(title, target, spans)| json!({"title": title, "target": target, "spans": spans}))
        .collect()
}

fn cited(answer: &Message) -> impl Iterator<Item = (&str, &str, &[CitedSpan])> {
    answer.parts.iter().filter_map(|part| match part {
        Part::Citation {
            title,
            target,
            spans,
        } => Some((title.as_str(), target.as_str(), spans.as_slice())),
        _ => None,
    })
}

/// Tells what left of files, and which pages the answer names.
pub(super) fn notes(files: &[ShownFile], answer: &Message, out: &Out) {
    for it in files {
        if let Some(attachment) = &it.attachment {
            out.note(&line(attachment, Some(it.told.way), &it.told.pages));
        }
    }
    for (title, _, _) in cited(answer).filter(|(_, target, _)| target.starts_with("attachment:")) {
        out.note(&format!("cites {}", plain(title)));
    }
}

/// What would leave of files, a line each.
pub(super) fn lines(files: &[FileSent]) -> String {
    files
        .iter()
        .map(|it| {
            let mut text = line(&it.attachment, it.way, &it.pages);
            if it.no_room {
                text.push_str(" One request cannot carry it beside the others.");
            } else if it.way.is_none() {
                text.push_str(" The source cannot take it.");
            }
            if it.unredacted {
                text.push_str(" Private details in it are not replaced: it leaves as it is.");
            }
            text + "\n"
        })
        .collect()
}

fn line(it: &Attachment, way: Option<AttachmentWay>, pages: &[u32]) -> String {
    let how = match way {
        Some(AttachmentWay::File) => "the file itself".to_owned(),
        Some(AttachmentWay::Text) => "its text".to_owned(),
        Some(AttachmentWay::Pages) if pages.is_empty() => {
            "the parts of its text that fit the question".to_owned()
        }
        Some(AttachmentWay::Pages) => {
            let pages: Vec<String> = pages.iter().map(u32::to_string).collect();
            format!(
                "the text of page {} of {}",
                pages.join(", "),
                it.facts.page_count
            )
        }
        None => "nothing".to_owned(),
    };
    format!(
        "{} ({}, {} bytes): {how}.",
        plain(&it.name),
        it.media_type,
        it.bytes
    )
}
