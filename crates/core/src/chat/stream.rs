//! An arriving answer as it stands: text, reasoning, citations, and the item it stands at.

use fluxchat_markup::{Block, StreamParser};
use fluxchat_model::{Message, MessageId, Part};
use serde::Serialize;

use crate::StreamItem;

/// What an item may weigh as JSON in a string, which is how it goes to the window: below it a channel
/// hands it over directly, above it makes an extra round trip. Some room is left for the envelope.
const ITEM_BYTES: usize = 7_400;

/// A picture of an arriving answer that later items continue without a gap.
#[derive(Clone, Debug)]
pub struct StreamState {
    /// The last item that is in it.
    pub seq: u32,
    /// The answer as blocks.
    pub blocks: Vec<Block>,
    /// The reasoning as blocks.
    pub reasoning: Vec<Block>,
    /// The answer as Markdown.
    pub text: String,
    /// What is cited so far.
    pub citations: Vec<Part>,
}

/// What the items of an answer said in all, for those who followed it: they need not be told again
/// where the same was kept.
#[derive(Clone, Debug)]
pub struct Followed {
    /// The last item.
    pub seq: u32,
    /// The answer as Markdown.
    pub text: String,
    /// The reasoning as Markdown.
    pub reasoning: String,
}

#[derive(Default)]
pub(crate) struct Live {
    seq: u32,
    text: StreamParser,
    reasoning: StreamParser,
    citations: Vec<Part>,
    new_text: String,
    new_reasoning: String,
    new_citations: Vec<Part>,
    /// What comes next is a part of its own.
    apart: bool,
}

impl Live {
    pub(crate) fn continuing(so_far: Option<&Message>) -> Self {
        let mut live = Self::default();
        if let Some(message) = so_far {
            live.text.push(&message.text());
            live.reasoning.push(&message.reasoning());
            let mut parts = message.parts.iter().rev();
            let last = parts.find(|it| !matches!(it, Part::Citation { .. } | Part::Notice { .. }));
            live.apart = last.is_some_and(|part| !matches!(part, Part::Text { .. }));
            live.citations = message
                .parts
                .iter()
                .filter(|part| matches!(part, Part::Citation { .. }))
                .cloned()
                .collect();
        }
        live
    }

    /// The words that follow are another part.
    pub(crate) fn part_ended(&mut self) {
        self.apart = true;
    }

    pub(crate) fn text(&mut self, piece: &str) {
        if self.apart && !piece.is_empty() {
            self.apart = false;
            if !(self.new_text.is_empty() && self.text.source().is_empty()) {
                self.new_text.push_str("\n\n");
            }
        }
        self.new_text.push_str(piece);
    }

    pub(crate) fn reasoning(&mut self, piece: &str) {
        self.new_reasoning.push_str(piece);
    }

    pub(crate) fn citation(&mut self, part: Part) {
        self.citations.push(part.clone());
        self.new_citations.push(part);
    }

    /// How much arrived since the last call of [`Live::items`], in bytes.
    pub(crate) fn waiting(&self) -> usize {
        self.new_text.len() + self.new_reasoning.len()
    }

    /// Everything that was said.
    pub(crate) fn whole(&self) -> String {
        format!("{}{}", self.text.source(), self.new_text)
    }

    /// Whether something is cited already, under whatever title.
    pub(crate) fn cites(&self, part: &Part) -> bool {
        let target = target_of(part);
        self.citations.iter().any(|it| target_of(it) == target)
    }

    /// True while nothing has arrived.
    pub(crate) fn is_empty(&self) -> bool {
        self.new_text.is_empty()
            && self.new_reasoning.is_empty()
            && self.text.source().is_empty()
            && self.reasoning.source().is_empty()
    }

    pub(crate) fn state(&self) -> StreamState {
        StreamState {
            seq: self.seq,
            blocks: self.text.blocks().to_vec(),
            reasoning: self.reasoning.blocks().to_vec(),
            text: self.text.source().to_owned(),
            citations: self.citations.clone(),
        }
    }

    pub(crate) fn followed(&self) -> Followed {
        Followed {
            seq: self.seq,
            text: self.text.source().to_owned(),
            reasoning: self.reasoning.source().to_owned(),
        }
    }

    /// Joins what arrived since the last call into items. At the end, also what only the end
    /// can settle.
    pub(crate) fn items(&mut self, message_id: MessageId, at_end: bool) -> Vec<StreamItem> {
        let text = std::mem::take(&mut self.new_text);
        let reasoning = std::mem::take(&mut self.new_reasoning);
        let citations = std::mem::take(&mut self.new_citations);
        let mut ops = if text.is_empty() {
            Vec::new()
        } else {
            self.text.push(&text)
        };
        let mut reasoning_ops = if reasoning.is_empty() {
            Vec::new()
        } else {
            self.reasoning.push(&reasoning)
        };
        if at_end {
            ops.extend(self.text.finish());
            reasoning_ops.extend(self.reasoning.finish());
        }
        if ops.is_empty() && reasoning_ops.is_empty() && citations.is_empty() {
            return Vec::new();
        }
        let mut packed = Packed::from(StreamItem {
            reasoning,
            citations,
            ..empty(message_id)
        });
        for op in reasoning_ops {
            packed.room_for(json_bytes(&op)).reasoning_ops.push(op);
        }
        for op in ops {
            packed.room_for(json_bytes(&op)).ops.push(op);
        }
        for piece in pieces(&text) {
            packed.room_for(json_bytes(piece)).text.push_str(piece);
        }
        let mut items = packed.into_items();
        for item in &mut items {
            self.seq += 1;
            item.seq = self.seq;
        }
        items
    }
}

/// Items as few as can be, none heavier than [`ITEM_BYTES`] unless one thing alone is.
struct Packed {
    full: Vec<StreamItem>,
    item: StreamItem,
    weight: usize,
}

impl From<StreamItem> for Packed {
    fn from(item: StreamItem) -> Self {
        Self {
            full: Vec::new(),
            item,
            weight: 0,
        }
    }
}

impl Packed {
    /// The item that takes what weighs so much.
    fn room_for(&mut self, bytes: usize) -> &mut StreamItem {
        if self.weight > 0 && self.weight + bytes > ITEM_BYTES {
            let next = empty(self.item.message_id);
            self.full.push(std::mem::replace(&mut self.item, next));
            self.weight = 0;
        }
        self.weight += bytes;
        &mut self.item
    }

    fn into_items(mut self) -> Vec<StreamItem> {
        self.full.push(self.item);
        self.full
    }
}

fn empty(message_id: MessageId) -> StreamItem {
    StreamItem {
        message_id,
        seq: 0,
        ops: Vec::new(),
        reasoning_ops: Vec::new(),
        text: String::new(),
        reasoning: String::new(),
        citations: Vec::new(),
    }
}

fn target_of(part: &Part) -> Option<&str> {
    match part {
        Part::Citation { target, .. } => Some(target),
        _ => None,
    }
}

/// A text in pieces, each of which fits into an item: a byte takes seven there at most.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let cut = rest.floor_char_boundary(ITEM_BYTES / 7);
        let (piece, after) = rest.split_at(cut);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// How long it is as JSON in a string: quotes and backslashes take two bytes there.
fn json_bytes<T: Serialize + ?Sized>(value: &T) -> usize {
    let escaped = |json: &[u8]| {
        json.iter()
            .filter(|byte| matches!(byte, b'"' | b'\\'))
            .count()
    };
    serde_json::to_vec(value).map_or(ITEM_BYTES, |json| json.len() + escaped(&json))
}
