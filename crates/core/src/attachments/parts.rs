//! A file as parts of a message: itself, its text, or parts of its text.

use fluxchat_model::{Attachment, AttachmentKind};
use fluxchat_providers::ChatPart;
use fluxchat_store::AttachmentChunk;

/// The file itself.
pub(super) fn as_file(it: &Attachment, content: Vec<u8>) -> ChatPart {
    let media_type = it.media_type.clone();
    if it.facts.kind == AttachmentKind::Picture {
        return ChatPart::Image {
            media_type,
            bytes: content.into(),
        };
    }
    ChatPart::File {
        name: it.name.clone(),
        media_type,
        bytes: content.into(),
    }
}

/// All of its text.
pub(super) fn whole(it: &Attachment, chunks: &[AttachmentChunk]) -> ChatPart {
    let mut text = format!("{}:\n", it.name);
    if it.facts.page_count > 0 {
        text.push_str(&how_to_cite(it));
    }
    let mut page = 0;
    for chunk in chunks {
        if chunk.page != page || text.ends_with(":\n") {
            page = chunk.page;
            text.push_str(&heading(it, page));
        }
        let fresh = usize::try_from(chunk.fresh).unwrap_or(0);
        text.push_str(chunk.body.get(fresh..).unwrap_or_default());
    }
    ChatPart::Text(text)
}

/// Some of its text.
pub(super) fn in_parts(it: &Attachment, chunks: &[AttachmentChunk]) -> ChatPart {
    let mut text = format!(
        "{}: the parts of it that fit the question best; the rest is not in this request.\n",
        it.name
    );
    if it.facts.page_count > 0 {
        text.push_str(&how_to_cite(it));
    }
    let (mut page, mut after) = (0, None);
    for chunk in chunks {
        let goes_on = after == Some(chunk.seq) && page == chunk.page;
        let from = if goes_on {
            usize::try_from(chunk.fresh).unwrap_or(0)
        } else {
            text.push_str(&heading(it, chunk.page));
            0
        };
        text.push_str(chunk.body.get(from..).unwrap_or_default());
        (page, after) = (chunk.page, Some(chunk.seq + 1));
    }
    ChatPart::Text(text)
}

/// What is said to have pages named in a form that is found again.
pub(super) fn how_to_cite(it: &Attachment) -> String {
    format!(
        "It has {} pages. Name the pages you rely on in this form: [{}, p. 1]\n",
        it.facts.page_count, it.name
    )
}

fn heading(it: &Attachment, page: u32) -> String {
    if page == 0 {
        "\n\n".to_owned()
    } else {
        format!("\n\n[{}, p. {page}]\n", it.name)
    }
}
