//! Messages as the window shows them.

use fluxchat_core::{Followed, ShownMessage, cited};
use fluxchat_markup::{self as markup, Block, LinkKind};
use fluxchat_model::{AnswerNotice, Message, MessageId, MessageStatus, Part};

use crate::dto::chat::{AttachmentRow, CitationRow, CitedPage, MessageRow};

/// A message as it is shown: its Markdown as blocks, or, while it arrives, as it stands.
pub(super) fn message_row(shown: ShownMessage) -> MessageRow {
    let words = match shown.live {
        Some(live) if shown.message.status == MessageStatus::Streaming => Words {
            text: live.text,
            blocks: live.blocks,
            reasoning: live.reasoning,
            citations: citations(&live.citations),
            seq: live.seq,
        },
        _ => Words::kept(&shown.message),
    };
    row(shown.message, shown.branches, words)
}

/// An answer that ended, and the item up to which somebody must have followed it to have its words
/// already. `None` if something else was kept than the items said, or marks belong into the words: the
/// words are in the row then.
pub(crate) fn ended_row(shown: ShownMessage, followed: &Followed) -> (MessageRow, Option<u32>) {
    let message = shown.message;
    let is_marked = !cited(&message.parts).is_empty();
    if is_marked || message.text() != followed.text || message.reasoning() != followed.reasoning {
        let words = Words::kept(&message);
        return (row(message, shown.branches, words), None);
    }
    let words = Words {
        citations: citations(&message.parts),
        seq: followed.seq,
        ..Words::default()
    };
    (row(message, shown.branches, words), Some(followed.seq))
}

/// What a message says, as the window shows it.
#[derive(Default)]
struct Words {
    text: String,
    blocks: Vec<Block>,
    reasoning: Vec<Block>,
    citations: Vec<CitationRow>,
    seq: u32,
}

impl Words {
    fn kept(message: &Message) -> Self {
        let text = message.text();
        let reasoning = message.reasoning();
        Self {
            blocks: markup::parse_cited(&text, &cited(&message.parts)).blocks,
            reasoning: match reasoning.is_empty() {
                true => Vec::new(),
                false => markup::parse(&reasoning).blocks,
            },
            citations: citations(&message.parts),
            text,
            seq: 0,
        }
    }
}

fn row(message: Message, branch_ids: Vec<MessageId>, words: Words) -> MessageRow {
    MessageRow {
        attachments: files_of(&message, None),
        calls: super::tools::calls(&message),
        notices: notices(&message),
        id: message.id,
        conversation_id: message.conversation_id,
        parent_id: message.parent_id,
        role: message.role,
        status: message.status,
        model: message.model,
        source_name: message.source_name,
        created_at: message.created_at,
        finished_at: message.finished_at,
        text: words.text,
        blocks: words.blocks,
        reasoning: words.reasoning,
        citations: words.citations,
        usage: message.usage,
        error: message.error,
        branch_ids,
        stream_seq: words.seq,
    }
}

/// Citations as the window shows them: a bundled page by name, anything else by host alone.
pub(crate) fn citations(parts: &[Part]) -> Vec<CitationRow> {
    let rows = parts.iter().filter_map(|part| match part {
        Part::Citation { title, target, .. } => Some((title, target)),
        _ => None,
    });
    rows.map(|(title, target)| {
        let help = target.strip_prefix("help:").map(str::to_owned);
        let of_file = target.strip_prefix("attachment:");
        CitationRow {
            title: title.clone(),
            host: match (&help, of_file) {
                (Some(_), _) => "help".to_owned(),
                (_, Some(_)) => "attachment".to_owned(),
                _ => fluxchat_core::host_of(target),
            },
            file: of_file.and_then(cited_page),
            address: cited_address(target),
            help,
        }
    })
    .collect()
}

/// As it is shown before a browser is given it.
fn cited_address(target: &str) -> Option<String> {
    let found = markup::address_target(target)?;
    (found.kind == LinkKind::Https).then_some(found.display)
}

fn cited_page(target: &str) -> Option<CitedPage> {
    let (id, page) = target.split_once('#')?;
    Some(CitedPage {
        asset_id: id.parse().ok()?,
        page: page.parse().ok()?,
    })
}

fn notices(message: &Message) -> Vec<AnswerNotice> {
    let found = message.parts.iter().filter_map(|part| match part {
        Part::Notice { notice } => Some(notice.clone()),
        _ => None,
    });
    found.collect()
}

/// The files that a call of a message returned; of `None`, those that belong to the message itself.
pub(crate) fn files_of(message: &Message, of: Option<u32>) -> Vec<AttachmentRow> {
    let rows = message.parts.iter().filter_map(|part| match part {
        Part::Attachment {
            asset_id,
            name,
            media_type,
            call,
        } if *call == of => Some(AttachmentRow {
            asset_id: *asset_id,
            name: name.clone(),
            media_type: media_type.clone(),
        }),
        _ => None,
    });
    rows.collect()
}
